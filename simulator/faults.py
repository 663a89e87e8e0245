"""Failures on demand: a plan tells which creates fail, and whether they had taken effect by then.

A plan is a JSON object::

    {"fail_create": [3, 17], "fail_each_create_once": false, "after_effect": false, "kill_at_create": null,
     "kind": "internal"}

`kind` chooses the words of the failure: `internal`, `throttling`, `timeout` or `denied`. Creates are counted from 1
over the life of the account (the count is kept with it, so a re-run goes on counting).
"""

from __future__ import annotations

import json
import os
import signal
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from simulator.account import Account
from simulator.errors import SimulatedFaultError

KINDS: Final = {
    "internal": "api error InternalError: An internal error has occurred",
    "throttling": "api error RequestLimitExceeded: Request limit exceeded.",
    "timeout": "request send failed: context deadline exceeded",
    "denied": "api error UnauthorizedOperation: You are not authorized to perform this operation.",
}


@dataclass(frozen=True)
class FaultPlan:
    """What is to go wrong."""

    fail_create: tuple[int, ...] = ()
    """Creates that fail, by number."""
    fail_each_create_once: bool = False
    """Whether the first create of every URN fails."""
    after_effect: bool = False
    """Whether a failing create has made its object before the error (the answer is lost)."""
    kill_at_create: int | None = None
    """The create at which the serving process dies, without a chance to clean up."""

    kind: str = "internal"
    """In whose words a failure comes: a key of `KINDS`."""

    @classmethod
    def load(cls, path: Path) -> FaultPlan:
        """Read a plan. Raises ValueError for an unknown key or a value of the wrong kind."""
        plan: dict[str, Any] = json.loads(path.read_text())
        unknown = sorted(set(plan) - {item.name for item in fields(cls)})
        if unknown:
            raise ValueError(f"{path}: unknown key in the fault plan: {', '.join(unknown)}")
        numbers = plan.get("fail_create", [])
        kill = plan.get("kill_at_create")
        if not all(type(number) is int and number > 0 for number in [*numbers, *([] if kill is None else [kill])]):
            raise ValueError(f"{path}: creates are numbered by whole numbers from 1")
        flags = {name: plan.get(name, False) for name in ("fail_each_create_once", "after_effect")}
        if not all(isinstance(flag, bool) for flag in flags.values()):
            raise ValueError(f"{path}: {' and '.join(flags)} are true or false")
        kind = plan.get("kind", "internal")
        if kind not in KINDS:
            raise ValueError(f"{path}: kind is one of {', '.join(KINDS)}")
        return cls(tuple(numbers), **flags, kill_at_create=kill, kind=kind)


class Faults:
    """A fault plan at work in one account."""

    def __init__(self, plan: FaultPlan, account: Account) -> None:
        """Follow `plan`; counts are kept in `account`."""
        self._plan = plan
        self._account = account

    def next_create(self, token: str, urn: str) -> FaultAt:
        """Count one create and tell what happens to it."""
        if self._plan == FaultPlan():
            return FaultAt(0, token, self._plan, due=False, kill=False)
        number = int(self._account.fact("creates") or 0) + 1
        self._account.set_fact("creates", str(number))
        due = number in self._plan.fail_create
        if self._plan.fail_each_create_once and self._account.fact(f"failed once {urn}") is None:
            self._account.set_fact(f"failed once {urn}", "yes")
            due = True
        return FaultAt(number, token, self._plan, due=due, kill=number == self._plan.kill_at_create)


@dataclass(frozen=True)
class FaultAt:
    """What the plan says of one create."""

    number: int
    token: str
    plan: FaultPlan
    due: bool
    kill: bool

    def before_effect(self) -> None:
        """Fail now, if the plan says so. Raises SimulatedFaultError, or ends the process."""
        self._strike(late=False)

    def after_effect(self) -> None:
        """Fail now that the object exists, if the plan says so. Raises SimulatedFaultError, or ends the process."""
        self._strike(late=True)

    def _strike(self, *, late: bool) -> None:
        if late != self.plan.after_effect:
            return
        if self.kill:
            os.kill(os.getpid(), signal.SIGKILL)
        if self.due:
            effect = "after it took effect" if late else "before it took effect"
            place = f"simulated fault at create {self.number} ({self.token}), {effect}"
            raise SimulatedFaultError(f"{place}: {KINDS[self.plan.kind]}")
