"""The resolver of the room: it answers listed names only, closes when it fails, and writes every question down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.evidence.log_group import LogGroups
from components.evidence.plan import delivery_policy
from components.tags import Tags

QUERY_LOG = "dns"
ALLOW_PRIORITY = 100
BLOCK_PRIORITY = 900
ASSOCIATION_PRIORITY = 101
"""AWS keeps priorities of up to 100 and from 9900 for itself.

Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_AssociateFirewallRuleGroup.html
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolverArgs:
    """The VPCs by purpose whose questions are logged, and the names that the room's may ask for: None for any."""

    tags: Tags
    logs: LogGroups
    vpc_ids: Mapping[str, pulumi.Input[str]]
    names: tuple[str, ...] | None
    guarded: str = "room"
    """Which of the VPCs the names are for."""
    scope: str = ""
    """Set for every network but the room's: part of the names that must be unique in the account."""

    @property
    def prefix(self) -> str:
        """The prefix of physical names."""
        return f"{self.tags.prefix}-{self.scope}" if self.scope else self.tags.prefix

    @property
    def log(self) -> str:
        """The purpose of the log group."""
        return f"{QUERY_LOG}/{self.scope}" if self.scope else QUERY_LOG


class Resolver(pulumi.ComponentResource):
    """Logs the questions of every VPC, and puts the DNS firewall on the room's: deny by default, fail closed."""

    def __init__(self, name: str, args: ResolverArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secureroom:network:Resolver", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        self._log()
        if args.names is not None:
            self._guard(args.vpc_ids[args.guarded], args.names)
        self.register_outputs({})

    def _log(self) -> None:
        name, args = self._name, self._args
        group = args.logs.make(f"{name}-query-log-group", args.log, self._child)
        may_write = aws.cloudwatch.LogResourcePolicy(
            f"{name}-query-log-policy",
            policy_name=f"{args.prefix}-dns",
            policy_document=delivery_policy(args.logs.place, args.log).json(),
            opts=self._child,
        )
        config = aws.route53.ResolverQueryLogConfig(
            f"{name}-query-log",
            name=f"{args.prefix}-dns",
            destination_arn=pulumi.Output.concat(group.arn, ":*"),
            tags=args.tags.named("dns-query-log-1"),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[may_write]),
        )
        for purpose, vpc_id in args.vpc_ids.items():
            aws.route53.ResolverQueryLogConfigAssociation(
                f"{name}-query-log-{purpose}",
                resolver_query_log_config_id=config.id,
                resource_id=vpc_id,
                opts=self._child,
            )

    def _guard(self, vpc_id: pulumi.Input[str], names: tuple[str, ...]) -> None:
        name, args = self._name, self._args
        group = aws.route53.ResolverFirewallRuleGroup(
            f"{name}-rules",
            name=f"{args.prefix}-dns",
            tags=args.tags.named("dns-firewall-1"),
            opts=self._child,
        )
        allowed = self._rule(group, "allowed", names, ALLOW_PRIORITY)
        rest = self._rule(group, "rest", ("*",), BLOCK_PRIORITY)
        closed = aws.route53.ResolverFirewallConfig(
            f"{name}-fail-closed", resource_id=vpc_id, firewall_fail_open="DISABLED", opts=self._child
        )
        aws.route53.ResolverFirewallRuleGroupAssociation(
            f"{name}-association",
            name=f"{args.prefix}-dns",
            firewall_rule_group_id=group.id,
            priority=ASSOCIATION_PRIORITY,
            vpc_id=vpc_id,
            tags=args.tags.named("dns-firewall-association-1"),
            # All rules come first: a group that only blocks would stop the room, one without rules would open it.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[allowed, rest, closed]),
        )

    def _rule(
        self, group: aws.route53.ResolverFirewallRuleGroup, label: str, names: tuple[str, ...], priority: int
    ) -> aws.route53.ResolverFirewallRule:
        name, args = self._name, self._args
        allows = priority == ALLOW_PRIORITY
        listed = aws.route53.ResolverFirewallDomainList(
            f"{name}-{label}",
            name=f"{args.prefix}-{label}",
            domains=list(names),
            tags=args.tags.named(f"dns-{label}-1"),
            opts=self._child,
        )
        return aws.route53.ResolverFirewallRule(
            f"{name}-{label}",
            name=label,
            firewall_rule_group_id=group.id,
            firewall_domain_list_id=listed.id,
            priority=priority,
            action="ALLOW" if allows else "BLOCK",
            block_response=None if allows else "NODATA",
            # A listed name may be an alias of a content network's name, which nobody may ask for by itself.
            firewall_domain_redirection_action="TRUST_REDIRECTION_DOMAIN" if allows else None,
            opts=self._child,
        )
