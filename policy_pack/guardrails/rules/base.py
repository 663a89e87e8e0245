"""What a rule is, and what it yields."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from typing import Any, ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Origin, Unknown


class Outcome(StrEnum):
    """What a rule says about a subject."""

    PASS = "pass"  # noqa: S105 - an outcome
    FAIL = "fail"
    UNRESOLVED = "unresolved"
    NOT_APPLICABLE = "not-applicable"
    EXEMPT = "exempt"


class Severity(StrEnum):
    """How bad a finding is, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Level(StrEnum):
    """What a finding does: stop the deployment, or only be told."""

    MANDATORY = "mandatory"
    ADVISORY = "advisory"
    DISABLED = "disabled"


class Scope(StrEnum):
    """What a rule must see.

    A `RESOURCE` rule judges each resource by its inputs alone. A `STACK` rule needs the others. An `EARLY` rule is a
    stack rule whose failures hold whatever else the stack has, so that it also stops a resource before it is made.
    """

    RESOURCE = "resource"
    STACK = "stack"
    EARLY = "early"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule found.

    `subject` is a URN, or empty for the stack as a whole. `value` is a short rendering of what is wrong and `witness`
    an example that shows it; neither may carry a secret (reports mask what the facts mark as one).
    """

    rule: str
    outcome: Outcome
    subject: str
    path: str
    why: str
    value: str = ""
    witness: str = ""


@dataclass(frozen=True, slots=True)
class NoOptions:
    """The options of a rule that has none."""


class Rule(ABC):
    """One rule. Subclasses state what they are and yield findings from `check`.

    `avoid` and `prefer` are small Pulumi YAML programs: the first breaks this rule, the second does not. `kinds` are
    the kinds that a resource or early rule wants to see. `covers` are the numbers of the idea list this rule answers.
    `beside_network` are the kinds that an account must show besides its network for the rule to judge it, without a
    program: empty where the network alone decides, None where nothing but the resources of a program does.
    """

    id: ClassVar[str]
    slug: ClassVar[str]
    title: ClassVar[str]
    rationale: ClassVar[str]
    fix: ClassVar[str]
    severity: ClassVar[Severity] = Severity.HIGH
    scope: ClassVar[Scope] = Scope.STACK
    kinds: ClassVar[frozenset[str]] = frozenset()
    references: ClassVar[tuple[str, ...]] = ()
    controls: ClassVar[tuple[str, ...]] = ()
    covers: ClassVar[tuple[int, ...]] = ()
    enforcement: ClassVar[Mapping[str, Level]] = {"prod": Level.MANDATORY, "dev": Level.MANDATORY}
    needs_intent: ClassVar[bool] = False
    exemptible: ClassVar[bool] = True
    beside_network: ClassVar[frozenset[str] | None] = None
    options_type: ClassVar[type[Any]] = NoOptions
    avoid: ClassVar[str]
    prefer: ClassVar[str]
    example_intent: ClassVar[str] = ""

    def __init__(self, options: Any = None) -> None:
        self.options: Any = options if options is not None else self.options_type()

    @property
    def name(self) -> str:
        """The name under which CrossGuard lists the rule."""
        return f"{self.id}-{self.slug}"

    @abstractmethod
    def check(self, facts: Facts) -> Iterator[Finding]:
        """Yield what is wrong or cannot be judged; yield nothing where all is well."""

    # -- what a rule yields -------------------------------------------------------------------------------------------

    def fail(self, at: Resource | Origin, path: str, why: str, value: object = "", witness: str = "") -> Finding:
        """Say that a subject breaks the rule."""
        return Finding(self.id, Outcome.FAIL, _subject(at), path or _path(at), why, _render(value), witness)

    def unresolved(self, at: Resource | Origin, path: str, unknown: Unknown | str, why: str = "") -> Finding:
        """Say that a subject cannot be judged, naming the input that is missing."""
        subject = _subject(at)
        missing = unknown
        if isinstance(unknown, Unknown):
            missing = f"{unknown.what.removeprefix(f'{subject}.') or path} is not known ({unknown.why})"
        text = f"{why}: {missing}" if why else f"{missing}"
        return Finding(self.id, Outcome.UNRESOLVED, subject, path or _path(at), text)

    def blind(self, facts: Facts) -> str:
        """Say what of an account this rule cannot see, an empty text where it sees what it needs or a program."""
        if facts.seen is None:
            return ""
        needed = self.beside_network
        if needed is None:
            needed = frozenset[str]() if self.scope is Scope.STACK else self.kinds
            if not needed:
                return "an account does not show what it judges: check the program's state"
        missing = sorted(needed - facts.seen)
        return f"of the account these are not read: {_some(missing)}" if missing else ""

    def not_applicable(self, why: str) -> Finding:
        """Say that the rule has nothing to judge by, and what it would need."""
        return Finding(self.id, Outcome.NOT_APPLICABLE, "", "", why)


class ResourceRule(Rule):
    """A rule that judges each resource of its kinds by its own inputs."""

    scope: ClassVar[Scope] = Scope.RESOURCE

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every resource of the rule's kinds, or every one where it names none."""
        for resource in facts.of(*sorted(self.kinds)) if self.kinds else facts.resources:
            yield from self.judge(resource, facts)

    @abstractmethod
    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Yield what is wrong with one resource."""


def option_names(options_type: type[Any]) -> tuple[str, ...]:
    """Name the options that a rule takes."""
    return tuple(item.name for item in fields(options_type)) if is_dataclass(options_type) else ()


def _some(names: Sequence[str], most: int = 4) -> str:
    """List the first names, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def _subject(at: Resource | Origin) -> str:
    return at.urn if isinstance(at, Resource) else at.subject


def _path(at: Resource | Origin) -> str:
    return "" if isinstance(at, Resource) else at.path


def _render(value: object) -> str:
    if isinstance(value, Unknown):
        return "(not known)"
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 200 else f"{text[:197]}..."
