"""The provider protocol: previews, secrets, names, replacement, refresh, and whose account it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from simulator.wire import UNKNOWN, encode

VPC, SUBNET = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"
ROLE, PARAMETER = "aws:iam/role:Role", "aws:ssm/parameter:Parameter"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
)


def test_a_preview_echoes_what_is_known_and_nothing_else(aws: Any) -> None:
    made = aws.create(VPC, preview=True, cidrBlock="10.0.0.0/16", tags={"Name": "room"})
    assert made.id == ""
    assert made["cidrBlock"] == "10.0.0.0/16"
    assert made["tagsAll"] == {"Name": "room"}
    assert made["enableDnsSupport"] is True
    assert made["arn"] is UNKNOWN
    assert made["defaultSecurityGroupId"] is UNKNOWN


def test_a_preview_makes_nothing(aws: Any) -> None:
    aws.create(VPC, "it", preview=True, cidrBlock="10.0.0.0/16")
    assert aws.invoke("aws:ec2/getVpcs:getVpcs")["ids"] == []


def test_a_preview_knows_exactly_the_outputs_of_the_deployment(aws: Any) -> None:
    inputs = {"cidrBlock": "10.0.0.0/16", "tags": {"Name": "room"}}
    planned, made = aws.create(VPC, "it", preview=True, **inputs), aws.create(VPC, "it", **inputs)
    assert set(planned.outputs) == set(made.outputs)
    assert {n: v for n, v in planned.outputs.items() if v is not UNKNOWN}.items() <= made.outputs.items()


def test_unknown_inputs_stay_unknown(aws: Any) -> None:
    made = aws.create(SUBNET, preview=True, vpcId=UNKNOWN, cidrBlock="10.0.0.0/24", tags={"Name": UNKNOWN})
    assert made["vpcId"] is UNKNOWN
    assert made["tagsAll"] is UNKNOWN


def test_unknown_inputs_are_refused_outside_a_preview(aws: Any, refused: Any) -> None:
    with pytest.raises(refused, match="inputs are not known: vpcId"):
        aws.create(SUBNET, vpcId=UNKNOWN, cidrBlock="10.0.0.0/24")


@pytest.mark.parametrize(
    ("inputs", "where"),
    [
        ({}, "vpcId"),
        ({"vpcId": "vpc-1", "cidr": "10.0.0.0/24"}, "cidr"),
        ({"vpcId": 7}, "vpcId"),
        ({"vpcId": "vpc-1", "tags": "none"}, "tags"),
        ({"vpcId": "vpc-1", "mapPublicIpOnLaunch": "yes"}, "mapPublicIpOnLaunch"),
    ],
)
def test_inputs_are_checked_against_the_types(aws: Any, inputs: dict[str, Any], where: str) -> None:
    assert [failure.property for failure in aws.check(SUBNET, inputs).failures] == [where]


def test_nested_inputs_are_checked(aws: Any) -> None:
    inputs = {"workspaceCreationProperties": {"enableInternetAcces": False, "userEnabledAsLocalAdministrator": "no"}}
    found = {failure.property for failure in aws.check("aws:workspaces/directory:Directory", inputs).failures}
    base = "workspaceCreationProperties"
    assert found == {f"{base}.enableInternetAcces", f"{base}.userEnabledAsLocalAdministrator"}


def test_resources_whose_argument_class_is_named_otherwise(aws: Any) -> None:
    assert not aws.check(
        "aws:s3/bucketVersioning:BucketVersioning", {"bucket": "b", "versioningConfiguration": {"status": "Enabled"}}
    ).failures


def test_an_undeclared_type_says_how_to_add_it(aws: Any, refused: Any) -> None:
    with pytest.raises(refused, match="declare a ResourceType"):
        aws.check("aws:rds/instance:Instance", {})


def test_an_undeclared_function_is_refused(aws: Any, refused: Any) -> None:
    with pytest.raises(refused, match="does not know this function"):
        aws.invoke("aws:rds/getInstance:getInstance")


def test_generated_names_are_kept(aws: Any) -> None:
    first = aws.create(ROLE, "worker", assumeRolePolicy=TRUST)
    assert first["name"].startswith("worker-")
    assert "name" in first.inputs["__defaults"]
    again = aws.update(first, assumeRolePolicy=TRUST, description="new")
    assert again.inputs["name"] == first["name"]
    assert aws.diff(ROLE, first.inputs, first.inputs).changes == provider_pb2.DiffResponse.DIFF_NONE


def test_a_given_name_is_not_changed(aws: Any) -> None:
    assert aws.create(ROLE, "worker", name="exact", assumeRolePolicy=TRUST)["name"] == "exact"


def test_replace_or_update(aws: Any) -> None:
    old = {"vpcId": "vpc-1", "cidrBlock": "10.0.0.0/24", "tags": {}}
    answer = aws.diff(SUBNET, old, {**old, "cidrBlock": "10.0.1.0/24", "tags": {"a": "b"}})
    assert sorted(answer.diffs) == ["cidrBlock", "tags"]
    assert list(answer.replaces) == ["cidrBlock"]
    assert not answer.deleteBeforeReplace


def test_a_replacement_of_the_same_name_deletes_first(aws: Any) -> None:
    token = "aws:ecs/cluster:Cluster"
    group = "aws:ec2/securityGroup:SecurityGroup"
    old = {"name": "web", "vpcId": "vpc-1", "__defaults": []}
    assert aws.diff(group, old, {**old, "vpcId": "vpc-2"}).deleteBeforeReplace
    assert not aws.diff(
        group, {**old, "__defaults": ["name"]}, {**old, "vpcId": "vpc-2", "__defaults": ["name"]}
    ).deleteBeforeReplace
    assert not aws.diff(token, {"name": "a"}, {"name": "b"}).deleteBeforeReplace


def test_what_becomes_unknown_is_a_difference(aws: Any) -> None:
    answer = aws.diff(SUBNET, {"vpcId": "vpc-1"}, {"vpcId": UNKNOWN})
    assert list(answer.replaces) == ["vpcId"]


def test_an_update_keeps_what_was_computed(aws: Any, vpc: Any) -> None:
    changed = aws.update(vpc, cidrBlock="10.0.0.0/16", enableDnsHostnames=False, tags={"a": "b"})
    assert changed["enableDnsHostnames"] is False
    assert changed["tagsAll"] == {"a": "b"}
    assert changed["mainRouteTableId"] == vpc["mainRouteTableId"]
    assert aws.read(vpc).outputs == changed.outputs


def test_an_update_in_preview_changes_nothing(aws: Any, vpc: Any) -> None:
    planned = aws.update(vpc, preview=True, cidrBlock="10.0.0.0/16", tags={"a": UNKNOWN})
    assert planned["tags"] == {"a": UNKNOWN}
    assert planned["mainRouteTableId"] == vpc["mainRouteTableId"]
    assert aws.read(vpc).outputs == vpc.outputs


def test_secrets_come_back_as_secrets(aws: Any) -> None:
    made = aws.create(PARAMETER, name="/room/token", type="SecureString", value="hunter2", secrets=["value"])
    assert made["value"] == "hunter2"
    assert "value" in made.secrets
    assert "value" in aws.read(made).secrets


def test_a_refusal_never_names_a_secret(aws: Any) -> None:
    inputs = {"name": "corp.example.com", "password": "short1", "vpcSettings": {"vpcId": "vpc-1", "subnetIds": []}}
    (failure,) = aws.check("aws:directoryservice/directory:Directory", inputs, secrets=["password"]).failures
    assert failure.property == ""
    assert "short1" not in str(failure)


def test_default_tags_are_merged(serving: Any, tmp_path: Path) -> None:
    aws = serving.driver(tmp_path, defaultTags={"tags": {"Owner": "us", "Name": "default"}})
    made = aws.create(VPC, cidrBlock="10.0.0.0/16", tags={"Name": "room"})
    assert made["tags"] == {"Name": "room"}
    assert made["tagsAll"] == {"Owner": "us", "Name": "room"}


@pytest.mark.parametrize(
    ("configuration", "reason"),
    [
        ({"region": ""}, "Missing region"),
        ({"region": "mars-north-1"}, "Invalid AWS Region: mars-north-1"),
        ({"allowedAccountIds": ["999999999999"]}, "AWS account ID not allowed: 111122223333"),
        ({"allowedAccountIds": [], "forbiddenAccountIds": ["111122223333"]}, "AWS account ID not allowed"),
    ],
)
def test_account_and_region_are_guarded(
    serving: Any, aws: Any, refused: Any, configuration: dict[str, Any], reason: str
) -> None:
    with pytest.raises(refused, match=reason):
        serving.connect(aws.port, **configuration)


def test_two_providers_keep_their_regions_apart(serving: Any, aws: Any) -> None:
    virginia = serving.connect(aws.port, region="us-east-1")
    assert virginia.invoke("aws:index/getRegion:getRegion")["name"] == "us-east-1"
    assert aws.invoke("aws:index/getRegion:getRegion")["name"] == "ap-northeast-1"
    assert virginia.create(VPC, cidrBlock="10.0.0.0/16")["arn"].startswith("arn:aws:ec2:us-east-1:")
    assert aws.invoke("aws:ec2/getVpcs:getVpcs")["ids"] == []


def test_an_unknown_region_still_previews(aws: Any, refused: Any) -> None:
    aws.stub.Configure(provider_pb2.ConfigureRequest(args=encode({"region": UNKNOWN})))
    assert aws.create(VPC, preview=True, cidrBlock="10.0.0.0/16")["region"] is UNKNOWN
    with pytest.raises(refused, match="not known yet"):
        aws.create(VPC, cidrBlock="10.0.0.0/16")


def test_the_caller_cannot_be_mistaken_for_a_real_one(aws: Any) -> None:
    assert aws.invoke("aws:index/getCallerIdentity:getCallerIdentity")["arn"].endswith(":user/simulated-account")


def test_drift_shows_in_a_refresh(aws: Any, vpc: Any) -> None:
    stale = aws.update(vpc, cidrBlock="10.0.0.0/16", tags={"changed": "elsewhere"})
    assert aws.read(vpc).inputs["tags"] == stale["tags"]


def test_a_structure_given_for_a_document_becomes_json(aws: Any) -> None:
    role = aws.create(ROLE, name="worker", assumeRolePolicy=json.loads(TRUST))
    assert json.loads(role["assumeRolePolicy"]) == json.loads(TRUST)


def test_one_unknown_leaf_makes_the_document_unknown(aws: Any) -> None:
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": UNKNOWN}, "Action": "sts:AssumeRole"}],
    }
    assert aws.create(ROLE, preview=True, name="worker", assumeRolePolicy=document)["assumeRolePolicy"] is UNKNOWN
