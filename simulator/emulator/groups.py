"""EC2's calls for security groups and network ACLs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from simulator.emulator import drift
from simulator.emulator.model import Emulated, Step, follow, listed, only, picked, several, step
from simulator.model import Values
from simulator.types import groups, vpc

if TYPE_CHECKING:
    from simulator.creation import Creation

_EVERY_PORT: Final = {"tcp", "udp", "6", "17"}


def _permission(creation: Creation) -> Values:
    values = creation.inputs
    permission: Values = {"IpProtocol": str(values["ipProtocol"])}
    permission |= {
        name: values[field]
        for name, field in (("FromPort", "fromPort"), ("ToPort", "toPort"))
        if values.get(field) is not None
    }
    said = {"Description": values["description"]} if values.get("description") else {}
    peers = {
        "cidrIpv4": ("IpRanges", "CidrIp"),
        "cidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
        "prefixListId": ("PrefixListIds", "PrefixListId"),
        "referencedSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
    }
    for field, (group, name) in peers.items():
        if values.get(field):
            permission[group] = [{name: values[field], **said}]
    return {"GroupId": values["securityGroupId"], "IpPermissions": [permission]}


def _changed_rule(creation: Creation) -> Values:
    fields = {
        "IpProtocol": "ipProtocol",
        "FromPort": "fromPort",
        "ToPort": "toPort",
        "CidrIpv4": "cidrIpv4",
        "CidrIpv6": "cidrIpv6",
        "PrefixListId": "prefixListId",
        "ReferencedGroupId": "referencedSecurityGroupId",
        "Description": "description",
    }
    rule = {"SecurityGroupRuleId": creation.id, "SecurityGroupRule": picked(**fields)(creation)}
    return {"GroupId": creation.get("securityGroupId"), "SecurityGroupRules": [rule]}


def _rule(token: str, direction: str) -> Emulated:
    return Emulated(
        token,
        "ec2",
        Step(f"authorize_security_group_{direction}", _permission),
        "SecurityGroupRules.0.SecurityGroupRuleId",
        tags="security-group-rule",
        update=(Step("modify_security_group_rules", _changed_rule),),
        delete=(
            Step(
                f"revoke_security_group_{direction}",
                lambda c: {"GroupId": c.get("securityGroupId"), "SecurityGroupRuleIds": [c.id]},
            ),
        ),
        alive=Step("describe_security_group_rules", lambda c: {"SecurityGroupRuleIds": [c.id]}),
        alive_at="SecurityGroupRules.0",
    )


def _no_rules(direction: str) -> Step:
    """Revoke all rules of one direction that a group has from its birth, or, where its rules are inline, has at all."""

    def parameters(creation: Creation) -> Values | None:
        if creation.old is not None and not _rewritten(creation, direction):
            return None
        foreign = [item for item in drift.rules_of(creation) if item["IsEgress"] == (direction == "egress")]
        rules = [item["SecurityGroupRuleId"] for item in foreign]
        return {"GroupId": creation.id, "SecurityGroupRuleIds": rules} if rules else None

    return Step(f"revoke_security_group_{direction}", parameters)


def _rewritten(creation: Creation, direction: str) -> bool:
    """Tell whether the rules that are written into the object itself are others than before."""
    before = creation.old.inputs.get(direction) if creation.old else None
    return before != creation.inputs.get(direction)


_LISTS: Final = {
    "cidrBlocks": ("IpRanges", "CidrIp"),
    "ipv6CidrBlocks": ("Ipv6Ranges", "CidrIpv6"),
    "prefixListIds": ("PrefixListIds", "PrefixListId"),
    "securityGroups": ("UserIdGroupPairs", "GroupId"),
}


def _inline_permission(creation: Creation, rule: Values) -> Values:
    """Give a rule that is written into a group itself, as EC2 takes it."""
    permission: Values = {"IpProtocol": str(rule.get("protocol", "-1"))}
    if permission["IpProtocol"] not in ("-1", "all"):
        permission |= {"FromPort": rule.get("fromPort", 0), "ToPort": rule.get("toPort", 0)}
    said = {"Description": rule["description"]} if rule.get("description") else {}
    for field, (group, name) in _LISTS.items():
        if rule.get(field):
            permission[group] = [{name: item, **said} for item in rule[field]]
    if rule.get("self"):
        permission.setdefault("UserIdGroupPairs", []).append({"GroupId": creation.id, **said})
    return permission


def _inline_rules(direction: str) -> Step:
    """Authorize the rules that are written into the group itself."""

    def parameters(creation: Creation) -> Values | None:
        given: list[Values] = creation.get(direction, [])
        if not given or not _rewritten(creation, direction):
            return None
        return {"GroupId": creation.id, "IpPermissions": [_inline_permission(creation, rule) for rule in given]}

    return Step(f"authorize_security_group_{direction}", parameters)


_INLINE_RULES: Final = tuple(
    call for direction in ("ingress", "egress") for call in (_no_rules(direction), _inline_rules(direction))
)


def _entries_of(creation: Creation) -> list[dict[str, Any]]:
    """Give the entries that a network ACL has, without the one that denies the rest."""
    world, wanted = creation.world, {"NetworkAclIds": [creation.id]}
    found = world.call("ec2", creation.region, "describe_network_acls", wanted) if world else {}
    entries: list[dict[str, Any]] = follow(found, "NetworkAcls.0.Entries") or []
    return [entry for entry in entries if entry["RuleNumber"] != _LAST]


_LAST: Final = 32767


def _old_entries(creation: Creation) -> Iterator[Values]:
    """Give the entries that must go: those of a default ACL's birth, or, where entries are inline, all."""
    adopted = creation.old is None and creation.type.token == groups.DEFAULT_ACL
    for egress, direction in ((False, "ingress"), (True, "egress")):
        if adopted or (creation.old is not None and _rewritten(creation, direction)):
            for entry in _entries_of(creation):
                if entry["Egress"] == egress:
                    yield {"NetworkAclId": creation.id, "RuleNumber": entry["RuleNumber"], "Egress": egress}


def _new_entries(creation: Creation) -> Iterator[Values]:
    """Give the entries that are written into the network ACL itself."""
    for egress, direction in ((False, "ingress"), (True, "egress")):
        for rule in creation.get(direction, []) if _rewritten(creation, direction) else ():
            ours = {**rule, "ruleNumber": rule["ruleNo"], "ruleAction": rule["action"], "egress": egress}
            yield {**_entry_of({**ours, "networkAclId": creation.id})}


_INLINE_ENTRIES: Final = (
    several("delete_network_acl_entry", _old_entries),
    several("create_network_acl_entry", _new_entries),
)


def _entry(creation: Creation) -> Values:
    return _entry_of(creation.inputs)


def _entry_of(given: Values) -> Values:
    names = {
        "NetworkAclId": "networkAclId",
        "RuleNumber": "ruleNumber",
        "CidrBlock": "cidrBlock",
        "Ipv6CidrBlock": "ipv6CidrBlock",
    }
    values = {name: given[field] for name, field in names.items() if given.get(field) is not None}
    protocol = {"tcp": "6", "udp": "17", "icmp": "1", "all": "-1"}.get(
        str(given.get("protocol")), str(given.get("protocol"))
    )
    values |= {
        "Protocol": protocol,
        "RuleAction": str(given.get("ruleAction")).lower(),
        "Egress": bool(given.get("egress", False)),
    }
    if protocol in _EVERY_PORT:
        values["PortRange"] = {"From": given.get("fromPort", 0), "To": given.get("toPort", 65535)}
    if protocol in ("1", "58"):
        values["IcmpTypeCode"] = {
            name: -1 if given.get(field) is None else int(given[field])
            for name, field in (("Type", "icmpType"), ("Code", "icmpCode"))
        }
    return values


def _acl_association(acl: Callable[[Creation], str]) -> Step:
    """Move a subnet to another network ACL: the call names the association that the subnet has now."""

    def parameters(creation: Creation) -> Values | None:
        current = _association_of(creation, creation.get("subnetId"))
        return {"AssociationId": current, "NetworkAclId": acl(creation)} if current else None

    return Step("replace_network_acl_association", parameters)


def _moved_subnets(creation: Creation) -> Iterator[Values]:
    """Give the calls that move the subnets listed in a network ACL to it."""
    world = creation.world
    before: list[str] = creation.old.inputs.get("subnetIds") or [] if creation.old else []
    if world is None:
        return
    for subnet in creation.get("subnetIds", []):
        if subnet not in before:
            association = _association_of(creation, subnet)
            if association:
                yield {"AssociationId": association, "NetworkAclId": creation.id}


def _association_of(creation: Creation, subnet: str) -> str | None:
    """Give the id of the association that a subnet has with its network ACL now."""
    world = creation.world
    wanted = {"Filters": [{"Name": "association.subnet-id", "Values": [subnet]}]}
    found = world.call("ec2", creation.region, "describe_network_acls", wanted) if world else {}
    acls: list[dict[str, Any]] = found.get("NetworkAcls", [])
    associations = [item for acl in acls for item in acl["Associations"] if item["SubnetId"] == subnet]
    return associations[0]["NetworkAclAssociationId"] if associations else None


def _default_acl_of(creation: Creation) -> str:
    subnet = creation.require(vpc.SUBNET, creation.get("subnetId"))
    return creation.require(vpc.VPC, subnet.outputs["vpcId"]).outputs["defaultNetworkAclId"]


ENTRIES: Final = (
    Emulated(
        groups.GROUP,
        "ec2",
        step("create_security_group", GroupName="name", Description="description", VpcId="vpcId"),
        "GroupId",
        tags="security-group",
        foreign=drift.group_rules,
        # The provider removes the rule that allows all egress: https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/r/security_group.html.markdown
        then=_INLINE_RULES,
        delete=only("delete_security_group", "GroupId"),
        alive=listed("describe_security_groups", "GroupIds"),
    ),
    _rule(groups.INGRESS, "ingress"),
    _rule(groups.EGRESS, "egress"),
    Emulated(
        groups.DEFAULT_GROUP,
        "ec2",
        listed("describe_security_groups", "GroupIds"),
        then=_INLINE_RULES,
        foreign=drift.group_rules,
    ),
    Emulated(groups.DEFAULT_ACL, "ec2", listed("describe_network_acls", "NetworkAclIds"), then=_INLINE_ENTRIES),
    Emulated(
        groups.ACL,
        "ec2",
        step("create_network_acl", VpcId="vpcId"),
        "NetworkAcl.NetworkAclId",
        tags="network-acl",
        then=(*_INLINE_ENTRIES, several("replace_network_acl_association", _moved_subnets)),
        delete=only("delete_network_acl", "NetworkAclId"),
        alive=listed("describe_network_acls", "NetworkAclIds"),
    ),
    Emulated(
        groups.ACL_RULE,
        "ec2",
        Step("create_network_acl_entry", _entry),
        delete=(
            Step(
                "delete_network_acl_entry",
                lambda c: {
                    "NetworkAclId": c.get("networkAclId"),
                    "RuleNumber": c.get("ruleNumber"),
                    "Egress": bool(c.get("egress", False)),
                },
            ),
        ),
    ),
    Emulated(
        "aws:ec2/networkAclAssociation:NetworkAclAssociation",
        "ec2",
        _acl_association(lambda c: c.get("networkAclId")),
        "NewAssociationId",
        delete=(_acl_association(_default_acl_of),),
    ),
)
