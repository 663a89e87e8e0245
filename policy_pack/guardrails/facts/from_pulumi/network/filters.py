"""Security groups and network ACLs, inline and standalone rules alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from guardrails.facts.from_pulumi.network.common import (
    ANY_V4,
    ANY_V6,
    Build,
    cidr,
    entries,
    identity,
    ports,
    present,
    protocol,
    values,
)
from guardrails.facts.from_pulumi.network.made_groups import made_groups
from guardrails.facts.from_pulumi.network.vpcs import VPC_KINDS
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
from guardrails.facts.resource import Resource, Value, as_bool, as_int
from guardrails.facts.roles import DEFAULT_GROUP, DEFAULT_NACL, Role
from guardrails.facts.values import IPNetwork, Maybe, Origin, Ref, Unknown

Peer = Maybe[IPNetwork] | PrefixListRef | GroupRef

STANDALONE_RULES = {
    "vpc.SecurityGroupIngressRule": Direction.INGRESS,
    "vpc.SecurityGroupEgressRule": Direction.EGRESS,
}
_INLINE = (("ingress", Direction.INGRESS), ("egress", Direction.EGRESS))


# -- security groups --------------------------------------------------------------------------------------------------


def groups(build: Build) -> tuple[SecurityGroup, ...]:
    """Read every security group, those that VPCs bring along included."""
    rules = build.by_target((*STANDALONE_RULES, "ec2.SecurityGroupRule"), "securityGroupId", Role.GROUP)
    found: list[SecurityGroup] = []
    for item in build.of("ec2.SecurityGroup", "ec2.DefaultSecurityGroup"):
        own, complete = _inline_rules(build, item)
        listed = [*own, *(rule for extra in rules.get(item.urn, ()) for rule in standalone_rules(build, extra))]
        found.append(
            SecurityGroup(
                **identity(item),
                vpc=build.ref(item, "vpcId", Role.VPC),
                default=item.kind == "ec2.DefaultSecurityGroup",
                rules=tuple(listed),
                complete=complete,
            )
        )
    listed_keys = {item.key for item in found}
    for vpc in build.of(*VPC_KINDS):
        key = build.facts.canonical(f"{vpc.urn}{DEFAULT_GROUP}")
        if key not in listed_keys:
            extra = [rule for item in rules.get(key, ()) for rule in standalone_rules(build, item)]
            found.append(_default_group(vpc, key, extra))
    found += made_groups(
        build, lambda key: [rule for extra in rules.get(key, ()) for rule in standalone_rules(build, extra)]
    )
    listed_keys = {item.key for item in found}
    for key, items in rules.items():
        if key not in listed_keys:
            for item in items:
                build.outside(item, "securityGroupId", key, "security group")
    return tuple(found)


def _default_group(vpc: Resource, key: str, extra: list[GroupRule]) -> SecurityGroup:
    """The group that AWS makes with a VPC: everything from itself, everything out (VPC user guide)."""
    origin = Origin(vpc.urn, "defaultSecurityGroupId")
    rules = [
        GroupRule(Direction.INGRESS, ANY_PROTOCOL, ALL_PORTS, GroupRef(Ref(key)), origin),
        GroupRule(Direction.EGRESS, ANY_PROTOCOL, ALL_PORTS, ANY_V4, origin),
        GroupRule(Direction.EGRESS, ANY_PROTOCOL, ALL_PORTS, ANY_V6, origin),
    ]
    return SecurityGroup(**identity(vpc, DEFAULT_GROUP), vpc=Ref(vpc.urn), default=True, rules=(*rules, *extra))


def inline_rules(build: Build, item: Resource) -> list[GroupRule]:
    """Read the rules that a group states itself."""
    return _inline_rules(build, item)[0]


def _inline_rules(build: Build, item: Resource) -> tuple[list[GroupRule], Maybe[bool]]:
    found: list[GroupRule] = []
    listed, complete = _inline(item)
    for direction, where, entry in listed:
        if isinstance(entry, Unknown):
            found.append(GroupRule(direction, entry, entry, entry, Origin(item.urn, where), inline=True))
        else:
            found += _rule(build, item, direction, entry, where)
    return found, complete


def _inline(item: Resource) -> tuple[list[tuple[Direction, str, Mapping[str, Value] | Unknown]], Maybe[bool]]:
    """Give what a group or ACL states itself with its paths, and whether that can be read whole."""
    found: list[tuple[Direction, str, Mapping[str, Value] | Unknown]] = []
    complete: Maybe[bool] = True
    for path, direction in _INLINE:
        listed = entries(item, path)
        if isinstance(listed, Unknown):
            complete = listed
            continue
        for where, entry in listed:
            found.append((direction, where, entry))
            complete = entry if isinstance(entry, Unknown) else complete
    return found, complete


def standalone_rules(build: Build, item: Resource) -> list[GroupRule]:
    """Read one standalone rule resource; the older kind may hold several peers."""
    direction = STANDALONE_RULES.get(item.kind)
    if direction is not None:
        return list(_modern(build, item, direction))
    stated = item.get("type")
    if stated in {"ingress", "egress"}:
        return _rule(build, item, Direction(str(stated)), item.props, "")
    build.gap(f"{item.urn}.type", "neither ingress nor egress")
    both = (Direction.INGRESS, Direction.EGRESS)
    return [rule for direction in both for rule in _rule(build, item, direction, item.props, "")]


def _modern(build: Build, item: Resource, direction: Direction) -> Iterator[GroupRule]:
    number = protocol(item.get("ipProtocol"), f"{item.urn}.ipProtocol")
    span = ports(number, item.get("fromPort"), item.get("toPort"), f"{item.urn}.fromPort")
    peers: list[tuple[str, Peer]] = []
    for prop in ("cidrIpv4", "cidrIpv6"):
        if present(item.get(prop)):
            peers.append((prop, cidr(item.get(prop), f"{item.urn}.{prop}")))
    if present(item.get("prefixListId")):
        peers.append(("prefixListId", PrefixListRef(build.ref(item, "prefixListId", Role.PREFIX_LIST))))
    if present(item.get("referencedSecurityGroupId")):
        group = build.ref(item, "referencedSecurityGroupId", Role.GROUP)
        peers.append(("referencedSecurityGroupId", GroupRef(group)))
    if not peers:
        peers.append(("cidrIpv4", Unknown(f"{item.urn}.cidrIpv4", "no peer given")))
    for prop, peer in peers:
        yield GroupRule(direction, number, span, peer, Origin(item.urn, prop), item.text("description"))


_PEERS: tuple[tuple[str, Role | None], ...] = (
    ("cidrBlocks", None),
    ("ipv6CidrBlocks", None),
    ("prefixListIds", Role.PREFIX_LIST),
    ("securityGroups", Role.GROUP),
    ("sourceSecurityGroupId", Role.GROUP),
)


def _rule(build: Build, item: Resource, direction: Direction, props: Mapping[str, Value], path: str) -> list[GroupRule]:
    """Read one rule of the older shape, inline or standalone: one `GroupRule` for each of its peers."""
    where = f"{path.replace('[', '.').replace(']', '')}." if path else ""
    shown = f"{path}." if path else ""
    number = protocol(props.get("protocol"), f"{item.urn}.{shown}protocol")
    span = ports(number, props.get("fromPort"), props.get("toPort"), f"{item.urn}.{shown}fromPort")
    peers: list[tuple[str, Peer]] = []
    for prop, role in _PEERS:
        if not present(props.get(prop)):
            continue
        if role is None:
            what = f"{item.urn}.{shown}{prop}"
            peers += [(prop, cidr(one, what)) for one in values(props.get(prop), what)]
        else:
            wrap = GroupRef if role is Role.GROUP else PrefixListRef
            peers += [(prop, wrap(ref)) for ref in build.refs(item, f"{where}{prop}", role)]
    self_peer = as_bool(props.get("self", False) or False, f"{item.urn}.{shown}self")
    if self_peer is True:
        own = Ref(item.urn) if item.kind != "ec2.SecurityGroupRule" else build.ref(item, "securityGroupId", Role.GROUP)
        peers.append(("self", GroupRef(own)))
    elif isinstance(self_peer, Unknown):
        peers.append(("self", GroupRef(self_peer)))
    if not peers:
        peers.append(("cidrBlocks", Unknown(f"{item.urn}.{shown}cidrBlocks", "no peer given")))
    text = props.get("description")
    description = text if isinstance(text, str | Unknown) else ""
    return [
        GroupRule(direction, number, span, peer, Origin(item.urn, f"{shown}{prop}"), description, inline=bool(path))
        for prop, peer in peers
    ]


# -- network ACLs -----------------------------------------------------------------------------------------------------


def nacls(build: Build) -> tuple[Nacl, ...]:
    """Read every network ACL, those that VPCs bring along included."""
    rules = build.by_target(("ec2.NetworkAclRule",), "networkAclId", Role.NACL)
    associations = build.by_target(("ec2.NetworkAclAssociation",), "networkAclId", Role.NACL)
    found: list[Nacl] = []
    for item in build.of("ec2.NetworkAcl", "ec2.DefaultNetworkAcl"):
        default = item.kind == "ec2.DefaultNetworkAcl"
        own, complete = _inline_entries(item)
        found.append(
            Nacl(
                **identity(item),
                vpc=_nacl_vpc(build, item) if default else build.ref(item, "vpcId", Role.VPC),
                default=default,
                entries=(*own, *(_standalone_entry(extra) for extra in rules.get(item.urn, ()))),
                subnets=(
                    *build.refs(item, "subnetIds", Role.SUBNET),
                    *(build.ref(extra, "subnetId", Role.SUBNET) for extra in associations.get(item.urn, ())),
                ),
                complete=complete,
            )
        )
    listed = {item.key for item in found}
    for vpc in build.of(*VPC_KINDS):
        key = build.facts.canonical(f"{vpc.urn}{DEFAULT_NACL}")
        if key not in listed:
            extra = [_standalone_entry(item) for item in rules.get(key, ())]
            linked = [build.ref(item, "subnetId", Role.SUBNET) for item in associations.get(key, ())]
            found.append(_default_nacl(vpc, extra, linked))
    listed = {item.key for item in found}
    for key, items in rules.items():
        if key not in listed:
            for item in items:
                build.outside(item, "networkAclId", key, "network ACL")
    return (*found, *_unshown_nacls(build, listed))


def _unshown_nacls(build: Build, listed: set[str]) -> Iterator[Nacl]:
    """Give the ACLs of which a stack shows only that they are associated: they may let anything pass, or nothing."""
    for item, unshown in build.unshown("ec2.NetworkAclAssociation", "networkAclId", Role.NACL, listed, "network ACL"):
        subnets = (build.ref(item, "subnetId", Role.SUBNET),)
        yield Nacl(**identity(item), vpc=unshown, subnets=subnets, complete=unshown)


def _nacl_vpc(build: Build, item: Resource) -> Maybe[Ref]:
    for vpc in build.of(*VPC_KINDS):
        if build.facts.canonical(f"{vpc.urn}{DEFAULT_NACL}") == item.urn:
            return Ref(vpc.urn)
    stated = build.optional(item, "vpcId", Role.VPC)
    return stated or Unknown(f"{item.urn}.defaultNetworkAclId", "belongs to no VPC of the stack")


def _default_nacl(vpc: Resource, extra: list[NaclEntry], linked: list[Maybe[Ref]]) -> Nacl:
    """The ACL that AWS makes with a VPC lets everything pass (VPC user guide, "Default network ACL")."""
    origin = Origin(vpc.urn, "defaultNetworkAclId")
    own = [
        NaclEntry(direction, number, allow=True, protocol=ANY_PROTOCOL, cidr=block, ports=ALL_PORTS, origin=origin)
        for direction in (Direction.INGRESS, Direction.EGRESS)
        for number, block in ((100, ANY_V4), (101, ANY_V6))
    ]
    return Nacl(
        **identity(vpc, DEFAULT_NACL),
        vpc=Ref(vpc.urn),
        default=True,
        entries=(*own, *extra),
        subnets=tuple(linked),
    )


def _inline_entries(item: Resource) -> tuple[list[NaclEntry], Maybe[bool]]:
    listed, complete = _inline(item)
    keys = ("ruleNo", "action")
    return [_entry(item, way, one, where, keys) for way, where, one in listed if not isinstance(one, Unknown)], complete


def _standalone_entry(item: Resource) -> NaclEntry:
    egress = item.flag("egress", default=False)
    direction = Direction.EGRESS if egress is True else Direction.INGRESS
    entry = _entry(item, direction, item.props, "", ("ruleNumber", "ruleAction"))
    if isinstance(egress, Unknown):
        # Its direction is not known: no reader may take it for an entry of the one or the other.
        return NaclEntry(direction, egress, egress, entry.protocol, entry.cidr, entry.ports, entry.origin, entry.icmp)
    return entry


def _entry(
    item: Resource, direction: Direction, props: Mapping[str, Value], path: str, names: tuple[str, str]
) -> NaclEntry:
    shown = f"{item.urn}.{path}." if path else f"{item.urn}."
    number = protocol(props.get("protocol"), f"{shown}protocol")
    block = props.get("cidrBlock") if present(props.get("cidrBlock")) else props.get("ipv6CidrBlock")
    icmp = _icmp(props, shown) if number in {1, 58} or isinstance(number, Unknown) else None
    return NaclEntry(
        direction=direction,
        number=as_int(props.get(names[0]), f"{shown}{names[0]}"),
        allow=_allows(props.get(names[1]), f"{shown}{names[1]}"),
        protocol=number,
        cidr=cidr(block, f"{shown}cidrBlock"),
        ports=_nacl_ports(number, props, shown),
        origin=Origin(item.urn, path),
        icmp=icmp,
    )


def _allows(value: Value, what: str) -> Maybe[bool]:
    if isinstance(value, str) and value.lower() in {"allow", "deny"}:
        return value.lower() == "allow"
    return value if isinstance(value, Unknown) else Unknown(what, "neither allow nor deny")


def _nacl_ports(number: Maybe[int], props: Mapping[str, Value], shown: str) -> Maybe[Ports]:
    return (
        ALL_PORTS
        if number in {1, 58}
        else ports(number, props.get("fromPort"), props.get("toPort"), f"{shown}fromPort")
    )


def _icmp(props: Mapping[str, Value], shown: str) -> Maybe[Ports]:
    kind, code = (as_int(_given(props.get(prop)), f"{shown}{prop}") for prop in ("icmpType", "icmpCode"))
    if isinstance(kind, Unknown):
        return kind
    return code if isinstance(code, Unknown) else Ports(kind, code)


def _given(value: Value) -> Value:
    return -1 if value is None else value
