"""An object on its way into the simulated account: what the tables of types work on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from simulator import regions
from simulator.account import Account, Object
from simulator.errors import AwsError
from simulator.model import Refusal, ResourceType, Values, at
from simulator.types import type_of

if TYPE_CHECKING:
    from simulator.emulator.world import World


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
    world: World | None = None
    """The API side of the account, where there is one."""
    claims: list[str] = field(default_factory=list[str])
    """Ids of the network interfaces that the API has made for this object."""
    calls: int = 0

    def seed(self) -> str:
        """Give the seed of the next API call: the same at the same point of the object's history."""
        self.calls += 1
        return self.hex(32, f"call {self.calls} {'update' if self.old else 'create'}")

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

    def siblings(self, field: str) -> list[Object]:
        """Give the other objects of the own type that name the same object by this input."""
        value = self.get(field)
        named = self.account.naming(value) if isinstance(value, str) else []
        known = [o for o in named if o.token == self.type.token and o.inputs.get(field) == value]
        return [o for o in known if self.old is None or o.key != self.old.key]

    def refuse(self, refusal: Refusal, *, due: int = 0, **more: object) -> NoReturn:
        """Raise AwsError with the inputs filled into its message; `due` is when its reason passes by itself."""
        values = _Blank({**self.inputs, "id": self.id, "account": self.session.account, "region": self.region, **more})
        patient = due - self.account.now <= refusal.patience
        raise AwsError(refusal.code, refusal.message.format_map(values), refusal.status, until=due if patient else 0)

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
        item = Object(token, place, identifier, given, full, owner=owner, refers=names_in(kind, full))
        self.account.put(item)
        return item

    def change(self, item: Object, **outputs: Any) -> None:
        """Change outputs of another object, as AWS does in passing."""
        item.outputs = {**item.outputs, **outputs}
        self.account.put(item)


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


def names_in(kind: ResourceType, values: Mapping[str, Any]) -> list[str]:
    """Give the values by which an object names others."""
    return sorted({value for ref in kind.references for value in at(values, ref.path) if isinstance(value, str)})
