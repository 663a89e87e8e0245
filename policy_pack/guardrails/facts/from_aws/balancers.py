"""Load balancers of every kind with listeners, target groups and targets, and their interfaces.

Sources: Elastic Load Balancing API Reference; user guides for Network Load Balancers ("Target groups": client IP
preservation, cross-zone) and Application Load Balancers. Target health is telemetry and does not count; a target that
is being deregistered (`draining`) is absent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrails.facts.from_aws.book import Book
from guardrails.facts.from_aws.common import common, refs
from guardrails.facts.from_aws.hints import is_about, owner_by_hint, sole
from guardrails.facts.from_aws.interfaces import Owner, Owners
from guardrails.facts.from_aws.record import MalformedError, Record
from guardrails.facts.network import Interface, Listener, LoadBalancer, TargetGroup
from guardrails.facts.values import IPAddress, Maybe, Ref, Unknown

_GROUP_ATTRIBUTES = ("deregistration_delay", "preserve_client_ip", "stickiness", "proxy_protocol", "target_")
_CROSS_ZONE = "load_balancing.cross_zone.enabled"
_PRESERVE = "preserve_client_ip.enabled"

Attributes = dict[str, dict[str, str]]
"""Attributes by the ARN of the load balancer or target group."""


def read_load_balancers(book: Book, owners: Owners) -> tuple[LoadBalancer, ...]:
    """Read the load balancers of both generations."""
    attributes = read_attributes(book)
    listeners = _listeners(book)
    classic = {_classic_key(one): one for one in book.scan("LoadBalancerDescriptions")}

    def build(record: Record) -> LoadBalancer:
        key = record.required("LoadBalancerArn")
        name = record.text("LoadBalancerName") or ""
        kind = (record.text("Type") or "application").lower()
        owner = Owner(key, "load-balancer", name, record.tags())
        described = key.rsplit(":loadbalancer/", 1)[-1]
        owners.by_text |= {described: owner, f"{record.text('VpcId')}/{described}": owner}
        own = attributes.get(key, {})
        if not book.asked("Listeners"):
            book.assume("Listeners", f"not listed; {name or key} is taken to have no listener")
        return LoadBalancer(
            **common(record, key, name),
            kind=kind,
            internal=(record.text("Scheme") or "internet-facing").lower() == "internal",
            subnets=refs(book, [one.required("SubnetId") for one in record.members("AvailabilityZones")]),
            groups=refs(book, record.texts("SecurityGroups")),
            dns_name=record.text("DNSName") or "",
            filters_endpoints=(record.text("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic") or "on") == "on",
            cross_zone=kind == "application" or own.get(_CROSS_ZONE) == "true",
            listeners=tuple(listeners.get(key, ())),
        )

    def build_classic(record: Record) -> LoadBalancer:
        key, name = _classic_key(record), record.required("LoadBalancerName")
        owner = Owner(key, "load-balancer", name, record.tags())
        owners.by_text |= {name: owner, f"{record.text('VPCId')}/{name}": owner}
        return LoadBalancer(
            **common(record, key, name),
            kind="classic",
            internal=(record.text("Scheme") or "internet-facing").lower() == "internal",
            subnets=refs(book, record.texts("Subnets")),
            groups=refs(book, record.texts("SecurityGroups")),
            dns_name=record.text("DNSName") or "",
            cross_zone=_classic_cross_zone(book, record, classic),
            listeners=tuple(_classic_listeners(record, key)),
        )

    return (*book.read("LoadBalancers", build), *book.read("LoadBalancerDescriptions", build_classic))


# -- attributes -------------------------------------------------------------------------------------------------------


def read_attributes(book: Book) -> Attributes:
    """Collect the attributes of load balancers and target groups from answers that do not say whose they are."""
    balancers = {one.required("LoadBalancerArn"): one for one in book.scan("LoadBalancers")}
    groups = {one.required("TargetGroupArn"): one for one in book.scan("TargetGroups")}
    found: Attributes = {}
    for answer in book.parts("Attributes"):
        try:
            pairs = {one.required("Key"): one.text("Value") or "" for one in answer.members("Attributes")}
        except MalformedError as error:
            book.lose("Attributes", error)
            continue
        if not {_CROSS_ZONE, _PRESERVE} & pairs.keys():
            continue
        is_group = any(key.startswith(_GROUP_ATTRIBUTES) for key in pairs)
        members = ("TargetGroupArn",) if is_group else ("LoadBalancerArn", "TargetGroupArn")
        named = ("TargetGroupName", groups) if is_group else ("LoadBalancerName", balancers)
        owner = owner_by_hint(answer, "", members, named[1], named[0]) or sole(answer, named[1])
        if owner is None and is_about(answer, book.gone):
            continue
        if owner is None:
            book.answers.lose("Attributes", answer.where, "does not say whose attributes they are")
        else:
            found[owner] = pairs
    return found


# -- listeners --------------------------------------------------------------------------------------------------------


def _listeners(book: Book) -> dict[str, list[Listener]]:
    rules: dict[str, list[Record]] = {}
    for rule in book.all("Rules"):
        listener = str(rule.data["RuleArn"]).replace(":listener-rule/", ":listener/").rpartition("/")[0]
        rules.setdefault(listener, []).append(rule)

    def build(record: Record) -> tuple[str, Listener]:
        key = record.required("ListenerArn")
        actions = [
            *record.members("DefaultActions"),
            *(action for rule in rules.get(key, ()) for action in rule.members("Actions")),
        ]
        balancer = record.text("LoadBalancerArn") or _balancer_of(key)
        if ":listener/app/" in key and not book.asked("Rules"):
            book.assume("Rules", f"not listed; {key.rsplit('/', 1)[-1]} is taken to have its default action only")
        port = record.number("Port")
        return balancer, Listener(
            protocol=(record.text("Protocol") or "").upper() or Unknown(f"{record.where}.Protocol"),
            port=Unknown(f"{record.where}.Port") if port is None else port,
            target_groups=refs(book, dict.fromkeys(arn for action in actions for arn in _forwards(action))),
            origin=record.origin(balancer),
        )

    found: dict[str, list[Listener]] = {}
    for balancer, listener in book.read("Listeners", build):
        found.setdefault(balancer, []).append(listener)
    return found


def _balancer_of(listener: str) -> str:
    return listener.replace(":listener/", ":loadbalancer/").rpartition("/")[0]


def _forwards(action: Record) -> Iterator[str]:
    if (action.text("Type") or "").lower() != "forward":
        return
    if action.has("TargetGroupArn"):
        yield action.required("TargetGroupArn")
    config = action.member("ForwardConfig")
    for one in config.members("TargetGroups") if config else ():
        if one.number("Weight") != 0:
            yield one.required("TargetGroupArn")


# -- target groups ----------------------------------------------------------------------------------------------------


def read_target_groups(book: Book) -> tuple[TargetGroup, ...]:
    """Read the target groups with their registered targets."""
    attributes = read_attributes(book)
    targets = _targets(book)

    def build(record: Record) -> TargetGroup:
        key = record.required("TargetGroupArn")
        own = attributes.get(key, {})
        keep = own.get(_PRESERVE)
        port = record.number("Port")
        unknown = Unknown(f"TargetHealthDescriptions of {key}", "are not in the answers")
        lost = Unknown(f"Attributes of {key}", "could not be read") if "Attributes" in book.incomplete else None
        cross_zone = own.get(_CROSS_ZONE)
        return TargetGroup(
            **common(record, key, record.text("TargetGroupName") or ""),
            target_type=(record.text("TargetType") or "instance").lower(),
            protocol=(record.text("Protocol") or "").upper() or Unknown(f"{record.where}.Protocol"),
            port=Unknown(f"{record.where}.Port") if port is None else port,
            vpc=book.ref(record.text("VpcId")) if record.has("VpcId") else None,
            preserve_client_ip=lost if keep is None else keep == "true",
            cross_zone=cross_zone or lost or "use_load_balancer_configuration",
            targets=targets.get(key, ((unknown, unknown),)),
        )

    found = list(book.read("TargetGroups", build))
    for record in book.all("LoadBalancerDescriptions"):
        found.extend(_classic_groups(book, record))
    return tuple(found)


Target = tuple[Maybe[Ref] | IPAddress, Maybe[int]]


def _targets(book: Book) -> dict[str, tuple[Target, ...]]:
    groups = {one.required("TargetGroupArn"): one for one in book.scan("TargetGroups")}
    found: dict[str, tuple[Target, ...]] = {}
    for answer in book.parts("TargetHealthDescriptions"):
        owner = owner_by_hint(answer, "", ("TargetGroupArn",), groups, "TargetGroupName") or sole(answer, groups)
        try:
            held = tuple(
                _target(book, one) for one in answer.members("TargetHealthDescriptions") if _is_registered(book, one)
            )
        except MalformedError as error:
            book.lose("TargetHealthDescriptions", error)
            continue
        if owner is None and is_about(answer, book.gone):
            continue
        if owner is None:
            book.answers.lose("TargetHealthDescriptions", answer.where, "does not say which target group it is about")
        else:
            found[owner] = (*found.get(owner, ()), *held)
    return found


def _is_registered(book: Book, record: Record) -> bool:
    health = record.member("TargetHealth")
    target = record.member("Target")
    draining = health is not None and (health.text("State") or "").lower() == "draining"
    return not draining and (target.text("Id") if target else None) not in book.gone


def _target(book: Book, record: Record) -> Target:
    target = record.member("Target")
    if target is None:
        raise record.bad("Target", "is missing")
    name, port = target.required("Id"), target.number("Port")
    where: Maybe[Ref] | IPAddress = book.ref(name)
    if re.fullmatch(r"[0-9.]+|[0-9a-fA-F]*:[0-9a-fA-F:.]+", name):
        where = target.address("Id") or Unknown(f"{target.where}.Id")
    return where, Unknown(f"{target.where}.Port") if port is None else port


# -- the first generation ---------------------------------------------------------------------------------------------


def _classic_key(record: Record) -> str:
    return f"{record.text('VPCId') or 'classic'}/{record.required('LoadBalancerName')}"


def _classic_cross_zone(book: Book, record: Record, classic: dict[str, Record]) -> bool:
    for answer in book.parts("LoadBalancerAttributes"):
        owner = owner_by_hint(answer, "", ("LoadBalancerName",), classic, "LoadBalancerName") or sole(answer, classic)
        if owner in (_classic_key(record), record.text("LoadBalancerName")):
            attributes = answer.member("LoadBalancerAttributes")
            setting = attributes.member("CrossZoneLoadBalancing") if attributes else None
            return setting.flag("Enabled") if setting else False
    return False


def _classic_ports(record: Record) -> Iterator[tuple[Record, int, int]]:
    for description in record.members("ListenerDescriptions"):
        listener = description.member("Listener")
        front, back = (
            (listener.number("LoadBalancerPort"), listener.number("InstancePort")) if listener else (None, None)
        )
        if listener is None or front is None or back is None:
            raise description.bad("Listener", "lacks its ports")
        yield listener, front, back


def _classic_listeners(record: Record, key: str) -> Iterator[Listener]:
    for listener, front, back in _classic_ports(record):
        group = f"{key}:{back}"
        yield Listener(
            protocol=(listener.text("Protocol") or "TCP").upper(),
            port=front,
            target_groups=(Ref(group, group),),
            origin=listener.origin(key),
        )


def _classic_groups(book: Book, record: Record) -> Iterator[TargetGroup]:
    """Make one target group for each port of the instances behind a classic load balancer."""
    try:
        key = _classic_key(record)
        for back in sorted({back for _, _, back in _classic_ports(record)}):
            instances = [one.required("InstanceId") for one in record.members("Instances")]
            yield TargetGroup(
                **common(record, f"{key}:{back}", record.text("LoadBalancerName") or ""),
                port=back,
                vpc=book.ref(record.text("VPCId")),
                preserve_client_ip=False,
                targets=tuple((book.ref(one), back) for one in instances if one not in book.gone),
            )
    except MalformedError as error:
        book.lose("LoadBalancerDescriptions", error)


# -- interfaces -------------------------------------------------------------------------------------------------------


def balancer_interfaces(
    book: Book, balancers: tuple[LoadBalancer, ...], listed: tuple[Interface, ...]
) -> Iterator[Interface]:
    """Make one interface for each subnet of a load balancer where no answer lists its interfaces."""
    have = {(one.owner, one.subnet.key) for one in listed if isinstance(one.subnet, Ref)}
    for balancer in balancers:
        record = book.get("LoadBalancers", balancer.key)
        zones = {one.text("SubnetId"): one for one in record.members("AvailabilityZones")} if record else {}
        for subnet in balancer.subnets:
            if not isinstance(subnet, Ref) or (balancer.key, subnet.key) in have:
                continue
            zone = zones.get(subnet.literal)
            held = zone.members("LoadBalancerAddresses") if zone else ()
            private = [
                ip for one in held for ip in (one.address("PrivateIPv4Address"), one.address("IPv6Address")) if ip
            ]
            public = [ip for one in held if (ip := one.address("IpAddress"))]
            yield Interface(
                key=f"{balancer.key}/{subnet.literal}",
                origin=balancer.origin,
                name=balancer.name,
                account=balancer.account,
                region=balancer.region,
                tags=balancer.tags,
                owner=balancer.key,
                owner_kind="load-balancer",
                owner_name=balancer.name,
                subnet=subnet,
                groups=balancer.groups,
                addresses=tuple(private),
                public=balancer.internal is False,
                public_addresses=tuple(public),
                filtered=bool(balancer.groups) or balancer.kind in ("application", "classic"),
            )
