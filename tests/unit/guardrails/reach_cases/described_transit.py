"""Transit gateways, premises and load balancers of a described account."""

from __future__ import annotations

from typing import Any

from tests.unit.guardrails.reach_cases.described_account import Account, named

Item = dict[str, Any]


def gateway(account: Account, key: str, **options: str) -> None:
    """Write a transit gateway without default tables."""
    account.answers["TransitGateways"].append(
        {
            "TransitGatewayId": key,
            "TransitGatewayArn": account.arn("transit-gateway", key),
            "OwnerId": account.number,
            "State": "available",
            "Options": {
                "DefaultRouteTableAssociation": "disable",
                "DefaultRouteTablePropagation": "disable",
                **options,
            },
            "Tags": [],
        }
    )


def attach(
    account: Account, key: str, tgw: str, vpc: str, subnets: str, *, appliance: bool = False, state: str = "available"
) -> None:
    """Attach a VPC by some of its subnets."""
    mode = {
        "ApplianceModeSupport": "enable" if appliance else "disable",
        "DnsSupport": "enable",
        "Ipv6Support": "disable",
    }
    account.answers["TransitGatewayVpcAttachments"].append(
        {
            "TransitGatewayAttachmentId": key,
            "TransitGatewayId": tgw,
            "VpcId": vpc,
            "VpcOwnerId": account.number,
            "State": state,
            "SubnetIds": subnets.split(),
            "Options": {**mode, "SecurityGroupReferencingSupport": "disable"},
            "Tags": [],
        }
    )
    attachment(account, key, tgw, "vpc", vpc, state)


def attachment(account: Account, key: str, tgw: str, kind: str, resource: str, state: str = "available") -> None:
    """Attach anything, as `describe-transit-gateway-attachments` lists it."""
    account.answers["TransitGatewayAttachments"].append(
        {
            "TransitGatewayAttachmentId": key,
            "TransitGatewayId": tgw,
            "TransitGatewayOwnerId": account.number,
            "ResourceOwnerId": account.number,
            "ResourceType": kind,
            "ResourceId": resource,
            "State": state,
            "Tags": [],
        }
    )


def peer(account: Account, key: str, requester: str, accepter: str) -> None:
    """Peer two transit gateways."""
    sides = {
        f"{side}TgwInfo": {"TransitGatewayId": one, "OwnerId": account.number, "Region": account.region}
        for side, one in (("Requester", requester), ("Accepter", accepter))
    }
    account.answers["TransitGatewayPeeringAttachments"].append(
        {"TransitGatewayAttachmentId": key, **sides, "State": "available", "Tags": []}
    )


def table(
    account: Account, key: str, tgw: str, routes: dict[str, str], *, associated: str = "", propagating: str = ""
) -> None:
    """Write a transit gateway route table; a route's target is an attachment, perhaps `propagated`, or `blackhole`."""
    account.answers["TransitGatewayRouteTables"].append(
        {
            "TransitGatewayRouteTableId": key,
            "TransitGatewayId": tgw,
            "State": "available",
            "DefaultAssociationRouteTable": False,
            "DefaultPropagationRouteTable": False,
            "Tags": named(key),
        }
    )
    known = {one["TransitGatewayAttachmentId"]: one for one in account.answers["TransitGatewayAttachments"]}

    def about(attached: str) -> Item:
        one = known.get(attached, {})
        return {
            "TransitGatewayAttachmentId": attached,
            "ResourceId": one.get("ResourceId", ""),
            "ResourceType": one.get("ResourceType", "peering"),
        }

    account.beside[f"associations-{key}.json"] = {
        "Associations": [{**about(one), "State": "associated"} for one in associated.split()]
    }
    account.beside[f"propagations-{key}.json"] = {
        "TransitGatewayRouteTablePropagations": [{**about(one), "State": "enabled"} for one in propagating.split()]
    }
    printed = []
    for cidr, target in routes.items():
        name, *words = target.split()
        route: Item = {
            "DestinationCidrBlock": cidr,
            "Type": "propagated" if "propagated" in words else "static",
            "State": "blackhole" if name == "blackhole" else "active",
        }
        printed.append(route if name == "blackhole" else {**route, "TransitGatewayAttachments": [about(name)]})
    account.beside[f"routes-{key}.json"] = {"Routes": printed, "AdditionalRoutesAvailable": False}


def join(account: Account, tgw: str, *attachments: str, routes: dict[str, str] | None = None) -> None:
    """Write one table with which all attachments are associated and into which all propagate."""
    blocks = {
        one["TransitGatewayAttachmentId"]: account.find("Vpcs", "VpcId", one["VpcId"])["CidrBlock"]
        for one in account.answers["TransitGatewayVpcAttachments"]
    }
    shown = {blocks[one]: f"{one} propagated" for one in attachments if one in blocks}
    names = " ".join(attachments)
    table(account, f"tgw-rtb-{tgw}", tgw, {**shown, **(routes or {})}, associated=names, propagating=names)


# -- premises ---------------------------------------------------------------------------------------------------------


def vpn_gateway(account: Account, key: str, vpc: str) -> None:
    held = [{"VpcId": vpc, "State": "attached"}]
    account.answers["VpnGateways"].append(
        {"VpnGatewayId": key, "State": "available", "Type": "ipsec.1", "VpcAttachments": held, "Tags": []}
    )


def vpn(account: Account, key: str, on: str, *static: str) -> None:
    """Write a site-to-site VPN; without static routes it uses BGP."""
    member = "VpnGatewayId" if on.startswith("vgw-") else "TransitGatewayId"
    account.answers["VpnConnections"].append(
        {
            "VpnConnectionId": key,
            member: on,
            "CustomerGatewayId": "cgw-1",
            "State": "available",
            "Type": "ipsec.1",
            "Options": {"StaticRoutesOnly": bool(static)},
            "Routes": [{"DestinationCidrBlock": one, "State": "available"} for one in static],
            "Tags": [],
        }
    )


def direct_connect(account: Account, key: str, associations: dict[str, list[str]], *, interfaces: bool = True) -> None:
    """Write a Direct Connect gateway with its associations' allowed prefixes and one virtual interface."""
    account.beside[f"{key}.json"] = {
        "directConnectGateways": [
            {
                "directConnectGatewayId": key,
                "directConnectGatewayName": key,
                "amazonSideAsn": 64512,
                "ownerAccount": account.number,
                "directConnectGatewayState": "available",
            }
        ]
    }
    account.beside[f"associations-{key}.json"] = {
        "directConnectGatewayAssociations": [
            {
                "directConnectGatewayId": key,
                "associationState": "associated",
                "associatedGateway": {"id": one, "ownerAccount": account.number, "region": account.region},
                "allowedPrefixesToDirectConnectGateway": [{"cidr": cidr} for cidr in cidrs],
            }
            for one, cidrs in associations.items()
        ]
    }
    held = {
        "virtualInterfaceId": f"dxvif-{key}",
        "virtualInterfaceType": "private",
        "virtualInterfaceState": "available",
        "directConnectGatewayId": key,
        "ownerAccount": account.number,
        "region": account.region,
    }
    account.beside[f"interfaces-{key}.json"] = {"virtualInterfaces": [held] if interfaces else []}


# -- load balancers ---------------------------------------------------------------------------------------------------


def balancer(
    account: Account, name: str, kind: str, vpc: str, nodes: dict[str, str], *, groups: str = "", public: str = "",
    cross_zone: bool = False, **more: Any,
) -> str:  # fmt: skip
    """Write a load balancer with a node at an address in each of some subnets; gives its ARN."""
    short = {"application": "app", "network": "net"}[kind]
    arn = f"arn:aws:elasticloadbalancing:{account.region}:{account.number}:loadbalancer/{short}/{name}/50dc6c495c0c9188"
    account.answers.setdefault("LoadBalancers", []).append(
        {
            "LoadBalancerArn": arn,
            "LoadBalancerName": name,
            "DNSName": f"{name}-50dc6c495c0c9188.elb.{account.region}.amazonaws.com",
            "Scheme": "internet-facing" if public else "internal",
            "VpcId": vpc,
            "State": {"Code": "active"},
            "Type": kind,
            "AvailabilityZones": [
                {
                    "SubnetId": one,
                    "ZoneName": account.find("Subnets", "SubnetId", one)["AvailabilityZone"],
                    "LoadBalancerAddresses": [],
                }
                for one in nodes
            ],
            **({"SecurityGroups": groups.split()} if groups else {}),
            **more,
        }
    )
    for number, (subnet, address) in enumerate(nodes.items()):
        account.interface(
            f"eni-{name}-{number}",
            subnet,
            address,
            groups=groups,
            public=public if not number else "",
            Description=f"ELB {short}/{name}/50dc6c495c0c9188",
            InterfaceType="network_load_balancer" if kind == "network" else "interface",
        )
    for one in ("Listeners", "TargetGroups"):
        account.answers.setdefault(one, [])
    account.beside.setdefault("rules.json", {"Rules": []})
    value = "true" if cross_zone or kind == "application" else "false"
    account.beside[f"attributes-{name}.json"] = {
        "Attributes": [{"Key": "load_balancing.cross_zone.enabled", "Value": value}]
    }
    return arn


def targets(
    account: Account, balancer_arn: str, name: str, listener: str, group: str, *members: str, kind: str = "instance",
    keep: bool | None = None,
) -> None:  # fmt: skip
    """Make a listener (`TCP 80`) forward to a target group (`TCP 8080`) with these members."""
    protocol, port = group.split()
    arn = f"arn:aws:elasticloadbalancing:{account.region}:{account.number}:targetgroup/{name}/73e2d6bc24d8a067"
    loads = account.find("LoadBalancers", "LoadBalancerArn", balancer_arn)
    account.answers["TargetGroups"].append(
        {
            "TargetGroupArn": arn,
            "TargetGroupName": name,
            "Protocol": protocol,
            "Port": int(port),
            "VpcId": loads["VpcId"],
            "TargetType": kind,
            "LoadBalancerArns": [balancer_arn],
        }
    )
    front, at = listener.split()
    account.answers["Listeners"].append(
        {
            "ListenerArn": balancer_arn.replace(":loadbalancer/", ":listener/") + f"/{name}",
            "LoadBalancerArn": balancer_arn,
            "Protocol": front,
            "Port": int(at),
            "DefaultActions": [{"Type": "forward", "TargetGroupArn": arn}],
        }
    )
    account.beside[f"health-{name}.json"] = {
        "TargetHealthDescriptions": [
            {"Target": {"Id": one, "Port": int(port)}, "TargetHealth": {"State": "healthy"}} for one in members
        ]
    }
    pairs = [{"Key": "deregistration_delay.timeout_seconds", "Value": "300"}]
    pairs.append({"Key": "load_balancing.cross_zone.enabled", "Value": "use_load_balancer_configuration"})
    if keep is not None:
        pairs.append({"Key": "preserve_client_ip.enabled", "Value": str(keep).lower()})
    account.beside[f"attributes-{name}.json"] = {"Attributes": pairs}
