"""Security groups and their rules, network ACLs and their entries (Amazon EC2 API reference)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from simulator.errors import AwsError
from simulator.model import Reference, Refusal, ResourceType, Unique, at
from simulator.quotas import quota
from simulator.types.common import between, matching, one_of, random_id, valid_cidr
from simulator.types.vpc import ACL, GROUP, SUBNET, VPC

if TYPE_CHECKING:
    from simulator.creation import Creation

_EC2_ARN: Final = "arn:{partition}:ec2:{region}:{account}:"
DEFAULT_GROUP: Final = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
DEFAULT_ACL: Final = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"
INGRESS: Final = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS: Final = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
ACL_RULE: Final = "aws:ec2/networkAclRule:NetworkAclRule"
_PREFIX_LIST: Final = "aws:ec2/managedPrefixList:ManagedPrefixList"
_SOURCES: Final = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
# https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html


def _default_of(token: str) -> Any:
    """Give the id of the default object of a VPC that a `Default*` type adopts."""
    attribute = {GROUP: "defaultSecurityGroupId", ACL: "defaultNetworkAclId"}[token]

    def adopt(creation: Creation) -> str:
        if attribute in creation.inputs:
            return creation.require(token, creation.inputs[attribute]).id
        vpc = creation.get("vpcId")
        if vpc is None:
            raise AwsError("VPCIdNotSpecified", "No default VPC for this user")
        return creation.require(VPC, vpc).outputs[attribute]

    return adopt


def _default_group(creation: Creation) -> Mapping[str, Any]:
    group = creation.require(GROUP, creation.id)
    kept = {name: group.outputs[name] for name in ("name", "description", "vpcId", "ownerId")}
    return {**kept, "ingress": creation.get("ingress", []), "egress": creation.get("egress", [])}


def _wipe_group(creation: Creation) -> None:
    group = creation.require(GROUP, creation.id)
    creation.change(group, ingress=creation.get("ingress", []), egress=creation.get("egress", []))


def _default_acl(creation: Creation) -> Mapping[str, Any]:
    acl = creation.require(ACL, creation.id)
    lists = {"ingress": creation.get("ingress", []), "egress": creation.get("egress", [])}
    return {
        "vpcId": acl.outputs["vpcId"],
        "ownerId": creation.session.account,
        "subnetIds": creation.get("subnetIds", []),
        **lists,
    }


def _wipe_acl(creation: Creation) -> None:
    acl = creation.require(ACL, creation.id)
    creation.change(acl, ingress=creation.get("ingress", []), egress=creation.get("egress", []))


def _group(creation: Creation) -> Mapping[str, Any]:
    rules = {"ingress": creation.get("ingress", []), "egress": creation.get("egress", [])}
    return {
        "ownerId": creation.session.account,
        "vpcId": creation.get("vpcId", ""),
        "name": creation.get("name"),
        **rules,
    }


def _aws_made_group(creation: Creation) -> None:
    # What registration made for AWS Directory Service and WorkSpaces is not ours to change; the default group is
    # not to be deleted.
    if creation.old is not None and creation.old.outputs.get("name") == "default":
        raise AwsError(
            "CannotDelete", f'the specified group: "{creation.id}" name: "default" cannot be deleted by a user'
        )


def _one_source(creation: Creation) -> None:
    given = [name for name in _SOURCES if creation.get(name) is not None]
    if len(given) != 1:
        raise AwsError(
            "InvalidParameterValue",
            f"exactly one of {', '.join(_SOURCES)} must be given for a rule, there are {len(given)}",
        )


def _ports(creation: Creation) -> None:
    low, high, protocol = creation.get("fromPort"), creation.get("toPort"), str(creation.get("ipProtocol"))
    if protocol == "-1" and not (low in (None, -1) and high in (None, -1)):
        raise AwsError("InvalidParameterValue", "You may not specify all protocols and specific ports.")
    if protocol in ("tcp", "udp", "6", "17"):
        if low is None or high is None:
            raise AwsError(
                "InvalidParameterValue", f"Invalid value 'Must specify both from and to ports with {protocol}.'"
            )
        if not (0 <= low <= 65535 and 0 <= high <= 65535 and low <= high):
            raise AwsError("InvalidParameterValue", f"Invalid TCP/UDP port range ({low}:{high})")


def _rule_identity(values: Mapping[str, Any]) -> tuple[Any, ...]:
    # AWS compares the tuple of protocol, ports and peer, not the description; protocol numbers and names are the
    # same rule.
    protocol = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}.get(
        str(values.get("ipProtocol")), str(values.get("ipProtocol"))
    )
    peer = next(((name, values[name]) for name in _SOURCES if values.get(name) is not None), None)
    ports = (None, None) if protocol == "-1" else (values.get("fromPort"), values.get("toPort"))
    return (values.get("securityGroupId"), protocol, *ports, peer)


def _new_rule(creation: Creation) -> None:
    siblings = creation.siblings("securityGroupId")
    mine = _rule_identity(creation.inputs)
    if any(_rule_identity(item.inputs) == mine for item in siblings):
        peer, low, high = mine[-1] and mine[-1][1], creation.get("fromPort"), creation.get("toPort")
        rule = f"peer: {peer}, {mine[1]}, from port: {low}, to port: {high}, ALLOW"
        raise AwsError("InvalidPermission.Duplicate", f'the specified rule "{rule}" already exists')
    if sum(_weight(creation, item) for item in (creation.inputs, *(one.inputs for one in siblings))) > quota(
        creation.account, "rules-per-group"
    ):
        raise AwsError(
            "RulesPerSecurityGroupLimitExceeded", "The maximum number of rules per security group has been reached."
        )


def _weight(creation: Creation, rule: Mapping[str, Any]) -> int:
    """Give how many rules one counts as: a list of the customer's own as many as it may ever have entries.

    https://docs.aws.amazon.com/vpc/latest/userguide/managed-prefix-lists.html (AWS's lists of S3 and DynamoDB: one)
    """
    named = rule.get("prefixListId")
    found = creation.find(_PREFIX_LIST, named) if named else None
    return int(found.outputs["maxEntries"]) if found else 1


def _reachable_group(creation: Creation) -> None:
    """Allow a reference to a group of the own VPC, or of one with an active peering to it."""
    other = creation.get("referencedSecurityGroupId")
    if other is None or "/" in other:
        return
    own = creation.require(GROUP, creation.get("securityGroupId")).outputs["vpcId"]
    peer = creation.require(GROUP, other).outputs["vpcId"]
    peerings = creation.others("aws:ec2/vpcPeeringConnection:VpcPeeringConnection")
    joined = any(
        {p.outputs["vpcId"], p.outputs["peerVpcId"]} == {own, peer} and p.outputs["acceptStatus"] == "active"
        for p in peerings
    )
    if own != peer and not joined:
        creation.refuse(
            Refusal(
                "InvalidGroup.NotFound",
                f"You have specified two resources that belong to different networks. The security group '{other}' "
                f"does not exist in VPC {own}",
            )
        )


def _known_prefix_list(creation: Creation) -> None:
    value = creation.get("prefixListId")
    if value is None or value in AWS_PREFIX_LISTS.values():
        return
    creation.require(_PREFIX_LIST, value)


# AWS's own lists have an id that is the same for all accounts of a region.
AWS_PREFIX_LISTS: Final = {"s3": "pl-61a54008", "dynamodb": "pl-78a54011"}


def _rule(direction: str, token: str) -> ResourceType:
    return ResourceType(
        token,
        "EC2",
        f"VPC Security Group {direction} Rule",
        random_id("sgr"),
        arn=_EC2_ARN + "security-group-rule/{id}",
        create=f"AuthorizeSecurityGroup{direction}",
        delete=f"RevokeSecurityGroup{direction}",
        cloudformation=f"AWS::EC2::SecurityGroup{direction}",
        references=(Reference("securityGroupId", GROUP, blocks=False), Reference("referencedSecurityGroupId", GROUP)),
        validate={
            "cidrIpv4": valid_cidr,
            "cidrIpv6": valid_cidr,
            "ipProtocol": matching(r"-1|tcp|udp|icmp|icmpv6|\d{1,3}", "a protocol name or number"),
        },
        checks=(_one_source, _ports, _new_rule, _reachable_group, _known_prefix_list),
        computed=lambda c: {"securityGroupRuleId": c.id},
        # The provider changes a rule in place (ModifySecurityGroupRules); only another group makes another rule.
        replace=frozenset({"securityGroupId"}),
        update=frozenset({*_SOURCES, "fromPort", "toPort", "ipProtocol"}),
    )


def _acl_rules(creation: Creation) -> None:
    egress = creation.get("egress", False)
    siblings = [o for o in creation.siblings("networkAclId") if o.inputs.get("egress", False) == egress]
    if any(o.inputs["ruleNumber"] == creation.get("ruleNumber") for o in siblings):
        raise AwsError(
            "NetworkAclEntryAlreadyExists",
            f"The network acl entry identified by {creation.get('ruleNumber')} already exists.",
        )
    if len(siblings) >= quota(creation.account, "entries-per-acl"):
        raise AwsError("NetworkAclEntryLimitExceeded", "The maximum number of network acl entries has been reached.")
    if (creation.get("cidrBlock") is None) == (creation.get("ipv6CidrBlock") is None):
        raise AwsError(
            "MissingParameter", "The request must contain exactly one of the parameters cidrBlock and ipv6CidrBlock"
        )


def _acl(creation: Creation) -> Mapping[str, Any]:
    lists = {"ingress": creation.get("ingress", []), "egress": creation.get("egress", [])}
    return {"ownerId": creation.session.account, "subnetIds": creation.get("subnetIds", []), **lists}


def _same_vpc(creation: Creation) -> None:
    subnets = [
        creation.require(SUBNET, value) for value in at(creation.inputs, "subnetIds") + at(creation.inputs, "subnetId")
    ]
    acl = creation.get("networkAclId")
    vpc = creation.require(ACL, acl).outputs["vpcId"] if acl else creation.get("vpcId")
    if any(subnet.outputs["vpcId"] != vpc for subnet in subnets):
        raise AwsError("InvalidParameterValue", f"the network acl and the subnet belong to different networks ({vpc})")


_ONE_ACL: Final = Refusal(
    "InvalidParameterValue", "the subnet {subnetId} already has a network acl association that is managed"
)

TYPES: Final = (
    ResourceType(
        GROUP,
        "EC2",
        "Security Group",
        random_id("sg"),
        arn=_EC2_ARN + "security-group/{id}",
        defaults={"description": "Managed by Pulumi"},
        references=(Reference("vpcId", VPC),),
        unique=(
            Unique(
                ("name", "vpcId"),
                Refusal("InvalidGroup.Duplicate", "The security group '{name}' already exists for VPC '{vpcId}'"),
            ),
        ),
        validate={
            # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
            "name": matching(
                r"(?!sg-)[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{1,255}",
                "up to 255 allowed characters, not starting with sg-",
            ),
            "description": matching(
                r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{0,255}", "up to 255 characters allowed in a group description"
            ),
        },
        computed=_group,
        before_delete=(_aws_made_group,),
        not_found=Refusal("InvalidGroup.NotFound", "The security group '{value}' does not exist"),
        in_use=Refusal("DependencyViolation", "resource {id} has a dependent object"),
        replace=frozenset({"name", "namePrefix", "description", "vpcId"}),
    ),
    _rule("Ingress", INGRESS),
    _rule("Egress", EGRESS),
    ResourceType(
        DEFAULT_GROUP,
        "EC2",
        "Default Security Group",
        lambda c: c.id,
        arn=_EC2_ARN + "security-group/{id}",
        references=(Reference("vpcId", VPC, blocks=False),),
        adopts=_default_of(GROUP),
        computed=_default_group,
        after_create=(_wipe_group,),
        after_update=(_wipe_group,),
        replace=frozenset({"vpcId"}),
        autoname="-",
    ),
    ResourceType(
        ACL,
        "EC2",
        "Network ACL",
        random_id("acl"),
        arn=_EC2_ARN + "network-acl/{id}",
        cloudformation="AWS::EC2::NetworkAcl",
        references=(Reference("vpcId", VPC), Reference("subnetIds", SUBNET, blocks=False)),
        checks=(_same_vpc,),
        computed=_acl,
        not_found=Refusal("InvalidNetworkAclID.NotFound", "The networkAcl ID '{value}' does not exist"),
        in_use=Refusal("DependencyViolation", "The networkAcl '{id}' has dependencies and cannot be deleted."),
    ),
    ResourceType(
        ACL_RULE,
        "EC2",
        "Network ACL Rule",
        lambda c: f"nacl-{int(c.hex(8), 16)}",
        create="CreateNetworkAclEntry",
        delete="DeleteNetworkAclEntry",
        cloudformation="AWS::EC2::NetworkAclEntry",
        references=(Reference("networkAclId", ACL, blocks=False),),
        validate={
            "cidrBlock": valid_cidr,
            "ipv6CidrBlock": valid_cidr,
            "ruleNumber": between(1, 32766),
            "ruleAction": one_of("allow", "deny", "ALLOW", "DENY"),
        },
        checks=(_acl_rules,),
        replace=frozenset(
            {
                "networkAclId",
                "ruleNumber",
                "egress",
                "protocol",
                "ruleAction",
                "cidrBlock",
                "ipv6CidrBlock",
                "fromPort",
                "toPort",
                "icmpType",
                "icmpCode",
            }
        ),
    ),
    ResourceType(
        "aws:ec2/networkAclAssociation:NetworkAclAssociation",
        "EC2",
        "Network ACL Association",
        random_id("aclassoc"),
        create="ReplaceNetworkAclAssociation",
        references=(Reference("networkAclId", ACL), Reference("subnetId", SUBNET, blocks=False)),
        unique=(Unique(("subnetId",), _ONE_ACL),),
        checks=(_same_vpc,),
        replace=frozenset({"networkAclId", "subnetId"}),
    ),
    ResourceType(
        DEFAULT_ACL,
        "EC2",
        "Default Network ACL",
        lambda c: c.id,
        arn=_EC2_ARN + "network-acl/{id}",
        references=(Reference("defaultNetworkAclId", ACL, blocks=False),),
        adopts=_default_of(ACL),
        computed=_default_acl,
        after_create=(_wipe_acl,),
        after_update=(_wipe_acl,),
        replace=frozenset({"defaultNetworkAclId"}),
    ),
)
