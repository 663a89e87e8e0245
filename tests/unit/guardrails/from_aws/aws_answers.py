"""Objects as AWS prints them, with the members that a test does not care about filled in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from guardrails.facts.network import Network

Write = Callable[..., Path]
Read = Callable[..., Network]

ACCOUNT = "111122223333"
VPC = "vpc-0a1b2c3d4e5f60001"
SUBNET = "subnet-0a1b2c3d4e5f60001"


def vpc(key: str = VPC, cidr: str = "10.0.0.0/16", **more: Any) -> dict[str, Any]:
    association = {"AssociationId": "vpc-cidr-assoc-1", "CidrBlock": cidr, "CidrBlockState": {"State": "associated"}}
    return {
        "OwnerId": ACCOUNT,
        "CidrBlockAssociationSet": [association],
        "IsDefault": False,
        "VpcId": key,
        "State": "available",
        "CidrBlock": cidr,
        **more,
    }


def subnet(key: str = SUBNET, cidr: str = "10.0.1.0/24", **more: Any) -> dict[str, Any]:
    return {
        "AvailabilityZoneId": "euw1-az1",
        "OwnerId": ACCOUNT,
        "SubnetId": key,
        "State": "available",
        "VpcId": VPC,
        "CidrBlock": cidr,
        "AvailabilityZone": "eu-west-1a",
        "MapPublicIpOnLaunch": False,
        **more,
    }


def group(key: str, ingress: list[Any] | None = None, egress: list[Any] | None = None, **more: Any) -> dict[str, Any]:
    return {
        "GroupId": key,
        "GroupName": key.removeprefix("sg-"),
        "VpcId": VPC,
        "OwnerId": ACCOUNT,
        "IpPermissions": ingress or [],
        "IpPermissionsEgress": egress or [],
        **more,
    }


def permission(protocol: str, low: int | None = None, high: int | None = None, **peers: Any) -> dict[str, Any]:
    ports = {} if low is None else {"FromPort": low, "ToPort": low if high is None else high}
    lists = {"IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": []}
    return {"IpProtocol": protocol, **ports, **lists, **peers}


def interface(key: str, address: str = "10.0.1.10", groups: tuple[str, ...] = ("sg-1",), **more: Any) -> dict[str, Any]:
    return {
        "NetworkInterfaceId": key,
        "SubnetId": SUBNET,
        "VpcId": VPC,
        "OwnerId": ACCOUNT,
        "Groups": [{"GroupId": one, "GroupName": one} for one in groups],
        "InterfaceType": "interface",
        "PrivateIpAddress": address,
        "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": address}],
        "SourceDestCheck": True,
        "Status": "in-use",
        **more,
    }


def table(key: str, routes: list[Any], **more: Any) -> dict[str, Any]:
    local = {
        "DestinationCidrBlock": "10.0.0.0/16",
        "GatewayId": "local",
        "Origin": "CreateRouteTable",
        "State": "active",
    }
    return {
        "RouteTableId": key,
        "VpcId": VPC,
        "OwnerId": ACCOUNT,
        "Associations": [{"Main": True, "RouteTableId": key, "AssociationState": {"State": "associated"}}],
        "PropagatingVgws": [],
        "Routes": [local, *routes],
        **more,
    }


def one(items: tuple[Any, ...]) -> Any:
    """Give the only one."""
    assert len(items) == 1
    return items[0]
