"""Hosted zones, Resolver query logs and DNS Firewall (Amazon Route 53 and Resolver API references)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from simulator.errors import AwsError
from simulator.model import Reference, Refusal, ResourceType, Unique, at
from simulator.types.common import at_most, matching, one_of
from simulator.types.vpc import VPC

if TYPE_CHECKING:
    from simulator.creation import Creation

ZONE: Final = "aws:route53/zone:Zone"
QUERY_LOG: Final = "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig"
DOMAINS: Final = "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList"
RULES: Final = "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup"
_ARN: Final = "arn:{partition}:route53resolver:{region}:{account}:"
_SHARE: Final = "NOT_SHARED"
_GONE: Final = Refusal("ResourceNotFoundException", "[RSLVR-00703] The resource with the ID '{value}' does not exist")


def _destination(creation: Creation) -> None:
    arn = str(creation.get("destinationArn"))
    if ":logs:" in arn:
        creation.require("aws:cloudwatch/logGroup:LogGroup", arn.removesuffix(":*"), ("arn",))
    elif arn.startswith("arn:aws:s3:::"):
        creation.require("aws:s3/bucket:Bucket", arn.removeprefix("arn:aws:s3:::").partition("/")[0])


def _rule(creation: Creation) -> None:
    if creation.get("action") == "BLOCK" and creation.get("blockResponse") is None:
        raise AwsError("ValidationException", "[RSLVR-02012] BlockResponse is required when the action is BLOCK")
    if creation.get("firewallDomainListId") is None and creation.get("dnsThreatProtection") is None:
        raise AwsError("ValidationException", "A domain list or a threat protection is required")


def _shared(creation: Creation) -> dict[str, Any]:
    return {"ownerId": creation.session.account, "shareStatus": _SHARE}


def _zone(creation: Creation) -> dict[str, Any]:
    servers = sorted(f"ns-{int(creation.hex(3, str(n)), 16) % 2048}.awsdns-{n:02}.com" for n in range(4))
    return {
        "zoneId": creation.id,
        "nameServers": servers,
        "primaryNameServer": servers[0],
        "comment": creation.get("comment", "Managed by Pulumi"),
    }


def _vpc_there(creation: Creation) -> None:
    for vpc in at(creation.inputs, "vpcs.vpcId"):
        creation.require(VPC, vpc)


TYPES: Final = (
    ResourceType(
        QUERY_LOG,
        "Route 53 Resolver",
        "Query Log Config",
        lambda c: f"rqlc-{c.hex(17)}",
        arn=_ARN + "resolver-query-log-config/{id}",
        checks=(_destination,),
        computed=_shared,
        not_found=_GONE,
        in_use=Refusal("ResourceInUseException", "[RSLVR-01302] The query log config {id} is associated with a VPC"),
        replace=frozenset({"name", "destinationArn"}),
    ),
    ResourceType(
        "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation",
        "Route 53 Resolver",
        "Query Log Config Association",
        lambda c: f"rqlca-{c.hex(17)}",
        references=(Reference("resolverQueryLogConfigId", QUERY_LOG), Reference("resourceId", VPC, blocks=False)),
        unique=(
            Unique(
                ("resolverQueryLogConfigId", "resourceId"),
                Refusal("ResourceExistsException", "The VPC {resourceId} is already associated"),
            ),
        ),
        replace=frozenset({"resolverQueryLogConfigId", "resourceId"}),
    ),
    ResourceType(
        "aws:route53/resolverFirewallConfig:ResolverFirewallConfig",
        "Route 53 Resolver",
        "Firewall Config",
        lambda c: f"rslvr-fc-{c.hex(17)}",
        create="UpdateFirewallConfig",
        references=(Reference("resourceId", VPC, blocks=False),),
        validate={"firewallFailOpen": one_of("ENABLED", "DISABLED", "USE_LOCAL_RESOURCE_SETTING")},
        unique=(
            Unique(
                ("resourceId",), Refusal("ConflictException", "The firewall config of {resourceId} is already managed")
            ),
        ),
        computed=lambda c: {"ownerId": c.session.account, "firewallFailOpen": c.get("firewallFailOpen", "DISABLED")},
        replace=frozenset({"resourceId"}),
    ),
    ResourceType(
        DOMAINS,
        "Route 53 Resolver",
        "Firewall Domain List",
        lambda c: f"rslvr-fdl-{c.hex(17)}",
        arn=_ARN + "firewall-domain-list/{id}",
        # https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_UpdateFirewallDomains.html
        validate={
            "domains": matching(
                r"(\*\.?)?([A-Za-z0-9_-]+\.)*[A-Za-z0-9_-]+\.?|\*", "a domain, optionally starting with *"
            )
        },
        not_found=_GONE,
        in_use=Refusal("ConflictException", "[RSLVR-02023] The domain list {id} is used by a rule group"),
        replace=frozenset({"name"}),
        update=frozenset({"domains"}),
    ),
    ResourceType(
        RULES,
        "Route 53 Resolver",
        "Firewall Rule Group",
        lambda c: f"rslvr-frg-{c.hex(17)}",
        arn=_ARN + "firewall-rule-group/{id}",
        computed=_shared,
        not_found=_GONE,
        in_use=Refusal("ConflictException", "[RSLVR-02025] The rule group {id} is still associated or has rules"),
        replace=frozenset({"name"}),
    ),
    ResourceType(
        "aws:route53/resolverFirewallRule:ResolverFirewallRule",
        "Route 53 Resolver",
        "Firewall Rule",
        lambda c: f"{c.get('firewallRuleGroupId')}:{c.get('firewallDomainListId', 'threat')}",
        references=(
            Reference("firewallRuleGroupId", RULES),
            Reference("firewallDomainListId", DOMAINS, foreign=("rslvr-fdl-aws",)),
        ),
        unique=(
            Unique(
                ("firewallRuleGroupId", "priority"),
                Refusal("ConflictException", "[RSLVR-02002] A rule with the priority {priority} already exists"),
            ),
        ),
        validate={
            "action": one_of("ALLOW", "BLOCK", "ALERT"),
            "blockResponse": one_of("NODATA", "NXDOMAIN", "OVERRIDE"),
            "name": at_most(64),
        },
        checks=(_rule,),
        replace=frozenset({"firewallRuleGroupId", "firewallDomainListId"}),
    ),
    ResourceType(
        "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation",
        "Route 53 Resolver",
        "Firewall Rule Group Association",
        lambda c: f"rslvr-frgassoc-{c.hex(17)}",
        arn=_ARN + "firewall-rule-group-association/{id}",
        create="AssociateFirewallRuleGroup",
        references=(Reference("firewallRuleGroupId", RULES), Reference("vpcId", VPC)),
        unique=(
            Unique(
                ("vpcId", "priority"),
                Refusal(
                    "ConflictException", "[RSLVR-02000] Another association of {vpcId} has the priority {priority}"
                ),
            ),
            Unique(
                ("vpcId", "firewallRuleGroupId"),
                Refusal("ConflictException", "[RSLVR-02001] The rule group is already associated with {vpcId}"),
            ),
        ),
        computed=lambda c: {"mutationProtection": c.get("mutationProtection", "DISABLED")},
        replace=frozenset({"firewallRuleGroupId", "vpcId"}),
    ),
    ResourceType(
        ZONE,
        "Route 53",
        "Hosted Zone",
        lambda c: f"Z{c.hex(20).upper()}",
        arn="arn:{partition}:route53:::hostedzone/{id}",
        cloudformation="AWS::Route53::HostedZone",
        is_global=True,
        checks=(_vpc_there,),
        computed=_zone,
        not_found=Refusal("NoSuchHostedZone", "No hosted zone found with ID: {value}", 404),
        replace=frozenset({"name"}),
    ),
    ResourceType(
        "aws:route53/record:Record",
        "Route 53",
        "Record",
        lambda c: f"{c.get('zoneId')}_{c.get('name')}_{c.get('type')}",
        create="ChangeResourceRecordSets",
        is_global=True,
        references=(Reference("zoneId", ZONE, blocks=False),),
        unique=(
            Unique(
                ("zoneId", "name", "type"),
                Refusal(
                    "InvalidChangeBatch", "Tried to create resource record set {name} type {type} but it already exists"
                ),
                optional=("setIdentifier",),
            ),
        ),
        computed=lambda c: {"fqdn": str(c.get("name")).rstrip(".")},
        replace=frozenset({"zoneId", "name", "type", "setIdentifier"}),
    ),
)
