"""Which servers a stack may ask for names and time: its own networks', AWS's, and those that the intent declares."""

from __future__ import annotations

from guardrails.facts.values import IPNetwork, Unknown
from guardrails.facts.zoning import parse_network
from guardrails.rules.places import Places
from guardrails.rules.ranges import spans

_AWS_LINK_LOCAL = ("169.254.169.253/32", "169.254.169.123/32", "fd00:ec2::253/128", "fd00:ec2::123/128")
"""The VPC resolver and Amazon's time service (VPC user guide, "Amazon DNS server"; EC2 user guide, "Set the time")."""


def known_server(block: IPNetwork, port: int, places: Places, zones: tuple[str, ...]) -> bool:
    """Tell whether a block lies in the stack's VPCs, in a zone, in a declared network or in a declared flow."""
    known: list[IPNetwork] = [item for text in _AWS_LINK_LOCAL if (item := parse_network(text)) is not None]
    intent = places.intent
    known += [item for vpc in places.network.vpcs for item in vpc.cidrs if not isinstance(item, Unknown)]
    known += [item for zone in intent.zones.values() for item in zone.cidrs]
    known += [item for external in intent.externals for item in external.cidrs]
    for flow in intent.flows:
        target = parse_network(flow.target)
        permitted = any(low <= port <= high for low, high in flow.ports) or not flow.ports
        if target is not None and permitted and flow.source in {*zones, "*"}:
            known.append(target)
    return spans([block], block.version) <= spans(known, block.version)
