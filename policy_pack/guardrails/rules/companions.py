"""Resources that complete another one: the flow log of a VPC, the public access block of a bucket."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from guardrails.facts.resource import Resource
from guardrails.facts.roles import Role
from guardrails.facts.stack import Facts
from guardrails.facts.values import Ref, Unknown


@dataclass(frozen=True, slots=True)
class Companions:
    """Resources of some kinds by the key of the object that each completes.

    `loose` tells of one whose object cannot be told: that an object has no companion is then not proven.
    """

    by_key: dict[str, list[Resource]] = field(default_factory=dict[str, list[Resource]])
    loose: Unknown | None = None

    def of(self, key: str) -> list[Resource]:
        """Give the companions of an object."""
        return self.by_key.get(key, [])


def companions(facts: Facts, kinds: Iterable[str], path: str, role: Role) -> Companions:
    """Group the resources of some kinds by the object that a property of theirs names."""
    grouped: dict[str, list[Resource]] = defaultdict(list)
    loose: Unknown | None = None
    for item in facts.of(*kinds):
        named = facts.refs(item, path, role)
        if isinstance(named, Unknown):
            loose = Unknown(f"{item.urn}.{path}", named.why)
            continue
        for target in named:
            if isinstance(target, Ref):
                grouped[target.key or target.literal or ""].append(item)
            else:
                loose = Unknown(f"{item.urn}.{path}", target.why)
    return Companions(dict(grouped), loose)
