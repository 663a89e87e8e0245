"""FCL012: a network property whose value cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.from_pulumi.network.common import Build, cidr, ports, protocol
from guardrails.facts.from_pulumi.network.filters import inline_rules, standalone_rules
from guardrails.facts.from_pulumi.network.routes import inline_routes
from guardrails.facts.resource import Resource, unknown_leaves
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity

_CIDRS = {
    "ec2.Vpc": ("cidrBlock",),
    "ec2.Subnet": ("cidrBlock", "ipv6CidrBlock"),
    "ec2.VpcIpv4CidrBlockAssociation": ("cidrBlock",),
    "ec2.Route": ("destinationCidrBlock", "destinationIpv6CidrBlock"),
    "ec2.NetworkAclRule": ("cidrBlock", "ipv6CidrBlock"),
    "ec2.ManagedPrefixListEntry": ("cidr",),
    "ec2transitgateway.Route": ("destinationCidrBlock",),
    "vpc.SecurityGroupIngressRule": ("cidrIpv4", "cidrIpv6"),
    "vpc.SecurityGroupEgressRule": ("cidrIpv4", "cidrIpv6"),
}
_TRAFFIC = {
    "vpc.SecurityGroupIngressRule": ("ipProtocol", "fromPort", "toPort"),
    "vpc.SecurityGroupEgressRule": ("ipProtocol", "fromPort", "toPort"),
    "ec2.SecurityGroupRule": ("protocol", "fromPort", "toPort"),
    "ec2.NetworkAclRule": ("protocol", "fromPort", "toPort"),
}
_LISTS = {
    "ec2.SecurityGroup": ("ingress", "egress"),
    "ec2.DefaultSecurityGroup": ("ingress", "egress"),
    "ec2.SecurityGroupRule": ("cidrBlocks", "ipv6CidrBlocks", "type", "self"),
    "ec2.RouteTable": ("routes",),
    "ec2.DefaultRouteTable": ("routes",),
    "ec2.NetworkAcl": ("ingress", "egress"),
    "ec2.DefaultNetworkAcl": ("ingress", "egress"),
    "ec2.NetworkAclRule": ("egress", "ruleAction", "ruleNumber"),
    "ec2.ManagedPrefixList": ("entries",),
    "ec2.VpcEndpoint": ("vpcEndpointType", "serviceName"),
    "ec2transitgateway.Route": ("blackhole",),
}
_GROUPS = frozenset({"ec2.SecurityGroup", "ec2.DefaultSecurityGroup"})
_TABLES = frozenset({"ec2.RouteTable", "ec2.DefaultRouteTable"})
_PEERS = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
_ONE_OF: dict[str, tuple[tuple[str, ...], ...]] = {
    "vpc.SecurityGroupIngressRule": (_PEERS,),
    "vpc.SecurityGroupEgressRule": (_PEERS,),
    "ec2.SecurityGroupRule": (("cidrBlocks", "ipv6CidrBlocks", "prefixListIds", "sourceSecurityGroupId", "self"),),
    "ec2.Route": (("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"),),
    "ec2.NetworkAclRule": (("cidrBlock", "ipv6CidrBlock"), ("ruleAction",), ("ruleNumber",)),
}
"""Properties of which one must be given, else what the resource does cannot be told."""

_REFERENCES = (
    "gatewayId", "natGatewayId", "egressOnlyGatewayId", "vpcPeeringConnectionId", "transitGatewayId", "vpcEndpointId",
    "networkInterfaceId", "instanceId", "carrierGatewayId", "localGatewayId", "coreNetworkArn", "securityGroups",
    "prefixListIds", "destinationPrefixListId", "description", "ruleNo",
)  # fmt: skip
"""Members of inline lists that may be unknown here: edges are resolved once the whole stack is seen (FCL002)."""


class UnreadableNetwork(ResourceRule):
    """Says which addresses, protocols, ports and lists of a network resource are unknown or no such thing."""

    id: ClassVar[str] = "FCL012"
    slug: ClassVar[str] = "network-value-readable"
    title: ClassVar[str] = "Every address, port and rule list of the network is known before deployment"
    rationale: ClassVar[str] = (
        "A CIDR that is computed, or a list of rules that is only known later, may turn out as anything: no rule about "
        "it can be trusted."
    )
    fix: ClassVar[str] = "Take addresses and ports from configuration, and give each rule a resource of its own."
    severity: ClassVar[Severity] = Severity.HIGH
    kinds: ClassVar[frozenset[str]] = frozenset({*_CIDRS, *_TRAFFIC, *_LISTS})
    exemptible: ClassVar[bool] = False
    covers: ClassVar[tuple[int, ...]] = (2,)
    references: ClassVar[tuple[str, ...]] = ("https://www.pulumi.com/docs/iac/concepts/inputs-outputs/",)
    avoid: ClassVar[str] = """
resources:
  other: {type: "aws:ec2:Eip"}
  rule:
    type: aws:vpc:SecurityGroupIngressRule
    properties:
      securityGroupId: sg-1
      ipProtocol: tcp
      fromPort: 443
      toPort: 443
      cidrIpv4: ${other.publicIp}/32
"""
    prefer: ClassVar[str] = """
resources:
  rule:
    type: aws:vpc:SecurityGroupIngressRule
    properties: {securityGroupId: sg-1, ipProtocol: tcp, fromPort: 443, toPort: 443, cidrIpv4: 10.1.0.0/24}
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one resource."""
        for prop in _CIDRS.get(resource.kind, ()):
            value = resource.get(prop)
            block = None if value is None or value == "" else cidr(value, f"{resource.urn}.{prop}")
            if isinstance(block, Unknown):
                yield self.unresolved(resource, prop, block)
        for options in _ONE_OF.get(resource.kind, ()):
            if not any(resource.get(prop) not in (None, "", []) for prop in options):
                yield self.unresolved(resource, options[0], "it names none", f"one of {', '.join(options)} is needed")
        yield from self._traffic(resource)
        yield from self._lists(resource, facts)
        for prop in _LISTS.get(resource.kind, ()):
            for path, unknown in unknown_leaves(resource.get(prop), prop):
                if path.rsplit(".", 1)[-1].split("[")[0] not in _REFERENCES:
                    yield self.unresolved(resource, path, unknown)

    def _lists(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Tell what in lists of rules and routes is known and no address, protocol or port."""
        build = Build(facts)
        parts: list[tuple[str, object]] = []
        if resource.kind in _GROUPS:
            rules = inline_rules(build, resource)
            parts += [(rule.origin.path, part) for rule in rules for part in (rule.protocol, rule.ports, rule.peer)]
        elif resource.kind == "ec2.SecurityGroupRule":
            parts += [(rule.origin.path, rule.peer) for rule in standalone_rules(build, resource)]
        elif resource.kind in _TABLES:
            parts += [(route.origin.path, route.destination) for route in inline_routes(build, resource)]
        for path, part in dict.fromkeys(parts):
            if isinstance(part, Unknown) and part.why.startswith("not a "):
                yield self.unresolved(resource, path, part)

    def _traffic(self, resource: Resource) -> Iterator[Finding]:
        names = _TRAFFIC.get(resource.kind)
        if names is None:
            return
        number = protocol(resource.get(names[0]), f"{resource.urn}.{names[0]}")
        if isinstance(number, Unknown):
            yield self.unresolved(resource, names[0], number)
            return
        found = ports(number, resource.get(names[1]), resource.get(names[2]), f"{resource.urn}.{names[1]}")
        if isinstance(found, Unknown):
            yield self.unresolved(resource, names[1], found)
