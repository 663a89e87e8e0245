"""Load balancers, their listeners and target groups."""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.facts.from_pulumi.network.common import Build, address, entries, identity
from guardrails.facts.network import Listener, LoadBalancer, TargetGroup
from guardrails.facts.resource import Resource, as_int, as_text
from guardrails.facts.roles import Role
from guardrails.facts.values import IPAddress, Maybe, Origin, Ref, Unknown


def load_balancers(build: Build) -> tuple[LoadBalancer, ...]:
    """Read application, network, gateway and classic load balancers."""
    listeners = build.by_target(("lb.Listener",), "loadBalancerArn", Role.LOAD_BALANCER)
    rules = _rules(build)
    found: list[LoadBalancer] = []
    for item in build.of("lb.LoadBalancer", "elb.LoadBalancer"):
        kind = item.text("loadBalancerType", "application") if item.kind == "lb.LoadBalancer" else "classic"
        cross = True if kind == "application" else item.flag("enableCrossZoneLoadBalancing", default=False)
        if kind == "classic":
            cross = item.flag("crossZoneLoadBalancing", default=True)
            own = tuple(_classic(item))
        else:
            own = tuple(_listener(build, one, rules) for one in listeners.get(item.urn, ()))
        found.append(
            LoadBalancer(
                **identity(item),
                kind=kind,
                internal=item.flag("internal", default=False),
                subnets=build.refs(item, "subnets", Role.SUBNET),
                groups=build.refs(item, "securityGroups", Role.GROUP),
                cross_zone=cross,
                listeners=own,
                dns_name=_known_text(item, "dnsName"),
                filters_endpoints=_known_text(item, "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic") != "off",
            )
        )
    return tuple(found)


def _known_text(item: Resource, path: str) -> str:
    value = item.get(path)
    return value if isinstance(value, str) else ""


def _rules(build: Build) -> dict[str, list[Resource]]:
    grouped: dict[str, list[Resource]] = {}
    listeners = {item.urn for item in build.of("lb.Listener")}
    by_arn = {item.get("arn"): item.urn for item in build.of("lb.Listener") if isinstance(item.get("arn"), str)}
    for item in build.of("lb.ListenerRule"):
        urns = [urn for urn in (item.edges or {}).get("listenerArn", ()) if urn in listeners]
        literal = item.get("listenerArn")
        if not urns and isinstance(literal, str) and literal in by_arn:
            urns = [by_arn[literal]]
        if urns:
            grouped.setdefault(urns[0], []).append(item)
        else:
            build.gap(f"{item.urn}.listenerArn", "the listener is not in the stack")
    return grouped


def _listener(build: Build, item: Resource, rules: dict[str, list[Resource]]) -> Listener:
    targets = [*_forwards(build, item, "defaultActions")]
    for rule in rules.get(item.urn, ()):
        targets += _forwards(build, rule, "actions")
    return Listener(
        protocol=item.text("protocol", "HTTP"),
        port=as_int(item.get("port", Unknown(f"{item.urn}.port", "not given")), f"{item.urn}.port"),
        target_groups=tuple(dict.fromkeys(targets)),
        origin=Origin(item.urn),
    )


def _forwards(build: Build, item: Resource, path: str) -> Iterator[Maybe[Ref]]:
    listed = entries(item, path)
    if isinstance(listed, Unknown):
        yield listed
        return
    for where, entry in listed:
        if isinstance(entry, Unknown):
            yield entry
            continue
        dotted = where.replace("[", ".").replace("]", "")
        if entry.get("targetGroupArn") is not None:
            yield build.ref(item, f"{dotted}.targetGroupArn", Role.TARGET_GROUP)
        weighted = item.items(f"{dotted}.forward.targetGroups")
        if isinstance(weighted, Unknown):
            yield weighted
            continue
        for index in range(len(weighted)):
            yield build.ref(item, f"{dotted}.forward.targetGroups.{index}.arn", Role.TARGET_GROUP)


def _classic(item: Resource) -> Iterator[Listener]:
    listed = entries(item, "listeners")
    if isinstance(listed, Unknown):
        return
    for where, entry in listed:
        if not isinstance(entry, Unknown):
            yield Listener(
                protocol=as_text(entry.get("lbProtocol"), f"{item.urn}.{where}.lbProtocol"),
                port=as_int(entry.get("lbPort"), f"{item.urn}.{where}.lbPort"),
                target_groups=(),
                origin=Origin(item.urn, where),
            )


def target_groups(build: Build) -> tuple[TargetGroup, ...]:
    """Read target groups with what is attached to them, the tasks of ECS services included."""
    attached = build.by_target(("lb.TargetGroupAttachment",), "targetGroupArn", Role.TARGET_GROUP)
    services = _services(build)
    found: list[TargetGroup] = []
    for item in build.of("lb.TargetGroup"):
        kind = item.text("targetType", "instance")
        targets = [(_target(build, one), _port(one)) for one in attached.get(item.urn, ())]
        targets += [(Ref(urn), port) for urn, port in services.get(item.urn, ())]
        preserve = item.get("preserveClientIp")
        found.append(
            TargetGroup(
                **identity(item),
                target_type=kind,
                protocol=item.text("protocol", "TCP"),
                port=as_int(item.get("port", Unknown(f"{item.urn}.port", "not given")), f"{item.urn}.port"),
                vpc=build.optional(item, "vpcId", Role.VPC),
                preserve_client_ip=None if preserve is None else item.flag("preserveClientIp", default=False),
                cross_zone=item.text("loadBalancingCrossZoneEnabled", "use_load_balancer_configuration"),
                targets=tuple(targets),
            )
        )
    return tuple(found)


def _target(build: Build, item: Resource) -> Maybe[Ref] | IPAddress:
    literal = address(item.get("targetId"))
    return literal if literal is not None else build.ref(item, "targetId", Role.TARGET)


def _port(item: Resource) -> Maybe[int]:
    value = item.get("port")
    return Unknown(f"{item.urn}.port", "the target group's own") if value is None else as_int(value, f"{item.urn}.port")


def _services(build: Build) -> dict[str, list[tuple[str, Maybe[int]]]]:
    """ECS services by the target group that they register their tasks with."""
    found: dict[str, list[tuple[str, Maybe[int]]]] = {}
    for item in build.of("ecs.Service"):
        listed = entries(item, "loadBalancers")
        if isinstance(listed, Unknown):
            build.gaps.append(listed)
            continue
        for where, entry in listed:
            if isinstance(entry, Unknown):
                continue
            dotted = where.replace("[", ".").replace("]", "")
            group = build.ref(item, f"{dotted}.targetGroupArn", Role.TARGET_GROUP)
            if isinstance(group, Ref) and group.key:
                port = as_int(entry.get("containerPort"), f"{item.urn}.{where}.containerPort")
                found.setdefault(group.key, []).append((item.urn, port))
    return found
