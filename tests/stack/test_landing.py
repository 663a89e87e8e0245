"""The examples' landing networks as the program registers them: ids unknown, and known."""

from __future__ import annotations

from functools import cache

import pytest

from tests.support.examples import EXAMPLES, example_config
from tests.support.recorder import UNKNOWN, Recording, Registration, record

TRANSIT = "aws:ec2transitgateway/"
SHARED = "tgw-0a1b2c3d4e5f60718"


@cache
def recorded(name: str, *, known: bool) -> Recording:
    return record(name, known=known, config=example_config(name))


@pytest.fixture(params=EXAMPLES)
def example(request: pytest.FixtureRequest, known: bool) -> Recording:
    return recorded(request.param, known=known)


def landing(recording: Recording, type_: str) -> list[Registration]:
    return [item for item in recording.of(type_) if item.name.startswith("landing")]


def target(recording: Recording, item: Registration, key: str) -> str:
    """The name of what a property refers to, or the literal."""
    urns = item.property_dependencies.get(key, ())
    return recording.by_urn()[urns[0]].name if urns else str(item.inputs[key])


def routes(recording: Recording, tier: str) -> dict[str, dict[str, str]]:
    """By route table: destination to target, for the tables of a tier of the landing network."""
    found: dict[str, dict[str, str]] = {}
    keys = ("gatewayId", "natGatewayId", "vpcEndpointId", "transitGatewayId")
    for route in landing(recording, "aws:ec2/route:Route"):
        table = target(recording, route, "routeTableId")
        if f"-{tier}-" in table:
            (key,) = (key for key in keys if key in route.inputs)
            found.setdefault(table, {})[route.inputs["destinationCidrBlock"]] = target(recording, route, key)
    return found


def test_every_example_registers_a_landing_network(example: Recording) -> None:
    assert landing(example, "aws:ec2/vpc:Vpc")
    assert all(item.inputs["tags"]["ManagedBy"] == "pulumi" for item in landing(example, "aws:ec2/vpc:Vpc"))


def test_no_group_lets_the_world_in_and_no_host_has_a_key_pair_or_public_address(example: Recording) -> None:
    for rule in landing(example, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"):
        assert rule.inputs.get("cidrIpv4") != "0.0.0.0/0"
    for host in landing(example, "aws:ec2/instance:Instance"):
        assert "keyName" not in host.inputs
        assert host.inputs.get("associatePublicIpAddress") is not True
        assert host.inputs["metadataOptions"]["httpTokens"] == "required"
        assert host.inputs["rootBlockDevice"]["encrypted"] is True


def test_every_vpc_records_flows_and_questions_and_its_default_objects_are_inert(example: Recording) -> None:
    vpcs = {item.urn for item in landing(example, "aws:ec2/vpc:Vpc")}
    for type_, key in (
        ("aws:ec2/flowLog:FlowLog", "vpcId"),
        ("aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation", "resourceId"),
        ("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "vpcId"),
    ):
        assert {item.property_dependencies[key][0] for item in landing(example, type_)} == vpcs


def test_ipv6_is_off_and_nothing_is_open_to_it(example: Recording) -> None:
    """Without an IPv6 block a VPC has no such address; what would open one, or a way for it, is nowhere."""
    blocks = ("ipv6CidrBlock", "ipv6IpamPoolId", "ipv6NativeEnabled", "assignGeneratedIpv6CidrBlock")
    ways = ("cidrIpv6", "ipv6CidrBlock", "destinationIpv6CidrBlock", "egressOnlyGatewayId")
    for item in example.registrations:
        assert not [key for key in (*blocks, *ways) if item.inputs.get(key)], item.name
        assert item.inputs.get("assignIpv6AddressOnCreation") is not True, item.name
        assert item.inputs.get("ipv6Support", "disable") == "disable", item.name
        assert item.inputs.get("ipAddressType", "ipv4") == "ipv4", item.name
    for gone in ("egressOnlyInternetGateway:EgressOnlyInternetGateway", "vpcIpv6CidrBlockAssociation"):
        assert not [item for item in example.registrations if item.type.startswith(f"aws:ec2/{gone}")]


# -- the log relay ----------------------------------------------------------------------------------------------------


def test_the_relay_has_two_hosts_with_two_interfaces_in_groups_of_their_own(known: bool) -> None:
    recording = recorded("relay", known=known)
    hosts = [item for item in landing(recording, "aws:ec2/instance:Instance") if "-hosts-" in item.name]
    assert sorted(item.name for item in hosts) == ["landing-hosts-nss-firewall", "landing-hosts-nss-web"]
    for host in hosts:
        assert host.inputs["ami"] == "ami-0a1b2c3d4e5f60718"
        assert "iamInstanceProfile" not in host.inputs
    cards = landing(recording, "aws:ec2/networkInterface:NetworkInterface")
    groups = {item.name: target(recording, item, "securityGroups") for item in cards}
    assert groups == {
        f"landing-hosts-{host}-{side}": f"landing-relay-groups-relay-{side}"
        for host in ("nss-web", "nss-firewall")
        for side in ("service", "management")
    }
    slots = landing(recording, "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment")
    assert [item.inputs["deviceIndex"] for item in slots] == [1, 1]


def test_only_the_bastion_may_open_a_connection_to_the_relay_and_only_ssh(known: bool) -> None:
    recording = recorded("relay", known=known)
    inward = landing(recording, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    to_relay = [item for item in inward if "relay-groups-relay-" in target(recording, item, "securityGroupId")]
    (ssh,) = to_relay
    assert (ssh.inputs["ipProtocol"], ssh.inputs["fromPort"], ssh.inputs["toPort"]) == ("tcp", 22, 22)
    assert target(recording, ssh, "referencedSecurityGroupId") == "landing-relay-groups-bastion"
    to_bastion = [item for item in inward if target(recording, item, "securityGroupId").endswith("-bastion")]
    assert to_bastion == []


def test_the_siem_is_reached_by_a_static_route_to_the_vpn_gateway_and_nothing_is_propagated(known: bool) -> None:
    recording = recorded("relay", known=known)
    for table in routes(recording, "relay").values():
        if "10.200.4.0/28" in table:
            assert table["10.200.4.0/28"] == "landing-relay-vpn-gateway"
            assert "0.0.0.0/0" not in table
    assert not recording.of("aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation")


def test_the_line_tells_the_company_this_vpc_alone(known: bool) -> None:
    recording = recorded("relay", known=known)
    (association,) = recording.of("aws:directconnect/gatewayAssociation:GatewayAssociation")
    assert association.inputs["allowedPrefixes"] == ["10.70.0.0/24"]
    (accepter,) = recording.of(
        "aws:directconnect/hostedPrivateVirtualInterfaceAccepter:HostedPrivateVirtualInterfaceAccepter"
    )
    assert "vpnGatewayId" not in accepter.inputs
    (vpn,) = recording.of("aws:ec2/vpnConnection:VpnConnection")
    assert vpn.inputs["staticRoutesOnly"] is True
    assert vpn.inputs["presharedKeyStorage"] == "SecretsManager"
    assert not [key for key in vpn.inputs if key.endswith("PresharedKey")]
    assert {vpn.inputs[f"tunnel{number}IkeVersions"][0] for number in (1, 2)} == {"ikev2"}


def test_no_line_is_accepted_unless_it_is_configured() -> None:
    config = example_config("relay")
    del config["secure-room:landing"]["relay"]["link"]
    recording = record("relay", config=config)
    for module in ("aws:directconnect/", "aws:ec2/vpnConnection", "aws:ec2/customerGateway"):
        assert not [item for item in recording.registrations if item.type.startswith(module)]


# -- transit gateways -------------------------------------------------------------------------------------------------


def test_the_hub_s_gateway_joins_nothing_by_itself(known: bool) -> None:
    (gateway,) = recorded("hub", known=known).of(f"{TRANSIT}transitGateway:TransitGateway")
    for flag in ("autoAcceptSharedAttachments", "defaultRouteTableAssociation", "defaultRouteTablePropagation"):
        assert gateway.inputs[flag] == "disable"


def test_a_spoke_knows_the_hub_alone_and_the_hub_knows_every_spoke(known: bool) -> None:
    recording = recorded("hub", known=known)
    keys = ("transitGatewayAttachmentId", "transitGatewayRouteTableId")
    joined = {
        type_: [tuple(target(recording, item, key) for key in keys) for item in recording.of(f"{TRANSIT}{type_}")]
        for type_ in (
            "routeTableAssociation:RouteTableAssociation",
            "routeTablePropagation:RouteTablePropagation",
            "route:Route",
        )
    }
    spoke, hub = "landing-workload-attachment", "landing-hub-attachment"
    assert joined == {
        "routeTableAssociation:RouteTableAssociation": [
            (spoke, "landing-transit-spoke"),
            (hub, "landing-transit-inspection"),
        ],
        "routeTablePropagation:RouteTablePropagation": [(spoke, "landing-transit-inspection")],
        "route:Route": [(hub, "landing-transit-spoke")],
    }


def test_the_hub_s_attachment_keeps_a_flow_in_one_az(known: bool) -> None:
    recording = recorded("hub", known=known)
    modes = {
        item.name: item.inputs["applianceModeSupport"] for item in recording.of(f"{TRANSIT}vpcAttachment:VpcAttachment")
    }
    assert modes == {"landing-hub-attachment": "enable", "landing-workload-attachment": "disable"}


def test_the_default_tables_of_somebody_else_s_gateway_are_left_alone(known: bool) -> None:
    recording = recorded("attach", known=known)
    (attachment,) = recording.of(f"{TRANSIT}vpcAttachment:VpcAttachment")
    assert attachment.inputs["transitGatewayId"] == SHARED
    assert attachment.inputs["applianceModeSupport"] == "enable"
    assert not [key for key in attachment.inputs if key.startswith("transitGatewayDefault")]
    assert not recording.of(f"{TRANSIT}routeTable:RouteTable")
    assert recording.exports["transit_to_do"]


def test_the_workload_s_tables_are_those_of_in_vpc_inspection() -> None:
    recording = recorded("attach", known=False)
    company = [
        "10.100.8.0/24",
        "10.100.32.0/20",
        "10.100.0.53/32",
        "10.100.1.53/32",
        "10.100.64.0/24",
        "10.100.65.0/24",
    ]
    for number in (1, 2):
        name = f"landing-workload-subnets-{{}}-{number}-table"
        endpoint = f"landing-workload-inspection-endpoint-{number}"
        own = {1: "10.90.0.0/27", 2: "10.90.0.32/27"}[number]
        assert routes(recording, "instance")[name.format("instance")] == dict.fromkeys(
            ["0.0.0.0/0", *company], endpoint
        )
        assert routes(recording, "inspection")[name.format("inspection")] == {
            "0.0.0.0/0": f"landing-workload-routes-nat-{number}",
            **dict.fromkeys(company, SHARED),
        }
        assert routes(recording, "public")[name.format("public")] == {
            "0.0.0.0/0": "landing-workload-routes-gateway",
            own: endpoint,
        }
        assert routes(recording, "transit")[name.format("transit")] == {
            "10.90.0.0/27": "landing-workload-inspection-endpoint-1",
            "10.90.0.32/27": "landing-workload-inspection-endpoint-2",
        }
    assert routes(recording, "endpoint") == {}


def test_the_company_s_names_are_asked_of_its_servers_and_no_other_name_is(known: bool) -> None:
    recording = recorded("attach", known=known)
    (rule,) = recording.of("aws:route53/resolverRule:ResolverRule")
    assert rule.inputs["domainName"] == "corp.example.com"
    assert [item["ip"] for item in rule.inputs["targetIps"]] == ["10.100.0.53", "10.100.1.53"]
    (endpoint,) = recording.of("aws:route53/resolverEndpoint:ResolverEndpoint")
    assert len(endpoint.inputs["ipAddresses"]) == 2
    assert endpoint.inputs["direction"] == "OUTBOUND"
    outward = landing(recording, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
    asked = [item for item in outward if target(recording, item, "securityGroupId").endswith("-resolver")]
    assert {(item.inputs["ipProtocol"], item.inputs["fromPort"], item.inputs["cidrIpv4"]) for item in asked} == {
        (protocol, 53, server) for protocol in ("tcp", "udp") for server in ("10.100.0.53/32", "10.100.1.53/32")
    }


def test_at_a_preview_the_edges_are_known_though_the_ids_are_not() -> None:
    recording = recorded("hub", known=False)
    for item in landing(recording, "aws:ec2/route:Route"):
        assert item.inputs["routeTableId"] == UNKNOWN
        assert item.property_dependencies["routeTableId"]


# -- AWS' own services ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", [False, True])
def test_instances_reach_s3_and_where_asked_dynamodb_through_gateway_endpoints_alone(wanted: bool) -> None:
    config = example_config("single")
    config["secure-room:landing"]["workload"] |= {"dynamodb": wanted, "allow_list": []}
    recording = record("single", config=config)
    endpoints = [
        item
        for item in landing(recording, "aws:ec2/vpcEndpoint:VpcEndpoint")
        if item.inputs["vpcEndpointType"] == "Gateway"
    ]
    services = {item.inputs["serviceName"].rsplit(".", 1)[-1]: item for item in endpoints}
    assert set(services) == ({"s3", "dynamodb"} if wanted else {"s3"})
    for item in endpoints:
        assert {recording.by_urn()[urn].name for urn in item.property_dependencies["routeTableIds"]} == {
            f"landing-workload-subnets-instance-{number}-table" for number in (1, 2)
        }
        assert "111122223333" in item.inputs["policy"]
    lists = {
        target(recording, rule, "prefixListId")
        for rule in landing(recording, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
        if "prefixListId" in rule.inputs
    }
    assert lists == {item.name for item in endpoints}, "each is named by its prefix list"
