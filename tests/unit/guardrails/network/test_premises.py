"""Direct Connect: what virtual interfaces bring, what associations announce, and ends that are not known.

"Allowed prefixes interactions" and "Direct Connect gateways", Direct Connect User Guide:
https://docs.aws.amazon.com/directconnect/latest/UserGuide/allowed-to-prefixes.html
"""

from __future__ import annotations

from typing import Any

import pytest

from guardrails.facts.values import Unknown
from guardrails.network import reach
from guardrails.network.answer import Answer
from guardrails.sets import IntervalSet
from tests.unit.guardrails.network.build_network import Build

HTTPS = IntervalSet.of(443)
HOME = "192.168.1.1"
LOST = Unknown("vif-1.gateway", "not given")


def asked(build: Build, source: str, destination: str, **more: Any) -> Answer:
    return reach(build.network(), source, destination, ports=HTTPS, **more)


def office() -> Build:
    """A VPC whose main table sends the office's addresses to its virtual private gateway."""
    return (
        Build()
        .vpc("vpc-a", "10.0.0.0/16")
        .subnet("subnet-1", "vpc-a", "10.0.1.0/24")
        .open_group()
        .host("eni-1", "subnet-1", "10.0.1.10")
        .vgw("vgw-a", "vpc-a")
        .table("rtb-a", "vpc-a", "192.168.0.0/16 > vgw-a", main=True)
    )


def hub(*learned: Any, gateway: str | Unknown = "dx-1", allowed: Any = ("10.0.0.0/16",)) -> Build:
    """A VPC behind a transit gateway that a Direct Connect gateway is attached to and propagates into."""
    return (
        Build()
        .vpc("vpc-a", "10.0.0.0/16")
        .subnet("subnet-1", "vpc-a", "10.0.1.0/24")
        .open_group()
        .host("eni-1", "subnet-1", "10.0.1.10")
        .tgw("tgw-1")
        .attachment("att-a", "tgw-1", "vpc-a", "subnet-1")
        .attachment("att-d", "tgw-1", "dx-1", kind="direct-connect-gateway")
        .dx("dx-1", ("tgw-1", allowed))
        .vif("vif-1", gateway, *learned)
        .table("rtb-a", "vpc-a", "0.0.0.0/0 > tgw-1", main=True)
        .transit_table("t-1", "tgw-1", associated=("att-a", "att-d"), propagated=("att-a", "att-d"))
    )


def test_a_virtual_interface_on_the_gateway_itself_leads_to_what_it_learns() -> None:
    build = office().vif("vif-1", "vgw-a", "192.168.1.0/24")
    assert asked(build, "eni-1", HOME).reachable is True
    assert asked(build, HOME, "eni-1").reachable is True
    assert asked(build, "eni-1", "192.168.2.1").reachable is False


def test_an_association_announces_those_blocks_of_a_vpc_that_a_prefix_holds_whole() -> None:
    for allowed, works in ((("10.0.0.0/8",), True), ((), True), (("10.0.1.0/24",), False)):
        build = office().dx("dx-1", ("vgw-a", allowed)).vif("vif-1", "dx-1", "192.168.1.0/24")
        assert asked(build, HOME, "eni-1").reachable is works
        assert asked(build, "eni-1", HOME, one_way=True).reachable is True


def test_an_interface_of_which_the_gateway_is_not_known_may_be_the_way() -> None:
    """A trial took the interface for nobody's, and answered no."""
    build = office().dx("dx-1", ("vgw-a", ("10.0.0.0/16",))).vif("vif-1", LOST, "192.168.1.0/24")
    for pair in (("eni-1", HOME), (HOME, "eni-1")):
        answer = asked(build, *pair)
        assert answer.reachable is None
        assert LOST in answer.unknowns


def test_an_association_of_which_the_gateway_is_not_known_may_be_the_way() -> None:
    lost = Unknown("dx-1.associations", "not given")
    build = office().dx("dx-1", (lost, ("10.0.0.0/16",))).vif("vif-1", "dx-1", "192.168.1.0/24")
    assert asked(build, "eni-1", HOME).unknowns == (lost,)
    assert asked(build, HOME, "eni-1").unknowns == (lost,)


def test_a_line_that_is_known_counts_beside_one_that_is_not() -> None:
    build = office().vif("vif-1", LOST, "192.168.2.0/24").vif("vif-2", "vgw-a", "192.168.1.0/24")
    assert asked(build, "eni-1", HOME).reachable is True
    assert asked(build, HOME, "eni-1").reachable is True
    assert asked(build, "eni-1", "192.168.2.1").reachable is None


def test_a_gateway_without_any_line_leads_nowhere() -> None:
    assert asked(office(), "eni-1", HOME).reachable is False
    assert asked(office().dx("dx-1", ("vgw-a", ())), "eni-1", HOME).reachable is False


@pytest.mark.parametrize(
    ("propagating", "works"), [((), False), (("vgw-a",), True), ((Unknown("rtb-a.propagating"),), None)]
)
def test_a_table_has_what_its_gateway_learns_only_where_it_propagates(
    propagating: tuple[str | Unknown, ...], *, works: bool | None
) -> None:
    build = office().vif("vif-1", "vgw-a", "192.168.1.0/24")
    del build.parts["route_tables"]
    build.table("rtb-a", "vpc-a", main=True, propagating=propagating)
    assert asked(build, "eni-1", HOME).reachable is works


def test_a_transit_gateway_has_the_routes_that_a_direct_connect_gateway_learns() -> None:
    """A trial answered that routes learned by BGP are not known, though the interface's were."""
    build = hub("192.168.1.0/24")
    assert asked(build, "eni-1", HOME).reachable is True
    assert asked(build, HOME, "eni-1").reachable is True
    assert asked(build, "eni-1", "192.168.2.1").reachable is False
    assert asked(hub(), "eni-1", HOME).reachable is False


def test_a_transit_gateway_is_announced_by_the_allowed_prefixes_as_they_are() -> None:
    assert asked(hub("192.168.1.0/24", allowed=("10.0.0.0/8",)), HOME, "eni-1").reachable is True
    assert asked(hub("192.168.1.0/24", allowed=("10.0.1.0/24",)), HOME, "eni-1").reachable is True
    assert asked(hub("192.168.1.0/24", allowed=("10.9.0.0/16",)), HOME, "eni-1").reachable is False


def test_what_is_not_known_of_a_direct_connect_gateway_leaves_its_transit_gateways_routes_open() -> None:
    for build in (hub("192.168.1.0/24", gateway=LOST), hub(Unknown("routes"))):
        assert asked(build, "eni-1", HOME).reachable is None
        assert asked(build, HOME, "eni-1").reachable is None


def test_an_unknown_propagation_may_be_any_attachments() -> None:
    lost = Unknown("t-1.propagations", "could not all be read")
    build = hub("192.168.1.0/24")
    del build.parts["transit_tables"]
    build.transit_table("t-1", "tgw-1", associated=("att-a", "att-d"), propagated=("att-a", lost))
    assert asked(build, "eni-1", HOME).reachable is None
    assert lost in asked(build, "eni-1", HOME).unknowns
