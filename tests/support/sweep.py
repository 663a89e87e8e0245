"""One fault at one call of a stack's life, and whether the next run makes it good.

A stack lives here without an engine: up, a change of every object that has tags, refresh, destroy. A `Trial` names one
call of that life and what goes wrong there. Where a process is killed, it really is: the run is a process of its own,
which keeps a state file as the engine does (the version before beside it) and dies by SIGKILL; what the account had not
made durable by then is lost. `python -m tests.support.sweep` tries every call of both stacks and prints a table; words
behind it choose stacks, among them the examples' (`hub` in development, `hub.prod` in production), and `--on create` a
kind of call.
"""

from __future__ import annotations

import argparse
import copy
import io
import json
import os
import shutil
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from simulator.account import Account
from simulator.faults import KILL, Fault, FaultPlan, counted
from simulator.operations import Operations
from simulator.protection import lift_in
from tests.support.examples import EXAMPLES, example_in
from tests.support.recorder import Recording, record, stack_config
from tests.support.replay import Deployment, Known
from tools.engine.mending import mend

STACKS = ("dev", "prod")
CUT = "cut"
"""The process dies while it writes its state file: half of the new version is there."""
MANNERS = {
    "create": ("before", "after", "killed before", "killed after", CUT),
    "wait": ("before", "after", "killed before", "killed after"),
    "update": ("before", "after", "killed before", "killed after", CUT),
    "delete": ("before", "after", "killed before", "killed after", CUT),
    "read": ("before",),
}
"""What may go wrong at each kind of call, and whether the call has taken effect by then."""
_PHASE = {"create": "up", "wait": "up", "update": "change", "read": "refresh", "delete": "destroy"}


@dataclass(frozen=True)
class Trial:
    """One call that goes wrong."""

    stack: str
    on: str
    at: int
    manner: str
    kind: str = "internal"

    @property
    def fault(self) -> Fault:
        """The fault as the account's plan has it. A state file that is cut off follows a call that went well."""
        kind = KILL if self.manner.startswith("killed") else self.kind
        return Fault(self.on, self.at, kind, self.manner.endswith("after"))


@dataclass
class Life:
    """A stack's life without faults: states to begin trials from, how many calls it made, what each phase led to."""

    stack: str
    folder: Path
    calls: dict[str, int] = field(default_factory=dict[str, int])
    wanted: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])

    def starts_from(self, phase: str) -> str:
        """The name of the kept deployment that a phase begins with."""
        return "empty" if phase == "up" else "deployed"


@cache
def recordings(stack: str) -> tuple[Recording, Recording]:
    """A stack as it is, and with another owner: a tag of nearly every object changes."""
    name, _, environment = stack.partition(".")
    config = copy.deepcopy(example_in(name, environment or "dev") if name in EXAMPLES else stack_config(name))
    before = record(name, known=True, config=config)
    config["secure-room:owner"] = "another-team"
    return before, record(name, known=True, config=config)


def contents(account: Account) -> Counter[str]:
    """Everything in an account, with all that it was asked to be, and the names of what is deleted but not gone."""
    held = (f"{item.token} {item.id} {json.dumps(item.inputs, sort_keys=True)}" for item in account.all())
    leaving = (f"leaving {left.item.token}" for left in account.leaving())
    return Counter([*held, *leaving])


def run(stack: str, deployment: Deployment, operations: Operations, phase: str) -> list[str]:
    """One phase of a stack's life; gives its failures."""
    before, after = recordings(stack)
    if phase == "up":
        deployment.recording = before
        return deployment.up(operations)
    if phase == "change":
        return deployment.change(after, operations)
    if phase == "refresh":
        return deployment.refresh(operations)
    lift_in(operations.account)
    return deployment.destroy(operations)


def live(stack: str, folder: Path) -> Life:
    """Let a stack live without faults and keep what the trials begin with and are held against."""
    life = Life(stack, folder)
    (folder / "empty").mkdir(parents=True)
    save({}, folder / "empty.json")
    shutil.copytree(folder / "empty", folder / "account")
    # A plan that strikes nowhere makes the account count its calls.
    account = Account(folder / "account")
    operations = Operations(account, FaultPlan(faults=(Fault("call", 10**9),)))
    deployment = Deployment(recordings(stack)[0])
    for phase in ("up", "refresh", "change", "destroy"):
        before = counted(account)
        failures = run(stack, deployment, operations, phase)
        if failures:
            raise AssertionError(f"{phase} of {stack} fails without any fault: {failures}")
        for on, home in _PHASE.items():
            if home == phase:
                life.calls[on] = counted(account)[on] - before[on]
        life.wanted[phase] = contents(account)
        if phase == "up":
            account.close()
            shutil.copytree(folder / "account", folder / "deployed")
            save(deployment.state, folder / "deployed.json")
            account = Account(folder / "account")
            operations = Operations(account, FaultPlan(faults=(Fault("call", 10**9),)))
    account.close()
    return life


def save(state: dict[str, Known], file: Path, cut: bool = False) -> None:
    """Write a state file as the engine does: the version before is kept beside it. `cut` leaves half of it."""
    if file.exists():
        shutil.copyfile(file, file.with_name(f"{file.name}.bak"))
    text = json.dumps({urn: vars(known) for urn, known in state.items()})
    file.write_text(text[: len(text) // 2] if cut else text)


def load(file: Path) -> dict[str, Known]:
    """Read a state file, mended by the launcher's own means where it was cut off."""
    with redirect_stderr(io.StringIO()):  # what the launcher tells its user a hundred times here
        mend(file)
    return {urn: Known(**known) for urn, known in json.loads(file.read_text()).items()}


class Checkpoints(dict[str, Known]):
    """A state that is written to its file at every change, and dies while it writes the `cut`-th time."""

    def __init__(self, state: dict[str, Known], file: Path, cut: int = 0) -> None:
        super().__init__(state)
        self._file, self._cut, self._count = file, cut, 0

    def _write(self) -> None:
        self._count += 1
        save(self, self._file, cut=self._count == self._cut)
        if self._count == self._cut:
            os.kill(os.getpid(), signal.SIGKILL)

    def __setitem__(self, urn: str, known: Known) -> None:
        super().__setitem__(urn, known)
        self._write()

    def __delitem__(self, urn: str) -> None:
        super().__delitem__(urn)
        self._write()


def attempt(life: Life, trial: Trial) -> str:
    """Try one fault; gives `converged`, with what was adopted on the way, or what went wrong."""
    phase = _PHASE[trial.on]
    with TemporaryDirectory() as name:
        folder, start = Path(name), life.starts_from(phase)
        shutil.copytree(life.folder / start, folder / "account")
        shutil.copyfile(life.folder / f"{start}.json", folder / "state.json")
        dies = trial.manner == CUT or trial.manner.startswith("killed")
        told = _die(trial, folder, phase) if dies else _fail(trial, folder, phase)
        return told or _converge(life, trial, folder, phase)


def _fail(trial: Trial, folder: Path, phase: str) -> str:
    """A run in which a call fails, and which ends well otherwise; gives what was not as it should be."""
    account = Account(folder / "account")
    first = counted(account)[trial.on]
    fault = Fault(trial.on, first + trial.at, trial.fault.kind, trial.fault.after_effect)
    deployment = Deployment(recordings(trial.stack)[0], load(folder / "state.json"))
    failures = run(trial.stack, deployment, Operations(account, FaultPlan(faults=(fault,))), phase)
    save(deployment.state, folder / "state.json")
    account.close()
    struck = any(f"simulated fault at {trial.on} {fault.at} " in failure for failure in failures)
    return "" if struck else f"the fault did not happen: {failures}"


def _die(trial: Trial, folder: Path, phase: str) -> str:
    """A run that is killed; gives what was not as it should be."""
    recordings(trial.stack)  # made once, before the processes part
    child = os.fork()
    if child == 0:
        code = 1
        try:
            account = Account(folder / "account")
            first = counted(account)[trial.on]
            plan = FaultPlan()
            if trial.manner != CUT:
                plan = FaultPlan(faults=(Fault(trial.on, first + trial.at, KILL, trial.fault.after_effect),))
            state = load(folder / "state.json")
            cut = trial.at if trial.manner == CUT else 0
            deployment = Deployment(recordings(trial.stack)[0], Checkpoints(state, folder / "state.json", cut))
            run(trial.stack, deployment, Operations(account, plan), phase)
            code = 3
        except BaseException:  # noqa: BLE001 - nothing of the parent may run on in the child
            traceback.print_exc()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return "" if os.WIFSIGNALED(status) else "the process was not killed"


def _converge(life: Life, trial: Trial, folder: Path, phase: str) -> str:
    """The next run, with what the launcher does before it; gives how it went."""
    account = Account(folder / "account")
    try:
        operations = Operations(account)
        before, after = recordings(trial.stack)
        deployment = Deployment(after if phase == "change" else before, load(folder / "state.json"))
        operations.settle_down(deployment.session)
        adopted = deployment.adopt(operations) if phase in ("up", "change") else []
        failures = run(trial.stack, deployment, operations, phase)
        if failures:
            return f"the next run fails: {failures}"
        if contents(account) != life.wanted[phase]:
            odd = (contents(account) - life.wanted[phase]) + (life.wanted[phase] - contents(account))
            return f"another account: {sorted(odd)[:4]}"
        if run(trial.stack, deployment, operations, "destroy"):
            return "what was made good cannot be deleted"
        if account.all():
            return f"left over: {[item.id for item in account.all()]}"
        return f"converged, {len(adopted)} adopted" if adopted else "converged"
    finally:
        account.close()


def trials(life: Life, on: str, manner: str, every: int = 1) -> list[Trial]:
    """Every n-th call of a kind in one manner."""
    return [Trial(life.stack, on, at, manner) for at in range(1, life.calls[on] + 1, every)]


def sweep(life: Life, options: argparse.Namespace) -> int:
    """Try every n-th call in every manner, and print a line for each kind of trial as it ends; how many diverged."""
    diverged = 0
    print(f"{life.stack:10} {'call':7} {'of':>4} {'what went wrong':14} {'tried':>5}  outcome", flush=True)
    with ProcessPoolExecutor(options.workers, get_context("fork")) as workers:
        for on, manner in ((kind, manner) for kind in options.on or MANNERS for manner in MANNERS[kind]):
            tried = trials(life, on, manner, options.every)
            found: Counter[str] = Counter()
            for trial, outcome in zip(tried, workers.map(partial(attempt, life), tried), strict=True):
                found[outcome.partition(":")[0]] += 1
                if not outcome.startswith("converged"):
                    diverged += 1
                    print(f"{trial}: {outcome}", flush=True)
            told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(found.items()))
            print(f"{'':10} {on:7} {life.calls[on]:4} {manner:14} {found.total():6}  {told}", flush=True)
    return diverged


def main(arguments: Sequence[str]) -> int:
    """Try every call of the named stacks (both by default) and print a table; 1 where one did not converge."""
    parser = argparse.ArgumentParser(prog="tests.support.sweep", description=main.__doc__)
    parser.add_argument("stacks", nargs="*", default=list(STACKS))
    parser.add_argument("--every", type=int, default=1, metavar="N", help="try every N-th call only")
    parser.add_argument("--on", action="append", choices=sorted(MANNERS), default=[], help="calls of this kind only")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), metavar="N", help="how many to try at a time")
    options = parser.parse_args(arguments)
    diverged = 0
    for stack in options.stacks:
        with TemporaryDirectory() as folder:
            diverged += sweep(live(stack, Path(folder)), options)
    print(f"{diverged} did not converge" if diverged else "every one converged")
    return int(diverged > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
