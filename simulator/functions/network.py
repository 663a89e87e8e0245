"""Questions about networks, images and public parameters."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from simulator.account import Object
from simulator.creation import Session
from simulator.errors import AwsError
from simulator.model import at
from simulator.operations import Operations
from simulator.types.groups import AWS_PREFIX_LISTS

# Inputs of a lookup that filter by an output of the same or another name.
_FILTERS: Final = {
    "id": "id",
    "vpcId": "vpcId",
    "cidrBlock": "cidrBlock",
    "availabilityZone": "availabilityZone",
    "name": "name",
}
_FILTER_NAMES: Final = {
    "vpc-id": "vpcId",
    "cidr": "cidrBlock",
    "cidr-block": "cidrBlock",
    "availability-zone": "availabilityZone",
    "availability-zone-id": "availabilityZoneId",
    "group-name": "name",
    "subnet-id": "id",
}


def _tags(found: Object) -> dict[str, Any]:
    return found.outputs.get("tagsAll") or {}


def _matching(operations: Operations, session: Session, arguments: Mapping[str, Any], token: str) -> list[Object]:
    region = arguments.get("region") or session.region
    wanted = [(ours, {str(arguments[name])}) for name, ours in _FILTERS.items() if arguments.get(name)]
    given: dict[str, str] = arguments.get("tags") or {}
    tags = {name: {value} for name, value in given.items()}
    for item in arguments.get("filters") or ():
        if item["name"].startswith("tag:"):
            tags[item["name"][4:]] = set(item["values"])
        elif item["name"] in _FILTER_NAMES:
            wanted.append((_FILTER_NAMES[item["name"]], set(item["values"])))
        else:
            raise AwsError("InvalidParameterValue", f"The filter '{item['name']}' is invalid")
    return [
        found
        for found in operations.account.of_type(token, region)
        if all(str({**found.outputs, "id": found.id}.get(name)) in values for name, values in wanted)
        and all(_tags(found).get(name) in values for name, values in tags.items())
    ]


def _one(token: str, noun: str) -> Any:
    def function(operations: Operations, session: Session, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        found = _matching(operations, session, arguments, token)
        if len(found) != 1:
            raise AwsError("InvalidParameterValue", f"{len(found) or 'no'} matching {noun} found")
        return {**found[0].outputs, "id": found[0].id, "tags": found[0].outputs.get("tagsAll") or {}}

    return function


def _many(token: str) -> Any:
    def function(operations: Operations, session: Session, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"id": session.region, "ids": [item.id for item in _matching(operations, session, arguments, token)]}

    return function


def _prefix_list(operations: Operations, session: Session, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    region = arguments.get("region") or session.region
    wanted = {arguments.get("name"), arguments.get("id"), arguments.get("prefixListId")} - {None}
    wanted |= {value for item in arguments.get("filters") or () for value in item["values"]}
    for service, identifier in AWS_PREFIX_LISTS.items():
        name = f"com.amazonaws.{region}.{service}"
        if wanted & {name, identifier}:
            entries = [{"cidr": "52.219.0.0/20", "description": ""}]
            arn = f"arn:aws:ec2:{region}:aws:prefix-list/{identifier}"
            listed = {
                "entries": entries,
                "cidrBlocks": [entry["cidr"] for entry in entries],
                "maxEntries": 0,
                "version": 0,
            }
            return {
                "id": identifier,
                "name": name,
                "arn": arn,
                "ownerId": "AWS",
                "addressFamily": "IPv4",
                "tags": {},
                **listed,
            }
    for item in operations.account.of_type("aws:ec2/managedPrefixList:ManagedPrefixList", region):
        if wanted & {item.id, item.outputs["name"]}:
            return {**item.outputs, "id": item.id, "cidrBlocks": at(item.outputs, "entries.cidr")}
    raise AwsError(
        "InvalidPrefixListID.NotFound",
        f"no matching EC2 Managed Prefix List found: {', '.join(sorted(map(str, wanted)))}",
    )


def image_id(region: str, name: str) -> str:
    """Give the id that the simulated region has for a public image."""
    return f"ami-0{hashlib.sha256(f'{region}|{name}'.encode()).hexdigest()[:16]}"


def _image(_operations: Operations, session: Session, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    region = arguments.get("region") or session.region
    names = [value for item in arguments.get("filters") or () if item["name"] == "name" for value in item["values"]]
    name = str(next(iter(names), arguments.get("nameRegex") or "image"))
    identifier = next(
        (str(v) for i in arguments.get("filters") or () if i["name"] == "image-id" for v in i["values"]),
        image_id(region, name),
    )
    platform = "windows" if "windows" in name.lower() else ""
    arn = f"arn:aws:ec2:{region}::image/{identifier}"
    shape = {
        "architecture": "x86_64",
        "rootDeviceName": "/dev/sda1",
        "rootDeviceType": "ebs",
        "virtualizationType": "hvm",
    }
    return {
        "id": identifier,
        "imageId": identifier,
        "arn": arn,
        "name": name.replace("*", "2026.01.01"),
        "platform": platform,
        "state": "available",
        "ownerId": "801119661308",
        "public": True,
        "tags": {},
        **shape,
    }


def _parameter(operations: Operations, session: Session, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    # Public parameters: https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters.html
    region, name = arguments.get("region") or session.region, str(arguments.get("name", ""))
    if name.startswith("/aws/service/"):
        value, arn = image_id(region, name), f"arn:aws:ssm:{region}::parameter{name}"
        return {"id": name, "arn": arn, "type": "String", "value": value, "insecureValue": value, "version": 1}
    found = operations.account.get("aws:ssm/parameter:Parameter", region, name)
    if found is None:
        raise AwsError("ParameterNotFound", f"couldn't find resource: {name}")
    return {**found.outputs, "id": name}


FUNCTIONS: Final = {
    "aws:ec2/getVpc:getVpc": _one("aws:ec2/vpc:Vpc", "EC2 VPC"),
    "aws:ec2/getVpcs:getVpcs": _many("aws:ec2/vpc:Vpc"),
    "aws:ec2/getSubnet:getSubnet": _one("aws:ec2/subnet:Subnet", "EC2 Subnet"),
    "aws:ec2/getSubnets:getSubnets": _many("aws:ec2/subnet:Subnet"),
    "aws:ec2/getSecurityGroup:getSecurityGroup": _one("aws:ec2/securityGroup:SecurityGroup", "EC2 Security Group"),
    "aws:ec2/getRouteTables:getRouteTables": _many("aws:ec2/routeTable:RouteTable"),
    "aws:ec2/getManagedPrefixList:getManagedPrefixList": _prefix_list,
    "aws:ec2/getPrefixList:getPrefixList": _prefix_list,
    "aws:ec2/getAmi:getAmi": _image,
    "aws:ssm/getParameter:getParameter": _parameter,
}
