"""What lies behind virtual private gateways and transit gateway attachments: the customer's own networks.

A site-to-site VPN reaches its static routes, or whatever BGP announces, which no configuration shows: private space
is then taken to be there. A Direct Connect gateway joins premises to VPCs, never VPC to VPC, and announces to the
premises only the prefixes that are allowed on the association ("Allowed prefixes interactions", Direct Connect User
Guide). A virtual private gateway with neither leads nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from guardrails.facts.network import DirectConnectGateway, VirtualInterface, VpnConnection
from guardrails.facts.values import IPNetwork, Maybe, Ref, Unknown
from guardrails.network.model import Model
from guardrails.network.packets import IPV4, IPV6, network_set
from guardrails.sets import IntervalSet

EVERYTHING = IPV4 | IPV6

Line = VpnConnection | DirectConnectGateway | VirtualInterface
"""What may lead on from a gateway: a private virtual interface may also end on a VPN gateway itself."""


@dataclass(frozen=True, slots=True)
class Beyond:
    """Addresses that are certainly routed to the premises, what is unknown about others, and why the rest is not."""

    known: IntervalSet
    unknown: Unknown | None = None
    reason: str = "no VPN connection or Direct Connect leads on from here"


class Premises:
    """The ways between a network and its premises."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._beyond: dict[str, Beyond] = {}

    def beyond(self, gateway: str) -> Beyond:
        """Tell which addresses a VPN gateway or transit gateway attachment can pass on to the premises."""
        found = self._beyond.get(gateway)
        if found is None:
            found = self._beyond[gateway] = self._look(gateway)
        return found

    def gateways(self) -> list[str]:
        """Give the VPN gateways and attachments through which the premises can send packets in."""
        ways = [gateway.key for gateway in self.model.network.vpn_gateways if gateway.vpc is not None]
        ways += [
            attachment.key
            for attachment in self.model.network.transit_attachments
            if attachment.kind in {"vpn", "direct-connect-gateway"}
        ]
        return [way for way in ways if self.beyond(way).known or self.beyond(way).unknown is not None]

    def announced(self, gateway: str) -> Beyond:
        """Tell to which of our addresses the premises know a way through this gateway."""
        lines, doubt = self._lines(gateway)
        if any(isinstance(line, VpnConnection | VirtualInterface) for line in lines):
            return Beyond(EVERYTHING)
        allowed = IntervalSet()
        for line in lines:
            if isinstance(line, DirectConnectGateway):
                prefixes = self._allowed(line, gateway)
                allowed |= prefixes.known
                doubt = doubt or prefixes.unknown
        return Beyond(allowed, doubt)

    def _allowed(self, line: DirectConnectGateway, gateway: str) -> Beyond:
        attachment = self.model.attachments.get(gateway)
        own = self.model.key(attachment.gateway) if attachment else gateway
        vpc = self.model.vpn_gateways[own].vpc if own in self.model.vpn_gateways else None
        ends = (vpc, attachment.gateway if attachment else None)
        found, doubt = IntervalSet(), next((end for end in ends if isinstance(end, Unknown)), None)
        for ref, prefixes in line.associations:
            if isinstance(ref, Unknown):
                doubt = ref
            if self.model.key(ref) not in {own, gateway}:
                continue
            allowed = [prefix for prefix in prefixes if not isinstance(prefix, Unknown)]
            doubt = next((prefix for prefix in prefixes if isinstance(prefix, Unknown)), doubt)
            home = self.model.key(vpc)
            if home not in self.model.vpcs:
                found |= IntervalSet.union(pair for prefix in allowed for pair in network_set(prefix))
                continue
            vague = self.model.vague_block(home)
            doubt = vague.unknown if vague is not None else doubt
            if not prefixes:
                found |= self.model.vpc_addresses(home)
            for prefix in allowed:
                found |= self._filtered(home, network_set(prefix))
        return Beyond(found, doubt)

    def _filtered(self, vpc: str, allowed: IntervalSet) -> IntervalSet:
        """Give the VPC's blocks that a prefix lets through: those that it holds whole, never a part of one."""
        blocks = (network_set(cidr) for cidr in self.model.vpcs[vpc].cidrs if not isinstance(cidr, Unknown))
        return IntervalSet.union(pair for block in blocks if block <= allowed for pair in block)

    def _look(self, gateway: str) -> Beyond:
        lines, doubt = self._lines(gateway)
        known = IntervalSet()
        for line in lines:
            beyond = self._behind(line, attached=gateway in self.model.attachments)
            known |= beyond.known
            doubt = doubt or beyond.unknown
        attachment = self.model.attachments.get(gateway)
        target = attachment.resource if attachment is not None and not lines else None
        if isinstance(target, Ref) and target.key is None:
            doubt = Unknown(target.literal or gateway, "what the attachment leads to is not in the source")
        reason = "the VPN has no route to the destination" if lines else Beyond(known).reason
        return Beyond(known, doubt, reason)

    def _behind(self, line: Line, *, attached: bool) -> Beyond:
        """Tell what one line leads to; `attached` lines hang on a transit gateway, whose tables hold their routes."""
        if isinstance(line, DirectConnectGateway):
            return self.behind_direct_connect(line)
        if isinstance(line, VirtualInterface):
            return _learned(line)
        if attached or (line.static_only is not True and not line.static_routes):
            return Beyond(EVERYTHING)
        return _union(line.static_routes)

    def behind_direct_connect(self, line: DirectConnectGateway) -> Beyond:
        """Tell which addresses the virtual interfaces of a Direct Connect gateway lead to."""
        found, doubt = IntervalSet(), None
        listed: set[str] = set()
        for interface in self.model.network.virtual_interfaces:
            if isinstance(interface.gateway, Unknown):
                doubt = interface.gateway
            if self.model.key(interface.gateway) == line.key:
                learned = _learned(interface)
                found |= learned.known
                doubt = doubt or learned.unknown
                listed |= {interface.key, self.model.label(interface.key)}
        if set(line.interfaces) - listed:
            return Beyond(EVERYTHING)
        return Beyond(found, doubt)

    def _lines(self, gateway: str) -> tuple[list[Line], Unknown | None]:
        """Give the lines of a gateway, and an unknown end of one that may be another."""
        attachment = self.model.attachments.get(gateway)
        network = self.model.network
        if attachment is None:
            ends = [(vpn.gateway, vpn) for vpn in network.vpn_connections]
            ends += [(vif.gateway, vif) for vif in network.virtual_interfaces]
            ends += [(ref, dx) for dx in network.direct_connect_gateways for ref, _ in dx.associations]
            lines: dict[str, Line] = {line.key: line for ref, line in ends if self.model.key(ref) == gateway}
            return list(lines.values()), next((ref for ref, _ in ends if isinstance(ref, Unknown)), None)
        target = self.model.key(attachment.resource)
        found: list[Line] = [vpn for vpn in network.vpn_connections if vpn.key == target]
        doubt = attachment.resource if isinstance(attachment.resource, Unknown) else None
        if attachment.kind == "direct-connect-gateway":
            own = self.model.key(attachment.gateway)
            for dx in network.direct_connect_gateways:
                joined = any(own is not None and self.model.key(ref) == own for ref, _ in dx.associations)
                found += [dx] if dx.key == target or (target is None and joined and doubt is None) else []
        return found, doubt


def _learned(interface: VirtualInterface) -> Beyond:
    """Give what BGP announces over an interface; everything where the source does not tell it."""
    return Beyond(EVERYTHING) if interface.learned is None else _union(interface.learned)


def _union(blocks: tuple[Maybe[IPNetwork], ...]) -> Beyond:
    known = [block for block in blocks if not isinstance(block, Unknown)]
    unknown = next((block for block in blocks if isinstance(block, Unknown)), None)
    return Beyond(IntervalSet.union(pair for block in known for pair in network_set(block)), unknown)
