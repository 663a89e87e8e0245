"""Create, read, update and delete in the simulated account, on plain values. Knows no gRPC and no single
resource type."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from simulator import regions
from simulator.account import Account, Object
from simulator.errors import AwsError, OperationError
from simulator.faults import FaultPlan, Faults
from simulator.model import Reference, Refusal, ResourceType, Unique, Values, at
from simulator.schema import Schema, schema_of, zero
from simulator.types import type_of
from simulator.wire import UNKNOWN, Decoded, contains_unknown


@dataclass(frozen=True)
class Session:
    """Who calls and where: what a configured provider stands for."""

    account: str
    region: str
    default_tags: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass
class Creation:
    """An object on its way into the account (or, with `old`, on its way to a new shape). The tables of types
    work on this."""

    account: Account
    session: Session
    type: ResourceType
    urn: str
    region: str
    inputs: Values
    births: int = 0
    old: Object | None = None
    id: str = ""
    outputs: Values = field(default_factory=dict[str, Any])

    @property
    def name(self) -> str:
        """The logical name, the last part of the URN."""
        return self.urn.rsplit("::", 1)[-1]

    def get(self, name: str, default: Any = None) -> Any:
        """Give an input, or its default when it is absent."""
        value = self.inputs.get(name)
        return default if value is None else value

    def hex(self, length: int, salt: str = "") -> str:
        """Give hexadecimal digits that are the same whenever the same object is made at the same point of its
        history."""
        seed = "|".join((self.session.account, self.region, self.type.token, self.urn, str(self.births), salt))
        return hashlib.sha256(seed.encode()).hexdigest()[:length]

    def find(self, token: str, value: str, by: tuple[str, ...] = ("id",)) -> Object | None:
        """Give the object of a type that `value` names, by its id or by one of the outputs in `by`."""
        region = "global" if type_of(token).is_global else self.region
        if "id" in by and (found := self.account.get(token, region, value)) is not None:
            return found
        names = [name for name in by if name != "id"]
        return next(
            (o for o in self.account.of_type(token, region) if any(o.outputs.get(n) == value for n in names)), None
        )

    def require(self, token: str, value: str, by: tuple[str, ...] = ("id",)) -> Object:
        """Give the object that `value` names. Raises AwsError in the words of its service when there is none."""
        found = self.find(token, value, by)
        if found is None:
            self.refuse(type_of(token).not_found, value=value)
        return found

    def others(self, token: str | None = None) -> list[Object]:
        """Give the objects of a type (of the own type when None) in the region, without the one being changed."""
        region = "global" if type_of(token or self.type.token).is_global else self.region
        return [
            o
            for o in self.account.of_type(token or self.type.token, region)
            if self.old is None or o.key != self.old.key
        ]

    def refuse(self, refusal: Refusal, **more: object) -> NoReturn:
        """Raise AwsError with the inputs filled into its message."""
        values = _Blank({**self.inputs, "id": self.id, "account": self.session.account, "region": self.region, **more})
        raise AwsError(refusal.code, refusal.message.format_map(values), refusal.status)

    def arn(self, template: str, **more: object) -> str:
        """Fill an ARN template."""
        place = {"partition": regions.PARTITION, "account": self.session.account, "region": self.region, "id": self.id}
        return template.format_map(_Blank({**self.inputs, **self.outputs, **place, **more}))

    def make(self, token: str, identifier: str, outputs: Values, inputs: Values | None = None) -> Object:
        """Put a further object into the account that AWS makes together with this one and that vanishes with it."""
        kind = type_of(token)
        place = "global" if kind.is_global else self.region
        owner = (self.type.token, "global" if self.type.is_global else self.region, self.id)
        given = inputs or {}
        full = {"region": self.region, **given, **outputs}
        item = Object(token, place, identifier, given, full, owner=owner, refers=_names_in(kind, full))
        self.account.put(item)
        return item

    def change(self, item: Object, **outputs: Any) -> None:
        """Change outputs of another object, as AWS does in passing."""
        item.outputs = {**item.outputs, **outputs}
        self.account.put(item)


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


@dataclass(frozen=True)
class Made:
    """The answer to a create, read or update: id and outputs, and which outputs are secret."""

    id: str
    outputs: Values
    inputs: Values = field(default_factory=dict[str, Any])
    secrets: frozenset[str] = frozenset()


class Operations:
    """What may be asked of one account. Safe to call from several threads."""

    def __init__(self, account: Account, plan: FaultPlan | None = None) -> None:
        """Work on `account`; failures happen as `plan` says."""
        self.account = account
        self._faults = Faults(plan or FaultPlan(), account)
        self._lock = threading.RLock()

    def plan(self, session: Session, token: str, inputs: Values, old: Made | None = None) -> Values:
        """Give the outputs as far as they are known before anything is done; the rest is UNKNOWN."""
        schema, kind = schema_of(token), type_of(token)
        outputs = _echo(schema, kind, session, inputs)
        if old is not None:
            return {**{name: value for name, value in old.outputs.items() if name not in old.inputs}, **outputs}
        for name in schema.outputs:
            if name not in outputs and (name in schema.always_present or name not in schema.inputs):
                outputs[name] = UNKNOWN
        return outputs

    def create(self, session: Session, urn: str, given: Decoded) -> Made:
        """Make an object.

        Raises OperationError when AWS would refuse, SimulatedFaultError when the fault plan says so.
        """
        kind = type_of(token_of(urn))
        with self._lock:
            fault = self._faults.next_create(kind.token, urn)
            fault.before_effect()
            creation = self._creation(kind, session, urn, given.values)
            try:
                with self.account.transaction():
                    creation.births = self.account.births(urn)
                    made = _settle(creation, given.secrets)
            except AwsError as refusal:
                raise OperationError(
                    _action("creating", kind), kind.service, kind.create_operation, refusal
                ) from refusal
            fault.after_effect()
            return made

    def update(self, session: Session, urn: str, identifier: str, given: Decoded) -> Made:
        """Change an object in place. Raises OperationError when AWS would refuse or the object is gone."""
        kind = type_of(token_of(urn))
        action, operation = _action("updating", kind), kind.create_operation.replace("Create", "Modify", 1)
        with self._lock:
            creation = self._creation(kind, session, urn, given.values)
            creation.id = identifier
            try:
                with self.account.transaction():
                    creation.old = self.find(kind.token, creation.region, identifier)
                    if creation.old is None:
                        creation.refuse(kind.not_found, value=identifier)
                    return _settle(creation, given.secrets)
            except AwsError as refusal:
                raise OperationError(action, kind.service, operation, refusal) from refusal

    def read(self, session: Session, token: str, identifier: str, inputs: Values) -> Made | None:
        """Give an object as it is now, or None when there is none."""
        with self._lock:
            found = self.find(token, _place(type_of(token), session, inputs), identifier)
            return found and Made(found.id, found.outputs, found.inputs, frozenset(found.secrets))

    def delete(self, session: Session, urn: str, identifier: str, inputs: Values) -> None:
        """Delete an object; one that is gone already is no error. Raises OperationError while others depend on it."""
        kind = type_of(token_of(urn))
        with self._lock:
            creation = self._creation(kind, session, urn, inputs)
            item = self.find(kind.token, creation.region, identifier)
            if item is None:
                return
            creation.old, creation.id, creation.inputs, creation.outputs = item, item.id, item.inputs, item.outputs
            try:
                with self.account.transaction():
                    _refuse_while_used(creation, item)
                    for step in kind.before_delete:
                        step(creation)
                    self.account.remove(item.key)
            except AwsError as refusal:
                raise OperationError(
                    _action("deleting", kind), kind.service, kind.delete_operation, refusal
                ) from refusal

    def find(self, token: str, place: str, identifier: str) -> Object | None:
        """Give an object by id where it should be, or wherever it is."""
        name, _, region = identifier.partition("@")
        found = self.account.get(token, region or place, name) or self.account.get(token, "global", name)
        return found or self.account.get(token, place, identifier)

    def _creation(self, kind: ResourceType, session: Session, urn: str, inputs: Values) -> Creation:
        return Creation(
            self.account,
            session,
            kind,
            urn,
            _region(session, inputs),
            with_defaults(schema_of(kind.token), kind, inputs),
        )


def token_of(urn: str) -> str:
    """Give the type token of a URN (`urn:pulumi:stack::project::parent$token::name`)."""
    return urn.split("::")[2].rsplit("$", 1)[-1]


def with_defaults(schema: Schema, kind: ResourceType, inputs: Values) -> Values:
    """Give the inputs with the provider's defaults filled in."""
    filled = {name: spec.default for name, spec in schema.inputs.items() if spec.default is not None}
    filled |= kind.defaults
    given = {name: value for name, value in inputs.items() if value is not None and name != "__defaults"}
    return {name: value for name, value in {**filled, **given}.items() if value is not None}


def _region(session: Session, inputs: Values) -> str:
    return inputs.get("region") or session.region


def _place(kind: ResourceType, session: Session, inputs: Values) -> str:
    return "global" if kind.is_global else _region(session, inputs)


def _action(verb: str, kind: ResourceType) -> str:
    return f"{verb} {kind.service} {kind.noun}"


def _echo(schema: Schema, kind: ResourceType, session: Session, inputs: Values) -> Values:
    """Give the outputs that follow from the inputs alone."""
    outputs = {name: value for name, value in with_defaults(schema, kind, inputs).items() if name in schema.outputs}
    if "region" in schema.outputs:
        outputs["region"] = _region(session, inputs)
    if "tagsAll" in schema.outputs:
        tags: dict[str, Any] = inputs.get("tags") or {}
        outputs["tagsAll"] = UNKNOWN if contains_unknown(tags) else {**session.default_tags, **tags}
    return outputs


def _settle(creation: Creation, secrets: frozenset[str]) -> Made:
    """Check an object whose inputs are all known and put it into the account."""
    kind, schema = creation.type, schema_of(creation.type.token)
    _refuse_dangling(creation)
    for check in kind.checks:
        check(creation)
    fresh = creation.old is None
    if fresh:
        creation.id = kind.adopts(creation) if kind.adopts else kind.id(creation)
    creation.outputs = _outputs(creation, schema, fresh=fresh)
    for rule in kind.unique:
        _refuse_duplicate(creation, rule)
    given = {name: value for name, value in creation.inputs.items() if name in schema.inputs}
    place = "global" if kind.is_global else creation.region
    item = Object(
        kind.token,
        place,
        creation.id,
        given,
        creation.outputs,
        sorted(secrets),
        owner=creation.old.owner if creation.old else None,
        refers=_names_in(kind, creation.outputs | given),
        sequence=creation.old.sequence if creation.old else 0,
    )
    if fresh and creation.account.get(*item.key) is not None:
        raise AwsError("EntityAlreadyExists", f"{kind.noun} {creation.id} already exists", 409)
    creation.account.put(item)
    for step in kind.after_create if fresh else kind.after_update:
        step(creation)
    return Made(item.id, creation.outputs, given, frozenset(secrets))


def _outputs(creation: Creation, schema: Schema, *, fresh: bool) -> Values:
    kind = creation.type
    outputs = _echo(schema, kind, creation.session, creation.inputs)
    if not fresh and creation.old is not None:
        kept = {name: value for name, value in creation.old.outputs.items() if name not in creation.old.inputs}
        return {**kept, **outputs}
    creation.outputs = outputs
    if kind.arn and "arn" in schema.outputs:
        outputs["arn"] = creation.arn(kind.arn)
    if kind.computed:
        outputs.update(kind.computed(creation))
    for name in schema.outputs:
        if name not in outputs and name in schema.always_present:
            outputs[name] = zero(schema.outputs[name])
    return outputs


def _names_in(kind: ResourceType, values: Mapping[str, Any]) -> list[str]:
    return sorted({value for ref in kind.references for value in at(values, ref.path) if isinstance(value, str)})


def _refuse_dangling(creation: Creation) -> None:
    for reference in creation.type.references:
        for value in at(creation.inputs, reference.path):
            if value and not value.startswith(reference.foreign or ("\0",)):
                _require(creation, reference, value)


def _require(creation: Creation, reference: Reference, value: str) -> None:
    if any(creation.find(token, value, reference.by) for token in reference.tokens):
        return
    creation.refuse(reference.refusal or type_of(reference.tokens[0]).not_found, value=value)


def _refuse_duplicate(creation: Creation, rule: Unique) -> None:
    def identity(values: Mapping[str, Any]) -> tuple[str, ...] | None:
        key = [values.get(name) for name in rule.fields]
        if any(value is None for value in key):
            return None
        return tuple(repr(value) for value in [*key, *(values.get(name) for name in rule.optional)])

    mine = identity({**creation.outputs, **creation.inputs})
    if mine is not None and any(identity({**item.outputs, **item.inputs}) == mine for item in creation.others()):
        creation.refuse(rule.refusal)


def _refuse_while_used(creation: Creation, item: Object) -> None:
    """Refuse to delete what another object names, unless AWS allows that or the other object goes with it."""
    if creation.type.adopts is not None:
        return  # giving an adopted default object back deletes nothing
    own = {item.key, *(owned.key for owned in creation.account.owned_by(item.key))}
    names = {item.id, *(value for value in item.outputs.values() if isinstance(value, str) and value)}
    for name in sorted(names):
        for referrer in creation.account.naming(name):
            if referrer.key not in own and referrer.owner != item.key and _blocks(referrer, item, name):
                creation.refuse(creation.type.in_use, user=referrer.id)


def _blocks(referrer: Object, item: Object, name: str) -> bool:
    for reference in type_of(referrer.token).references:
        if reference.blocks and item.token in reference.tokens:
            targets = [item.id if key == "id" else item.outputs.get(key) for key in reference.by]
            if name in targets and name in at({**referrer.outputs, **referrer.inputs}, reference.path):
                return True
    return False
