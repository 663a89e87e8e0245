"""Edges with an unknown end: what may be associated with or attached to an object, as far as that is open.

An unknown member of a list stands for any number of objects: a list that is unknown as a whole is one such member.
What is known elsewhere bounds it: a subnet has one route table and one ACL, a VPC one internet gateway and one virtual
private gateway, a transit gateway's attachment one table ("Amazon VPC quotas"; "Transit gateway route tables").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from guardrails.facts.network import Nacl, PrefixListRef, RouteTable, TargetKind, VpnGateway
from guardrails.facts.values import Maybe, Ref, Unknown

if TYPE_CHECKING:
    from guardrails.network.model import Model

K = TypeVar("K", RouteTable, Nacl)


class LooseEnds:
    """The unknown ends of one model's edges. Each answer names one of them, None where nothing is open."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._tables: dict[str, Unknown | None] = {}
        self._acls: dict[str, Unknown | None] = {}

    def may_be(self, ref: Maybe[Ref] | None, key: str | None) -> bool:
        """Tell whether a reference names an object or may do so."""
        return isinstance(ref, Unknown) or (ref is not None and self.model.key(ref) == key)

    # -- what holds in a subnet ---------------------------------------------------------------------------------------

    def table(self, subnet: str) -> Unknown | None:
        """Tell whether a subnet's route table may be another than the model's."""
        if not self._loose_tables or subnet in self.model.associated_tables:
            return None
        vpc = self.model.vpc_of(subnet) or ""
        if vpc not in self._tables:
            self._tables[vpc] = self._associated(self._loose_tables, vpc) or self._main(vpc)
        return self._tables[vpc]

    def edge(self, gateway: str, vpc: str) -> Unknown | None:
        """Tell whether a gateway's own route table may be another than the model's."""
        if self.model.edge_table(gateway) is not None:
            return None
        near = (table for table in self._loose_tables if self._home(table) in (None, vpc))
        return _first(ref for table in near for ref in table.gateways)

    def acl(self, subnet: str) -> Unknown | None:
        """Tell whether a subnet's network ACL may be another than the model's."""
        if not self._loose_acls or subnet in self.model.associated_acls:
            return None
        vpc = self.model.vpc_of(subnet) or ""
        if vpc not in self._acls:
            homeless = (acl.vpc for acl in self._loose_acls if acl.default)
            main = None if vpc in self.model.default_acls else _first(homeless)
            self._acls[vpc] = self._associated(self._loose_acls, vpc) or main
        return self._acls[vpc]

    def _associated(self, items: Iterable[K], vpc: str) -> Unknown | None:
        near = (one for one in items if self._home(one) in (None, vpc))
        return _first(ref for one in near for ref in one.subnets)

    def _main(self, vpc: str) -> Unknown | None:
        if vpc in self.model.main_tables:
            return None
        near = [table for table in self._loose_tables if self._home(table) in (None, vpc)]
        return _first(table.main for table in near) or _first(table.vpc for table in near if table.main is True)

    def _home(self, item: RouteTable | Nacl) -> str | None:
        """Give the VPC of a table or ACL, told by its subnets where it does not say so; None where it is open."""
        if not isinstance(item.vpc, Unknown):
            return self.model.key(item.vpc) or ""
        homes = (self.model.vpc_of(self.model.key(ref) or "") for ref in item.subnets)
        return next((home for home in homes if home is not None), None)

    @cached_property
    def _loose_tables(self) -> list[RouteTable]:
        return [
            table
            for table in self.model.network.route_tables
            if _first((table.vpc, table.main, *table.subnets, *table.gateways)) is not None
        ]

    @cached_property
    def _loose_acls(self) -> list[Nacl]:
        return [one for one in self.model.network.nacls if _first((one.vpc, *one.subnets)) is not None]

    # -- what is attached to a VPC ------------------------------------------------------------------------------------

    def internet_gateway(self, vpc: str) -> Unknown | None:
        """Tell what leaves open whether a VPC has an internet gateway, where it has none for certain."""
        network = self.model.network
        if self.model.internet_gateway_of(vpc) is not None:
            return None
        loose = _first(one.vpc for one in network.internet_gateways if not one.egress_only)
        lost = "internet_gateways" in network.incomplete
        return loose or (Unknown("internet_gateways", "the source does not hold all of these") if lost else None)

    def service(self, endpoint: str) -> Unknown | None:
        """Tell what leaves open which addresses routes lead to a gateway endpoint, where none are known to."""
        if self.model.service_addresses(endpoint):
            return None
        for table in self.model.network.route_tables:
            for route in table.routes:
                if route.kind in (TargetKind.ENDPOINT, TargetKind.UNKNOWN) and self.may_be(route.target, endpoint):
                    where = route.destination.list if isinstance(route.destination, PrefixListRef) else None
                    entries = self.model.prefix_list(where) if where is not None else route.destination
                    unknown = _first((route.target, entries))
                    if unknown is not None:
                        return unknown
        return None

    def propagating(self, table: RouteTable) -> Iterator[tuple[VpnGateway, Unknown]]:
        """Give the virtual private gateways that may propagate into a table, each with what leaves that open."""
        unknown = _first(table.propagating)
        known = {self.model.key(ref) for ref in table.propagating}
        for gateway in self.model.network.vpn_gateways if unknown is not None else ():
            if gateway.key not in known and self.may_be(gateway.vpc, self._home(table)):
                yield gateway, unknown or Unknown()


def _first(values: Iterable[object]) -> Unknown | None:
    return next((one for one in values if isinstance(one, Unknown)), None)
