"""The engine makes what no dependency holds back at once: every stack comes up and goes in any order it may choose."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.account import Account
from simulator.operations import Operations
from simulator.protection import lift_in
from simulator.quotas import set_quota
from tests.engine.topologies import ADDRESSES, ENVIRONMENTS
from tests.support.examples import EXAMPLES, example_in
from tests.support.orders import latest
from tests.support.recorder import Recording, Registration, record
from tests.support.replay import Deployment

SOME = 8
"""Objects of each stack that are held back at every run."""

STACKS = [("dev", "dev"), ("prod", "prod"), *((name, environment) for name in EXAMPLES for environment in ENVIRONMENTS)]


def recorded(name: str, environment: str) -> Recording:
    config = example_in(name, environment) if name in EXAMPLES else None
    return record(name, known=True, config=config)


def objects(recording: Recording) -> list[Registration]:
    return [item for item in recording.registrations if item.custom and item.type.startswith("aws:")]


def lives(recording: Recording) -> None:
    with TemporaryDirectory() as folder:
        operations = Operations(Account(Path(folder)))
        set_quota(operations.account, ADDRESSES)
        deployment = Deployment(recording)
        assert deployment.up(operations) == []
        lift_in(operations.account)
        assert deployment.destroy(operations) == []
        assert operations.account.all() == []


@pytest.mark.parametrize(("name", "environment"), STACKS)
def test_a_stack_comes_up_and_goes_however_late_any_object_of_it_is_made(name: str, environment: str) -> None:
    recording = recorded(name, environment)

    @settings(max_examples=SOME, deadline=None)
    @given(st.sampled_from(objects(recording)))
    def however_late(item: Registration) -> None:
        lives(latest(recording, item.urn))

    however_late()
