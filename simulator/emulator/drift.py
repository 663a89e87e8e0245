"""What others have added to an object: rules, routes and policies that no object of the account stands for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from simulator.emulator.routing import INLINE_FIELDS
from simulator.model import Values
from simulator.types import groups, identity, vpc

if TYPE_CHECKING:
    from simulator.creation import Creation

_PEERS: Final = {
    "CidrIpv4": "cidrBlocks",
    "CidrIpv6": "ipv6CidrBlocks",
    "PrefixListId": "prefixListIds",
}


def rules_of(creation: Creation) -> list[dict[str, Any]]:
    """Give the rules of a security group that are not objects of their own here, as EC2 describes them."""
    world = creation.world
    wanted = {"Filters": [{"Name": "group-id", "Values": [creation.id]}]}
    found = world.call("ec2", creation.region, "describe_security_group_rules", wanted) if world else {}
    kinds = (groups.INGRESS, groups.EGRESS)
    ours = {item.id for kind in kinds for item in creation.account.of_type(kind, creation.region)}
    rules: list[dict[str, Any]] = found.get("SecurityGroupRules", [])
    return [rule for rule in rules if rule["SecurityGroupRuleId"] not in ours]


def group_rules(creation: Creation) -> Values | None:
    """Give the rules of a security group that are not objects of their own here."""
    if creation.world is None or creation.inputs.get("ingress") or creation.inputs.get("egress"):
        return None
    foreign = rules_of(creation)
    return {
        "ingress": [_rule(rule) for rule in foreign if not rule["IsEgress"]],
        "egress": [_rule(rule) for rule in foreign if rule["IsEgress"]],
    }


def _rule(found: dict[str, Any]) -> Values:
    rule: Values = {
        "protocol": str(found["IpProtocol"]),
        "fromPort": found.get("FromPort", 0),
        "toPort": found.get("ToPort", 0),
        "description": found.get("Description", ""),
    }
    rule |= {ours: [found[theirs]] for theirs, ours in _PEERS.items() if found.get(theirs)}
    group = found.get("ReferencedGroupInfo", {}).get("GroupId")
    return rule | ({"securityGroups": [group]} if group else {})


def table_routes(creation: Creation) -> Values | None:
    """Give the routes of a table that are neither local, nor an endpoint's, nor objects of their own here."""
    world = creation.world
    if world is None or creation.inputs.get("routes"):
        return None
    wanted = {"RouteTableIds": [creation.id]}
    (table,) = world.call("ec2", creation.region, "describe_route_tables", wanted)["RouteTables"]
    mine = [item.inputs for item in creation.account.of_type(vpc.ROUTE, creation.region)]
    fields = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")
    ours = {route[name] for route in mine if route["routeTableId"] == creation.id for name in fields if route.get(name)}
    foreign = [
        route
        for route in table["Routes"]
        if route.get("GatewayId") != "local"
        and not str(route.get("GatewayId", "")).startswith("vpce-")
        and not ours & {route.get(name) for name in INLINE_FIELDS}
    ]
    return {
        "routes": [
            {ours: route[theirs] for theirs, ours in INLINE_FIELDS.items() if route.get(theirs)} for route in foreign
        ]
    }


def role_policies(creation: Creation) -> Values | None:
    """Give the policies of a role that are not objects of their own here."""
    world = creation.world
    if world is None or creation.inputs.get("managedPolicyArns") or creation.inputs.get("inlinePolicies"):
        return None
    name = {"RoleName": creation.id}
    attached = world.call("iam", "us-east-1", "list_attached_role_policies", name)["AttachedPolicies"]
    inline = world.call("iam", "us-east-1", "list_role_policies", name)["PolicyNames"]
    texts = {
        policy: world.call("iam", "us-east-1", "get_role_policy", {**name, "PolicyName": policy})["PolicyDocument"]
        for policy in inline
    }
    mine = {
        kind: {item.inputs[field] for item in creation.account.of_type(kind) if item.inputs["role"] == creation.id}
        for kind, field in ((identity.ATTACHMENT, "policyArn"), (identity.INLINE, "name"))
    }
    return {
        "managedPolicyArns": sorted(
            p["PolicyArn"] for p in attached if p["PolicyArn"] not in mine[identity.ATTACHMENT]
        ),
        "inlinePolicies": [
            {"name": policy, "policy": json.dumps(texts[policy])}
            for policy in sorted(inline)
            if policy not in mine[identity.INLINE]
        ],
    }
