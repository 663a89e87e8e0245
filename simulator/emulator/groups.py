"""EC2's calls for security groups and network ACLs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from simulator.emulator import drift
from simulator.emulator.model import Emulated, Step, listed, only, picked, step
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
    """Revoke all rules of one direction that a group has from its birth."""

    def parameters(creation: Creation) -> Values | None:
        world = creation.world
        found = (
            world.call("ec2", creation.region, "describe_security_groups", {"GroupIds": [creation.id]}) if world else {}
        )
        rules: list[Any] = (
            found["SecurityGroups"][0]["IpPermissions" if direction == "ingress" else "IpPermissionsEgress"]
            if found
            else []
        )
        return {"GroupId": creation.id, "IpPermissions": rules} if rules else None

    return Step(f"revoke_security_group_{direction}", parameters)


def _no_entries(*, egress: bool) -> Step:
    """Delete the entry that a default network ACL has from its birth."""

    def parameters(creation: Creation) -> Values | None:
        world = creation.world
        found = (
            world.call("ec2", creation.region, "describe_network_acls", {"NetworkAclIds": [creation.id]})
            if world
            else {}
        )
        entries: list[dict[str, Any]] = found["NetworkAcls"][0]["Entries"] if found else []
        there = any(entry["RuleNumber"] == 100 and entry["Egress"] == egress for entry in entries)
        return {"NetworkAclId": creation.id, "RuleNumber": 100, "Egress": egress} if there else None

    return Step("delete_network_acl_entry", parameters)


def _entry(creation: Creation) -> Values:
    values = picked(
        NetworkAclId="networkAclId", RuleNumber="ruleNumber", CidrBlock="cidrBlock", Ipv6CidrBlock="ipv6CidrBlock"
    )(creation)
    protocol = {"tcp": "6", "udp": "17", "icmp": "1", "all": "-1"}.get(
        str(creation.get("protocol")), str(creation.get("protocol"))
    )
    values |= {
        "Protocol": protocol,
        "RuleAction": str(creation.get("ruleAction")).lower(),
        "Egress": bool(creation.get("egress", False)),
    }
    if protocol in _EVERY_PORT:
        values["PortRange"] = {"From": creation.get("fromPort", 0), "To": creation.get("toPort", 65535)}
    if protocol in ("1", "58"):
        values["IcmpTypeCode"] = {"Type": int(creation.get("icmpType", -1)), "Code": int(creation.get("icmpCode", -1))}
    return values


def _acl_association(acl: Callable[[Creation], str]) -> Step:
    """Move a subnet to another network ACL: the call names the association that the subnet has now."""

    def parameters(creation: Creation) -> Values | None:
        world, subnet = creation.world, creation.get("subnetId")
        if world is None:
            return None
        wanted = {"Filters": [{"Name": "association.subnet-id", "Values": [subnet]}]}
        found = world.call("ec2", creation.region, "describe_network_acls", wanted)["NetworkAcls"]
        current = next(
            (a["NetworkAclAssociationId"] for item in found for a in item["Associations"] if a["SubnetId"] == subnet),
            None,
        )
        return {"AssociationId": current, "NetworkAclId": acl(creation)} if current else None

    return Step("replace_network_acl_association", parameters)


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
        then=(_no_rules("egress"),),
        delete=only("delete_security_group", "GroupId"),
        alive=listed("describe_security_groups", "GroupIds"),
    ),
    _rule(groups.INGRESS, "ingress"),
    _rule(groups.EGRESS, "egress"),
    Emulated(groups.DEFAULT_GROUP, "ec2", _no_rules("ingress"), then=(_no_rules("egress"),)),
    Emulated(groups.DEFAULT_ACL, "ec2", _no_entries(egress=False), then=(_no_entries(egress=True),)),
    Emulated(
        groups.ACL,
        "ec2",
        step("create_network_acl", VpcId="vpcId"),
        "NetworkAcl.NetworkAclId",
        tags="network-acl",
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
