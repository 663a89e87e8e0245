"""The network as the program registers it, at preview with ids unknown: edges are read from property dependencies."""

from __future__ import annotations

from ipaddress import IPv4Network

from tests.support.recorder import Recording, Registration, stack_config

ROUTE = "aws:ec2/route:Route"
SUBNET = "aws:ec2/subnet:Subnet"


def target(recording: Recording, item: Registration, key: str) -> Registration:
    """The one resource that a property refers to."""
    (urn,) = item.property_dependencies[key]
    return recording.by_urn()[urn]


def zone(item: Registration) -> str:
    return item.inputs["tags"]["Zone"]


def routes_of(recording: Recording, tier: str) -> list[Registration]:
    return [item for item in recording.of(ROUTE) if zone(target(recording, item, "routeTableId")) == tier]


def kinds(recording: Recording, tier: str) -> set[str]:
    targets = {"gatewayId", "natGatewayId", "vpcPeeringConnectionId", "vpcEndpointId"}
    return {key for item in routes_of(recording, tier) for key in item.inputs if key in targets}


def inspected(recording: Recording) -> bool:
    return any(zone(item) == "inspection" for item in recording.of(SUBNET))


def test_tiers_have_only_their_own_way_out(recording: Recording) -> None:
    aside = {"vpcEndpointId"} if inspected(recording) else set()
    assert kinds(recording, "desktop") == {"vpcPeeringConnectionId"}
    assert kinds(recording, "proxy") == (aside or {"natGatewayId"})
    assert kinds(recording, "inspection") == ({"natGatewayId"} if aside else set())
    assert kinds(recording, "public") == {"gatewayId"} | aside
    for tier in ("directory", "endpoint", "bastion"):
        assert kinds(recording, tier) == set()


def test_desktop_routes_are_the_declared_production_subnets(recording: Recording, stack: str) -> None:
    declared = {row["cidr"] for row in stack_config(stack)["secure-room:network"]["production"]["subnets"]}
    desktops = [item for item in recording.of(SUBNET) if zone(item) == "desktop"]
    found = [item.inputs["destinationCidrBlock"] for item in routes_of(recording, "desktop")]
    assert sorted(found) == sorted([*declared] * len(desktops))


def test_what_leaves_uses_the_nat_gateway_of_its_own_zone(recording: Recording) -> None:
    leaving = "inspection" if inspected(recording) else "proxy"
    associations = {
        target(recording, item, "routeTableId").urn: target(recording, item, "subnetId")
        for item in recording.of("aws:ec2/routeTableAssociation:RouteTableAssociation")
    }
    assert routes_of(recording, leaving)
    for route in routes_of(recording, leaving):
        here = associations[target(recording, route, "routeTableId").urn]
        nat = target(recording, route, "natGatewayId")
        there = target(recording, nat, "subnetId")
        assert there.inputs["availabilityZoneId"] == here.inputs["availabilityZoneId"]
        assert zone(there) == "public"


def test_every_subnet_has_one_table_and_one_acl_of_its_own_tier(recording: Recording) -> None:
    for type_, key in (
        ("aws:ec2/routeTableAssociation:RouteTableAssociation", "routeTableId"),
        ("aws:ec2/networkAclAssociation:NetworkAclAssociation", "networkAclId"),
    ):
        pairs = {
            target(recording, item, "subnetId").urn: zone(target(recording, item, key)) for item in recording.of(type_)
        }
        assert pairs == {item.urn: zone(item) for item in recording.of(SUBNET)}


def test_no_subnet_gives_public_addresses(recording: Recording) -> None:
    for item in recording.of(SUBNET):
        assert item.inputs["mapPublicIpOnLaunch"] is False
        assert item.inputs["assignIpv6AddressOnCreation"] is False


def test_only_nat_gateways_have_public_addresses(recording: Recording) -> None:
    nats = recording.of("aws:ec2/natGateway:NatGateway")
    addresses = {target(recording, nat, "allocationId").urn for nat in nats}
    assert {item.urn for item in recording.of("aws:ec2/eip:Eip")} == addresses
    assert len(addresses) == len(nats)


def test_default_objects_of_every_vpc_are_inert(recording: Recording) -> None:
    vpcs = {item.urn for item in recording.of("aws:ec2/vpc:Vpc")}
    for type_, key in (
        ("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "vpcId"),
        ("aws:ec2/defaultNetworkAcl:DefaultNetworkAcl", "defaultNetworkAclId"),
        ("aws:ec2/defaultRouteTable:DefaultRouteTable", "defaultRouteTableId"),
    ):
        found = recording.of(type_)
        assert {target(recording, item, key).urn for item in found} == vpcs
        for item in found:
            assert not any(item.inputs.get(rules) for rules in ("ingress", "egress", "routes"))


def test_every_vpc_records_all_traffic_into_an_encrypted_log(recording: Recording) -> None:
    logs = recording.of("aws:ec2/flowLog:FlowLog")
    vpcs = {item.urn for item in recording.of("aws:ec2/vpc:Vpc")}
    assert {target(recording, item, "vpcId").urn for item in logs} == vpcs
    for item in logs:
        assert item.inputs["trafficType"] == "ALL"
        assert "pkt-srcaddr" in item.inputs["logFormat"]
        group = target(recording, item, "logDestination")
        assert target(recording, group, "kmsKeyId").type == "aws:kms/key:Key"


def test_rules_are_standalone_with_one_peer_each(recording: Recording) -> None:
    for group in recording.of("aws:ec2/securityGroup:SecurityGroup"):
        assert not {"ingress", "egress"} & set(group.inputs)
    peers = ("cidrIpv4", "referencedSecurityGroupId", "prefixListId")
    rules = [
        *recording.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"),
        *recording.of("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"),
    ]
    for rule in rules:
        assert sum(peer in rule.inputs for peer in peers) == 1, rule.name
        assert rule.inputs["description"]
        assert len(rule.property_dependencies["securityGroupId"]) == 1


def test_nobody_may_call_in_but_the_named_tiers(recording: Recording, stack: str) -> None:
    inward = {
        (zone(target(recording, rule, "securityGroupId")), zone(target(recording, rule, "referencedSecurityGroupId")))
        for rule in recording.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    }
    room = {("proxy", "desktop"), ("endpoint", "desktop"), ("endpoint", "proxy"), ("endpoint", "bastion")}
    assert inward == room | ({("production", "desktop")} if stack == "dev" else set())


def test_interface_endpoints_are_private_named_and_perimeter_bound(recording: Recording, stack: str) -> None:
    account = stack_config(stack)["secure-room:account"]["id"]
    endpoints = recording.of("aws:ec2/vpcEndpoint:VpcEndpoint")
    services = {item.inputs["serviceName"].rsplit(".", 1)[-1] for item in endpoints}
    assert {"ssm", "ssmmessages", "ec2messages", "kms", "logs", "api", "dkr", "s3"} <= services
    for item in endpoints:
        assert account in item.inputs["policy"]
        if item.inputs["vpcEndpointType"] == "Interface":
            assert item.inputs["privateDnsEnabled"] is True
            assert zone(target(recording, item, "securityGroupIds")) == "endpoint"


def test_the_peering_joins_the_room_to_the_declared_vpc(recording: Recording, stack: str) -> None:
    (peering,) = recording.of("aws:ec2/vpcPeeringConnection:VpcPeeringConnection")
    production = stack_config(stack)["secure-room:network"]["production"]
    assert (
        target(recording, peering, "vpcId").inputs["cidrBlock"]
        == stack_config(stack)["secure-room:network"]["room_cidr"]
    )
    if stack == "dev":
        assert target(recording, peering, "peerVpcId").inputs["cidrBlock"] == production["cidr"]
        assert peering.inputs["autoAccept"] is True
    else:
        assert peering.inputs["peerVpcId"] == production["vpc_id"]
        assert peering.inputs["peerOwnerId"] == production["owner_id"]
        assert "autoAccept" not in peering.inputs


def test_subnets_lie_in_their_vpc(recording: Recording) -> None:
    for item in recording.of(SUBNET):
        vpc = IPv4Network(target(recording, item, "vpcId").inputs["cidrBlock"])
        assert IPv4Network(item.inputs["cidrBlock"]).subnet_of(vpc)


def test_every_question_of_every_vpc_is_written_down(recording: Recording) -> None:
    associations = recording.of("aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation")
    vpcs = {item.urn for item in recording.of("aws:ec2/vpc:Vpc")}
    assert {target(recording, item, "resourceId").urn for item in associations} == vpcs


def test_the_room_s_resolver_answers_listed_names_only_and_fails_closed(recording: Recording) -> None:
    (association,) = recording.of(
        "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation"
    )
    (config,) = recording.of("aws:route53/resolverFirewallConfig:ResolverFirewallConfig")
    room = next(item.urn for item in recording.of("aws:ec2/vpc:Vpc") if item.name == "network-room-vpc")
    assert target(recording, association, "vpcId").urn == target(recording, config, "resourceId").urn == room
    assert config.inputs["firewallFailOpen"] == "DISABLED"
    rules = sorted(
        recording.of("aws:route53/resolverFirewallRule:ResolverFirewallRule"), key=lambda item: item.inputs["priority"]
    )
    assert [rule.inputs["action"] for rule in rules] == ["ALLOW", "BLOCK"]
    allowed, rest = (target(recording, rule, "firewallDomainListId").inputs["domains"] for rule in rules)
    assert rest == ["*"]
    assert {"signin.aws.amazon.com", "*.signin.aws.amazon.com", "*.internal"} <= set(allowed)
    assert "*" not in allowed
    assert set(association.depends_on) >= {rule.urn for rule in rules}
