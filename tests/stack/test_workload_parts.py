"""A workload's service for others, bucket, secret, prefix lists and dashboard, as the program registers them."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from components.workload.parts import unnamed
from tests.support.examples import EXAMPLES, example_config
from tests.support.recorder import UNKNOWN, Recording, Registration, record

PARTS = "landing-parts"


@cache
def recorded(name: str, *, known: bool) -> Recording:
    return record(name, known=known, config=example_config(name))


def only(recording: Recording, type_: str, name: str = "landing-") -> Registration:
    (found,) = [item for item in recording.of(type_) if item.name.startswith(name)]
    return found


def targets(recording: Recording, item: Registration, key: str) -> list[str]:
    return sorted(recording.by_urn()[urn].name for urn in item.property_dependencies.get(key, ()))


def workload(name: str, known: bool = True, **changes: Any) -> Recording:
    """An example with parts of its workload changed; None removes one."""
    config = example_config(name)
    section = config["secure-room:landing"]["workload"]
    section |= changes
    for key in [key for key, value in changes.items() if value is None]:
        del section[key]
    return record(name, known=known, config=config)


# -- PrivateLink ------------------------------------------------------------------------------------------------------


def test_the_service_is_one_internal_network_balancer_that_filters_and_each_connection_is_accepted_by_hand(
    known: bool,
) -> None:
    recording = recorded("single", known=known)
    balancer = only(recording, "aws:lb/loadBalancer:LoadBalancer")
    assert balancer.inputs["internal"] is True
    assert balancer.inputs["loadBalancerType"] == "network"
    assert balancer.inputs["enforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] == "on"
    assert targets(recording, balancer, "securityGroups") == ["landing-workload-groups-provider"]
    assert targets(recording, balancer, "subnets") == [f"landing-workload-subnets-service-{n}" for n in (1, 2)]
    service = only(recording, "aws:ec2/vpcEndpointService:VpcEndpointService")
    assert service.inputs["acceptanceRequired"] is True
    assert service.inputs["allowedPrincipals"] == ["arn:aws:iam::555566667777:root"]
    assert targets(recording, service, "networkLoadBalancerArns") == [balancer.name]


def test_the_service_s_targets_are_the_instances_on_its_port_alone(known: bool) -> None:
    recording = recorded("single", known=known)
    group = only(recording, "aws:lb/targetGroup:TargetGroup")
    assert (group.inputs["targetType"], group.inputs["port"], group.inputs["preserveClientIp"]) == ("ip", 8443, "false")
    listener = only(recording, "aws:lb/listener:Listener")
    assert (listener.inputs["protocol"], listener.inputs["port"]) == ("TCP", 8443)
    attached = [item.inputs for item in recording.of("aws:lb/targetGroupAttachment:TargetGroupAttachment")]
    assert [(item["targetId"], item["port"]) for item in attached] == [("10.80.0.20", 8443), ("10.80.2.20", 8443)]


def test_the_callers_ranges_are_all_that_its_group_lets_in(known: bool) -> None:
    recording = recorded("single", known=known)
    inward = [
        item
        for item in recording.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
        if targets(recording, item, "securityGroupId") == ["landing-workload-groups-provider"]
    ]
    assert [(item.inputs["cidrIpv4"], item.inputs["fromPort"], item.inputs["toPort"]) for item in inward] == [
        ("10.140.0.0/24", 8443, 8443)
    ]


# -- bucket and secret ------------------------------------------------------------------------------------------------


def test_policies_can_be_read_at_a_preview(known: bool) -> None:
    recording = recorded("single", known=known)
    for type_, key in (
        ("aws:s3/bucketPolicy:BucketPolicy", "policy"),
        ("aws:secretsmanager/secretPolicy:SecretPolicy", "policy"),
        ("aws:iam/rolePolicy:RolePolicy", "policy"),
        ("aws:iam/policy:Policy", "policy"),
        ("aws:kms/key:Key", "policy"),
    ):
        found = [item for item in recording.of(type_) if item.name.startswith(PARTS)]
        assert found, type_
        for item in found:
            assert item.inputs[key] != UNKNOWN
            assert json.loads(item.inputs[key])["Statement"]


def test_the_bucket_is_closed_encrypted_and_bound_to_the_named_endpoint(known: bool) -> None:
    recording = recorded("single", known=known)
    closed = only(recording, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", PARTS)
    assert all(closed.inputs[key] for key in closed.inputs if key != "bucket")
    policy = only(recording, "aws:s3/bucketPolicy:BucketPolicy", PARTS).inputs["policy"]
    assert "vpce-0123456789abcdef0" in policy
    assert "arn:aws:iam::111122223333:role/break-glass" in policy


def test_the_secret_has_a_key_of_its_own_a_private_policy_and_one_reader(known: bool) -> None:
    recording = recorded("single", known=known)
    secret = only(recording, "aws:secretsmanager/secret:Secret")
    assert targets(recording, secret, "kmsKeyId") == [f"{PARTS}-secret-key"]
    assert only(recording, "aws:secretsmanager/secretPolicy:SecretPolicy", PARTS).inputs["blockPublicPolicy"] is True
    role = only(recording, "aws:iam/role:Role", PARTS)
    assert targets(recording, role, "permissionsBoundary") == [f"{PARTS}-secret-boundary"]
    profile = only(recording, "aws:iam/instanceProfile:InstanceProfile", PARTS)
    assert targets(recording, profile, "role") == [role.name]
    assert f"{PARTS}-secret-reader-secret" in {recording.by_urn()[urn].name for urn in profile.depends_on}


def test_an_id_that_the_settings_lack_is_told_and_one_that_they_have_is_not() -> None:
    assert unnamed("secret.vpc_id", "vpc-1", ()) == "put vpc-1 into landing.workload.secret.vpc_id"
    assert unnamed("secret.vpc_id", "vpc-1", ("vpc-2",)) == "put vpc-1 into landing.workload.secret.vpc_id"
    assert unnamed("secret.vpc_id", "vpc-1", ("vpc-2", "vpc-1")) == ""
    assert "workload_to_do" in recorded("single", known=True).exports
    assert "workload_to_do" not in recorded("inline", known=True).exports


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name != "single"])
def test_none_of_it_is_there_unless_it_is_asked_for(name: str) -> None:
    recording = recorded(name, known=False)
    assert not [item for item in recording.registrations if item.name.startswith(PARTS)]


# -- prefix lists -----------------------------------------------------------------------------------------------------


def test_the_company_s_branches_are_one_rule_that_names_a_list(known: bool) -> None:
    recording = recorded("attach", known=known)
    listed = only(recording, "aws:ec2/managedPrefixList:ManagedPrefixList")
    assert [entry["cidr"] for entry in listed.inputs["entries"]] == ["10.100.64.0/24", "10.100.65.0/24"]
    assert listed.inputs["maxEntries"] == 4
    naming = [
        item
        for item in recording.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
        if targets(recording, item, "prefixListId") == [listed.name]
    ]
    assert [item.name for item in naming] == ["landing-workload-groups-instance-ingress-list-branches-tcp-443"]
    assert "cidrIpv4" not in naming[0].inputs


# -- dashboard --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "scope"), [("inline", "workload"), ("attach", "workload")])
def test_the_dashboard_is_known_at_a_preview_and_looks_at_what_the_stack_makes(name: str, scope: str) -> None:
    recording = recorded(name, known=False)
    (board,) = recording.of("aws:cloudwatch/dashboard:Dashboard")
    assert board.inputs["dashboardName"] == f"secure-room-dev-{scope}-inspection"
    widgets = json.loads(board.inputs["dashboardBody"])["widgets"]
    corners = {(widget["x"], widget["y"]) for widget in widgets}
    assert len(corners) == len(widgets), "no widget lies on another"
    body = board.inputs["dashboardBody"]
    if name == "inline":
        (firewall,) = recording.of("aws:networkfirewall/firewall:Firewall")
        logs = {item.inputs["name"] for item in recording.of("aws:cloudwatch/logGroup:LogGroup")}
        (filtered,) = recording.of("aws:cloudwatch/logMetricFilter:LogMetricFilter")
        assert f'FirewallName=\\"{firewall.inputs["name"]}\\"' in body
        assert filtered.inputs["metricTransformation"]["name"] in body
        assert {line.split("'")[1] for line in queries(widgets)} == {
            log for log in logs if log.endswith("firewall/workload/flow")
        }
    else:
        assert "com.amazonaws.vpce.ap-northeast-1.vpce-svc-0123456789abcdef0" in body


def queries(widgets: list[dict[str, Any]]) -> list[str]:
    return [widget["properties"]["query"] for widget in widgets if widget["type"] == "log"]


def test_there_is_no_dashboard_unless_it_is_asked_for() -> None:
    recording = workload("inline", known=False, inspection={"engine": "network_firewall"})
    assert not recording.of("aws:cloudwatch/dashboard:Dashboard")
