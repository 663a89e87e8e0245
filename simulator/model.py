"""What a resource type of the simulated account is made of. `simulator/types/` fills these in, one short entry a type.

To add a type: write a `ResourceType` in the table of its service (`simulator/types/<service>.py`). Only what AWS
does beyond the
shape of the arguments is declared: which inputs name other objects, what must be unique, what AWS computes, what it
refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulator.shapes import is_list, is_map

if TYPE_CHECKING:
    from simulator.creation import Creation

Values = dict[str, Any]
Check = Callable[["Creation"], None]
"""Looks at an object about to be made or changed; raises AwsError to refuse it."""
Compute = Callable[["Creation"], Mapping[str, Any]]
"""Gives the outputs that AWS fills in. Runs only when all inputs are known."""
Validate = Callable[[str, Any], str | None]
"""Looks at one known input value (path, value); gives the reason when it is wrong. Runs at preview too."""


@dataclass(frozen=True)
class Refusal:
    """An error code and its message; `{value}`, `{id}` and the inputs by name may appear in the message."""

    code: str
    message: str
    status: int = 400
    patience: int = 0
    """For how many seconds AWS's provider goes on trying after this refusal, where its reason passes by itself."""


@dataclass(frozen=True)
class Reference:
    """An input that names another object of the account.

    `path` is dotted; a list is entered by itself (`vpcSettings.subnetIds`). `by` lists the outputs of the target that
    the value may equal. Values starting with one of `foreign` name something that AWS keeps or that lies in another
    account, and are not looked up.
    `blocks` tells whether AWS refuses to delete the target while this object refers to it.
    """

    path: str
    token: str | tuple[str, ...]
    by: tuple[str, ...] = ("id",)
    foreign: tuple[str, ...] = ()
    blocks: bool = True
    refusal: Refusal | None = None
    unready: Refusal | None = None
    """What AWS answers while the target is still being made; None where it takes that."""

    @property
    def tokens(self) -> tuple[str, ...]:
        """The types that may be named."""
        return (self.token,) if isinstance(self.token, str) else self.token


@dataclass(frozen=True)
class Unique:
    """Inputs or outputs that no two objects of the type may share; objects in which one of them is absent do not
    count."""

    fields: tuple[str, ...]
    refusal: Refusal
    optional: tuple[str, ...] = ()
    """Further fields that count as equal when absent in both."""
    leaving: Refusal | None = None
    """What AWS answers while an object that is deleted but can be brought back has them; None where that is free."""


@dataclass(frozen=True)
class ResourceType:
    """One resource type of the simulated account."""

    token: str
    service: str
    """The service as AWS's SDK names it in errors (`EC2`)."""
    noun: str
    """The object as the provider names it in errors (`EC2 Subnet`), without the service."""
    id: Callable[[Creation], str]
    arn: str = ""
    """ARN template over `{partition}`, `{region}`, `{account}`, `{id}` and the inputs by name; empty when it has
    none."""
    cloudformation: str = ""
    """The CloudFormation type whose createOnlyProperties tell what replaces the object; guessed from the token
    when empty."""
    create: str = ""
    """The API operation; `Create` and the noun when empty."""
    delete: str = ""
    references: tuple[Reference, ...] = ()
    unique: tuple[Unique, ...] = ()
    validate: Mapping[str, Validate] = field(default_factory=dict[str, Validate])
    """Checks of single inputs by path, at preview too."""
    defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Defaults that the provider fills in; `None` cancels one read from the documentation."""
    autoname: str = ""
    """The input that gets a generated name when absent; `name` when the type has one that is optional. `-` for
    never."""
    computed: Compute | None = None
    checks: tuple[Check, ...] = ()
    after_create: tuple[Callable[[Creation], None], ...] = ()
    after_update: tuple[Callable[[Creation], None], ...] = ()
    before_delete: tuple[Callable[[Creation], None], ...] = ()
    not_found: Refusal = Refusal("ResourceNotFoundException", "The resource {value} was not found", 404)
    in_use: Refusal = Refusal("DependencyViolation", "The object '{id}' has dependencies and cannot be deleted.")
    replace: frozenset[str] = frozenset()
    """Inputs whose change replaces the object although CloudFormation's schema does not say so under that name."""
    update: frozenset[str] = frozenset()
    """Inputs that are updated in place although CloudFormation would replace the object."""
    renews: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    """Computed outputs that follow from inputs at an update too, by those inputs; unknown at its preview."""
    adopts: Callable[[Creation], str] | None = None
    """For `Default*` types: gives the id of the object that AWS made and that this one takes over."""
    is_global: bool = False
    """Whether the object lives outside any region (IAM)."""

    @property
    def create_operation(self) -> str:
        """The API operation that errors of a create name."""
        return self.create or f"Create{self.noun.replace(' ', '')}"

    @property
    def delete_operation(self) -> str:
        """The API operation that errors of a delete name."""
        return self.delete or f"Delete{self.noun.replace(' ', '')}"


def at(values: Mapping[str, Any], path: str) -> list[Any]:
    """Give every value found at a dotted path; lists on the way, and at the end, are entered."""
    found: list[Any] = [values]
    for step in path.split("."):
        found = [item[step] for item in _flat(found) if is_map(item) and item.get(step) is not None]
    return _flat(found)


def _flat(items: list[Any]) -> list[Any]:
    flat: list[Any] = []
    for item in items:
        if is_list(item):
            flat.extend(item)  # pyright: ignore[reportUnknownArgumentType]
        else:
            flat.append(item)
    return flat
