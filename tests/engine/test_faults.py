"""`make faults`: single calls of a stack's life fail, and the table tells whether the next run made it good."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tools.engine.errors import LauncherError
from tools.engine.faults import Manner, Tries, Try, sweep
from tools.engine.workspace import Workspace

MANNERS = [
    (Manner("create", "kill", after_effect=True), 5, []),
    (Manner("update", "timeout", after_effect=True), 4, ["network:owner=others"]),
    (Manner("delete", "throttling"), 5, []),
]
"""What fails how, how many such calls the network has, and what an update changes."""


@pytest.fixture
def network(open_stack: Callable[..., Workspace]) -> Workspace:
    return replace(open_stack("network"), apis=False)


@pytest.mark.parametrize(("manner", "calls", "settings"), MANNERS, ids=lambda value: str(value)[:20])
def test_a_call_fails_and_the_next_run_makes_it_good(
    network: Workspace, manner: Manner, calls: int, settings: list[str]
) -> None:
    told: list[str] = []
    assert sweep(Tries(network, manner, settings), calls, told.append), told
    head, row, sum_ = told
    assert head == f"{calls} calls ({manner.on} in stack dev; {manner}); trying 1"
    assert row.startswith(f"{manner.on} ")
    assert row.endswith("  converged")
    assert sum_ == "1 of 1 converged"


@pytest.mark.parametrize(
    ("failed", "finished", "same", "told"),
    [
        (True, True, True, "converged"),
        (False, True, True, "DIVERGED: the run did not fail"),
        (True, False, False, "DIVERGED: the next run failed"),
        (True, True, False, "DIVERGED: the account differs"),
    ],
)
def test_what_the_next_run_does_not_make_good_is_told(failed: bool, finished: bool, same: bool, told: str) -> None:
    one = Try("create", 3, "aws:ec2/vpc:Vpc", failed=failed, finished=finished, same=same)
    assert one.converged == (told == "converged")
    assert one.row().endswith(f"  {told}")


@pytest.mark.parametrize("manner", [Manner("update"), Manner("read", after_effect=True)], ids=str)
def test_what_cannot_be_tried_is_refused_with_a_remedy(network: Workspace, manner: Manner) -> None:
    with pytest.raises(LauncherError) as refused:
        Tries(network, manner)
    assert refused.value.remedy
