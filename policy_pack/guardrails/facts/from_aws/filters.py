"""Security groups and network ACLs.

`describe-security-groups` folds rules into permissions, `describe-security-group-rules` lists them one by one; either
or both may be there. Sources: EC2 API Reference, "IpPermission", "SecurityGroupRule", "NetworkAclEntry".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from guardrails.facts.from_aws.book import Book
from guardrails.facts.from_aws.common import assumed, common, refs
from guardrails.facts.from_aws.record import MalformedError, Record
from guardrails.facts.network import (
    ALL_PORTS,
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
from guardrails.facts.values import Maybe, Ref, Unknown

_PROTOCOLS = {"-1": ANY_PROTOCOL, "all": ANY_PROTOCOL, "tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58}
_WITH_PORTS = (6, 17)
_WITH_TYPES = (1, 58)


def protocol_number(record: Record, name: str) -> int:
    """Give the IANA number of a printed protocol, `ANY_PROTOCOL` for `-1`."""
    word = str(record.data.get(name, "")).lower()
    number = _PROTOCOLS.get(word)
    if number is not None:
        return number
    if word.isascii() and word.isdigit() and int(word) <= 255:
        return int(word)
    raise record.bad(name, "is not a protocol that AWS prints")


# -- security groups --------------------------------------------------------------------------------------------------


def read_groups(book: Book) -> tuple[SecurityGroup, ...]:
    """Read the security groups with all of their rules."""
    flat = _flat_rules(book)

    def build(record: Record) -> SecurityGroup:
        key = record.required("GroupId")
        folded = [
            rule
            for member, direction in (
                ("IpPermissions", Direction.INGRESS),
                ("IpPermissionsEgress", Direction.EGRESS),
            )
            for permission in record.members(member)
            for rule in _folded_rules(book, key, permission, direction)
        ]
        rules, complete = _union(record, folded, flat.pop(key, None))
        if "SecurityGroupRules" in book.incomplete and not record.has("IpPermissionsEgress"):
            complete = Unknown("SecurityGroupRules", "could not all be read")
        return SecurityGroup(
            **common(record, key, record.text("GroupName") or ""),
            vpc=book.ref(record.text("VpcId"), f"{record.where}.VpcId"),
            default=record.text("GroupName") == "default",
            rules=tuple(rules),
            complete=complete,
        )

    groups = tuple(book.read("SecurityGroups", build))
    book.learn(*flat)
    bare = tuple(
        SecurityGroup(**assumed(key, "SecurityGroups"), rules=tuple(rules), vpc=Unknown(key, "group is not listed"))
        for key, rules in sorted(flat.items())
        if not book.asked("SecurityGroups")
    )
    return (*groups, *bare)


def _union(
    record: Record, folded: list[GroupRule], flat: list[GroupRule] | None
) -> tuple[list[GroupRule], Maybe[bool]]:
    """Join both listings of a group's rules; a rule that only one of them has is uncertain."""
    complete: Maybe[bool] = True
    if flat is None:
        if not record.has("IpPermissionsEgress"):
            complete = Unknown(f"{record.where}.IpPermissionsEgress", "is not in the answer")
        return folded, complete
    if not record.has("IpPermissions") and not record.has("IpPermissionsEgress"):
        return flat, True
    why = "is told by only one of SecurityGroups and SecurityGroupRules"
    first, second = ({_signature(rule) for rule in rules} for rules in (folded, flat))
    rules = [rule for rule in folded if _signature(rule) in second]
    for rule in (*folded, *flat):
        if _signature(rule) not in first & second:
            rules.append(replace(rule, ports=Unknown(f"{rule.origin.subject} {rule.origin.path}", why)))
    return rules, complete


def _signature(rule: GroupRule) -> tuple[object, ...]:
    return rule.direction, rule.protocol, rule.ports, rule.peer


def _folded_rules(book: Book, group: str, permission: Record, direction: Direction) -> Iterator[GroupRule]:
    for member, name in (
        ("IpRanges", "CidrIp"),
        ("Ipv6Ranges", "CidrIpv6"),
        ("PrefixListIds", "PrefixListId"),
        ("UserIdGroupPairs", "GroupId"),
    ):
        for peer in permission.members(member):
            if peer.text(name) is None:
                raise peer.bad(name, "is missing")
            if not _is_stale(book, peer):
                yield _rule(book, group, permission, (peer, name), direction)


def _flat_rules(book: Book) -> dict[str, list[GroupRule]]:
    found: dict[str, list[GroupRule]] = {}
    for record in book.all("SecurityGroupRules"):
        try:
            key = record.required("GroupId")
            direction = Direction.EGRESS if record.flag("IsEgress") else Direction.INGRESS
            rules = found.setdefault(key, [])
            referenced = record.member("ReferencedGroupInfo")
            for name in ("CidrIpv4", "CidrIpv6", "PrefixListId"):
                if record.has(name):
                    rules.append(_rule(book, key, record, (record, name), direction))
            if referenced is not None and not _is_stale(book, referenced):
                rules.append(_rule(book, key, record, (referenced, "GroupId"), direction))
        except MalformedError as error:
            book.lose("SecurityGroupRules", error)
    return found


def _is_stale(book: Book, peer: Record) -> bool:
    """Tell whether a reference points over a peering that is gone: such a rule matches nothing."""
    status = (peer.text("PeeringStatus") or "active").lower()
    return status != "active" or peer.text("VpcPeeringConnectionId") in book.gone


def _rule(book: Book, group: str, holder: Record, peer: tuple[Record, str], direction: Direction) -> GroupRule:
    peered, name = peer
    protocol = protocol_number(holder, "IpProtocol")
    target = peered.text(name)
    block = peered.network(name) if name.startswith("Cidr") else None
    return GroupRule(
        direction=direction,
        protocol=protocol,
        ports=_rule_ports(holder, protocol),
        peer=block
        or (PrefixListRef(book.ref(target)) if name == "PrefixListId" else GroupRef(book.ref(target, peered.where))),
        origin=peered.origin(group),
        description=peered.text("Description") or "",
    )


def _rule_ports(holder: Record, protocol: int) -> Maybe[Ports]:
    """Give the ports (TCP, UDP) or type and code (ICMP); other protocols have none, whatever is printed."""
    low, high = holder.number("FromPort"), holder.number("ToPort")
    if protocol in _WITH_TYPES:
        return Ports(-1 if low is None else low, -1 if high is None else high)
    if protocol not in _WITH_PORTS:
        return ALL_PORTS
    if low is None or high is None:
        return Unknown(f"{holder.where}.FromPort", "is not in the answer")
    if (low, high) == (-1, -1):
        return ALL_PORTS
    if not 0 <= low <= high <= 65535:
        raise holder.bad("FromPort", "is not a range of ports")
    return Ports(low, high)


# -- network ACLs -----------------------------------------------------------------------------------------------------


def read_nacls(book: Book) -> tuple[Nacl, ...]:
    """Read the network ACLs; the final deny that AWS lists as `*` (32767, 32768) is left out."""

    def build(record: Record) -> Nacl:
        key = record.required("NetworkAclId")
        return Nacl(
            **common(record, key),
            vpc=book.ref(record.text("VpcId"), f"{record.where}.VpcId"),
            default=record.flag("IsDefault"),
            entries=tuple(_entry(key, entry) for entry in record.members("Entries") if not _is_final(entry)),
            subnets=refs(book, [one.required("SubnetId") for one in record.members("Associations")]),
            complete=True if record.has("Entries") else Unknown(f"{record.where}.Entries", "is not in the answer"),
        )

    return tuple(book.read("NetworkAcls", build))


def _is_final(entry: Record) -> bool:
    return (entry.number("RuleNumber") or 0) >= 32767 and (entry.text("RuleAction") or "").lower() == "deny"


def _entry(nacl: str, entry: Record) -> NaclEntry:
    protocol = protocol_number(entry, "Protocol")
    number = entry.number("RuleNumber")
    action = entry.required("RuleAction").lower()
    cidr = entry.network("CidrBlock") or entry.network("Ipv6CidrBlock")
    if number is None or cidr is None or action not in ("allow", "deny") or not entry.has("Egress"):
        raise MalformedError(f"{entry.where}: lacks its number, action, direction or block")
    span, icmp = entry.member("PortRange"), entry.member("IcmpTypeCode")
    ports: Ports = ALL_PORTS
    if span is not None and protocol in _WITH_PORTS:
        low, high = span.number("From"), span.number("To")
        if low is None or high is None or not 0 <= low <= high <= 65535:
            raise span.bad("From", "is not a range of ports")
        ports = Ports(low, high)
    types: Ports | None = None
    if protocol in _WITH_TYPES:
        kind, code = (icmp.number("Type"), icmp.number("Code")) if icmp else (None, None)
        types = Ports(-1 if kind is None else kind, -1 if code is None else code)
    return NaclEntry(
        direction=Direction.EGRESS if entry.flag("Egress") else Direction.INGRESS,
        number=number,
        allow=action == "allow",
        protocol=protocol,
        cidr=cidr,
        ports=ports,
        origin=entry.origin(nacl, f"#{number}"),
        icmp=types,
    )


def default_nacl(vpc: str, subnets: tuple[str, ...], known: bool) -> Nacl:
    """Make the default NACL of a VPC: it allows everything; where its state cannot be known it is incomplete.

    Source: Amazon VPC User Guide, "Default network ACL": rule 100 allows all IPv4 both ways, 101 all IPv6.
    """
    key = f"{vpc}/default-network-acl"
    record = Record({}, "default NACL")
    entries = tuple(
        _entry(
            key,
            replace(
                record,
                data={"Egress": egress, "RuleNumber": n, "RuleAction": "allow", "Protocol": "-1", "CidrBlock": cidr},
            ),
        )
        for egress in (False, True)
        for n, cidr in ((100, "0.0.0.0/0"), (101, "::/0"))
    )
    return Nacl(
        **assumed(key, "NetworkAcls"),
        vpc=Ref(vpc),
        default=True,
        entries=entries if known else (),
        subnets=tuple(Ref(subnet) for subnet in subnets),
        complete=True if known else Unknown(f"NetworkAcls of {vpc}", "could not all be read"),
    )
