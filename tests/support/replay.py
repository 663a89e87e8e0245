"""A recorded program deployed again and again to a simulated account, without an engine and without the program.

`record(stack, known=True)` gives every registration with made-up ids. A `Deployment` makes them in their order through
the account's own operations, puts the account's ids where the made-up ones stand, keeps what it knows in a state as the
engine does, and goes on after a failure with everything that does not depend on what failed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator import inputs as checking
from simulator.changes import Change, changes
from simulator.creation import Session
from simulator.errors import AwsError, OperationError, SimulatedFaultError, UnfinishedError
from simulator.operations import Operations
from simulator.schema import schema_of
from simulator.types import type_of
from simulator.wire import Decoded, decode
from tests.support.recorder import ACCOUNT_OF_STACK, Recording, Registration
from tools.engine.recovery import CREATING, plan_recovery

_MADE_UP = re.compile(r"[a-z]+-[0-9a-f]{17}")
_FAILURES = (AwsError, OperationError, SimulatedFaultError)


@dataclass
class Known:
    """What a state keeps of one object."""

    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    unfinished: bool = False
    """Whether it was not ready when the run ended: the next run changes it to what it is, as the engine does."""


@dataclass
class Deployment:
    """The state of one stack, and the account that it is deployed to."""

    recording: Recording
    state: dict[str, Known] = field(default_factory=dict[str, Known])

    @property
    def session(self) -> Session:
        """Who deploys, and where."""
        return Session(ACCOUNT_OF_STACK[self.recording.stack], "ap-northeast-1")

    def up(self, operations: Operations) -> list[str]:
        """Make what is not there yet; gives the failures."""
        failures: list[str] = []
        broken: set[str] = set()
        made_up = _Ids(self)
        for item in self.recording.registrations:
            known = self.state.get(item.urn)
            if not item.custom or not item.type.startswith("aws:") or (known and not known.unfinished):
                continue
            if broken & {*item.depends_on, *(urn for urns in item.property_dependencies.values() for urn in urns)}:
                broken.add(item.urn)
                continue
            given = made_up.in_place(item)
            try:
                made = (
                    operations.update(self.session, item.urn, known.id, given)
                    if known
                    else operations.create(self.session, item.urn, given)
                )
            except UnfinishedError as failure:
                broken.add(item.urn)
                failures.append(str(failure))
                self.state[item.urn] = Known(failure.made.id, given.values, failure.made.outputs, unfinished=True)
                continue
            except _FAILURES as failure:
                broken.add(item.urn)
                failures.append(str(failure))
                continue
            self.state[item.urn] = Known(made.id, given.values, made.outputs)
            made_up.learn(item, self.state[item.urn])
        return failures

    def change(self, recording: Recording, operations: Operations) -> list[str]:
        """Go over to another recording of the program, in its order; gives the failures, and what would be replaced."""
        self.recording = recording
        made_up, failures = _Ids(self), list[str]()
        for item in recording.registrations:
            if not item.custom or not item.type.startswith("aws:"):
                continue
            given, known = made_up.in_place(item), self.state.get(item.urn)
            differs = {} if known is None else _differences(item, known, given.values)
            if any(one.replaces for one in differs.values()):
                failures.append(f"{item.name} would be replaced: {', '.join(differs)}")
            try:
                if known is None:
                    made = operations.create(self.session, item.urn, given)
                elif differs:
                    made = operations.update(self.session, item.urn, known.id, given)
                else:
                    continue
            except _FAILURES as failure:
                failures.append(str(failure))
                continue
            self.state[item.urn] = Known(made.id, given.values, made.outputs)
            made_up.learn(item, self.state[item.urn])
        there = recording.by_urn()
        failures += [f"{urn} would be deleted" for urn in self.state if urn not in there]
        # A state lists what others rest on before those, also where it came later.
        self.state = {urn: self.state[urn] for urn in there if urn in self.state}
        return failures

    def adopt(self, operations: Operations) -> list[str]:
        """Take up what a create has made whose answer was lost, as the launcher does; gives the ids."""
        operations.settle_down(self.session)
        made_up = _Ids(self)
        known = [{"type": urn.split("::")[2].rsplit("$", 1)[-1], "id": one.id} for urn, one in self.state.items()]
        wanted = [
            {"urn": item.urn, "type": item.type, "inputs": made_up.in_place(item).values}
            for item in self.recording.registrations
            if item.custom and item.type.startswith("aws:") and item.urn not in self.state
        ]
        held = [
            {"type": item.token, "id": item.id, "inputs": item.inputs}
            for item in operations.account.all()
            if item.owner is None
        ]
        begun = [{"type": CREATING, "resource": resource} for resource in wanted]
        recovery = plan_recovery({"resources": known, "pending_operations": begun}, held)
        registrations = self.recording.by_urn()
        for urn, identifier in recovery.adopted.items():
            given = made_up.in_place(registrations[urn]).values
            found = operations.read(self.session, registrations[urn].type, identifier, given)
            assert found is not None
            self.state[urn] = Known(identifier, given, found.outputs)
        return sorted(recovery.adopted.values())

    def destroy(self, operations: Operations) -> list[str]:
        """Delete everything that the state knows, last first; gives the failures."""
        failures: list[str] = []
        for urn, known in reversed(list(self.state.items())):
            try:
                operations.delete(self.session, urn, known.id, {**known.outputs, **known.inputs})
            except _FAILURES as failure:
                failures.append(str(failure))
                continue
            del self.state[urn]
        return failures

    def refresh(self, operations: Operations) -> list[str]:
        """Read everything that the state knows; what is gone leaves the state; gives the failures."""
        failures: list[str] = []
        for urn, known in list(self.state.items()):
            try:
                found = operations.read(self.session, urn.split("::")[2].rsplit("$", 1)[-1], known.id, known.outputs)
            except _FAILURES as failure:
                failures.append(str(failure))
                continue
            if found is None:
                del self.state[urn]
        return failures


def _differences(item: Registration, known: Known, given: dict[str, Any]) -> dict[str, Change]:
    ignored = {name: value for name, value in known.inputs.items() if name in item.ignore_changes}
    return changes(item.type, known.inputs, {**given, **ignored})


def _by_zone(items: list[Any]) -> list[Any]:
    """Give the parts of a firewall's status in the order of their zones: AWS gives them in no order."""
    if all(isinstance(item, Mapping) and "availabilityZone" in item for item in items):
        return sorted(items, key=lambda item: item["availabilityZone"])
    return items


def _is_name(recorded: str) -> bool:
    return recorded.startswith("arn:") or _MADE_UP.search(recorded) is not None


class _Ids:
    """The account's names for what the recording made names up for."""

    def __init__(self, deployment: Deployment) -> None:
        self._names: dict[str, str] = {}
        for item in deployment.recording.registrations:
            if item.urn in deployment.state:
                self.learn(item, deployment.state[item.urn])

    def learn(self, item: Registration, known: Known) -> None:
        """Note under which names the account keeps an object."""
        self._names[item.id] = known.id
        self._pair(item.outputs, known.outputs)

    def _pair(self, recorded: Any, real: Any) -> None:
        if isinstance(recorded, Mapping) and isinstance(real, Mapping):
            for name in recorded.keys() & real.keys():
                self._pair(recorded[name], real[name])
        elif isinstance(recorded, list) and isinstance(real, list):
            for one, other in zip(_by_zone(recorded), _by_zone(real), strict=False):
                self._pair(one, other)
        elif isinstance(recorded, str) and isinstance(real, str) and _is_name(recorded):
            self._names[recorded] = real

    def in_place(self, item: Registration) -> Decoded:
        """Give an object's inputs as the provider gets them: checked, with defaults, and with the account's ids."""
        decoded = decode(item.request.object)
        values: dict[str, Any] = {name: self._named(value) for name, value in decoded.values.items()}
        documents = checking.documents(schema_of(item.type), values)
        values |= documents
        problems = checking.problems(type_of(item.type), schema_of(item.type), values)
        if problems:
            raise AssertionError(f"{item.urn}: {problems}")
        added = checking.additions(item.type, item.urn, values, {}, b"")
        return Decoded({**values, **added}, decoded.secrets)

    def _named(self, value: Any) -> Any:
        if isinstance(value, str):
            if value in self._names:
                return self._names[value]
            return _MADE_UP.sub(lambda found: self._names.get(found.group(), found.group()), value)
        if isinstance(value, list):
            return [self._named(inner) for inner in value]
        if isinstance(value, dict):
            return {name: self._named(inner) for name, inner in value.items()}
        return value
