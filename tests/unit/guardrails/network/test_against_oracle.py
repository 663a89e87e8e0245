"""The engine agrees with a packet walker that shares nothing with it, on random networks of every gateway kind."""

from __future__ import annotations

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from guardrails.facts.network import Network
from guardrails.network import Engine, PlaceError
from guardrails.sets import IntervalSet
from tests.unit.guardrails.network.packet_oracle import Oracle, Packet, at
from tests.unit.guardrails.network.random_networks import Question, networks, questions


def by_engine(engine: Engine, question: Question, *, one_way: bool) -> bool | None:
    # Destination addresses as written; a source host is named, and its IPv6 address where that is meant.
    source = question.source_address
    return engine.reach(
        source,
        question.address,
        protocol=str(question.protocol),
        ports=IntervalSet.of(question.port),
        source_ports=IntervalSet.of(question.sport),
        one_way=one_way,
    ).reachable


def by_oracle(oracle: Oracle, question: Question, *, one_way: bool) -> bool:
    sport, port = (question.sport, question.port) if question.protocol in {1, 6, 17, 58} else (0, 0)
    packet = Packet(at(question.source_address), at(question.address), question.protocol, sport, port)
    mapped = {address for interface in oracle.n.interfaces for address in interface.public_addresses}
    strange = question.address.startswith("203.0.113.") and packet.target not in mapped
    goals = (question.goal, "internet") if question.goal == "vpce-s3" or strange else (question.goal,)
    return any(oracle.works(question.source, packet, goal, one_way=one_way) for goal in goals)


@given(networks(balancers=True), st.lists(questions(), min_size=1, max_size=8), st.booleans())
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
def test_engine_and_packet_walker_agree(network: Network, asked: list[Question], one_way: bool) -> None:
    engine, oracle = Engine(network), Oracle(network)
    for question in asked:
        try:
            answer = by_engine(engine, question, one_way=one_way)
        except PlaceError:
            continue
        note(f"{question} one_way={one_way} engine={answer}")
        assert answer is by_oracle(oracle, question, one_way=one_way)
