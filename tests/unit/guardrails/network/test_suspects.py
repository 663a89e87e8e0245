"""Looking up whom a host might reach leaves out nobody whom it does reach."""

from __future__ import annotations

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from guardrails.facts.network import Network
from guardrails.network import Engine
from guardrails.network.breaches import WHOLE
from guardrails.network.hosts import SILENT_KINDS
from guardrails.network.index import AddressIndex
from guardrails.network.packets import PORTS, PROTOCOLS, Packets
from guardrails.network.places import Place, Target, asked
from guardrails.network.reach import ANYTHING
from guardrails.network.suspects import Suspects
from guardrails.sets import IntervalSet
from tests.unit.guardrails.network.build_network import Build
from tests.unit.guardrails.network.random_networks import networks

SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=4).map(IntervalSet.union)
EVERYTHING = Packets.of(WHOLE, PROTOCOLS, PORTS, PORTS)


@given(st.lists(SPANS, max_size=12), SPANS)
def test_an_index_gives_exactly_the_sets_that_meet(sets: list[IntervalSet], wanted: IntervalSet) -> None:
    meeting = [position for position, one in enumerate(sets) if not one.isdisjoint(wanted)]
    assert AddressIndex(sets).meeting(wanted) == meeting


@given(networks())
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
def test_who_can_be_reached_is_suspect(network: Network) -> None:
    engine = Engine(network)
    hosts = [host for host in engine.model.hosts if host.owner_kind not in SILENT_KINDS]
    suspects = Suspects(engine, {"all": hosts})
    for start in hosts:
        source = Place(start.id, (Target(start, asked(start)),))
        listed = suspects.of(source, "all", EVERYTHING)
        for end in hosts:
            goal = Place(end.id, (Target(end, asked(end)),))
            for may in (False, True):
                found = engine.run(source, goal, ANYTHING, may=may).found
                note(f"{start.id} to {end.id}, open={may}: {bool(found)}")
                assert not found or (end in listed and suspects.may_meet(start, end, EVERYTHING, may=may))


def test_a_host_that_lets_only_the_translator_in_is_suspect() -> None:
    build = Build().vpc("vpc-a", "10.0.0.0/16").nat("nat-1", "middle", "10.0.3.5")
    for name, third in (("desk", 1), ("middle", 3), ("data", 4)):
        build.subnet(name, "vpc-a", f"10.0.{third}.0/24")
    build.group("sg-desk", "vpc-a", "out tcp 5432 10.0.4.0/24").group("sg-data", "vpc-a", "in tcp 5432 10.0.3.5/32")
    build.host("host-desk", "desk", "10.0.1.9", groups=("sg-desk",))
    build.host("host-data", "data", "10.0.4.9", groups=("sg-data",))
    build.table("rtb-desk", "vpc-a", "10.0.4.0/24 > nat-1", subnets=("desk",))
    engine = Engine(build.network())
    desk, data = (engine.model.host_of[key] for key in ("host-desk", "host-data"))
    assert engine.reach("host-desk", "host-data", ports=IntervalSet.of(5432)).reachable
    suspects = Suspects(engine, {"data": [data]})
    assert suspects.of(Place("desk", (Target(desk, asked(desk)),)), "data", EVERYTHING) == [data]
    assert suspects.may_meet(desk, data, EVERYTHING, may=False)


def test_two_hosts_that_meet_by_public_addresses_are_suspect() -> None:
    build = Build().vpc("vpc-a", "10.0.0.0/16").igw("igw-1", "vpc-a")
    build.subnet("edge", "vpc-a", "10.0.1.0/24").subnet("site", "vpc-a", "10.0.2.0/24")
    build.group("sg-edge", "vpc-a", "out tcp 443 203.0.113.2/32").group("sg-site", "vpc-a", "in tcp 443 203.0.113.1/32")
    build.host("host-edge", "edge", "10.0.1.9", groups=("sg-edge",), publics=("203.0.113.1",))
    build.host("host-site", "site", "10.0.2.9", groups=("sg-site",), publics=("203.0.113.2",))
    build.table("rtb-out", "vpc-a", "0.0.0.0/0 > igw-1", subnets=("edge", "site"))
    engine = Engine(build.network())
    edge, site = (engine.model.host_of[key] for key in ("host-edge", "host-site"))
    assert engine.reach("host-edge", "203.0.113.2", ports=IntervalSet.of(443)).reachable
    suspects = Suspects(engine, {"site": [site]})
    assert suspects.of(Place("edge", (Target(edge, asked(edge)),)), "site", EVERYTHING) == [site]
