"""What keeps the data of protected zones, with everything that its policies say: buckets, secrets."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from guardrails.facts.documents import Statement
from guardrails.facts.resource import Resource
from guardrails.facts.roles import Role
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, Rule
from guardrails.rules.companions import companions
from guardrails.rules.documents import resource_documents
from guardrails.rules.protected import tagged_protected

if TYPE_CHECKING:
    from guardrails.facts.intent import Intent


@dataclass(frozen=True, slots=True)
class Keeping:
    """A kind of resource that keeps data, and the kind that gives it a policy by naming it in `path`.

    `noun` is what people call several of them.
    """

    noun: str
    kind: str
    policy: str
    path: str
    role: Role


@dataclass(frozen=True, slots=True)
class Kept:
    """One resource, the statements of its policies that can be read, and what of them cannot.

    `zone` is set where its tags do not tell whether a protected zone's data lies there.
    """

    resource: Resource
    statements: tuple[Statement, ...] = ()
    unread: Unknown | None = None
    zone: Unknown | None = None


def kept_data(facts: Facts, intent: Intent, keeping: Keeping) -> Iterator[Kept]:
    """Give every resource of a kind that carries a protected zone's tags, or may."""
    policies = companions(facts, (keeping.policy,), keeping.path, keeping.role)
    for resource in facts.of(keeping.kind):
        protected = tagged_protected(resource, intent)
        if isinstance(protected, Unknown):
            yield Kept(resource, zone=protected)
        elif protected:
            owners = (resource, *policies.of(resource.urn))
            documents = [found for owner in owners for _, found in resource_documents(owner)]
            read = [document for document in documents if not isinstance(document, Unknown)]
            unread = next((document for document in documents if isinstance(document, Unknown)), None)
            statements = tuple(statement for document in read for statement in document.statements)
            yield Kept(resource, statements, unread or (None if documents else policies.loose))


class BoundDataRule(Rule):
    """A rule that requires the data of protected zones to be bound: to a place, an account, a role.

    `bound_to` says to what, and `loose` what is wrong where it is not.
    """

    needs_intent: ClassVar[bool] = True
    keeping: ClassVar[Keeping]
    bound_to: ClassVar[str]
    loose: ClassVar[str]
    example_intent: ClassVar[str] = """
version: 1
zones:
  production: {tags: {Zone: production}, protected: true}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every resource of the kind that carries a protected zone's tags."""
        if facts.intent is None or not facts.intent.zones:
            yield self.not_applicable(f"no intent names zones: which {self.keeping.noun} are protected is not known")
            return
        for item in kept_data(facts, facts.intent, self.keeping):
            if item.zone is not None:
                yield self.unresolved(item.resource, "tags", item.zone, "which zone it belongs to cannot be told")
            elif self.binds(item):
                continue
            elif item.unread is not None:
                yield self.unresolved(item.resource, "", item.unread, f"whether it is bound to {self.bound_to}")
            else:
                yield self.fail(item.resource, "", self.loose)

    @abstractmethod
    def binds(self, item: Kept) -> bool:
        """Tell whether the statements that can be read bind the data."""
