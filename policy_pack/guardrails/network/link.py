"""What AWS serves on every host's own link, and the VPC's resolver: no group, ACL or route holds there.

Sources: "What network ACLs cannot filter" and "Amazon DNS server", Amazon VPC User Guide; "Instance metadata" and
"Time Sync Service", EC2 User Guide; "Task metadata endpoint", ECS Developer Guide; "EKS Pod Identity", EKS User Guide.
"""

from __future__ import annotations

import ipaddress

from guardrails.facts.values import Unknown
from guardrails.network.answer import Answer, Block, Hop
from guardrails.network.doubts import unplaced
from guardrails.network.packets import (
    NOTHING,
    PORTS,
    TCP,
    UDP,
    Packets,
    address_set,
    networks,
)
from guardrails.network.places import EVERYTHING, Place, Places
from guardrails.sets import IntervalSet


def _at(*addresses: str) -> IntervalSet:
    return address_set(ipaddress.ip_address(address) for address in addresses)


def _service(addresses: IntervalSet, port: int, *protocols: int) -> Packets:
    return Packets.of(EVERYTHING, addresses, IntervalSet.of(*protocols), PORTS, IntervalSet.of(port))


_NAMES = _at("169.254.169.253", "fd00:ec2::253")
_SERVED = Packets.union(
    (
        _service(_NAMES, 53, TCP, UDP),
        _service(_at("169.254.169.254", "fd00:ec2::254", "169.254.170.2", "169.254.170.23", "fd00:ec2::23"), 80, TCP),
        _service(_at("169.254.169.123", "fd00:ec2::123"), 123, UDP),
        _service(_at("169.254.169.250", "169.254.169.251"), 1688, TCP),
    )
)
_LATTICE = networks("169.254.171.0/24", "fd00:ec2:80::/64")
"""Where VPC Lattice's services appear in VPCs that are associated with a service network."""


def on_link(places: Places, source: Place, destination: Place, asked: Packets) -> Answer | None:
    """Answer for a destination that is served on the link alone; None for any other.

    `asked` are the packets of the question between any host and the destination.
    """
    model = places.model
    own = IntervalSet.union(pair for target in destination.targets for pair in target.addresses)
    if not destination.link or destination.link != own | destination.internet | destination.premises | destination.link:
        return None
    flows = NOTHING
    for target in source.targets:
        vpcs = [target.host.vpc] if target.host.vpc in model.vpcs else []
        resolver = places.resolver_of(vpcs) & destination.link
        served = _SERVED | _service(resolver, 53, TCP, UDP)
        flows |= (asked & served).limit(0, target.host.addresses)
    if not flows and (lost := unplaced(model, source)):
        return Answer(None, NOTHING, unknowns=lost)
    if not flows and source.targets and destination.link & _LATTICE:
        unknown = Unknown(destination.text, "services of VPC Lattice are not modelled")
        return Answer(None, NOTHING, unknowns=(unknown,))
    hop = Hop(destination.text, "link-local")
    if not flows:
        reason = "AWS serves this address only to hosts of its own VPC"
        if source.targets and not destination.link & places.resolvers():
            reason = "AWS serves nothing of this kind here"
        return Answer(False, NOTHING, blocked_by=Block(hop, reason))
    start = next(target.host for target in source.targets if flows.limit(0, target.host.addresses))
    path = (Hop(start.id, start.owner_kind), Hop(hop.node, hop.kind, rule="not subject to groups and ACLs"))
    return Answer(True, flows, path)
