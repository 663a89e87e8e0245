"""Behind the provider: what was made is read back with boto3, survives a restart with its ids, and drift shows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import RLock
from typing import Any

import boto3
import pytest

from simulator.account import Account
from simulator.creation import Session
from simulator.emulator.world import World
from simulator.operations import Operations
from simulator.server import start
from simulator.wire import Decoded

TOKYO = "ap-northeast-1"
VPC, SUBNET, GROUP = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet", "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
ROLE, ATTACHMENT = "aws:iam/role:Role", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}

# moto keeps its objects in module globals: these tests share one process, one account at a time.
pytestmark = pytest.mark.xdist_group("emulator")


class Emulated:
    """One account with its API side, which can be stopped and started again."""

    def __init__(self, serving: Any, folder: Path) -> None:
        self._serving = serving
        self._folder = folder
        self._stop: Callable[[], None] = lambda: None
        self.restart()

    def restart(self) -> None:
        self._stop()
        account = Account(self._folder)
        server, port, endpoint = start(account, emulate=True)
        assert endpoint is not None
        self.url = endpoint.url
        self.aws = self._serving.connect(port)

        def stop() -> None:
            self.aws.close()
            server.stop(0).wait()
            endpoint.close()
            account.close()

        self._stop = stop

    def close(self) -> None:
        self._stop()

    def client(self, service: str) -> Any:
        return boto3.client(
            service, endpoint_url=self.url, region_name=TOKYO, aws_access_key_id="x", aws_secret_access_key="x"
        )


@pytest.fixture
def emulated(serving: Any, tmp_path: Path) -> Iterator[Emulated]:
    """An account with its API side."""
    one = Emulated(serving, tmp_path / "account")
    yield one
    one.close()


@pytest.fixture
def room(emulated: Emulated) -> dict[str, Any]:
    """A VPC with two subnets, a group with one rule, and an interface endpoint."""
    aws = emulated.aws
    vpc = aws.create(VPC, "vpc", cidrBlock="10.0.0.0/16", enableDnsHostnames=True, tags={"Name": "room"})
    subnets = [
        aws.create(SUBNET, f"subnet-{n}", vpcId=vpc.id, cidrBlock=f"10.0.{n}.0/24", availabilityZone=zone)
        for n, zone in ((1, "ap-northeast-1a"), (2, "ap-northeast-1c"))
    ]
    group = aws.create(GROUP, "group", vpcId=vpc.id, name="endpoint", description="Endpoint")
    rule = aws.create(
        INGRESS, "rule", securityGroupId=group.id, ipProtocol="tcp", fromPort=443, toPort=443, cidrIpv4="10.0.0.0/16"
    )
    endpoint = aws.create(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        "endpoint",
        vpcId=vpc.id,
        serviceName=f"com.amazonaws.{TOKYO}.ssm",
        vpcEndpointType="Interface",
        privateDnsEnabled=True,
        subnetIds=[subnet.id for subnet in subnets],
        securityGroupIds=[group.id],
    )
    return {"vpc": vpc, "subnets": subnets, "group": group, "rule": rule, "endpoint": endpoint}


def test_what_was_made_is_read_back(emulated: Emulated, room: dict[str, Any]) -> None:
    ec2 = emulated.client("ec2")
    (vpc,) = ec2.describe_vpcs()["Vpcs"]
    assert (vpc["VpcId"], vpc["CidrBlock"], vpc["OwnerId"]) == (room["vpc"].id, "10.0.0.0/16", "111122223333")
    assert vpc["Tags"] == [{"Key": "Name", "Value": "room"}]
    assert {s["SubnetId"] for s in ec2.describe_subnets()["Subnets"]} == {s.id for s in room["subnets"]}
    (rule,) = ec2.describe_security_group_rules(SecurityGroupRuleIds=[room["rule"].id])["SecurityGroupRules"]
    assert (rule["GroupId"], rule["CidrIpv4"], rule["FromPort"]) == (room["group"].id, "10.0.0.0/16", 443)


def test_default_objects_are_those_of_the_api(emulated: Emulated, room: dict[str, Any]) -> None:
    ec2 = emulated.client("ec2")
    groups = {g["GroupName"]: g["GroupId"] for g in ec2.describe_security_groups()["SecurityGroups"]}
    assert groups["default"] == room["vpc"]["defaultSecurityGroupId"]
    tables = ec2.describe_route_tables(Filters=[{"Name": "association.main", "Values": ["true"]}])["RouteTables"]
    assert [t["RouteTableId"] for t in tables] == [room["vpc"]["mainRouteTableId"]]


def test_interfaces_of_an_endpoint_lie_in_its_subnets_and_groups(emulated: Emulated, room: dict[str, Any]) -> None:
    found = emulated.client("ec2").describe_network_interfaces()["NetworkInterfaces"]
    assert {eni["NetworkInterfaceId"] for eni in found} == set(room["endpoint"]["networkInterfaceIds"])
    assert {eni["PrivateIpAddress"].rsplit(".", 1)[0] for eni in found} == {"10.0.1", "10.0.2"}
    assert {group["GroupId"] for eni in found for group in eni["Groups"]} == {room["group"].id}
    assert {eni["InterfaceType"] for eni in found} == {"vpc_endpoint"}


def test_adopting_the_default_group_empties_it(emulated: Emulated, room: dict[str, Any]) -> None:
    adopted = emulated.aws.create("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", vpcId=room["vpc"].id)
    (group,) = emulated.client("ec2").describe_security_groups(GroupIds=[adopted.id])["SecurityGroups"]
    assert (group["IpPermissions"], group["IpPermissionsEgress"]) == ([], [])


def _everything(emulated: Emulated) -> str:
    ec2 = emulated.client("ec2")
    seen = {
        name: getattr(ec2, f"describe_{name}")()
        for name in (
            "vpcs",
            "subnets",
            "route_tables",
            "security_groups",
            "security_group_rules",
            "network_acls",
            "network_interfaces",
            "vpc_endpoints",
        )
    }
    for answer in seen.values():
        answer.pop("ResponseMetadata")
    for endpoint in seen["vpc_endpoints"]["VpcEndpoints"]:
        endpoint.pop("CreationTimestamp")
    return json.dumps(seen, default=str, sort_keys=True)


def test_a_restart_gives_the_same_account(emulated: Emulated, room: dict[str, Any]) -> None:
    before = _everything(emulated)
    emulated.restart()
    assert _everything(emulated) == before
    assert emulated.aws.read(room["vpc"]).outputs == room["vpc"].outputs


def test_what_clients_change_survives_a_restart(emulated: Emulated, room: dict[str, Any]) -> None:
    permission = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    emulated.client("ec2").authorize_security_group_ingress(GroupId=room["group"].id, IpPermissions=[permission])
    before = _everything(emulated)
    assert '"FromPort": 22' in before
    emulated.restart()
    assert _everything(emulated) == before


def test_a_refused_create_leaves_nothing_behind(emulated: Emulated, room: dict[str, Any], refused: Any) -> None:
    before = _everything(emulated)
    with pytest.raises(refused, match="InvalidSubnet"):
        emulated.aws.create(SUBNET, vpcId=room["vpc"].id, cidrBlock="10.0.1.0/24")
    with pytest.raises(refused, match=r"InvalidGroup\.NotFound"):
        emulated.aws.create(
            "aws:ec2/instance:Instance",
            ami="ami-12345678",
            instanceType="t3.medium",
            subnetId=room["subnets"][0].id,
            vpcSecurityGroupIds=["sg-0"],
        )
    assert _everything(emulated) == before


def test_deleting_deletes_behind_the_api(emulated: Emulated, room: dict[str, Any]) -> None:
    for made in (room["endpoint"], room["rule"], room["group"], *room["subnets"], room["vpc"]):
        emulated.aws.delete(made)
    ec2 = emulated.client("ec2")
    assert ec2.describe_vpcs()["Vpcs"] == []
    assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []


@pytest.mark.parametrize("what", ["rule", "vpc"])
def test_what_is_deleted_elsewhere_is_gone_at_a_refresh(emulated: Emulated, what: str) -> None:
    aws, ec2 = emulated.aws, emulated.client("ec2")
    vpc = aws.create(VPC, cidrBlock="10.0.0.0/16")
    group = aws.create(GROUP, vpcId=vpc.id, name="web", description="Web")
    rule = aws.create(
        INGRESS, securityGroupId=group.id, ipProtocol="tcp", fromPort=443, toPort=443, cidrIpv4="10.0.0.0/16"
    )
    ec2.revoke_security_group_ingress(GroupId=group.id, SecurityGroupRuleIds=[rule.id])
    if what == "vpc":
        ec2.delete_security_group(GroupId=group.id)
        ec2.delete_vpc(VpcId=vpc.id)
        assert aws.read(vpc) is None
    assert aws.read(rule) is None


def test_a_rule_opened_elsewhere_shows_at_a_refresh(emulated: Emulated, room: dict[str, Any]) -> None:
    assert emulated.aws.read(room["group"])["ingress"] == []
    permission = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    emulated.client("ec2").authorize_security_group_ingress(GroupId=room["group"].id, IpPermissions=[permission])
    (rule,) = emulated.aws.read(room["group"])["ingress"]
    assert (rule["fromPort"], rule["cidrBlocks"]) == (22, ["0.0.0.0/0"])


def test_a_policy_attached_elsewhere_shows_at_a_refresh(emulated: Emulated) -> None:
    role = emulated.aws.create(ROLE, name="worker", assumeRolePolicy=json.dumps(TRUST))
    emulated.aws.create(ATTACHMENT, role="worker", policyArn="arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore")
    assert emulated.aws.read(role)["managedPolicyArns"] == []
    extra = "arn:aws:iam::aws:policy/AdministratorAccess"
    emulated.client("iam").attach_role_policy(RoleName="worker", PolicyArn=extra)
    assert emulated.aws.read(role)["managedPolicyArns"] == [extra]


def test_a_route_added_elsewhere_shows_at_a_refresh(emulated: Emulated) -> None:
    aws = emulated.aws
    vpc = aws.create(VPC, cidrBlock="10.0.0.0/16")
    gateway = aws.create("aws:ec2/internetGateway:InternetGateway", vpcId=vpc.id)
    table = aws.create("aws:ec2/routeTable:RouteTable", vpcId=vpc.id)
    assert aws.read(table)["routes"] == []
    emulated.client("ec2").create_route(RouteTableId=table.id, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway.id)
    (route,) = aws.read(table)["routes"]
    assert (route["cidrBlock"], route["gatewayId"]) == ("0.0.0.0/0", gateway.id)


def test_beginning_anew_in_one_process_changes_no_id(tmp_path: Path) -> None:
    # moto makes objects of its own at the first call of a process; they must not shift the ids that follow.
    operations = Operations(Account(tmp_path), emulate=True)
    session = Session("444455556666", TOKYO)
    made = operations.create(
        session, f"urn:pulumi:a::b::{VPC}::vpc", Decoded({"cidrBlock": "10.0.0.0/16"}, frozenset())
    )
    world = operations.world(session)
    assert world is not None
    world.spoil()
    assert [vpc["VpcId"] for vpc in world.call("ec2", TOKYO, "describe_vpcs", {})["Vpcs"]] == [made.id]
    subnet = Decoded({"vpcId": made.id, "cidrBlock": "10.0.0.0/24"}, frozenset())
    assert operations.create(session, f"urn:pulumi:a::b::{SUBNET}::subnet", subnet).id.startswith("subnet-")


def test_what_is_called_first_changes_no_id(tmp_path: Path) -> None:
    """Accounts that no other test here uses: what moto makes at an account's first call, it makes once in a process."""

    def key_of(number: str, *, looks_first: bool) -> str:
        account = Account(tmp_path / number)
        world = World(account, number, RLock())
        if looks_first:
            world.call("sns", TOKYO, "list_topics", {})
        made = world.call("kms", TOKYO, "create_key", {}, seed="the same")
        account.close()
        return made["KeyMetadata"]["KeyId"]

    assert key_of("777700000001", looks_first=False) == key_of("777700000002", looks_first=True)


def test_a_vpc_of_another_account_can_be_peered_with(emulated: Emulated, room: dict[str, Any]) -> None:
    peering = emulated.aws.create(
        "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
        vpcId=room["vpc"].id,
        peerVpcId="vpc-0a1b2c3d4e5f60718",
        peerOwnerId="999999999999",
    )
    (found,) = emulated.client("ec2").describe_vpc_peering_connections()["VpcPeeringConnections"]
    assert found["VpcPeeringConnectionId"] == peering.id
    assert found["AccepterVpcInfo"]["OwnerId"] == "999999999999"
    assert [vpc["VpcId"] for vpc in emulated.client("ec2").describe_vpcs()["Vpcs"]] == [room["vpc"].id]
