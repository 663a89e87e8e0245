"""How a resource type is made through the AWS API. `simulator/emulator/` fills these in, one short entry a type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulator.model import Values
from simulator.shapes import is_list, is_map

if TYPE_CHECKING:
    from simulator.creation import Creation

Parameters = Callable[["Creation"], Values | None]
"""Gives the parameters of a call, or None when it is not to be made."""


@dataclass(frozen=True)
class Step:
    """One API call, by its name in boto3."""

    operation: str
    parameters: Parameters
    service: str = ""
    """The service when it is not that of the type."""
    each: Callable[[Creation], Iterable[Values]] | None = None
    """Gives the parameters of several such calls; `parameters` is then not asked."""


@dataclass(frozen=True)
class Amendment:
    """What an object of moto has that its API cannot set: where moto keeps it, and attributes by moto's names."""

    service: str
    kept_in: str
    key: str
    values: Values


@dataclass(frozen=True)
class Emulated:
    """The API calls behind one resource type.

    `identity` and `outputs` are paths into the answer of `create`; without `identity` the id is the type's own. `then`
    runs after a create and after every update. `interfaces` is the path of the network interfaces that the API made.
    """

    token: str
    service: str
    create: Step
    identity: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict[str, str])
    first: tuple[Step, ...] = ()
    """Runs before a create."""
    then: tuple[Step, ...] = ()
    update: tuple[Step, ...] = ()
    delete: tuple[Step, ...] = ()
    identified: Callable[[Creation, dict[str, Any]], str] | None = None
    """Gives the id where the answer of `create` does not have it."""
    chosen: Callable[[Creation], Step] | None = None
    """Gives the call that makes the object, where it depends on the inputs; `create` is then one of them."""
    interfaces: str = ""
    tags: str = ""
    """EC2's name of the resource type for tags, where the create takes `TagSpecifications`."""
    claimed: Callable[[Creation], list[str]] | None = None
    """Gives the network interfaces that the API made, where its answer does not name them."""
    look: Parameters | None = None
    """Gives further outputs, looked up once the object is there."""
    foreign: Parameters | None = None
    """Gives outputs that tell what others have added to the object behind the provider's back."""
    amend: Callable[[Creation], Iterable[Amendment]] | None = None
    """Runs after a create and after every update, once all outputs are known."""
    forget: str = ""
    """Where moto keeps the objects, when its API has no call that deletes them."""
    alive: Step | None = None
    """A call that fails, or whose answer at `alive_at` is empty, once the object is gone."""
    alive_at: str = ""
    lives: Callable[[Creation, dict[str, Any]], bool] | None = None
    """Tells from the answer of `alive` whether the object is in it, where a path does not say."""


def step(operation: str, service: str = "", /, **fields: str) -> Step:
    """Give a call whose parameters are inputs: `CidrBlock="cidrBlock"`; `@id` is the id. Absent inputs are left out."""
    return Step(operation, picked(**fields), service)


def picked(**fields: str) -> Callable[[Creation], Values]:
    """Give parameters that are copies of inputs by name (`@id` for the id); absent ones are left out."""

    def parameters(creation: Creation) -> Values:
        values = {name: creation.id if path == "@id" else creation.get(path) for name, path in fields.items()}
        return {name: value for name, value in values.items() if value is not None}

    return parameters


def follow(answer: Any, path: str) -> Any:
    """Give what lies at a dotted path of an answer; list items by number. None when there is nothing."""
    for part in path.split(".") if path else ():
        if is_list(answer):
            answer = answer[int(part)] if int(part) < len(answer) else None
        elif is_map(answer):
            answer = answer.get(part)
        else:
            return None
    return answer


def tag_list(creation: Creation) -> list[dict[str, str]]:
    """Give an object's tags, defaults of the provider included, as most APIs take them."""
    tags = {**creation.session.default_tags, **creation.get("tags", {})}
    return [{"Key": name, "Value": value} for name, value in sorted(tags.items())]


def several(operation: str, each: Callable[[Creation], Iterable[Values]], service: str = "") -> Step:
    """Give a call that is made any number of times, with the parameters that `each` yields."""
    return Step(operation, lambda _creation: None, service, each)


def listed(operation: str, parameter: str) -> Step:
    """Give a call that takes the id in a list."""
    return Step(operation, lambda creation: {parameter: [creation.id]})


def only(operation: str, parameter: str) -> tuple[Step, ...]:
    """Give one call that takes nothing but the id."""
    return (Step(operation, lambda creation: {parameter: creation.id}),)


def plus_tags(parameters: Step, key: str = "Tags") -> Step:
    """Give a call with the object's tags added, where it has any."""

    def tagged(creation: Creation) -> Values | None:
        values, tags = parameters.parameters(creation), tag_list(creation)
        return {**values, key: tags} if values is not None and tags else values

    return Step(parameters.operation, tagged, parameters.service)
