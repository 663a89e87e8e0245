"""What security groups and network ACLs let pass, as sets of packets.

Sources: "Security group rules" and "Network ACL rules" in the Amazon VPC User Guide. A group's peer given as a group
means the private addresses of the interfaces that carry it, and only while the packet comes straight from them: routes
through a middlebox or a transit gateway end that ("Security group rules", "Transit gateway VPC attachments").
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from guardrails.facts.network import (
    ANY_PROTOCOL,
    Direction,
    GroupRef,
    GroupRule,
    Nacl,
    NaclEntry,
    Ports,
    PrefixListRef,
    SecurityGroup,
)
from guardrails.facts.values import Unknown
from guardrails.network.hosts import Host
from guardrails.network.model import Model
from guardrails.network.packets import (
    DESTINATION,
    IPV4,
    IPV6,
    NOTHING,
    PORTS,
    PROTOCOLS,
    SERVICES,
    SOURCE,
    WITH_TYPES,
    Packets,
    network_set,
    protocol_name,
    service_boxes,
)
from guardrails.sets import Boxes, IntervalSet

EVERYWHERE = IPV4 | IPV6 | SERVICES
_ALL = Packets.of(EVERYWHERE, EVERYWHERE, PROTOCOLS, PORTS, PORTS)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What passes a filter, and the unknown inputs that it was decided without."""

    passed: Packets
    unknowns: tuple[Unknown, ...] = ()
    named: Packets = NOTHING
    """Those of `passed` that nothing but rules with a group as their peer let through."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One rule, compiled: peer addresses or a group, and the services it admits."""

    services: Packets
    """Boxes over (peer, protocol, source port, port) with the peer left open."""
    peer: IntervalSet | None
    group: str | None
    rule: GroupRule
    unknown: Unknown | None = None


@dataclass(frozen=True, slots=True)
class _Compiled:
    lines: tuple[_Line, ...]
    fixed: Packets
    """Everything that known rules with known peers admit, over (peer, protocol, source port, port)."""
    grouped: tuple[_Line, ...]
    vague: tuple[_Line, ...]
    gaps: tuple[Unknown, ...]


class Filters:
    """The compiled groups and ACLs of one model. `may` takes unknown inputs at their most open, else most closed."""

    def __init__(self, model: Model, *, may: bool) -> None:
        self.model = model
        self.may = may
        self._compiled: dict[tuple[frozenset[str], Direction], _Compiled] = {}
        self._acls: dict[tuple[str, Direction], Verdict] = {}

    # -- security groups ----------------------------------------------------------------------------------------------

    def group(self, host: Host, direction: Direction, sent: Packets, peers: Iterable[Host], *, direct: bool) -> Verdict:
        """Give the packets that the security groups of a host let through, new connections assumed.

        `peers` are the hosts that are known to be at the other end; `direct` tells whether groups may be referred to.
        """
        if not host.filtered:
            return Verdict(sent)
        if host.groups is None or not host.groups:
            why = Unknown(f"{host.id}.groups", "which security groups apply is not known")
            return Verdict(sent if self.may else NOTHING, (why,))
        compiled = self._compile(host.groups, direction)
        peers = tuple(peers)
        side = SOURCE if direction is Direction.INGRESS else DESTINATION
        passed = [sent & _place(compiled.fixed, side)]
        grouped: list[Packets] = []
        for line in compiled.grouped if direct else ():
            members = self.members(line.group or "", peers)
            if members:
                grouped.append(sent.limit(side, members) & _place(line.services, side))
        unknowns = list(compiled.gaps)
        for line in compiled.vague:
            met = sent & _place(line.services, side)
            if line.peer is not None:
                met = met.limit(side, line.peer)
            elif line.group is not None:
                met = met.limit(side, self.members(line.group, peers)) if direct else NOTHING
            if met and line.unknown is not None:
                unknowns.append(line.unknown)
                if self.may:
                    passed.append(met)
        if self.may and compiled.gaps:
            return Verdict(sent, tuple(unknowns))
        if not any(grouped):
            return Verdict(Packets.union(passed), tuple(unknowns))
        named = Packets.union(grouped) - Packets.union(passed)
        return Verdict(Packets.union((*passed, *grouped)), tuple(unknowns), named)

    def refers(self, host: Host, direction: Direction, groups: frozenset[str]) -> Packets:
        """Give the packets, whatever their peer, that rules of a host's groups admit by naming one of some groups."""
        if not host.filtered or not host.groups:
            return NOTHING
        side = SOURCE if direction is Direction.INGRESS else DESTINATION
        lines = self._compile(host.groups, direction).grouped
        return Packets.union(_place(line.services, side) for line in lines if line.group in groups)

    def may_serve(self, host: Host, direction: Direction, services: Packets) -> bool:
        """Tell quickly whether a host's groups could let any packet of these services through, whatever its peer."""
        if not host.filtered or not host.groups:
            return True
        compiled = self._compile(host.groups, direction)
        if compiled.gaps or compiled.vague:
            return True
        return bool(compiled.fixed & services) or any(bool(line.services & services) for line in compiled.grouped)

    def may_pass(self, host: Host, direction: Direction, far: Host, services: Packets) -> bool:
        """Tell quickly whether a host's groups could let any packet of these services through from or to another host.

        Looks at the groups alone, with the other host's own addresses; True wherever something is not known.
        """
        if not host.filtered or not host.groups:
            return True
        compiled = self._compile(host.groups, direction)
        if compiled.gaps or compiled.vague or far.groups is None:
            return True
        if compiled.fixed.limit(0, far.addresses) & services:
            return True
        return any(
            bool(self.members(line.group or "", (far,)) & far.addresses) and bool(line.services & services)
            for line in compiled.grouped
        )

    def peers(self, host: Host, direction: Direction) -> tuple[IntervalSet, frozenset[str]] | None:
        """Give the addresses and the groups that a host's groups admit at the other end, None where anybody may be."""
        if not host.filtered or not host.groups:
            return None
        compiled = self._compile(host.groups, direction)
        if compiled.gaps or compiled.vague:
            return None
        addresses = compiled.fixed.side(0) or IntervalSet()
        return addresses, frozenset(line.group or "" for line in compiled.grouped)

    def members(self, group: str, peers: Iterable[Host]) -> IntervalSet:
        """Give the private addresses that a reference to a group means: of given peers and of all known carriers."""
        found = IntervalSet()
        for host in peers:
            if (host.groups is None and self.may) or (host.groups is not None and group in host.groups):
                found |= host.addresses
        for host in self.model.carriers.get(group, ()):
            if host.exact:
                found |= host.addresses
        return found

    def group_rule(
        self, host: Host, direction: Direction, sent: Packets, peers: Iterable[Host], *, direct: bool
    ) -> str:
        """Name the first rule that admits some of these packets, in words; empty when none does."""
        if not host.filtered or not host.groups:
            return ""
        side = SOURCE if direction is Direction.INGRESS else DESTINATION
        peers = tuple(peers)
        for line in self._compile(host.groups, direction).lines:
            met = sent & _place(line.services, side)
            if line.group is not None:
                met = met.limit(side, self.members(line.group, peers)) if direct else NOTHING
            elif line.peer is not None:
                met = met.limit(side, line.peer)
            if met:
                return describe_rule(line.rule, self.model)
        return ""

    def _compile(self, groups: frozenset[str], direction: Direction) -> _Compiled:
        found = self._compiled.get((groups, direction))
        if found is None:
            found = self._compiled[groups, direction] = self._build(groups, direction)
        return found

    def _build(self, groups: frozenset[str], direction: Direction) -> _Compiled:
        lines: list[_Line] = []
        gaps: list[Unknown] = []
        for name in sorted(groups):
            group = self.model.groups.get(name)
            if group is None:
                gaps.append(Unknown(name, "the security group is not in the source"))
                continue
            if group.complete is not True:
                gaps.append(Unknown(f"{self.model.label(name)}.rules", "the group may have rules that are not shown"))
            lines.extend(self._line(group, rule) for rule in group.rules if rule.direction is direction)
        known = [line for line in lines if line.unknown is None]
        return _Compiled(
            lines=tuple(lines),
            fixed=Packets.union(line.services.limit(0, line.peer) for line in known if line.peer is not None),
            grouped=tuple(line for line in known if line.group is not None),
            vague=tuple(line for line in lines if line.unknown is not None),
            gaps=tuple(gaps),
        )

    def _line(self, group: SecurityGroup, rule: GroupRule) -> _Line:
        services, unknown = _services(rule.protocol, rule.ports)
        peer: IntervalSet | None = None
        name: str | None = None
        match rule.peer:
            case Unknown():
                unknown = rule.peer
            case PrefixListRef(list=ref):
                entries = self.model.prefix_list(ref)
                peer, unknown = (None, entries) if isinstance(entries, Unknown) else (entries, unknown)
            case GroupRef(group=Unknown() as missing):
                unknown = missing
            case GroupRef(group=ref):
                name = self.model.key(ref) or (ref.literal if not isinstance(ref, Unknown) else "") or ""
            case network:
                peer = network_set(network)
        if unknown is not None and not unknown.what:
            unknown = Unknown(f"{rule.origin.subject}.{rule.origin.path}".strip("."), unknown.why)
        return _Line(services, peer, name, rule, unknown)

    # -- network ACLs -------------------------------------------------------------------------------------------------

    def acl(self, subnet: str, direction: Direction, sent: Packets) -> Verdict:
        """Give the packets that a subnet's network ACL lets through in one direction."""
        found = self._acls.get((subnet, direction))
        if found is None:
            loose = self.model.loose.acl(subnet)
            found = self._allowed(self.model.nacl_of(subnet), direction) if loose is None else self._open(loose)
            self._acls[subnet, direction] = found
        return Verdict(sent & found.passed, found.unknowns)

    def _open(self, unknown: Unknown) -> Verdict:
        """Give the verdict of an ACL of which nothing is known."""
        return Verdict(_ALL if self.may else NOTHING, (unknown,))

    def _allowed(self, nacl: Nacl | None, direction: Direction) -> Verdict:
        if nacl is None:
            return Verdict(_ALL)
        if nacl.complete is not True:
            what = f"{self.model.label(nacl.key)}.entries"
            return self._open(Unknown(what, "the ACL may have entries that are not shown"))
        unknowns: list[Unknown] = []
        entries = [entry for entry in nacl.entries if entry.direction is direction]
        vague = [entry for entry in entries if _entry_unknown(entry) is not None]
        clear = sorted(
            (entry for entry in entries if _entry_unknown(entry) is None),
            key=lambda entry: entry.number if isinstance(entry.number, int) else 0,
        )
        rest, allowed = _ALL, NOTHING
        for entry in clear:
            matched = _entry_packets(entry, direction)
            if entry.allow is True:
                allowed |= rest & matched
            rest -= matched
        for entry in vague:
            unknown = _entry_unknown(entry) or Unknown()
            unknowns.append(Unknown(unknown.what or entry.origin.subject, unknown.why))
            matched = _entry_packets(entry, direction)
            if self.may and entry.allow is not False:
                allowed |= matched
            elif not self.may and entry.allow is not True:
                allowed -= matched
        return Verdict(allowed, tuple(unknowns))

    def acl_rule(self, subnet: str, direction: Direction, sent: Packets) -> tuple[str, str]:
        """Name the ACL and the first entry that meets some of these packets (`default` ones have no object)."""
        nacl = self.model.nacl_of(subnet)
        if nacl is None:
            return "default network ACL", "100 allow all"
        entries = [
            entry for entry in nacl.entries if entry.direction is direction and not isinstance(entry.number, Unknown)
        ]
        for entry in sorted(entries, key=lambda entry: entry.number if isinstance(entry.number, int) else 0):
            if sent & _entry_packets(entry, direction):
                return self.model.label(nacl.key), describe_entry(entry)
        return self.model.label(nacl.key), "* deny all"


def _place(services: Packets, side: int) -> Packets:
    """Put boxes over (peer, protocol, source port, port) into packets, the peer on that side and any other end."""
    if side == SOURCE:
        return Boxes(tuple((peer, EVERYWHERE, proto, sport, port) for peer, proto, sport, port in services))
    return Boxes(tuple((EVERYWHERE, peer, proto, sport, port) for peer, proto, sport, port in services))


def _services(protocol: int | Unknown, ports: Ports | Unknown) -> tuple[Packets, Unknown | None]:
    """Give what a rule's protocol and ports admit, with any peer; an unknown part is taken at its widest and told."""
    unknown = protocol if isinstance(protocol, Unknown) else None
    number = ANY_PROTOCOL if isinstance(protocol, Unknown) else protocol
    whole = Ports(-1, -1)
    if isinstance(ports, Unknown):
        decides = number in WITH_TYPES or number in {6, 17}
        unknown = unknown or (ports if decides else None)
        ports = whole
    boxes = [(EVERYWHERE, *sides) for sides in service_boxes(number, ports)]
    return Boxes(tuple(box for box in boxes if all(box))), unknown


def _entry_unknown(entry: NaclEntry) -> Unknown | None:
    values = (entry.number, entry.allow, entry.protocol, entry.cidr)
    unknown = next((value for value in values if isinstance(value, Unknown)), None)
    if unknown is None and entry.protocol in {6, 17} and isinstance(entry.ports, Unknown):
        return entry.ports
    if unknown is None and entry.protocol in {1, 58} and isinstance(entry.icmp, Unknown):
        return entry.icmp
    return unknown


def _entry_packets(entry: NaclEntry, direction: Direction) -> Packets:
    ports: Ports | Unknown = entry.ports
    if entry.protocol in {1, 58}:
        ports = Ports(-1, -1) if entry.icmp is None else entry.icmp
    services, _ = _services(entry.protocol, ports)
    if not isinstance(entry.cidr, Unknown):
        services = services.limit(0, network_set(entry.cidr))
    return _place(services, SOURCE if direction is Direction.INGRESS else DESTINATION)


def _ports_text(protocol: int | Unknown, ports: Ports | Unknown | None) -> str:
    if isinstance(protocol, Unknown):
        return "unknown protocol"
    if protocol == ANY_PROTOCOL:
        return "all"
    name = protocol_name(protocol)
    if isinstance(ports, Unknown):
        return f"{name} unknown ports"
    if ports is None or ports.low < 0 or (ports.low, ports.high) == (0, 65535):
        return name
    if protocol in WITH_TYPES:
        return f"{name} type {ports.low}" + ("" if ports.high < 0 else f" code {ports.high}")
    return f"{name} {ports.low}" if ports.low == ports.high else f"{name} {ports.low}-{ports.high}"


def describe_rule(rule: GroupRule, model: Model) -> str:
    """Say a group rule in words: `ingress tcp 443 from 10.0.0.0/16`."""
    match rule.peer:
        case Unknown():
            peer = "unknown"
        case PrefixListRef(list=ref) | GroupRef(group=ref):
            key = model.key(ref)
            peer = "unknown" if isinstance(ref, Unknown) else model.label(key) if key else ref.literal or "?"
        case network:
            peer = str(network)
    toward = "from" if rule.direction is Direction.INGRESS else "to"
    return f"{rule.direction} {_ports_text(rule.protocol, rule.ports)} {toward} {peer}"


def describe_entry(entry: NaclEntry) -> str:
    """Say an ACL entry in words: `100 allow ingress tcp 443 from 0.0.0.0/0`."""
    toward = "from" if entry.direction is Direction.INGRESS else "to"
    ports = entry.icmp if entry.protocol in {1, 58} else entry.ports
    verb = "allow" if entry.allow is True else "deny" if entry.allow is False else "unknown"
    cidr = "unknown" if isinstance(entry.cidr, Unknown) else str(entry.cidr)
    return f"{entry.number} {verb} {entry.direction} {_ports_text(entry.protocol, ports)} {toward} {cidr}"
