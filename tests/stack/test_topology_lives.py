"""The whole life of every topology in the simulated account, in development and in production, call by call.

Up, every change, destroy, and an error at any single create, of which `make sweep` tries every one. No engine runs:
`make topologies` does the same with it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.account import Account
from simulator.faults import KINDS
from simulator.operations import Operations
from simulator.protection import lift_in
from simulator.quotas import set_quota
from tests.engine.topologies import ADDRESSES, CHANGES, ENVIRONMENTS
from tests.support.examples import EXAMPLES, example_in
from tests.support.recorder import Recording, record
from tests.support.replay import Deployment
from tests.support.sweep import Trial, attempt, live

FEW = 6
"""Errors that are tried at every run; each of them is at a create of its own."""


@cache
def recorded(name: str, environment: str) -> Recording:
    return record(name, known=True, config=example_in(name, environment))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("name", EXAMPLES)
def test_a_topology_lives_through_every_change_and_goes(name: str, environment: str, tmp_path: Path) -> None:
    operations = Operations(Account(tmp_path))
    set_quota(operations.account, ADDRESSES)
    deployment = Deployment(recorded(name, environment))
    assert deployment.up(operations) == []
    assert deployment.change(recorded(name, environment), operations) == [], "nothing is to be done"
    config = example_in(name, environment)
    for change in CHANGES.values():
        change(config)
    told = deployment.change(record(name, known=True, config=config), operations)
    assert told == [], "every change at once, and nothing is replaced or deleted"
    lift_in(operations.account)
    assert deployment.destroy(operations) == []
    assert operations.account.all() == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_error_at_any_create_is_made_good_by_the_next_run(name: str, tmp_path: Path) -> None:
    life = live(name, tmp_path / "life")

    @settings(max_examples=FEW, deadline=None)
    @given(st.integers(1, life.calls["create"]), st.sampled_from(sorted(KINDS)), st.sampled_from(["before", "after"]))
    def converges(at: int, kind: str, manner: str) -> None:
        assert attempt(life, Trial(name, "create", at, manner, kind)).startswith("converged")

    converges()
