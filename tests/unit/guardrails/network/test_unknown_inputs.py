"""An input that becomes unknown leaves an answer as it was or open, and never turns it round."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from guardrails.facts.network import Network, PrefixList
from guardrails.facts.values import Origin, Unknown
from guardrails.network import Engine, PlaceError, reach
from guardrails.sets import IntervalSet
from tests.unit.guardrails.network.build_network import Build, net, two_subnets
from tests.unit.guardrails.network.random_networks import Question, networks, questions
from tests.unit.guardrails.network.test_against_oracle import by_engine
from tests.unit.guardrails.network.weaken import Weaker, weakened

_OWN_PART = re.compile(r"^[^.]*?([-#]?[a-z]?\d*)\.|\[\d+\]")
"""What tells one object of a kind, or one member of a list, from another in the name of an input."""


@st.composite
def with_one_unknown(draw: st.DrawFn, network: Network) -> Network:
    """Give the network with one input unknown, each kind of input as likely as any other."""
    kinds: dict[str, list[Weaker]] = {}
    for weaker in weakened(network):
        kinds.setdefault(_OWN_PART.sub("", weaker.what), []).append(weaker)
    chosen = draw(st.sampled_from(kinds[draw(st.sampled_from(sorted(kinds)))]))
    note(f"unknown: {chosen.what}")
    return chosen.make()


@given(st.data(), networks(balancers=True), st.lists(questions(), min_size=1, max_size=6), st.booleans())
@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
def test_what_becomes_unknown_never_turns_an_answer(
    data: st.DataObject, network: Network, asked: list[Question], one_way: bool
) -> None:
    known = Engine(network)
    vague = [Engine(data.draw(with_one_unknown(network))) for _ in range(2)]
    for question in asked:
        for engine in vague:
            try:
                before, after = (by_engine(one, question, one_way=one_way) for one in (known, engine))
            except PlaceError:
                continue
            note(f"{question} one_way={one_way} before={before} after={after}")
            assert after in {None, before}


def test_a_host_of_which_the_address_is_not_known_may_have_no_ipv6_address() -> None:
    """Its subnet has IPv6 addresses; whether it was given one is not known."""
    build = (
        Build()
        .vpc("vpc-a", "10.0.0.0/16", "2600:1f14:1::/56")
        .subnet("subnet-1", "vpc-a", "10.0.1.0/24", "2600:1f14:1:1::/64")
        .open_group()
        .igw("igw-a", "vpc-a")
        .table("rtb-a", "vpc-a", "::/0 > igw-a", main=True)
        .host("eni-1", "subnet-1")
    )
    https = IntervalSet.of(443)
    assert reach(build.network(), "internet", "eni-1", ports=https).reachable is None
    assert reach(build.network(), "eni-1", "internet", ports=https).reachable is None


def test_a_prefix_list_of_which_an_entry_is_not_known_may_be_reached() -> None:
    build = two_subnets().table("rtb", "vpc-a", "10.9.0.0/16 > blackhole", main=True)
    for key, entries in (("pl-1", None), ("pl-2", (net("10.9.0.0/16"), Unknown("pl-2.entries"))), ("pl-3", ())):
        build.add("prefix_lists", PrefixList(key=key, id=key, origin=Origin(key), entries=entries))
    found = [reach(build.network(), "eni-1", f"pl-{number}").reachable for number in (1, 2, 3)]
    assert found == [None, None, False]


@pytest.mark.parametrize(("kind", "field"), [("load-balancer", "load_balancers"), ("vpc-endpoint", "endpoints")])
def test_what_listens_at_an_interface_is_open_where_its_owner_was_lost(kind: str, field: str) -> None:
    build = two_subnets().host("eni-3", "subnet-2", "10.0.2.30", owner="lost", owner_kind=kind)
    assert reach(build.network(), "eni-1", "eni-3").reachable is True
    assert reach(build.network(incomplete=(field,)), "eni-1", "eni-3").reachable is None
