"""The endpoints of AWS Network Firewall: one in each AZ, and which of them a route leads to.

Once a firewall exists, its statuses tell the id of the endpoint in each subnet, and a route names one of them. Before,
a route's edge tells whose endpoint it leads to and not which. What AWS' documentation prescribes is taken then, and the
ids decide at the next check: a route to a subnet of the VPC leads to the endpoint of that subnet's AZ, every other one
to the endpoint of the AZ that its table serves. Where that names no single endpoint, the target is unknown.

Source: https://docs.aws.amazon.com/network-firewall/latest/developerguide/arch-two-zone-igw.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from guardrails.facts.from_pulumi.network.common import Build, identity
from guardrails.facts.network import Endpoint, EndpointKind, Route, RouteTable, Subnet
from guardrails.facts.roles import Role
from guardrails.facts.values import Maybe, Ref, Unknown

if TYPE_CHECKING:
    from guardrails.facts.resource import Resource

FIREWALL = "networkfirewall.Firewall"
_ENDING = "#endpoint-"


def firewall_endpoints(build: Build) -> tuple[Endpoint, ...]:
    """Read every firewall as one endpoint for each of its subnets; a firewall with one subnet keeps its own key."""
    return tuple(endpoint for item in build.of(FIREWALL) for endpoint in _endpoints(build, item))


def _endpoints(build: Build, item: Resource) -> Iterator[Endpoint]:
    subnets, ids = _subnets(build, item), _ids(build, item)
    for index, subnet in enumerate(subnets or (None,)):
        known = ids.get(subnet.key or "") if isinstance(subnet, Ref) else None
        whole = identity(item, f"{_ENDING}{index}" if len(subnets) > 1 else "")
        if known is not None:
            whole["id"] = known
        yield Endpoint(
            **whole,
            kind=EndpointKind.FIREWALL,
            service="network-firewall",
            vpc=build.ref(item, "vpcId", Role.VPC),
            subnets=() if subnet is None else (subnet,),
        )


def _subnets(build: Build, item: Resource) -> tuple[Maybe[Ref], ...]:
    listed = item.items("subnetMappings")
    if isinstance(listed, Unknown):
        return (listed,)
    found = tuple(build.ref(item, f"subnetMappings.{index}.subnetId", Role.SUBNET) for index in range(len(listed)))
    if not any(isinstance(one, Unknown) for one in found):
        return found
    edges = (item.edges or {}).get("subnetMappings", ())
    known = [urn for urn in edges if urn in build.facts.by_urn and build.facts.by_urn[urn].kind == "ec2.Subnet"]
    # As many subnets as mappings: which mapping names which does not matter.
    return tuple(Ref(urn) for urn in known) if len(known) == len(listed) else found


def _ids(build: Build, item: Resource) -> dict[str, str]:
    """The endpoint's id in each subnet, by the subnet's key, as far as the firewall's statuses tell."""
    found: dict[str, str] = {}
    for path in _paths(item, "firewallStatuses", ("syncStates", "attachments")):
        endpoint, subnet = item.get(f"{path}.endpointId"), item.get(f"{path}.subnetId")
        if isinstance(endpoint, str) and isinstance(subnet, str):
            found[build.facts.lookup(subnet, Role.SUBNET).key or subnet] = endpoint
    return found


def _paths(item: Resource, path: str, deeper: Sequence[str]) -> Iterator[str]:
    listed = item.items(path)
    for index in range(0 if isinstance(listed, Unknown) else len(listed)):
        if deeper:
            yield from _paths(item, f"{path}.{index}.{deeper[0]}", deeper[1:])
        else:
            yield f"{path}.{index}"


# -- routes -----------------------------------------------------------------------------------------------------------


def leading_to_zones(
    tables: tuple[RouteTable, ...], endpoints: Iterable[Endpoint], subnets: Iterable[Subnet]
) -> tuple[RouteTable, ...]:
    """Lead every route to a firewall with several endpoints to one of them."""
    firewalls: dict[str, list[Endpoint]] = {}
    for endpoint in endpoints:
        if _ENDING in endpoint.key:
            firewalls.setdefault(endpoint.origin.subject, []).append(endpoint)
    if not firewalls:
        return tables
    zones = _Zones(subnets)
    return tuple(_led(table, firewalls, zones) for table in tables)


class _Zones:
    """The AZ of every subnet, by id, or by name where the source gives that alone."""

    def __init__(self, subnets: Iterable[Subnet]) -> None:
        self._by_key: dict[str, str | None] = {}
        self._by_block: dict[tuple[object, object], str | None] = {}
        for subnet in subnets:
            told = [one for one in (subnet.zone_id, subnet.zone) if isinstance(one, str) and one]
            self._by_key[subnet.key] = zone = told[0] if told else None
            self._by_block |= {(subnet.vpc, block): zone for block in subnet.cidrs}

    def of_endpoint(self, endpoint: Endpoint) -> str | None:
        """The AZ that an endpoint serves."""
        subnet = endpoint.subnets[0] if endpoint.subnets else None
        return self._by_key.get(subnet.key or "") if isinstance(subnet, Ref) else None

    def of_route(self, route: Route, table: RouteTable) -> str | None:
        """The one AZ that a route is for."""
        block = (table.vpc, route.destination)
        if block in self._by_block:
            return self._by_block[block]
        served = {self._by_key.get(ref.key or "") if isinstance(ref, Ref) else None for ref in table.subnets}
        return served.pop() if len(served) == 1 else None


def _led(table: RouteTable, firewalls: Mapping[str, list[Endpoint]], zones: _Zones) -> RouteTable:
    routes: list[Route] = []
    for route in table.routes:
        target = route.target
        offered = firewalls.get(target.key or "", []) if isinstance(target, Ref) else []
        routes.append(replace(route, target=_chosen(route, offered, table, zones)) if offered else route)
    return replace(table, routes=tuple(routes))


def _chosen(route: Route, offered: list[Endpoint], table: RouteTable, zones: _Zones) -> Maybe[Ref]:
    what, named = (
        f"{route.origin.subject}.vpcEndpointId",
        route.target.literal if isinstance(route.target, Ref) else None,
    )
    if named is not None:
        found = [endpoint for endpoint in offered if endpoint.id == named]
        why = f"which subnet the firewall's endpoint {named} is in is not known"
    else:
        zone = zones.of_route(route, table)
        found = [endpoint for endpoint in offered if zone is not None and zones.of_endpoint(endpoint) == zone]
        why = "to which AZ's endpoint of the firewall it leads cannot be told"
    return Ref(found[0].key, named) if len(found) == 1 else Unknown(what, why)
