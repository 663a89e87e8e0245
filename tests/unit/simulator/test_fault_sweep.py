"""Whatever single call of a stack's life fails, and however: the next run leads to what one without faults leads to."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from simulator.account import Account
from simulator.faults import KINDS, FaultPlan
from simulator.operations import Operations
from simulator.protection import lift_in
from tests.support.replay import Deployment
from tests.support.sweep import MANNERS, STACKS, Life, Trial, attempt, live, recordings

Contents = Counter[tuple[str, str]]


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Life]:
    """Both stacks of the program, each after a life without faults."""
    return {stack: live(stack, tmp_path_factory.mktemp(stack)) for stack in STACKS}


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Contents]:
    """What a deployment without faults leads to, by stack."""
    found: dict[str, Contents] = {}
    for stack in STACKS:
        operations = Operations(Account(tmp_path_factory.mktemp(stack)))
        assert Deployment(recordings(stack)[0]).up(operations) == []
        found[stack] = contents(operations)
    return found


def contents(operations: Operations) -> Contents:
    """What is in an account, AWS's own objects too; ids differ where a create was tried twice, so names tell."""
    named = (
        (item.token, str(item.inputs.get("name") or item.inputs.get("bucket"))) for item in operations.account.all()
    )
    return Counter(named)


def test_a_stack_is_deployed_and_deleted_without_faults(tmp_path: Path) -> None:
    for stack in STACKS:
        operations = Operations(Account(tmp_path / stack))
        deployment = Deployment(recordings(stack)[0])
        assert deployment.up(operations) == []
        assert deployment.up(operations) == []
        assert deployment.refresh(operations) == []
        lift_in(operations.account)
        assert deployment.destroy(operations) == []
        assert operations.account.all() == []


def test_stacks_and_developers_deploy_at_once_without_meeting(wanted: dict[str, Contents], tmp_path: Path) -> None:
    accounts = {name: Operations(Account(tmp_path / name)) for name in ("dev", "prod", "dev-of-another")}
    deployments = {name: Deployment(recordings(name.partition("-")[0])[0]) for name in accounts}
    with ThreadPoolExecutor() as pool:
        failed = list(pool.map(lambda name: deployments[name].up(accounts[name]), accounts))
    assert failed == [[], [], []]
    for name, operations in accounts.items():
        assert contents(operations) == wanted[name.partition("-")[0]]
    lift_in(accounts["dev"].account)
    assert deployments["dev"].destroy(accounts["dev"]) == []
    assert contents(accounts["dev-of-another"]) == wanted["dev"]


@pytest.mark.parametrize("stack", STACKS)
def test_every_create_may_fail_once(wanted: dict[str, Contents], stack: str, tmp_path: Path) -> None:
    """Each run fails wherever it comes to an object for the first time: a few runs try the error at every create."""
    operations = Operations(Account(tmp_path), FaultPlan(fail_each_create_once=True))
    deployment = Deployment(recordings(stack)[0])
    failed = 0
    while failures := deployment.up(operations):
        assert all("simulated fault at create " in failure for failure in failures)
        failed += len(failures)
    assert failed == len(deployment.state), "each create failed exactly once"
    assert contents(operations) == wanted[stack]


CALLS = st.sampled_from([(on, manner) for on, manners in MANNERS.items() for manner in manners])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(STACKS), CALLS, st.integers(0, 10**6), st.sampled_from(sorted(KINDS)))
def test_a_fault_at_any_call_is_made_good(
    lives: dict[str, Life], stack: str, call: tuple[str, str], number: int, kind: str
) -> None:
    """`make sweep` tries every call of both stacks in every manner, and prints what came of it."""
    on, manner = call
    outcome = attempt(lives[stack], Trial(stack, on, 1 + number % lives[stack].calls[on], manner, kind))
    event(f"{on}, {manner}: {outcome}")
    assert outcome.startswith("converged"), outcome


@pytest.mark.parametrize(("manner", "adopted"), [("before", 0), ("after", 1), ("killed after", 1), ("cut", 1)])
def test_what_was_made_and_whose_answer_was_lost_is_adopted_and_never_made_twice(
    lives: dict[str, Life], manner: str, adopted: int
) -> None:
    told = f"converged, {adopted} adopted" if adopted else "converged"
    assert attempt(lives["dev"], Trial("dev", "create", 40, manner)) == told
