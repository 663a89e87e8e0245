"""The whole life of every topology in the simulated account, in development and in production, call by call.

Up, every change, destroy, and an error at any single create. No engine runs: `make topologies` does the same with it.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.account import Account
from simulator.faults import KINDS, Fault, FaultPlan
from simulator.operations import Operations
from simulator.protection import lift_in
from simulator.quotas import set_quota
from tests.engine.topologies import ADDRESSES, CHANGES, ENVIRONMENTS
from tests.support.examples import EXAMPLES, example_in
from tests.support.recorder import Recording, record
from tests.support.replay import Deployment

FEW = 6
"""Errors that are tried at every run; each of them is at a create of its own."""


@cache
def recorded(name: str, environment: str) -> Recording:
    return record(name, known=True, config=example_in(name, environment))


def contents(operations: Operations) -> Counter[str]:
    return Counter(item.token for item in operations.account.all())


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
def test_an_error_at_any_create_is_made_good_by_the_next_run(name: str) -> None:
    recording = recorded(name, "dev")
    with TemporaryDirectory() as folder:
        operations = Operations(Account(Path(folder)))
        deployment = Deployment(recording)
        assert deployment.up(operations) == []
        wanted, creates = contents(operations), len(deployment.state)

    @settings(max_examples=FEW, deadline=None)
    @given(st.integers(1, creates), st.sampled_from(sorted(KINDS)))
    def converges(at: int, kind: str) -> None:
        with TemporaryDirectory() as folder:
            account = Account(Path(folder))
            deployment = Deployment(recording)
            failed = deployment.up(Operations(account, FaultPlan(faults=(Fault("create", at, kind, False),))))
            assert len(failed) == 1
            again = Operations(account)
            assert deployment.up(again) == []
            assert contents(again) == wanted

    converges()
