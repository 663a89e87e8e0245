"""Sets of packets: boxes over source, destination, protocol, source port and destination port.

IPv4 and IPv6 addresses share one dimension of integers, far apart. ICMP has no ports: its type stands on the
destination port's side and its code on the source port's side. Other protocols than TCP, UDP and ICMP hold every
port, so that filters which name ports never tell them apart (an AWS rule's ports matter for TCP and UDP only).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from functools import lru_cache

from guardrails.facts.network import ANY_PROTOCOL, Ports
from guardrails.facts.values import IPAddress, IPNetwork
from guardrails.sets import Boxes, IntervalSet

Packets = Boxes[IntervalSet]
NOTHING: Packets = Boxes()

SOURCE, DESTINATION, PROTOCOL, SOURCE_PORT, PORT = range(5)

_V4_TOP = 2**32 - 1
_V6_BASE = 1 << 64
_V6_TOP = _V6_BASE + 2**128 - 1
_SERVICE_BASE = 1 << 200
_SERVICE_SIZE = 1 << 32

IPV4 = IntervalSet.span(0, _V4_TOP)
IPV6 = IntervalSet.span(_V6_BASE, _V6_TOP)
SERVICES = IntervalSet.span(_SERVICE_BASE, _SERVICE_BASE + (1 << 64))
"""Stand-ins for the public addresses of AWS services whose prefix lists the source does not spell out."""

PORTS = IntervalSet.span(0, 65535)
PROTOCOLS = IntervalSet.span(0, 255)

ICMP, TCP, UDP, ICMPV6 = 1, 6, 17, 58
WITH_PORTS = IntervalSet.of(TCP, UDP)
WITH_TYPES = IntervalSet.of(ICMP, ICMPV6)
OTHERS = PROTOCOLS - WITH_PORTS - WITH_TYPES

EPHEMERAL = IntervalSet.span(1024, 65535)
"""What clients, load balancers and NAT gateways may take ("Ephemeral ports", Amazon VPC User Guide)."""

CLIENT_PORTS = IntervalSet.span(32768, 65535)
"""Where today's clients take theirs (Linux 32768-60999, Windows 49152-65535); what a question without one assumes."""

_PROTOCOL_NAMES = {
    "hopopt": 0, "icmp": ICMP, "igmp": 2, "ipip": 4, "ipencap": 4, "tcp": TCP, "egp": 8, "udp": UDP, "ipv6": 41,
    "gre": 47, "esp": 50, "ah": 51, "icmpv6": ICMPV6, "ipv6-icmp": ICMPV6, "ospf": 89, "pim": 103, "vrrp": 112,
    "l2tp": 115, "sctp": 132, "udplite": 136,
}  # fmt: skip
_NAMES_BY_NUMBER = {number: name for name, number in reversed(_PROTOCOL_NAMES.items())}

_REPLIES = {ICMP: ((8, 0), (13, 14), (15, 16), (17, 18), (10, 9)), ICMPV6: ((128, 129), (133, 134), (135, 136))}
"""ICMP requests and the replies they draw (RFC 792, RFC 950, RFC 1256, RFC 4443, RFC 4861)."""


def protocol_numbers(text: str) -> IntervalSet:
    """Read a protocol: an IANA name, a number from 0 to 255, or `any` (also `all` and `-1`).

    Raises ValueError for anything else.
    """
    word = text.strip().lower()
    if word in {"any", "all", "-1"}:
        return PROTOCOLS
    if word in _PROTOCOL_NAMES:
        return IntervalSet.of(_PROTOCOL_NAMES[word])
    if word.isascii() and word.isdigit() and int(word) <= 255:
        return IntervalSet.of(int(word))
    raise ValueError(f"{text!r} is no protocol: a name such as tcp, udp, icmp or esp, a number from 0 to 255, or any")


def protocol_name(number: int) -> str:
    """Give the IANA keyword, or the number where this module has none."""
    return _NAMES_BY_NUMBER.get(number, str(number))


def address_number(address: IPAddress) -> int:
    """Give the address's place in the address dimension."""
    return int(address) if address.version == 4 else _V6_BASE + int(address)


def number_address(number: int) -> IPAddress | None:
    """Give the address at a place in the address dimension; None for a stand-in of a service."""
    if number <= _V4_TOP:
        return ipaddress.IPv4Address(number)
    return ipaddress.IPv6Address(number - _V6_BASE) if _V6_BASE <= number <= _V6_TOP else None


@lru_cache(maxsize=65536)
def network_set(network: IPNetwork) -> IntervalSet:
    """Give the addresses of a CIDR block; `0.0.0.0/0` holds the stand-ins of services too."""
    low, high = address_number(network.network_address), address_number(network.broadcast_address)
    span = IntervalSet.span(low, high)
    return span | SERVICES if network.prefixlen == 0 and network.version == 4 else span


def address_set(addresses: Iterable[IPAddress]) -> IntervalSet:
    """Give exactly these addresses."""
    return IntervalSet.of(*(address_number(address) for address in addresses))


def networks(*texts: str) -> IntervalSet:
    """Give the union of CIDR blocks written as text."""
    return IntervalSet.union(pair for text in texts for pair in network_set(ipaddress.ip_network(text)))


def service_set(index: int) -> IntervalSet:
    """Give the stand-in addresses of the AWS service with that number."""
    low = _SERVICE_BASE + index * _SERVICE_SIZE
    return IntervalSet.span(low, low + _SERVICE_SIZE - 1)


_SPECIAL_V4 = networks(
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
)  # fmt: skip
_DOCUMENTATION = networks("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
PUBLIC_V4 = (IPV4 - _SPECIAL_V4) | _DOCUMENTATION
"""IPv4 addresses of the internet (RFC 6890's special blocks left out; documentation's are kept, people write them)."""
PUBLIC_V6 = networks("2000::/3")
"""Global unicast IPv6 (RFC 4291)."""
INTERNET = PUBLIC_V4 | PUBLIC_V6
NAT64 = networks("64:ff9b::/96")
"""IPv4 addresses as IPv6-only hosts write them (RFC 6052); NAT gateways translate them ("DNS64 and NAT64")."""
LINK_LOCAL = networks("169.254.0.0/16", "fd00:ec2::/32")
"""Where AWS serves metadata, time, DNS and licences on each host's own link."""
PRIVATE = (IPV4 - PUBLIC_V4 - LINK_LOCAL - networks("224.0.0.0/3", "127.0.0.0/8", "0.0.0.0/8")) | networks("fc00::/7")


def packets(
    source: IntervalSet, destination: IntervalSet, proto: IntervalSet, sport: IntervalSet, port: IntervalSet
) -> Packets:
    """Give the packets with these properties, both addresses of one family, ports only where the protocol has them."""
    parts: list[Packets] = []
    families = ((IPV4 | SERVICES, IntervalSet.of(ICMPV6)), (IPV6, IntervalSet.of(ICMP)))
    for family, foreign in families:
        ends = (source & family, destination & family)
        mine = proto - foreign
        parts.append(Packets.of(*ends, mine & WITH_PORTS, sport & PORTS, port & PORTS))
        parts.append(Packets.of(*ends, mine & WITH_TYPES, PORTS, port & PORTS))
        parts.append(Packets.of(*ends, mine & OTHERS, PORTS, PORTS))
    return Boxes(tuple(box for part in parts for box in part.boxes))


def embedded(addresses: IntervalSet) -> IntervalSet:
    """Give the IPv4 addresses that NAT64 addresses stand for."""
    base = NAT64.intervals[0][0]
    return IntervalSet.union((low - base, high - base) for low, high in addresses & NAT64)


def as_nat64(addresses: IntervalSet) -> IntervalSet:
    """Give the NAT64 addresses that stand for IPv4 addresses."""
    base = NAT64.intervals[0][0]
    return IntervalSet.union((low + base, high + base) for low, high in addresses & IPV4)


def service_boxes(protocol: int, ports: Ports) -> list[tuple[IntervalSet, IntervalSet, IntervalSet]]:
    """Give (protocol, source port, port) of what a filter's protocol and port range admit.

    Ports hold for TCP and UDP; for ICMP the range is type and code, -1 meaning all; elsewhere they are ignored.
    """
    if protocol == ANY_PROTOCOL:
        return [(PROTOCOLS, PORTS, PORTS)]
    number = IntervalSet.of(protocol)
    if protocol in WITH_PORTS:
        low, high = (0, 65535) if ports.low < 0 else (ports.low, ports.high)
        return [(number, PORTS, IntervalSet.span(low, high))]
    if protocol in WITH_TYPES:
        types = PORTS if ports.low < 0 else IntervalSet.of(ports.low)
        codes = PORTS if ports.high < 0 or ports.low < 0 else IntervalSet.of(ports.high)
        if (ports.low, ports.high) == (0, 65535):
            types = codes = PORTS
        return [(number, codes, types)]
    return [(number, PORTS, PORTS)]


def masquerade(sent: Packets, address: IntervalSet) -> Packets:
    """Give packets with another source, from any port that a NAT may choose; NAT64 destinations become IPv4 ones."""
    six = [(box[0], embedded(box[DESTINATION]), *box[2:]) for box in sent.limit(DESTINATION, NAT64)]
    sent = Packets.union((sent.without(DESTINATION, NAT64), *(Packets.of(*box) for box in six)))
    with_ports = IntervalSet.of(TCP, UDP)
    moved = sent.limit(PROTOCOL, with_ports).replace(SOURCE, address).replace(SOURCE_PORT, EPHEMERAL)
    return moved | sent.limit(PROTOCOL, IntervalSet.of(ICMP)).replace(SOURCE, address)


def unmasked(sent: Packets) -> Packets:
    """Give every packet that a NAT could have turned into one of these."""
    boxes = [(IPV4, box[DESTINATION], box[PROTOCOL], IntervalSet.span(0, 65535), box[PORT]) for box in sent]
    boxes += [(IPV6, as_nat64(box[1]), box[PROTOCOL], IntervalSet.span(0, 65535), box[PORT]) for box in sent]
    return Packets.union(Packets.of(*box) for box in boxes)


def replies(sent: Packets) -> Packets:
    """Give the packets that answer these: both ends swapped, an ICMP request turned into its reply.

    An ICMP message that draws no reply gives nothing.
    """
    out: list[Packets] = []
    for box in sent:
        source, destination, proto, sport, port = box
        plain = proto - WITH_TYPES
        if plain:
            out.append(Packets.of(destination, source, plain, port, sport))
        out.extend(
            Packets.of(destination, source, IntervalSet.of(number), IntervalSet.of(0), IntervalSet.of(reply))
            for number, pairs in _REPLIES.items()
            if number in proto
            for request, reply in pairs
            if request in port
        )
    return Boxes(tuple(box for part in out for box in part.boxes))


def requests(sent: Packets, answered: Packets) -> Packets:
    """Give those of `sent` whose replies are among `answered`."""
    out: list[Packets] = []
    for source, destination, proto, sport, port in answered:
        plain = proto - WITH_TYPES
        if plain:
            out.append(sent & Packets.of(destination, source, plain, port, sport))
        for number, pairs in _REPLIES.items():
            types = IntervalSet.of(*(request for request, reply in pairs if reply in port))
            if number in proto and types:
                out.append(sent & Packets.of(destination, source, IntervalSet.of(number), PORTS, types))
    return Packets.union(out)


def cidrs(addresses: IntervalSet) -> list[str]:
    """Write addresses as CIDR blocks, IPv4 first; stand-ins of services are left out.

    The internet's whole IPv4 space is written as the one word `internet`.
    """
    texts: list[str] = []
    if addresses >= PUBLIC_V4:
        texts.append("internet")
        addresses -= PUBLIC_V4
    for low, high in addresses:
        for family in (IPV4, IPV6):
            for start, end in IntervalSet.span(low, high) & family:
                first, last = number_address(start), number_address(end)
                if (isinstance(first, ipaddress.IPv4Address) and isinstance(last, ipaddress.IPv4Address)) or (
                    isinstance(first, ipaddress.IPv6Address) and isinstance(last, ipaddress.IPv6Address)
                ):
                    texts.extend(str(block) for block in ipaddress.summarize_address_range(first, last))
    return texts


def ranges(values: IntervalSet) -> str:
    """Write numbers as `22, 80-90`."""
    return ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in values)
