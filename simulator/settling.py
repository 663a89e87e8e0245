"""Putting an object into the account: what follows from its inputs, what AWS refuses, and what AWS adds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from simulator import clock
from simulator.account import Account, Object
from simulator.courses import MAKING, gone_by
from simulator.creation import Creation, Session, names_in
from simulator.emulator import making
from simulator.errors import AwsError
from simulator.model import Reference, ResourceType, Unique, Values, at
from simulator.schema import Schema, schema_of, zero
from simulator.types import type_of
from simulator.wire import UNKNOWN, contains_unknown

_PATIENCE: Final = 1200
"""For how many seconds AWS's provider goes on trying to delete what another object still holds: the default time-out of
`delete` of a subnet (https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/r/subnet.html.markdown)."""


@dataclass(frozen=True)
class Made:
    """The answer to a create, read or update: id and outputs, and which outputs are secret."""

    id: str
    outputs: Values
    inputs: Values = field(default_factory=dict[str, Any])
    secrets: frozenset[str] = frozenset()


def with_defaults(schema: Schema, kind: ResourceType, inputs: Values) -> Values:
    """Give the inputs with the provider's defaults filled in."""
    filled = {name: spec.default for name, spec in schema.inputs.items() if spec.default is not None}
    filled |= kind.defaults
    given = {name: value for name, value in inputs.items() if value is not None and name != "__defaults"}
    return {name: value for name, value in {**filled, **given}.items() if value is not None}


def region_of(session: Session, inputs: Values) -> str:
    """Give the region an object lies in: its own `region` input, or the provider's."""
    return inputs.get("region") or session.region


def place_of(kind: ResourceType, session: Session, inputs: Values) -> str:
    """Give where an object is kept: its region, or `global`."""
    return "global" if kind.is_global else region_of(session, inputs)


def echo(schema: Schema, kind: ResourceType, session: Session, inputs: Values) -> Values:
    """Give the outputs that follow from the inputs alone."""
    outputs = {name: value for name, value in with_defaults(schema, kind, inputs).items() if name in schema.outputs}
    if "region" in schema.outputs:
        outputs["region"] = region_of(session, inputs)
    if "tagsAll" in schema.outputs:
        tags: dict[str, Any] = inputs.get("tags") or {}
        outputs["tagsAll"] = UNKNOWN if contains_unknown(tags) else {**session.default_tags, **tags}
    return outputs


def settle(creation: Creation, secrets: frozenset[str]) -> Made:
    """Check an object whose inputs are all known and put it into the account."""
    kind, schema = creation.type, schema_of(creation.type.token)
    _refuse_dangling(creation)
    _refuse_leaving(creation)
    for check in kind.checks:
        check(creation)
    fresh = creation.old is None
    if fresh:
        creation.id = kind.adopts(creation) if kind.adopts else kind.id(creation)
    chosen = making.make(creation) if fresh else {}
    creation.outputs = _outputs(creation, schema, chosen, fresh=fresh)
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
        refers=names_in(kind, creation.outputs | given),
        sequence=creation.old.sequence if creation.old else 0,
        phase=creation.old.phase if creation.old else "",
        due=creation.old.due if creation.old else 0,
    )
    if fresh and creation.account.get(*item.key) is not None:
        raise AwsError("EntityAlreadyExists", f"{kind.noun} {creation.id} already exists", 409)
    creation.account.put(item)
    making.finish(creation)
    if fresh:
        clock.begin(creation, item, MAKING)
    for step in kind.after_create if fresh else kind.after_update:
        step(creation)
    return Made(item.id, creation.outputs, given, frozenset(secrets))


def renewed(kind: ResourceType, old: Values, new: Values) -> tuple[str, ...]:
    """Give the outputs that an update makes anew."""
    return tuple(
        output for output, inputs in kind.renews.items() if any(old.get(name) != new.get(name) for name in inputs)
    )


def _outputs(creation: Creation, schema: Schema, chosen: Values, *, fresh: bool) -> Values:
    kind = creation.type
    outputs = echo(schema, kind, creation.session, creation.inputs)
    if not fresh and creation.old is not None:
        kept = {name: value for name, value in creation.old.outputs.items() if name not in creation.old.inputs}
        names = renewed(kind, creation.old.inputs, creation.inputs)
        anew: Mapping[str, Any] = kind.computed(creation) if names and kind.computed else {}
        return {**kept, **outputs, **{name: anew[name] for name in names}}
    creation.outputs = outputs
    if kind.arn and "arn" in schema.outputs:
        outputs["arn"] = creation.arn(kind.arn)
    if kind.computed:
        outputs.update(kind.computed(creation))
    outputs.update({name: value for name, value in chosen.items() if value is not None})
    for name in schema.outputs:
        if name not in outputs and name in schema.always_present:
            outputs[name] = zero(schema.outputs[name])
    return outputs


def _refuse_dangling(creation: Creation) -> None:
    for reference in creation.type.references:
        for value in at(creation.inputs, reference.path):
            if value:
                _require(creation, reference, value)


def _require(creation: Creation, reference: Reference, value: str) -> None:
    candidates = (creation.find(token, value, reference.by) for token in reference.tokens)
    found = next((item for item in candidates if item is not None), None)
    if found is None:
        if value.startswith(reference.foreign):
            return
        creation.refuse(reference.refusal or type_of(reference.tokens[0]).not_found, value=value)
    if found.phase == MAKING and reference.unready is not None:
        creation.refuse(reference.unready, value=value, due=found.due)


def _refuse_duplicate(creation: Creation, rule: Unique) -> None:
    def identity(values: Mapping[str, Any]) -> tuple[str, ...] | None:
        key = [values.get(name) for name in rule.fields]
        if any(value is None for value in key):
            return None
        return tuple(repr(value) for value in [*key, *(values.get(name) for name in rule.optional)])

    mine = identity({**creation.outputs, **creation.inputs})
    if mine is not None and any(identity({**item.outputs, **item.inputs}) == mine for item in creation.others()):
        creation.refuse(rule.refusal)


def _refuse_leaving(creation: Creation) -> None:
    """Refuse the name of an object that is deleted but can be brought back."""
    for rule in creation.type.unique if creation.old is None else ():
        for left in creation.account.leaving() if rule.leaving is not None else ():
            same = all(left.item.inputs.get(name) == creation.get(name) for name in rule.fields)
            if rule.leaving is not None and same and left.item.token == creation.type.token:
                creation.refuse(rule.leaving, due=left.until)


def refuse_while_used(creation: Creation, item: Object) -> None:
    """Refuse to delete what another object names, unless AWS allows that or the other object goes with it."""
    if creation.type.adopts is not None:
        return  # giving an adopted default object back deletes nothing
    own = {item.key, *(owned.key for owned in creation.account.owned_by(item.key))}
    names = {item.id, *(value for value in item.outputs.values() if isinstance(value, str) and value)}
    for name in sorted(names):
        for referrer in creation.account.naming(name):
            if referrer.key not in own and referrer.owner != item.key and _blocks(referrer, item, name):
                due = _gone_by(creation.account, referrer)
                creation.refuse(replace(creation.type.in_use, patience=_PATIENCE), user=referrer.id, due=due)


def _gone_by(account: Account, item: Object) -> int:
    """Give when an object, or the one that it vanishes with, will be gone; 0 where nobody is deleting it."""
    owner = account.get(*item.owner) if item.owner else None
    return max(gone_by(item), gone_by(owner) if owner else 0)


def _blocks(referrer: Object, item: Object, name: str) -> bool:
    for reference in type_of(referrer.token).references:
        if reference.blocks and item.token in reference.tokens:
            targets = [item.id if key == "id" else item.outputs.get(key) for key in reference.by]
            if name in targets and name in at({**referrer.outputs, **referrer.inputs}, reference.path):
                return True
    return False
