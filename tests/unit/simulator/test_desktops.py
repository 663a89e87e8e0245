"""Directories, registrations and WorkSpaces: the order that AWS demands."""

from __future__ import annotations

import json
from typing import Any

import pytest

DIRECTORY, REGISTRATION = "aws:directoryservice/directory:Directory", "aws:workspaces/directory:Directory"
WORKSPACE, IP_GROUP = "aws:workspaces/workspace:Workspace", "aws:workspaces/ipGroup:IpGroup"
ROLE, ATTACHMENT = "aws:iam/role:Role", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
POLICIES = ("AmazonWorkSpacesServiceAccess", "AmazonWorkSpacesSelfServiceAccess")


@pytest.fixture
def directory(aws: Any, vpc: Any, subnets: Any) -> Any:
    settings = {"vpcId": vpc.id, "subnetIds": [subnet.id for subnet in subnets]}
    return aws.create(
        DIRECTORY,
        name="corp.example.com",
        password="Correct-Horse-1",
        type="MicrosoftAD",
        edition="Standard",
        vpcSettings=settings,
    )


@pytest.fixture
def default_role(aws: Any) -> Any:
    statement = {"Effect": "Allow", "Principal": {"Service": "workspaces.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = aws.create(
        ROLE,
        name="workspaces_DefaultRole",
        assumeRolePolicy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    for policy in POLICIES:
        aws.create(ATTACHMENT, role=role.id, policyArn=f"arn:aws:iam::aws:policy/{policy}")
    return role


def test_a_directory_has_controllers_in_both_subnets(aws: Any, directory: Any, subnets: Any, refused: Any) -> None:
    assert sorted(address.rsplit(".", 1)[0] for address in directory["dnsIpAddresses"]) == ["10.0.1", "10.0.2"]
    assert directory["securityGroupId"].startswith("sg-")
    with pytest.raises(refused, match="DependencyViolation"):
        aws.delete(subnets[0])


def test_a_directory_needs_two_zones(aws: Any, vpc: Any, subnets: Any, refused: Any) -> None:
    settings = {"vpcId": vpc.id, "subnetIds": [subnets[0].id]}
    with pytest.raises(refused, match="two subnets in different Availability Zones"):
        aws.create(
            DIRECTORY, name="corp.example.com", password="Correct-Horse-1", type="MicrosoftAD", vpcSettings=settings
        )


@pytest.mark.parametrize("attached", [(), POLICIES[:1], POLICIES[1:]])
def test_registration_needs_the_default_role_with_both_policies(
    aws: Any, directory: Any, refused: Any, attached: tuple[str, ...]
) -> None:
    if attached:
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "workspaces.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        role = aws.create(
            ROLE,
            name="workspaces_DefaultRole",
            assumeRolePolicy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        )
        for policy in attached:
            aws.create(ATTACHMENT, role=role.id, policyArn=f"arn:aws:iam::aws:policy/{policy}")
    with pytest.raises(refused, match="workspaces_DefaultRole"):
        aws.create(REGISTRATION, directoryId=directory.id)


def test_registration(aws: Any, directory: Any, default_role: Any, refused: Any) -> None:
    registered = aws.create(REGISTRATION, directoryId=directory.id)
    assert registered["registrationCode"].startswith("WS")
    assert registered["dnsIpAddresses"] == directory["dnsIpAddresses"]
    with pytest.raises(refused, match="authorized applications"):
        aws.delete(directory)
    aws.delete(registered)
    aws.delete(directory)


def test_zones_that_workspaces_lacks(
    aws: Any, vpc: Any, subnets: Any, directory: Any, default_role: Any, refused: Any
) -> None:
    third = aws.create("aws:ec2/subnet:Subnet", vpcId=vpc.id, cidrBlock="10.0.3.0/24", availabilityZoneId="apne1-az2")
    with pytest.raises(refused, match="does not support"):
        aws.create(REGISTRATION, directoryId=directory.id, subnetIds=[subnets[0].id, third.id])


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ({"runningMode": "AUTO_STOP", "runningModeAutoStopTimeoutInMinutes": 90}, "multiple of 60"),
        ({"runningMode": "ALWAYS_ON", "runningModeAutoStopTimeoutInMinutes": 60}, "only for the running mode"),
        ({"runningMode": "SOMETIMES"}, "expected one of"),
    ],
)
def test_running_modes(
    aws: Any, directory: Any, default_role: Any, refused: Any, properties: dict[str, Any], reason: str
) -> None:
    registered = aws.create(REGISTRATION, directoryId=directory.id)
    with pytest.raises(refused, match=reason):
        aws.create(
            WORKSPACE,
            directoryId=registered.id,
            bundleId="wsb-0123abcd4",
            userName="hanako",
            workspaceProperties=properties,
        )


def test_a_desktop_needs_a_registered_directory_and_one_user_has_one(
    aws: Any, directory: Any, default_role: Any, refused: Any
) -> None:
    desktop = {"directoryId": directory.id, "bundleId": "wsb-0123abcd4", "userName": "hanako"}
    with pytest.raises(refused, match="not registered"):
        aws.create(WORKSPACE, **desktop)
    registered = aws.create(REGISTRATION, directoryId=directory.id)
    assert aws.create(WORKSPACE, **desktop)["state"] == "AVAILABLE"
    with pytest.raises(refused, match="already has a WorkSpace"):
        aws.create(WORKSPACE, **desktop)
    with pytest.raises(refused, match="still has WorkSpaces"):
        aws.delete(registered)


def test_ip_groups_hold_ten_rules(aws: Any, refused: Any) -> None:
    rules = [{"source": f"203.0.113.{n}/32"} for n in range(11)]
    assert aws.create(IP_GROUP, name="ten", rules=rules[:10]).id.startswith("wsipg-")
    with pytest.raises(refused, match="maximum number of rules"):
        aws.create(IP_GROUP, name="eleven", rules=rules)
    with pytest.raises(refused, match="no IPv4 address"):
        aws.create(IP_GROUP, name="wrong", rules=[{"source": "somewhere"}])
