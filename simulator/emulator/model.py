"""How a resource type is made through the AWS API. `simulator/emulator/` fills these in, one short entry a type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
    then: tuple[Step, ...] = ()
    update: tuple[Step, ...] = ()
    delete: tuple[Step, ...] = ()
    interfaces: str = ""
    tags: str = ""
    """EC2's name of the resource type for tags, where the create takes `TagSpecifications`."""
    look: Parameters | None = None
    """Gives further outputs, looked up once the object is there."""
    foreign: Parameters | None = None
    """Gives outputs that tell what others have added to the object behind the provider's back."""
    alive: Step | None = None
    """A call that fails, or whose answer at `alive_at` is empty, once the object is gone."""
    alive_at: str = ""


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


def listed(operation: str, parameter: str) -> Step:
    """Give a call that takes the id in a list."""
    return Step(operation, lambda creation: {parameter: [creation.id]})


def only(operation: str, parameter: str) -> tuple[Step, ...]:
    """Give one call that takes nothing but the id."""
    return (Step(operation, lambda creation: {parameter: creation.id}),)
