"""Create, read, update and delete in the simulated account, on plain values; knows no gRPC and no resource type."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from simulator import clock
from simulator.account import Account, Object
from simulator.clock import all_ready
from simulator.courses import DELETING, MAKING, WINDOWS, course_of, shown, state_of, window_seconds
from simulator.creation import Creation, Session
from simulator.emulator import making
from simulator.errors import AwsError, OperationError, SimulatedFaultError, UnfinishedError
from simulator.faults import WAIT, FaultPlan, Faults
from simulator.model import ResourceType, Values
from simulator.schema import schema_of
from simulator.settling import Made, echo, place_of, refuse_while_used, region_of, renewed, settle, with_defaults
from simulator.types import type_of
from simulator.wire import UNKNOWN, Decoded

if TYPE_CHECKING:
    from simulator.emulator.world import World

Result = TypeVar("Result")


class Operations:
    """What may be asked of one account. Safe to call from several threads."""

    def __init__(self, account: Account, plan: FaultPlan | None = None, *, emulate: bool = False) -> None:
        """Work on `account`; failures happen as `plan` says; with `emulate`, through AWS's APIs as well."""
        self.account = account
        self._emulate = emulate
        self._world: World | None = None
        self._faults = Faults(plan or FaultPlan(), account)
        self._lock = threading.RLock()

    def plan(self, session: Session, token: str, inputs: Values, old: Made | None = None) -> Values:
        """Give the outputs as far as they are known before anything is done; the rest is UNKNOWN."""
        schema, kind = schema_of(token), type_of(token)
        outputs = echo(schema, kind, session, inputs)
        if old is not None:
            kept = {name: value for name, value in old.outputs.items() if name not in old.inputs}
            return {**kept, **outputs, **dict.fromkeys(renewed(kind, old.inputs, inputs), UNKNOWN)}
        for name in schema.outputs:
            if name not in outputs and (name in schema.always_present or name not in schema.inputs):
                outputs[name] = UNKNOWN
        return outputs

    def create(self, session: Session, urn: str, given: Decoded) -> Made:
        """Make an object.

        Raises OperationError when AWS would refuse, SimulatedFaultError when the fault plan says so, UnfinishedError
        when the object is there but the waiting for it fails.
        """
        kind = type_of(token_of(urn))
        with self._lock:
            fault = self._faults.next("create", kind.token, urn)
            fault.before_effect()
            self._notice(session, kind.token)
            made = self._patiently(session, lambda: self._make(session, kind, urn, given))
            fault.after_effect()
            return self._awaited(session, kind, made, given.values)

    def update(self, session: Session, urn: str, identifier: str, given: Decoded) -> Made:
        """Change an object in place. Raises OperationError when AWS would refuse or the object is gone."""
        kind = type_of(token_of(urn))
        with self._lock:
            fault = self._faults.next("update", kind.token)
            fault.before_effect()
            self._out_of_passing(session, kind, identifier, given.values)
            made = self._patiently(session, lambda: self._change(session, kind, urn, identifier, given))
            fault.after_effect()
            return made

    def read(self, session: Session, token: str, identifier: str, inputs: Values) -> Made | None:
        """Give an object as it is now, or None when there is none."""
        with self._lock:
            self._faults.next("read", token).before_effect()
            self._notice(session, token)
            found = self.find(token, place_of(type_of(token), session, inputs), identifier)
            if found is None:
                return None
            creation = self._known(session, found)
            if making.is_gone(creation):
                self.account.remove(found.key)
                return None
            # What others changed is given as inputs too: by these the engine tells whether an object has drifted.
            drift = _drift(creation)
            return Made(found.id, {**shown(found), **drift}, {**found.inputs, **drift}, frozenset(found.secrets))

    def delete(self, session: Session, urn: str, identifier: str, inputs: Values) -> None:
        """Delete an object; one that is gone already is no error. Raises OperationError while others depend on it."""
        kind = type_of(token_of(urn))
        with self._lock:
            fault = self._faults.next("delete", kind.token)
            fault.before_effect()
            self._out_of_passing(session, kind, identifier, inputs)
            item = self._patiently(session, lambda: self._begin_deletion(session, kind, urn, identifier, inputs))
            fault.after_effect()
            if item is not None:
                self.pass_time(item.due, session)

    def pass_time(self, until: int, session: Session | None = None) -> None:
        """Let the clock go on: what is ready, or gone, by then is so. The clock never goes back."""
        with self._lock:
            number = session.account if session else self.account.fact("account id") or ""
            try:
                with self.account.transaction():
                    self.account.set_now(max(self.account.now, until))
                    self._catch_up(number)
            except BaseException:
                if self._world is not None:
                    self._world.spoil()
                raise

    def settle_down(self, session: Session | None = None) -> list[Object]:
        """Wait until nothing is being made or deleted any more; gives what that was."""
        with self._lock:
            waited_for = [item for item in self.account.passing() if state_of(item)]
            self.pass_time(all_ready(self.account), session)
            return waited_for

    def find(self, token: str, place: str, identifier: str) -> Object | None:
        """Give an object by id where it should be, or wherever it is."""
        name, _, region = identifier.partition("@")
        found = self.account.get(token, region or place, name) or self.account.get(token, "global", name)
        return found or self.account.get(token, place, identifier)

    def world(self, session: Session) -> World | None:
        """Give the API side of the account, which starts when it is first needed; None when there is none."""
        if self._emulate and self._world is None:
            from simulator.emulator.world import World  # noqa: PLC0415 - loading moto takes seconds

            self._world = World(self.account, session.account, self._lock)
        return self._world

    def answer(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer an HTTP request to the AWS APIs (WSGI); 503 while nobody has told which account this is."""
        with self._lock:
            number = self.account.fact("account id")
            world = self.world(Session(number, "")) if number else None
        if world is None:
            start_response("503 Service Unavailable", [("Content-Type", "text/plain")])
            return [b"this account has no number yet: configure a provider first"]
        return world.serve(environ, start_response)

    def _make(self, session: Session, kind: ResourceType, urn: str, given: Decoded) -> Made:
        creation = self._creation(kind, session, urn, given.values)
        try:
            with self._unit(creation):
                creation.births = self.account.births(urn)
                return settle(creation, given.secrets)
        except AwsError as refusal:
            raise OperationError(_action("creating", kind), kind.service, kind.create_operation, refusal) from refusal

    def _change(self, session: Session, kind: ResourceType, urn: str, identifier: str, given: Decoded) -> Made:
        creation = self._creation(kind, session, urn, given.values)
        creation.id = identifier
        try:
            with self._unit(creation):
                creation.old = self.find(kind.token, creation.region, identifier)
                if creation.old is None:
                    creation.refuse(kind.not_found, value=identifier)
                drift = _drift(self._known(session, creation.old))
                creation.old = replace(creation.old, inputs={**creation.old.inputs, **drift})
                return settle(creation, given.secrets)
        except AwsError as refusal:
            operation = kind.create_operation.replace("Create", "Modify", 1)
            raise OperationError(_action("updating", kind), kind.service, operation, refusal) from refusal

    def _begin_deletion(
        self, session: Session, kind: ResourceType, urn: str, identifier: str, inputs: Values
    ) -> Object | None:
        """Delete an object; gives it where that takes time, and None where it is gone."""
        creation = self._creation(kind, session, urn, inputs)
        item = self.find(kind.token, creation.region, identifier)
        if item is None:
            return None
        creation.old, creation.id, creation.inputs, creation.outputs = item, item.id, item.inputs, item.outputs
        try:
            with self._unit(creation):
                refuse_while_used(creation, item)
                for step in kind.before_delete:
                    step(creation)
                clock.begin(creation, item, DELETING)
                if item.phase == DELETING:
                    return item
                self._remove(creation, item)
        except AwsError as refusal:
            raise OperationError(_action("deleting", kind), kind.service, kind.delete_operation, refusal) from refusal
        return None

    def _remove(self, creation: Creation, item: Object) -> None:
        window = window_seconds(item.token, item.inputs)
        making.remove(creation)
        if window:
            clock.leave(creation, item, window)
        else:
            self.account.remove(item.key)

    def _patiently(self, session: Session, call: Callable[[], Result]) -> Result:
        """Call again, on the account's clock, what was refused for a reason that passes, as AWS's provider does."""
        while True:
            try:
                return call()
            except OperationError as refusal:
                if refusal.cause.until <= self.account.now:
                    raise
                self.pass_time(refusal.cause.until, session)

    def _awaited(self, session: Session, kind: ResourceType, made: Made, inputs: Values) -> Made:
        """Wait until a new object is ready. Raises UnfinishedError when the fault plan lets the waiting fail."""
        item = self.find(kind.token, place_of(kind, session, inputs), made.id)
        course = course_of(kind.token, inputs)
        if item is None or not item.phase or course is None or not course.waits:
            return made
        fault = self._faults.next(WAIT, kind.token)
        try:
            fault.before_effect()
            self.pass_time(item.due, session)
            fault.after_effect()
        except SimulatedFaultError as failure:
            raise UnfinishedError(replace(made, outputs=shown(item)), str(failure)) from failure
        return made

    def _out_of_passing(self, session: Session, kind: ResourceType, identifier: str, inputs: Values) -> None:
        """Wait until an object that is to be changed or deleted is in no passing state."""
        item = self.find(kind.token, place_of(kind, session, inputs), identifier)
        if item is not None and item.phase:
            self.pass_time(item.due, session)

    def _notice(self, session: Session, token: str) -> None:
        """Take note of what others did through the API with objects of a type that are deleted but not gone."""
        for left in self.account.leaving() if token in WINDOWS else ():
            if left.item.token == token:
                with self.account.transaction():
                    clock.notice(self._known(Session(session.account, left.item.region), left.item), left.item)

    def _catch_up(self, number: str) -> None:
        """Let be ready, or gone, what is so by now."""
        now = self.account.now
        for item in self.account.passing():
            if item.due > now:
                continue
            creation = self._known(Session(number, item.region), item)
            if item.phase == MAKING:
                clock.end(creation, item)
            else:
                self._remove(creation, item)
        for left in self.account.leaving():
            if left.until <= now:
                clock.gone(self._known(Session(number, left.item.region), left.item), left.item)

    @contextmanager
    def _unit(self, creation: Creation) -> Generator[None]:
        """Do all or nothing, in the account and behind its APIs."""
        try:
            with self.account.transaction():
                yield
        except BaseException:
            if creation.world is not None and creation.calls:
                creation.world.spoil()
            raise

    def _known(self, session: Session, item: Object) -> Creation:
        creation = self._creation(type_of(item.token), session, f"::::{item.token}::", item.inputs)
        creation.id, creation.old, creation.outputs = item.id, item, item.outputs
        return creation

    def _creation(self, kind: ResourceType, session: Session, urn: str, inputs: Values) -> Creation:
        return Creation(
            self.account,
            session,
            kind,
            urn,
            region_of(session, inputs),
            with_defaults(schema_of(kind.token), kind, inputs),
            world=self.world(session),
        )


def _drift(creation: Creation) -> Values:
    """Give the outputs that others have changed through the API, as they are now."""
    return {name: now for name, now in making.foreign(creation).items() if now != creation.outputs.get(name, [])}


def token_of(urn: str) -> str:
    """Give the type token of a URN (`urn:pulumi:stack::project::parent$token::name`)."""
    return urn.split("::")[2].rsplit("$", 1)[-1]


def _action(verb: str, kind: ResourceType) -> str:
    return f"{verb} {kind.service} {kind.noun}"
