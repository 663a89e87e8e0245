"""Questions about very many hosts: the verdict does not depend on where the search for flows ends."""

from __future__ import annotations

import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardrails.facts.network import Network
from guardrails.network import Engine, wide
from guardrails.sets import IntervalSet
from tests.unit.guardrails.network.random_networks import networks

WIDE = ("10.0.0.0/8", "10.0.0.0/15", "internet", "vpc-a", "vpc-b")


@given(networks(), st.sampled_from(WIDE), st.sampled_from(WIDE), st.sampled_from((22, 53, 443, 8443)))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
def test_the_verdict_is_the_same(network: Network, source: str, target: str, port: int) -> None:
    ports = IntervalSet.of(port)
    whole = Engine(network).reach(source, target, ports=ports)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wide, "PAIRS", 0)
        patch.setattr(sys.modules[Engine.__module__], "ENOUGH", 1)
        part = Engine(network).reach(source, target, ports=ports)

    assert part.reachable is whole.reachable
    assert (part.blocked_by is None) == (whole.blocked_by is None)
    assert bool(part.path) == bool(whole.path)
    assert part.flows <= whole.flows
    assert part.flows == whole.flows or part.more_flows
    assert not whole.more_flows
