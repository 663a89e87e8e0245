"""Whatever single call of a deployment fails, and however: the next run leads to what a run without faults leads to."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from simulator.account import Account
from simulator.faults import KINDS, Fault, FaultPlan
from simulator.operations import Operations
from simulator.protection import lift_in
from tests.support.recorder import Recording, record
from tests.support.replay import Deployment

STACKS = ("dev", "prod")
Contents = Counter[tuple[str, str]]


@pytest.fixture(scope="module")
def recordings() -> dict[str, Recording]:
    """Both stacks of the program, recorded once."""
    return {stack: record(stack, known=True) for stack in STACKS}


@pytest.fixture(scope="module")
def wanted(recordings: dict[str, Recording]) -> dict[str, Contents]:
    """What a deployment without faults leads to, by stack."""
    found: dict[str, Contents] = {}
    for stack, recording in recordings.items():
        with TemporaryDirectory() as folder:
            operations = Operations(Account(Path(folder)))
            assert Deployment(recording).up(operations) == []
            found[stack] = contents(operations)
    return found


def contents(operations: Operations) -> Contents:
    """What is in an account, AWS's own objects too; ids differ where a create was tried twice, so names tell."""
    named = (
        (item.token, str(item.inputs.get("name") or item.inputs.get("bucket"))) for item in operations.account.all()
    )
    return Counter(named)


def test_a_stack_is_deployed_and_deleted_without_faults(recordings: dict[str, Recording], tmp_path: Path) -> None:
    for stack, recording in recordings.items():
        operations = Operations(Account(tmp_path / stack))
        deployment = Deployment(recording)
        assert deployment.up(operations) == []
        assert deployment.up(operations) == []
        assert deployment.refresh(operations) == []
        lift_in(operations.account)
        assert deployment.destroy(operations) == []
        assert operations.account.all() == []


def test_stacks_and_developers_deploy_at_once_without_meeting(
    recordings: dict[str, Recording], wanted: dict[str, Contents], tmp_path: Path
) -> None:
    accounts = {name: Operations(Account(tmp_path / name)) for name in ("dev", "prod", "dev-of-another")}
    deployments = {name: Deployment(recordings[name.partition("-")[0]]) for name in accounts}
    with ThreadPoolExecutor() as pool:
        failed = list(pool.map(lambda name: deployments[name].up(accounts[name]), accounts))
    assert failed == [[], [], []]
    for name, operations in accounts.items():
        assert contents(operations) == wanted[name.partition("-")[0]]
    lift_in(accounts["dev"].account)
    assert deployments["dev"].destroy(accounts["dev"]) == []
    assert contents(accounts["dev-of-another"]) == wanted["dev"]


@pytest.mark.parametrize("stack", STACKS)
def test_every_create_may_fail_once(
    recordings: dict[str, Recording], wanted: dict[str, Contents], stack: str, tmp_path: Path
) -> None:
    """Each run fails wherever it comes to an object for the first time: a few runs try the error at every create."""
    operations = Operations(Account(tmp_path), FaultPlan(fail_each_create_once=True))
    deployment = Deployment(recordings[stack])
    failed = 0
    while failures := deployment.up(operations):
        assert all("simulated fault at create " in failure for failure in failures)
        failed += len(failures)
    assert failed == len(deployment.state), "each create failed exactly once"
    assert contents(operations) == wanted[stack]


FAULTS = st.builds(
    Fault, on=st.just("create"), at=st.integers(1, 240), kind=st.sampled_from(sorted(KINDS)), after_effect=st.booleans()
)
SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SLOW
@given(stack=st.sampled_from(STACKS), fault=FAULTS)
def test_a_fault_at_any_create_is_made_good(
    recordings: dict[str, Recording], wanted: dict[str, Contents], stack: str, fault: Fault
) -> None:
    with TemporaryDirectory() as folder:
        deployment = Deployment(recordings[stack])
        account = Account(Path(folder))
        failed = deployment.up(Operations(account, FaultPlan(faults=(fault,))))
        # What names no dependency may be refused after it: a route that must match a subnet, when the subnet failed.
        assert f"simulated fault at create {fault.at} " in failed[0]
        again = Operations(account)
        adopted = deployment.adopt(again)
        event(f"{fault.kind}, {'answer lost' if fault.after_effect else 'nothing done'}: {len(adopted)} adopted")
        assert len(adopted) == int(fault.after_effect)
        assert deployment.up(again) == []
        assert contents(again) == wanted[stack]
        lift_in(again.account)
        assert deployment.destroy(again) == []
        assert again.account.all() == []


@SLOW
@given(stack=st.sampled_from(STACKS), at=st.integers(1, 240), late=st.booleans(), kind=st.sampled_from(sorted(KINDS)))
def test_a_fault_at_any_delete_is_made_good(
    recordings: dict[str, Recording], stack: str, at: int, late: bool, kind: str
) -> None:
    with TemporaryDirectory() as folder:
        account = Account(Path(folder))
        operations = Operations(account, FaultPlan(faults=(Fault("delete", at, kind, late),)))
        deployment = Deployment(recordings[stack])
        assert deployment.up(operations) == []
        lift_in(operations.account)
        failed = deployment.destroy(operations)
        assert f"simulated fault at delete {at} " in failed[0]
        assert deployment.destroy(operations) == []
        assert account.all() == []


@SLOW
@given(stack=st.sampled_from(STACKS), at=st.integers(1, 240), kind=st.sampled_from(sorted(KINDS)))
def test_a_fault_at_any_read_loses_nothing_of_the_state(
    recordings: dict[str, Recording], stack: str, at: int, kind: str
) -> None:
    with TemporaryDirectory() as folder:
        operations = Operations(Account(Path(folder)), FaultPlan(faults=(Fault("read", at, kind),)))
        deployment = Deployment(recordings[stack])
        assert deployment.up(operations) == []
        before = dict(deployment.state)
        assert len(deployment.refresh(operations)) == 1
        assert deployment.refresh(operations) == []
        assert deployment.state == before
