"""What EC2 refuses about VPCs, subnets, tables, routes, groups and lists."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

VPC, SUBNET, TABLE, ROUTE = (
    "aws:ec2/vpc:Vpc",
    "aws:ec2/subnet:Subnet",
    "aws:ec2/routeTable:RouteTable",
    "aws:ec2/route:Route",
)
IGW, EIP, NAT = "aws:ec2/internetGateway:InternetGateway", "aws:ec2/eip:Eip", "aws:ec2/natGateway:NatGateway"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"


def test_a_vpc_comes_with_its_default_objects(aws: Any, vpc: Any) -> None:
    assert vpc.id.startswith("vpc-0")
    assert vpc["arn"] == f"arn:aws:ec2:ap-northeast-1:111122223333:vpc/{vpc.id}"
    adopted = aws.create("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", vpcId=vpc.id)
    assert adopted.id == vpc["defaultSecurityGroupId"]
    assert (adopted["ingress"], adopted["egress"]) == ([], [])
    assert (
        aws.create("aws:ec2/defaultNetworkAcl:DefaultNetworkAcl", defaultNetworkAclId=vpc["defaultNetworkAclId"]).id
        == vpc["defaultNetworkAclId"]
    )
    assert (
        aws.create("aws:ec2/defaultRouteTable:DefaultRouteTable", defaultRouteTableId=vpc["defaultRouteTableId"]).id
        == vpc["mainRouteTableId"]
    )


def test_default_objects_vanish_with_the_vpc(aws: Any, vpc: Any) -> None:
    adopted = aws.create("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", vpcId=vpc.id)
    aws.delete(adopted)
    aws.delete(vpc)
    assert aws.read(vpc) is None


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ("10.0.1.128/25", "InvalidSubnet.Conflict"),
        ("10.0.0.0/16", "InvalidSubnet.Conflict"),
        ("10.1.0.0/24", "InvalidSubnet.Range"),
        ("10.0.3.0/29", "InvalidSubnet.Range"),
        ("10.0.3.1/24", "is not a valid CIDR block"),
        ("300.0.0.0/24", "is not a valid CIDR block"),
    ],
)
def test_wrong_subnets(aws: Any, vpc: Any, subnets: Any, refused: Any, block: str, code: str) -> None:
    with pytest.raises(refused, match=code):
        aws.create(SUBNET, vpcId=vpc.id, cidrBlock=block)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(blocks=st.lists(st.tuples(st.integers(0, 255), st.integers(18, 24)), min_size=1, max_size=6))
def test_subnets_stay_disjoint(
    serving: Any, tmp_path_factory: Any, refused: Any, blocks: list[tuple[int, int]]
) -> None:
    aws = serving.driver(tmp_path_factory.mktemp("account"))
    vpc = aws.create(VPC, cidrBlock="10.0.0.0/17")
    accepted: list[tuple[int, int]] = []
    for third, length in blocks:
        size = 2 ** (32 - length)
        first = ((10 << 24) + (third << 8)) // size * size
        block = f"{ipaddress.IPv4Address(first)}/{length}"
        inside = first >= (10 << 24) and first + size <= (10 << 24) + 2**15
        free = all(first + size <= low or high <= first for low, high in accepted)
        if inside and free:
            aws.create(SUBNET, vpcId=vpc.id, cidrBlock=block)
            accepted.append((first, first + size))
        else:
            with pytest.raises(refused, match=r"InvalidSubnet\."):
                aws.create(SUBNET, vpcId=vpc.id, cidrBlock=block)
    serving.close()


def test_a_reference_must_exist(aws: Any, refused: Any) -> None:
    with pytest.raises(refused, match=r"InvalidVpcID\.NotFound: The vpc ID 'vpc-00000000000000000' does not exist"):
        aws.create(SUBNET, vpcId="vpc-00000000000000000", cidrBlock="10.0.0.0/24")


def test_what_is_used_cannot_be_deleted(aws: Any, vpc: Any, subnets: Any, refused: Any) -> None:
    with pytest.raises(refused, match="DependencyViolation"):
        aws.delete(vpc)
    for subnet in subnets:
        aws.delete(subnet)
    aws.delete(vpc)


def test_deleting_twice_is_no_error(aws: Any, vpc: Any) -> None:
    aws.delete(vpc)
    aws.delete(vpc)


def _nat(aws: Any, vpc: Any, subnet: Any) -> Any:
    aws.create(IGW, "gateway", vpcId=vpc.id)
    address = aws.create(EIP, "address", domain="vpc")
    return aws.create(NAT, "nat", subnetId=subnet.id, allocationId=address.id)


def test_a_nat_gateway_needs_an_internet_gateway_and_an_address(aws: Any, vpc: Any, subnets: Any, refused: Any) -> None:
    address = aws.create(EIP, domain="vpc")
    with pytest.raises(refused, match=r"Gateway\.NotAttached"):
        aws.create(NAT, subnetId=subnets[0].id, allocationId=address.id)
    gateway = aws.create(IGW, vpcId=vpc.id)
    with pytest.raises(refused, match="allocationId"):
        aws.create(NAT, subnetId=subnets[0].id)
    nat = aws.create(NAT, subnetId=subnets[0].id, allocationId=address.id)
    assert nat["publicIp"] == address["publicIp"]
    assert ipaddress.ip_address(nat["privateIp"]) in ipaddress.ip_network("10.0.1.0/24")
    with pytest.raises(refused, match="mapped public address"):
        aws.delete(gateway)
    with pytest.raises(refused, match=r"Resource\.AlreadyAssociated"):
        aws.create(NAT, subnetId=subnets[1].id, allocationId=address.id)


def test_one_internet_gateway_a_vpc(aws: Any, vpc: Any, refused: Any) -> None:
    aws.create(IGW, vpcId=vpc.id)
    with pytest.raises(refused, match="already attached"):
        aws.create(IGW, vpcId=vpc.id)


def test_routes(aws: Any, vpc: Any, subnets: Any, refused: Any) -> None:
    nat = _nat(aws, vpc, subnets[0])
    table = aws.create(TABLE, vpcId=vpc.id)
    aws.create(ROUTE, routeTableId=table.id, destinationCidrBlock="0.0.0.0/0", natGatewayId=nat.id)
    with pytest.raises(refused, match="RouteAlreadyExists"):
        aws.create(ROUTE, routeTableId=table.id, destinationCidrBlock="0.0.0.0/0", natGatewayId=nat.id)
    with pytest.raises(refused, match="exactly one route target"):
        aws.create(ROUTE, routeTableId=table.id, destinationCidrBlock="192.0.2.0/24")
    with pytest.raises(refused, match="more specific"):
        aws.create(ROUTE, routeTableId=table.id, destinationCidrBlock="10.0.9.0/24", natGatewayId=nat.id)


def test_a_route_stays_in_its_network(aws: Any, vpc: Any, refused: Any) -> None:
    other = aws.create(VPC, cidrBlock="10.9.0.0/16")
    table, gateway = aws.create(TABLE, vpcId=other.id), aws.create(IGW, vpcId=vpc.id)
    with pytest.raises(refused, match="belong to different networks"):
        aws.create(ROUTE, routeTableId=table.id, destinationCidrBlock="0.0.0.0/0", gatewayId=gateway.id)


def test_a_subnet_has_one_table(aws: Any, vpc: Any, subnets: Any, refused: Any) -> None:
    tables = [aws.create(TABLE, vpcId=vpc.id) for _ in range(2)]
    aws.create(ASSOCIATION, subnetId=subnets[0].id, routeTableId=tables[0].id)
    with pytest.raises(refused, match=r"Resource\.AlreadyAssociated"):
        aws.create(ASSOCIATION, subnetId=subnets[0].id, routeTableId=tables[1].id)


HTTPS: dict[str, Any] = {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "10.0.0.0/16"}


@pytest.mark.parametrize("again", [{"description": "other"}, {"ipProtocol": "6"}])
def test_the_same_rule_twice(aws: Any, vpc: Any, refused: Any, again: dict[str, str]) -> None:
    group = aws.create(GROUP, vpcId=vpc.id, name="web")
    rule: dict[str, Any] = {"securityGroupId": group.id, **HTTPS}
    aws.create(INGRESS, **rule)
    with pytest.raises(refused, match=r"InvalidPermission\.Duplicate"):
        aws.create(INGRESS, **{**rule, **again})


@pytest.mark.parametrize(
    "wrong",
    [
        {"cidrIpv4": None},
        {"cidrIpv6": "::/0"},
        {"ipProtocol": "-1"},
        {"fromPort": None},
        {"toPort": 70000},
        {"cidrIpv4": "10.0.0.1/16"},
        {"cidrIpv4": None, "referencedSecurityGroupId": "sg-00000000000000000"},
    ],
)
def test_malformed_rules(aws: Any, vpc: Any, refused: Any, wrong: dict[str, Any]) -> None:
    group = aws.create(GROUP, vpcId=vpc.id, name="web")
    rule: dict[str, Any] = {"securityGroupId": group.id, **HTTPS}
    with pytest.raises(refused):
        aws.create(INGRESS, **{name: value for name, value in {**rule, **wrong}.items() if value is not None})


def test_a_group_that_a_rule_names_stays(aws: Any, vpc: Any, refused: Any) -> None:
    client, server = aws.create(GROUP, vpcId=vpc.id, name="client"), aws.create(GROUP, vpcId=vpc.id, name="server")
    rule = aws.create(
        INGRESS, securityGroupId=server.id, ipProtocol="tcp", fromPort=1, toPort=1, referencedSecurityGroupId=client.id
    )
    with pytest.raises(refused, match="dependent object"):
        aws.delete(client)
    aws.delete(rule)
    aws.delete(client)


def test_peered_vpcs_do_not_overlap(aws: Any, vpc: Any, refused: Any) -> None:
    same, other = aws.create(VPC, cidrBlock="10.0.128.0/20"), aws.create(VPC, cidrBlock="10.1.0.0/16")
    with pytest.raises(refused, match="OverlappingCidr"):
        aws.create(
            "aws:ec2/vpcPeeringConnection:VpcPeeringConnection", vpcId=vpc.id, peerVpcId=same.id, autoAccept=True
        )
    peering = aws.create(
        "aws:ec2/vpcPeeringConnection:VpcPeeringConnection", vpcId=vpc.id, peerVpcId=other.id, autoAccept=True
    )
    assert peering["acceptStatus"] == "active"


def test_a_peering_waits_for_its_accepter(aws: Any, vpc: Any, refused: Any) -> None:
    other = aws.create(VPC, cidrBlock="10.1.0.0/16")
    peering = aws.create("aws:ec2/vpcPeeringConnection:VpcPeeringConnection", vpcId=vpc.id, peerVpcId=other.id)
    assert peering["acceptStatus"] == "pending-acceptance"
    options = {"vpcPeeringConnectionId": peering.id, "requester": {"allowRemoteVpcDnsResolution": True}}
    with pytest.raises(refused, match="is not active"):
        aws.create("aws:ec2/peeringConnectionOptions:PeeringConnectionOptions", **options)
    aws.create(
        "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter",
        vpcPeeringConnectionId=peering.id,
        autoAccept=True,
    )
    aws.create("aws:ec2/peeringConnectionOptions:PeeringConnectionOptions", **options)
    assert aws.read(peering)["acceptStatus"] == "active"


def test_an_interface_endpoint_has_an_interface_in_each_subnet(aws: Any, vpc: Any, subnets: Any, refused: Any) -> None:
    given = {
        "vpcId": vpc.id,
        "serviceName": "com.amazonaws.ap-northeast-1.ssm",
        "vpcEndpointType": "Interface",
        "privateDnsEnabled": True,
    }
    endpoint = aws.create("aws:ec2/vpcEndpoint:VpcEndpoint", **given, subnetIds=[subnet.id for subnet in subnets])
    assert len(endpoint["networkInterfaceIds"]) == 2
    assert "ssm.ap-northeast-1.amazonaws.com" in [entry["dnsName"] for entry in endpoint["dnsEntries"]]
    with pytest.raises(refused, match="conflicting DNS domain"):
        aws.create("aws:ec2/vpcEndpoint:VpcEndpoint", **given)
    with pytest.raises(refused, match="DependencyViolation"):
        aws.delete(subnets[0])


def test_a_gateway_endpoint_takes_a_table_once(aws: Any, vpc: Any, refused: Any) -> None:
    table = aws.create(TABLE, vpcId=vpc.id)
    given = {"vpcId": vpc.id, "serviceName": "com.amazonaws.ap-northeast-1.s3", "routeTableIds": [table.id]}
    assert aws.create("aws:ec2/vpcEndpoint:VpcEndpoint", **given)["prefixListId"].startswith("pl-")
    with pytest.raises(refused, match="RouteAlreadyExists"):
        aws.create("aws:ec2/vpcEndpoint:VpcEndpoint", **given)
    with pytest.raises(refused, match="not match available service types"):
        aws.create("aws:ec2/vpcEndpoint:VpcEndpoint", vpcId=vpc.id, serviceName="com.amazonaws.ap-northeast-1.ssm")


def test_addresses_are_given_once(aws: Any, vpc: Any, refused: Any) -> None:
    tiny = aws.create(SUBNET, vpcId=vpc.id, cidrBlock="10.0.3.0/28")
    given = [aws.create("aws:ec2/networkInterface:NetworkInterface", subnetId=tiny.id)["privateIp"] for _ in range(11)]
    assert sorted(map(ipaddress.ip_address, given)) == [ipaddress.ip_address(f"10.0.3.{n}") for n in range(4, 15)]
    with pytest.raises(refused, match="InsufficientFreeAddressesInSubnet"):
        aws.create("aws:ec2/networkInterface:NetworkInterface", subnetId=tiny.id)


def test_acl_entries_are_numbered_once_a_direction(aws: Any, vpc: Any, refused: Any) -> None:
    acl = aws.create("aws:ec2/networkAcl:NetworkAcl", vpcId=vpc.id)
    entry: dict[str, Any] = {
        "networkAclId": acl.id,
        "ruleNumber": 100,
        "protocol": "-1",
        "ruleAction": "allow",
        "cidrBlock": "0.0.0.0/0",
    }
    aws.create("aws:ec2/networkAclRule:NetworkAclRule", **entry, egress=False)
    aws.create("aws:ec2/networkAclRule:NetworkAclRule", **entry, egress=True)
    with pytest.raises(refused, match="NetworkAclEntryAlreadyExists"):
        aws.create("aws:ec2/networkAclRule:NetworkAclRule", **entry)


def test_ids_are_the_same_in_every_account_of_the_same_number(serving: Any, tmp_path: Path) -> None:
    make: Callable[[Path], Any] = lambda folder: serving.driver(folder).create(VPC, "same", cidrBlock="10.0.0.0/16")  # noqa: E731
    assert make(tmp_path / "one").id == make(tmp_path / "two").id


def test_a_replacement_has_another_id(aws: Any) -> None:
    first = aws.create(VPC, "same", cidrBlock="10.0.0.0/16")
    assert aws.create(VPC, "same", cidrBlock="10.0.0.0/16").id != first.id
