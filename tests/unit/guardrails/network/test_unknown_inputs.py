"""An input that becomes unknown leaves an answer as it was or open, and never turns it round."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from guardrails.facts.network import Network
from guardrails.facts.values import Unknown
from guardrails.network import Engine, PlaceError
from tests.unit.guardrails.network.random_networks import Question, networks, questions
from tests.unit.guardrails.network.test_against_oracle import by_engine

INPUTS: tuple[tuple[str, str, str], ...] = (
    *(("route_tables", "routes", member) for member in ("destination", "target", "blackhole")),
    *(("groups", "rules", member) for member in ("protocol", "ports", "peer")),
    *(("nacls", "entries", member) for member in ("number", "allow", "protocol", "cidr", "ports")),
    *(("transit_tables", "routes", member) for member in ("destination", "target", "blackhole")),
    *(("load_balancers", "listeners", member) for member in ("protocol", "port")),
    *(("interfaces", "", member) for member in ("groups", "subnet", "source_dest_check")),
    *(("nat_gateways", "", member) for member in ("subnet", "public")),
    *(("transit_attachments", "", member) for member in ("appliance_mode",)),
    *(("target_groups", "", member) for member in ("preserve_client_ip", "protocol")),
    ("groups", "", "complete"),
    ("nacls", "", "complete"),
    ("peerings", "", "active"),
    ("vpcs", "", "block_public_access"),
    ("internet_gateways", "", "vpc"),
)
"""Field of the network, list within the object (empty for the object itself), and the member that becomes unknown."""


@st.composite
def with_one_unknown(draw: st.DrawFn, network: Network) -> Network:
    """Give the network with one input unknown; itself where it has no such object."""
    field, inner, member = draw(st.sampled_from(INPUTS))
    items: list[Any] = list(getattr(network, field))
    items = [one for one in items if not inner or getattr(one, inner)]
    if not items:
        return network
    item = draw(st.sampled_from(items))
    unknown = Unknown(f"{item.key}.{inner}.{member}")
    note(f"unknown: {unknown.what}")
    if inner:
        parts = list(getattr(item, inner))
        at = draw(st.integers(0, len(parts) - 1))
        parts[at] = replace(parts[at], **{member: unknown})
        changed = replace(item, **{inner: tuple(parts)})
    else:
        changed = replace(item, **{member: unknown})
    whole = tuple(changed if one is item else one for one in getattr(network, field))
    return replace(network, **{field: whole})


@given(st.data(), networks(balancers=True), st.lists(questions(), min_size=1, max_size=6), st.booleans())
@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
def test_what_becomes_unknown_never_turns_an_answer(
    data: st.DataObject, network: Network, asked: list[Question], one_way: bool
) -> None:
    known, vague = Engine(network), Engine(data.draw(with_one_unknown(network)))
    for question in asked:
        try:
            before, after = (by_engine(engine, question, one_way=one_way) for engine in (known, vague))
        except PlaceError:
            continue
        note(f"{question} one_way={one_way} before={before} after={after}")
        assert after in {None, before}
