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
