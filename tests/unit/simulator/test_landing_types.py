"""What AWS refuses about transit gateways, lines to the company, firewalls and second interfaces."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.wire import UNKNOWN

GATEWAY = "aws:ec2transitgateway/transitGateway:TransitGateway"
ATTACHMENT = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
TABLE = "aws:ec2transitgateway/routeTable:RouteTable"
ASSOCIATION = "aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation"
SUBNET, ROUTES, ROUTE = "aws:ec2/subnet:Subnet", "aws:ec2/routeTable:RouteTable", "aws:ec2/route:Route"
FIREWALL = "aws:networkfirewall/firewall:Firewall"
POLICY = "aws:networkfirewall/firewallPolicy:FirewallPolicy"
ENI, INSTANCE = "aws:ec2/networkInterface:NetworkInterface", "aws:ec2/instance:Instance"
SLOT = "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment"
SHARED = "tgw-0a1b2c3d4e5f60718"


@pytest.fixture
def subnet(aws: Any, vpc: Any) -> Any:
    block = vpc["cidrBlock"].replace("/16", "/24")
    return aws.create(SUBNET, vpcId=vpc.id, cidrBlock=block, availabilityZone="ap-northeast-1a")


def test_a_route_needs_the_attachment(aws: Any, vpc: Any, subnet: Any) -> None:
    gateway = aws.create(GATEWAY)
    table = aws.create(ROUTES, vpcId=vpc.id)
    way = {"routeTableId": table.id, "destinationCidrBlock": "192.168.0.0/24", "transitGatewayId": gateway.id}
    with pytest.raises(Exception, match=r"InvalidTransitGatewayID\.NotFound"):
        aws.create(ROUTE, **way)
    aws.create(ATTACHMENT, transitGatewayId=gateway.id, vpcId=vpc.id, subnetIds=[subnet.id])
    assert aws.create(ROUTE, **way)["transitGatewayId"] == gateway.id


def test_a_shared_gateway_s_default_tables_cannot_be_chosen(aws: Any, vpc: Any, subnet: Any) -> None:
    given = {"transitGatewayId": SHARED, "vpcId": vpc.id, "subnetIds": [subnet.id]}
    with pytest.raises(Exception, match="OperationNotPermitted"):
        aws.create(ATTACHMENT, **given, transitGatewayDefaultRouteTableAssociation=False)
    assert aws.create(ATTACHMENT, **given)["transitGatewayId"] == SHARED


def test_an_attachment_has_one_table(aws: Any, vpc: Any, subnet: Any) -> None:
    gateway = aws.create(GATEWAY, defaultRouteTableAssociation="disable")
    attachment = aws.create(ATTACHMENT, transitGatewayId=gateway.id, vpcId=vpc.id, subnetIds=[subnet.id])
    one, two = (aws.create(TABLE, transitGatewayId=gateway.id) for _ in range(2))
    aws.create(ASSOCIATION, transitGatewayAttachmentId=attachment.id, transitGatewayRouteTableId=one.id)
    with pytest.raises(Exception, match=r"Resource\.AlreadyAssociated"):
        aws.create(ASSOCIATION, transitGatewayAttachmentId=attachment.id, transitGatewayRouteTableId=two.id)
    with pytest.raises(Exception, match="IncorrectState"):
        aws.delete(gateway)


def test_a_firewall_s_endpoints_can_be_routed_to_and_it_is_protected(aws: Any, vpc: Any, subnet: Any) -> None:
    policy = aws.create(
        POLICY,
        name="p",
        firewallPolicy={
            "statelessDefaultActions": ["aws:forward_to_sfe"],
            "statelessFragmentDefaultActions": ["aws:drop"],
            "statefulEngineOptions": {"ruleOrder": "STRICT_ORDER"},
            "statefulDefaultActions": ["aws:drop_established"],
        },
    )
    firewall = aws.create(
        FIREWALL,
        name="f",
        firewallPolicyArn=policy["arn"],
        vpcId=vpc.id,
        subnetMappings=[{"subnetId": subnet.id}],
        deleteProtection=True,
    )
    (state,) = firewall["firewallStatuses"][0]["syncStates"]
    table = aws.create(ROUTES, vpcId=vpc.id)
    endpoint = state["attachments"][0]["endpointId"]
    way = aws.create(ROUTE, routeTableId=table.id, destinationCidrBlock="0.0.0.0/0", vpcEndpointId=endpoint)
    assert way["vpcEndpointId"] == endpoint
    with pytest.raises(Exception, match="delete protection"):
        aws.delete(firewall)


def test_strict_default_actions_need_the_strict_order(aws: Any) -> None:
    with pytest.raises(Exception, match="STRICT_ORDER"):
        aws.create(
            POLICY,
            name="p",
            firewallPolicy={
                "statelessDefaultActions": ["aws:forward_to_sfe"],
                "statelessFragmentDefaultActions": ["aws:drop"],
                "statefulDefaultActions": ["aws:drop_established"],
            },
        )


def test_a_second_interface_is_attached_once_and_not_in_the_first_one_s_place(aws: Any, subnet: Any) -> None:
    first, second = (aws.create(ENI, subnetId=subnet.id) for _ in range(2))
    host = aws.create(
        INSTANCE,
        ami="ami-0a1b2c3d4e5f60718",
        instanceType="m5.xlarge",
        primaryNetworkInterface={"networkInterfaceId": first.id},
    )
    for card, index in ((first, 1), (second, 0)):
        with pytest.raises(Exception, match="InvalidParameterValue"):
            aws.create(SLOT, instanceId=host.id, networkInterfaceId=card.id, deviceIndex=index)
    aws.create(SLOT, instanceId=host.id, networkInterfaceId=second.id, deviceIndex=1)
    with pytest.raises(Exception, match="in use"):
        aws.create(SLOT, instanceId=host.id, networkInterfaceId=second.id, deviceIndex=2)


def test_a_protected_firewall_gains_an_az_only_once_its_subnets_may_change(aws: Any, vpc: Any, subnet: Any) -> None:
    block = vpc["cidrBlock"].replace("0.0/16", "1.0/24")
    other = aws.create(SUBNET, vpcId=vpc.id, cidrBlock=block, availabilityZone="ap-northeast-1c")
    policy = aws.create(
        POLICY,
        name="p",
        firewallPolicy={
            "statelessDefaultActions": ["aws:forward_to_sfe"],
            "statelessFragmentDefaultActions": ["aws:drop"],
        },
    )
    given = {"name": "f", "firewallPolicyArn": policy["arn"], "vpcId": vpc.id}
    one, two = ([{"subnetId": item.id} for item in listed] for listed in ([subnet], [subnet, other]))

    def endpoints(made: Any) -> dict[str, str]:
        (status,) = made["firewallStatuses"]
        return {state["availabilityZone"]: state["attachments"][0]["endpointId"] for state in status["syncStates"]}

    firewall = aws.create(FIREWALL, **given, subnetMappings=one, subnetChangeProtection=True)
    before = endpoints(firewall)
    with pytest.raises(Exception, match="subnet change protection"):
        aws.update(firewall, **given, subnetMappings=two, subnetChangeProtection=True)
    planned = aws.update(firewall, preview=True, **given, subnetMappings=two, subnetChangeProtection=False)
    assert planned["firewallStatuses"] == UNKNOWN, "routes to the new endpoint cannot be known before"
    grown = aws.update(firewall, **given, subnetMappings=two, subnetChangeProtection=False)
    assert endpoints(grown).items() > before.items(), "what was there stays"
    assert set(endpoints(grown)) == {"ap-northeast-1a", "ap-northeast-1c"}
    closed = aws.update(grown, **given, subnetMappings=two, subnetChangeProtection=True)
    assert endpoints(closed) == endpoints(grown)


# -- services for other accounts --------------------------------------------------------------------------------------

BALANCER, TARGETS = "aws:lb/loadBalancer:LoadBalancer", "aws:lb/targetGroup:TargetGroup"
TARGET, SERVICE = "aws:lb/targetGroupAttachment:TargetGroupAttachment", "aws:ec2/vpcEndpointService:VpcEndpointService"
PRINCIPALS = [f"arn:aws:iam::55556666777{digit}:root" for digit in range(3)]


@pytest.fixture
def balancer(aws: Any, subnet: Any) -> Any:
    return aws.create(BALANCER, name="b", loadBalancerType="network", internal=True, subnets=[subnet.id])


def test_a_service_has_a_name_and_keeps_its_balancer(aws: Any, balancer: Any, refused: Any) -> None:
    given = {"acceptanceRequired": True, "networkLoadBalancerArns": [balancer["arn"]]}
    service = aws.create(SERVICE, **given, allowedPrincipals=PRINCIPALS[:2])
    assert service["serviceName"] == f"com.amazonaws.vpce.ap-northeast-1.{service.id}"
    assert service["availabilityZones"] == ["ap-northeast-1a"]
    with pytest.raises(refused, match="already associated"):
        aws.create(SERVICE, **given)
    with pytest.raises(refused, match="ResourceInUse"):
        aws.delete(balancer)
    changed = aws.update(service, **given, allowedPrincipals=PRINCIPALS[1:])
    assert changed["allowedPrincipals"] == PRINCIPALS[1:]
    aws.delete(changed)
    aws.delete(balancer)


def test_a_service_needs_one_kind_of_balancer(aws: Any, subnets: list[Any], balancer: Any, refused: Any) -> None:
    with pytest.raises(refused, match="exactly one kind"):
        aws.create(SERVICE, acceptanceRequired=True)
    application = aws.create(BALANCER, name="a", internal=True, subnets=[one.id for one in subnets])
    with pytest.raises(refused, match="of type application"):
        aws.create(SERVICE, acceptanceRequired=True, networkLoadBalancerArns=[application["arn"]])


def test_a_target_by_address_lies_in_the_vpc_or_is_said_to_lie_elsewhere(aws: Any, vpc: Any, refused: Any) -> None:
    group = aws.create(TARGETS, name="t", port=443, protocol="TCP", targetType="ip", vpcId=vpc.id)
    made = aws.create(TARGET, targetGroupArn=group["arn"], targetId="10.0.0.9", port=443)
    with pytest.raises(refused, match="InvalidTarget"):
        aws.create(TARGET, targetGroupArn=group["arn"], targetId="192.168.0.9", port=443)
    aws.create(TARGET, targetGroupArn=group["arn"], targetId="192.168.0.9", port=443, availabilityZone="all")
    aws.delete(made)


# -- prefix lists and dashboards --------------------------------------------------------------------------------------

BOARD = "aws:cloudwatch/dashboard:Dashboard"
LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"
GROUP, INGRESS = "aws:ec2/securityGroup:SecurityGroup", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"


def test_a_list_in_a_group_counts_as_many_rules_as_it_may_have_entries(aws: Any, vpc: Any, refused: Any) -> None:
    listed = aws.create(LIST, name="l", addressFamily="IPv4", maxEntries=59, entries=[{"cidr": "10.9.0.0/24"}])
    group = aws.create(GROUP, vpcId=vpc.id, name="g", description="d")
    rule = {"securityGroupId": group.id, "ipProtocol": "tcp", "fromPort": 443, "toPort": 443}
    aws.create(INGRESS, **rule, prefixListId=listed.id)
    aws.create(INGRESS, **rule, cidrIpv4="10.8.0.0/24")
    with pytest.raises(refused, match="RulesPerSecurityGroupLimitExceeded"):
        aws.create(INGRESS, **rule, cidrIpv4="10.7.0.0/24")


def test_a_dashboard_is_json(aws: Any, refused: Any) -> None:
    made = aws.create(BOARD, dashboardName="d", dashboardBody='{"widgets":[]}')
    assert made["dashboardArn"] == "arn:aws:cloudwatch::111122223333:dashboard/d"
    assert aws.read(made) is not None
    with pytest.raises(refused, match="JSON"):
        aws.create(BOARD, dashboardName="e", dashboardBody="widgets")
