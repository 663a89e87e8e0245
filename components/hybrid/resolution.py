"""Names of the company: asked of its own servers, for its own domains alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.settings.landing import Resolution
from components.tags import Tags
from components.vocabulary import Zone

MAX_ADDRESSES = 2
DNS = 53


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolutionArgs:
    """Where the questions go, and from where: subnets that the company can answer to, in two AZs."""

    wanted: Resolution
    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    group_id: pulumi.Input[str]
    tags: Tags
    ready: Sequence[pulumi.Resource]


class ForwardedNames(pulumi.ComponentResource):
    """An outbound resolver endpoint and a rule for each domain; a rule for every name (`.`) cannot be written."""

    def __init__(self, name: str, args: ResolutionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secureroom:hybrid:ForwardedNames", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        endpoint = aws.route53.ResolverEndpoint(
            f"{name}-endpoint",
            name=f"{args.tags.prefix}-corporate",
            direction="OUTBOUND",
            protocols=["Do53"],
            security_group_ids=[args.group_id],
            ip_addresses=[{"subnet_id": subnet} for subnet in args.subnet_ids[:MAX_ADDRESSES]],
            tags=args.tags.named("workload-resolver-1", Zone.INSTANCE),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[*args.ready]),
        )
        for domain in args.wanted.domains:
            label = domain.replace(".", "-")
            rule = aws.route53.ResolverRule(
                f"{name}-{label}",
                name=f"{args.tags.prefix}-{label}",
                domain_name=domain,
                rule_type="FORWARD",
                resolver_endpoint_id=endpoint.id,
                target_ips=[{"ip": str(server), "port": DNS} for server in args.wanted.servers],
                tags=args.tags.named(f"workload-resolver-rule-{label}"),
                opts=child,
            )
            aws.route53.ResolverRuleAssociation(
                f"{name}-{label}", resolver_rule_id=rule.id, vpc_id=args.vpc_id, opts=child
            )
        self.register_outputs({})
