"""Failures on demand: a plan tells which calls fail, in whose words, and whether they had taken effect by then.

A plan is a JSON object::

    {"faults": [{"on": "create", "at": 17, "kind": "throttling", "after_effect": false}],
     "fail_each_create_once": false}

`on` is `create`, `update`, `delete`, `read`, `call` (any of the four), or `wait`: the provider's waiting until a new
object is ready. `at` counts such calls from 1 over the life of the account (the count is kept with it, so a re-run goes
on counting). `kind` chooses what happens: `internal`, `throttling`, `timeout`, `denied`, or `kill`, by which the
account's process dies without a chance to clean up.
`fail_create` (a list of numbers), `kill_at_create`, `after_effect` and `kind` at the top are short for such faults.
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
from simulator.shapes import is_list, is_map

KILL: Final = "kill"
KINDS: Final = {
    "internal": "api error InternalError: An internal error has occurred",
    "throttling": "api error RequestLimitExceeded: Request limit exceeded.",
    "timeout": "request send failed: context deadline exceeded",
    "denied": "api error UnauthorizedOperation: You are not authorized to perform this operation.",
}
WAIT: Final = "wait"
OPERATIONS: Final = ("create", "update", "delete", "read", WAIT)
ANY: Final = "call"


@dataclass(frozen=True)
class Fault:
    """One call that goes wrong: which, how, and whether it has taken effect by then (its answer is lost)."""

    on: str
    at: int
    kind: str = "internal"
    after_effect: bool = False


@dataclass(frozen=True)
class FaultPlan:
    """What is to go wrong."""

    fail_create: tuple[int, ...] = ()
    """Creates that fail, by number."""
    fail_each_create_once: bool = False
    """Whether the first create of every URN fails."""
    after_effect: bool = False
    """Whether a failing create of the two above has made its object before the error (the answer is lost)."""
    kill_at_create: int | None = None
    """The create at which the serving process dies, without a chance to clean up."""
    kind: str = "internal"
    """In whose words a failure of the first two comes: a key of `KINDS`."""
    faults: tuple[Fault, ...] = ()
    """Further faults, at any kind of call."""

    @property
    def all(self) -> tuple[Fault, ...]:
        """Every fault at a numbered call."""
        short = [Fault("create", number, self.kind, self.after_effect) for number in self.fail_create]
        if self.kill_at_create is not None:
            short.append(Fault("create", self.kill_at_create, KILL, self.after_effect))
        return (*short, *self.faults)

    @classmethod
    def load(cls, path: Path) -> FaultPlan:
        """Read a plan. Raises ValueError for an unknown key or a value of the wrong kind."""
        plan: dict[str, Any] = json.loads(path.read_text())
        unknown = sorted(set(plan) - {item.name for item in fields(cls)})
        if unknown:
            raise ValueError(f"{path}: unknown key in the fault plan: {', '.join(unknown)}")
        numbers = plan.get("fail_create", [])
        kill = plan.get("kill_at_create")
        if not all(_is_number(number) for number in [*numbers, *([] if kill is None else [kill])]):
            raise ValueError(f"{path}: creates are numbered by whole numbers from 1")
        flags = {name: plan.get(name, False) for name in ("fail_each_create_once", "after_effect")}
        if not all(isinstance(flag, bool) for flag in flags.values()):
            raise ValueError(f"{path}: {' and '.join(flags)} are true or false")
        kind = plan.get("kind", "internal")
        if kind not in KINDS:
            raise ValueError(f"{path}: kind is one of {', '.join(KINDS)}")
        return cls(
            tuple(numbers), **flags, kill_at_create=kill, kind=kind, faults=_faults(plan.get("faults", []), path)
        )


def _is_number(value: object) -> bool:
    return type(value) is int and value > 0


def _faults(given: object, path: Path) -> tuple[Fault, ...]:
    if not is_list(given):
        raise ValueError(f"{path}: faults is a list")
    found: list[Fault] = []
    for item in given:  # pyright: ignore[reportUnknownVariableType]
        if not is_map(item) or set(item) - {one.name for one in fields(Fault)}:
            raise ValueError(f"{path}: a fault has the keys {', '.join(one.name for one in fields(Fault))}")
        values: dict[str, Any] = {"on": "", "at": 0, **item}
        fault = Fault(**values)
        if fault.on not in (*OPERATIONS, ANY) or not _is_number(fault.at):
            raise ValueError(f"{path}: a fault is on one of {', '.join((*OPERATIONS, ANY))}, at a number from 1")
        if fault.kind not in (*KINDS, KILL) or type(fault.after_effect) is not bool:
            raise ValueError(f"{path}: kind is one of {', '.join((*KINDS, KILL))}; after_effect is true or false")
        found.append(fault)
    return tuple(found)


class Faults:
    """A fault plan at work in one account."""

    def __init__(self, plan: FaultPlan, account: Account) -> None:
        """Follow `plan`; counts are kept in `account`."""
        self._plan = plan
        self._account = account

    def next(self, operation: str, token: str, urn: str = "") -> FaultAt:
        """Count one call and tell what happens to it."""
        if self._plan == FaultPlan():
            return FaultAt("", token, None)
        numbers = {name: self._count(name) for name in ((operation,) if operation == WAIT else (operation, ANY))}
        place = f"{operation} {numbers[operation]}"
        due = next((one for one in self._plan.all if numbers.get(one.on) == one.at), None)
        first = f"failed once {urn}"
        if operation == "create" and self._plan.fail_each_create_once and self._account.fact(first) is None:
            self._account.set_fact(first, "yes")
            due = Fault("create", numbers["create"], self._plan.kind, self._plan.after_effect)
        return FaultAt(place, token, due)

    def _count(self, name: str) -> int:
        number = int(self._account.fact(f"{name}s") or 0) + 1
        self._account.set_fact(f"{name}s", str(number))
        return number


def counted(account: Account) -> dict[str, int]:
    """Give how many calls of each kind were counted in an account: none where no plan was ever followed."""
    return {name: int(account.fact(f"{name}s") or 0) for name in OPERATIONS}


@dataclass(frozen=True)
class FaultAt:
    """What the plan says of one call."""

    place: str
    token: str
    fault: Fault | None

    def before_effect(self) -> None:
        """Fail now, if the plan says so. Raises SimulatedFaultError, or ends the process."""
        self._strike(late=False)

    def after_effect(self) -> None:
        """Fail now that the call took effect, if the plan says so. Raises SimulatedFaultError, or ends the process."""
        self._strike(late=True)

    def _strike(self, *, late: bool) -> None:
        if self.fault is None or late != self.fault.after_effect:
            return
        if self.fault.kind == KILL:
            os.kill(os.getpid(), signal.SIGKILL)
        effect = "after it took effect" if late else "before it took effect"
        raise SimulatedFaultError(f"simulated fault at {self.place} ({self.token}), {effect}: {KINDS[self.fault.kind]}")
