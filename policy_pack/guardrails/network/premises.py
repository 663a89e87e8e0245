"""What lies behind virtual private gateways and transit gateway attachments: the customer's own networks.

A site-to-site VPN reaches its static routes, or whatever BGP announces, which no configuration shows: private space
is then taken to be there. A Direct Connect gateway joins premises to VPCs, never VPC to VPC, and announces to the
premises only the prefixes that are allowed on the association ("Allowed prefixes interactions", Direct Connect User
Guide). A virtual private gateway with neither leads nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from guardrails.facts.network import DirectConnectGateway, VirtualInterface, VpnConnection
from guardrails.facts.values import Maybe, Unknown
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
        ways = [gateway.key for gateway in self.model.network.vpn_gateways if self.model.key(gateway.vpc)]
        ways += [
            attachment.key
            for attachment in self.model.network.transit_attachments
            if attachment.kind in {"vpn", "direct-connect-gateway"}
        ]
        return [way for way in ways if self.beyond(way).known or self.beyond(way).unknown is not None]

    def announced(self, gateway: str) -> IntervalSet | Unknown:
        """Tell which of our addresses the premises know a way to through this gateway."""
        lines = self._lines(gateway)
        if any(isinstance(line, VpnConnection | VirtualInterface) for line in lines):
            return EVERYTHING
        allowed = IntervalSet()
        for line in lines:
            if isinstance(line, DirectConnectGateway):
                prefixes = self._allowed(line, gateway)
                if isinstance(prefixes, Unknown):
                    return prefixes
                allowed |= prefixes
        return allowed

    def _allowed(self, line: DirectConnectGateway, gateway: str) -> IntervalSet | Unknown:
        attachment = self.model.attachments.get(gateway)
        own = self.model.key(attachment.gateway) if attachment else gateway
        found = IntervalSet()
        for ref, prefixes in line.associations:
            if self.model.key(ref) not in {own, gateway}:
                continue
            vpc = self.model.key(self.model.vpn_gateways[own].vpc) if own in self.model.vpn_gateways else None
            vpc = vpc if vpc in self.model.vpcs else None
            if not prefixes and vpc is not None:
                found |= self.model.vpc_addresses(vpc)
            for prefix in prefixes:
                if isinstance(prefix, Unknown):
                    return prefix
                found |= network_set(prefix) if vpc is None else self._filtered(vpc, network_set(prefix))
        return found

    def _filtered(self, vpc: str, allowed: IntervalSet) -> IntervalSet:
        """Give the VPC's blocks that a prefix lets through: those that it holds whole, never a part of one."""
        blocks = (network_set(cidr) for cidr in self.model.vpcs[vpc].cidrs if not isinstance(cidr, Unknown))
        return IntervalSet.union(pair for block in blocks if block <= allowed for pair in block)

    def _look(self, gateway: str) -> Beyond:
        lines = self._lines(gateway)
        known = IntervalSet()
        for line in lines:
            if isinstance(line, DirectConnectGateway):
                known |= self._behind_direct_connect(line)
            elif isinstance(line, VirtualInterface):
                known |= _learned(line)
            elif line.static_only is True or line.static_routes:
                routes = _union(line.static_routes)
                if isinstance(routes, Unknown):
                    return Beyond(known, routes)
                known |= routes if gateway not in self.model.attachments else EVERYTHING
            else:
                known |= EVERYTHING
        if not lines and (attachment := self.model.attachments.get(gateway)) is not None:
            target = attachment.resource
            if isinstance(target, Unknown) or target.key is None:
                name = target.what if isinstance(target, Unknown) else target.literal
                return Beyond(known, Unknown(name or gateway, "what the attachment leads to is not in the source"))
        reason = "the VPN has no route to the destination" if lines else Beyond(known).reason
        return Beyond(known, None, reason)

    def _behind_direct_connect(self, line: DirectConnectGateway) -> IntervalSet:
        found = IntervalSet()
        for interface in self.model.network.virtual_interfaces:
            if self.model.key(interface.gateway) != line.key:
                continue
            found |= _learned(interface)
        if line.interfaces and not found:
            return EVERYTHING
        return found

    def _lines(self, gateway: str) -> list[Line]:
        attachment = self.model.attachments.get(gateway)
        network = self.model.network
        if attachment is None:
            lines: list[Line] = [vpn for vpn in network.vpn_connections if self.model.key(vpn.gateway) == gateway]
            lines += [dx for dx in network.direct_connect_gateways if self._joins(dx, gateway)]
            lines += [vif for vif in network.virtual_interfaces if self.model.key(vif.gateway) == gateway]
            return lines
        target = self.model.key(attachment.resource)
        lines = [vpn for vpn in network.vpn_connections if vpn.key == target]
        if attachment.kind == "direct-connect-gateway":
            own = self.model.key(attachment.gateway)
            lines += [dx for dx in network.direct_connect_gateways if dx.key == target or self._joins(dx, own)]
        return lines

    def _joins(self, line: DirectConnectGateway, gateway: str | None) -> bool:
        return gateway is not None and any(self.model.key(ref) == gateway for ref, _ in line.associations)


def _learned(interface: VirtualInterface) -> IntervalSet:
    """Give what BGP announces over an interface; everything where the source does not tell it."""
    learned = None if interface.learned is None else _union(interface.learned)
    return EVERYTHING if learned is None or isinstance(learned, Unknown) else learned


def _union(blocks: tuple[Maybe[object], ...]) -> IntervalSet | Unknown:
    whole = IntervalSet()
    for block in blocks:
        if isinstance(block, Unknown):
            return block
        whole |= network_set(block)  # pyright: ignore[reportArgumentType]
    return whole
