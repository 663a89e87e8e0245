"""A simulated fault at single calls of a stack's life, one after the other, and whether the next run makes it good.

`make faults` tries every create of a stack; `ARGS` chooses what else: `--on delete` another kind of call, `--every 10`
each tenth only, `--kind throttling` and `--after-effect` how it fails. A try begins with a copy of the account as it
was before the run in which the call happens: empty for `up`, deployed for `refresh` and `destroy`, and for an update
deployed with other settings (`--set secure-room:owner=another-team`). It ends with the account held against the one
that the same run leaves without a fault: every object, its id and what it was asked to be.
"""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tools.engine.errors import LauncherError
from tools.engine.workspace import Result, Workspace

KINDS = ("internal", "throttling", "timeout", "denied", "kill")
RUNS = {"create": "up", "wait": "up", "update": "up", "read": "refresh", "delete": "destroy"}
"""In which run of the engine each kind of call is made to fail."""
NEVER = 10**9
"""The number of a call that is never made: a plan for it makes the account count its calls."""


@dataclass(frozen=True)
class Manner:
    """Which kind of call fails, in whose words (or the account's process is killed), and whether it took effect."""

    on: str = "create"
    kind: str = "internal"
    after_effect: bool = False

    def __str__(self) -> str:
        return f"{self.kind}, {'answer lost' if self.after_effect else 'nothing done'}"


@dataclass(frozen=True)
class Try:
    """One call that failed, and what the run after it led to."""

    on: str
    call: int
    token: str
    failed: bool
    finished: bool
    same: bool

    @property
    def converged(self) -> bool:
        """Whether the first run failed as it was told to, and the second led to what a run without faults leads to."""
        return self.failed and self.finished and self.same

    def row(self) -> str:
        """One line of the table."""
        wrong = {"the run did not fail": not self.failed, "the next run failed": not self.finished}
        told = [text for text, is_so in wrong.items() if is_so] or ["the account differs"]
        outcome = "converged" if self.converged else f"DIVERGED: {', '.join(told)}"
        return f"{self.on:6} {self.call:5}  {self.token:60} {outcome}"


def held(workspace: Workspace) -> Counter[str]:
    """What is in the account: every object with its id and what it was asked to be.

    A name that the provider generates would be another one each time; the program gives each of its objects a name.
    """
    return Counter(json.dumps(item, sort_keys=True) for item in workspace.account_contents())


class Tries:
    """The tries of one manner in one stack; everything lies in the workspace's folder, which is made anew."""

    def __init__(self, workspace: Workspace, manner: Manner, settings: Sequence[str] = ()) -> None:
        """`settings` are KEY=VALUE. Raises LauncherError for a manner that cannot be."""
        self._base = workspace
        self._manner = manner
        self._folder = workspace.folder
        self._settings = [word for setting in settings for word in ("--config", setting)]
        if manner.on == "update" and not settings:
            raise LauncherError("an update needs a change", 'name one: ARGS="--on update --set KEY=VALUE"')
        if manner.on == "read" and manner.after_effect:
            raise LauncherError("a read has no effect after which it could fail", "leave out --after-effect")

    def __str__(self) -> str:
        return f"{self._manner.on} in stack {self._base.stack}; {self._manner}"

    def prepare(self) -> tuple[int, Counter[str]]:
        """Make what the tries begin with; how many calls there are to try, and what the run leads to without a fault.

        Raises LauncherError when a run fails without any fault.
        """
        if self._folder.exists():
            self._base.forget()
        start, reference = self._at("start"), self._at("reference")
        start.folder.mkdir(parents=True)
        if self._manner.on not in ("create", "wait"):
            _must(start.up("--skip-preview"))
        shutil.copytree(start.folder, reference.folder)
        _must(self._run(self._failing(reference, "call", NEVER)))
        return reference.calls().get(self._manner.on, 0), held(reference)

    def attempt(self, call: int, wanted: Counter[str]) -> Try:
        """Run with a fault at one call, run again without, and compare."""
        here = self._at("try")
        shutil.rmtree(here.folder, ignore_errors=True)
        shutil.copytree(self._folder / "start", here.folder)
        first = self._run(self._failing(here, self._manner.on, call))
        named = re.search(rf"simulated fault at {self._manner.on} {call} \(([^)]+)\)", first.output)
        killed = self._manner.kind == "kill"
        second = self._run(here)
        return Try(
            on=self._manner.on,
            call=call,
            token=named.group(1) if named else "(the account died)" if killed else "(the fault did not happen)",
            failed=first.code != 0 and (killed or named is not None),
            finished=second.code == 0,
            same=held(here) == wanted,
        )

    def _at(self, name: str) -> Workspace:
        return replace(self._base, folder=self._folder / name)

    def _run(self, workspace: Workspace) -> Result:
        runs: dict[str, Callable[[], Result]] = {
            "up": lambda: workspace.up("--skip-preview", *self._settings),
            "refresh": workspace.refresh,
            "destroy": workspace.destroy,
        }
        return runs[RUNS[self._manner.on]]()

    def _failing(self, workspace: Workspace, on: str, at: int) -> Workspace:
        plan = self._folder / "faults.json"
        fault = {"on": on, "at": at, "kind": self._manner.kind, "after_effect": self._manner.after_effect}
        plan.write_text(json.dumps({"faults": [fault]}))
        return replace(workspace, faults=plan)


def _must(result: Result) -> None:
    if result.code != 0:
        raise LauncherError(f"the run fails without any fault\n{result.output}", "see its output")


def sweep(tries: Tries, every: int, report: Callable[[str], None]) -> bool:
    """Try every n-th call and report a table; whether all of them converged."""
    count, wanted = tries.prepare()
    calls = range(1, count + 1, every)
    report(f"{count} calls ({tries}); trying {len(calls)}")
    outcomes: list[bool] = []
    for call in calls:
        one = tries.attempt(call, wanted)
        outcomes.append(one.converged)
        report(one.row())
    report(f"{sum(outcomes)} of {len(outcomes)} converged")
    return all(outcomes) and bool(outcomes)
