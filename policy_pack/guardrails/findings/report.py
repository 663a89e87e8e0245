"""One run's findings with what a reader needs beside them: the rule, the level, the fingerprint, nothing secret."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from guardrails.facts.resource import Resource, Value
from guardrails.facts.stack import Facts
from guardrails.findings.exemptions import apply_exemptions
from guardrails.findings.run import CRASHED, run_rules, sort_findings
from guardrails.rules.base import Finding, Level, Outcome, Rule, Scope
from guardrails.rules.catalogue import rule_types

MASK = "[secret]"
_SENSITIVE = re.compile(
    r"password|passwd|secret_?string|secret_?binary|private_?key|shared_?key|access_?key|secret_?key|token|user_?data",
    re.IGNORECASE,
)
_SHORTEST_SECRET = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """A finding as it is told."""

    finding: Finding
    rule: type[Rule]
    level: Level
    fix: str
    note: str = ""
    """For an exempt finding: the reason, the owner and the expiry."""
    ordinal: int = 0
    """How many findings of this rule, outcome, subject and path come before it."""

    @property
    def fingerprint(self) -> str:
        """The same for the same finding on the same subject from run to run, whatever its wording."""
        parts = [*_place(self.finding), *([str(self.ordinal)] if self.ordinal else [])]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]

    @property
    def blocks(self) -> bool:
        """Whether this finding stops a deployment."""
        return self.level is Level.MANDATORY and self.finding.outcome in {Outcome.FAIL, Outcome.UNRESOLVED}


@dataclass(frozen=True, slots=True)
class Report:
    """All findings of one run, sorted."""

    entries: tuple[Entry, ...]
    rules: tuple[type[Rule], ...]
    resources: int = 0

    @property
    def blocked(self) -> bool:
        """Whether anything in it stops a deployment."""
        return any(entry.blocks for entry in self.entries)

    @property
    def findings(self) -> list[Entry]:
        """What failed or could not be resolved, whatever its level."""
        return [item for item in self.entries if item.finding.outcome in {Outcome.FAIL, Outcome.UNRESOLVED}]

    def of(self, outcome: Outcome) -> list[Entry]:
        """The entries of one outcome."""
        return [item for item in self.entries if item.finding.outcome is outcome]


def _place(finding: Finding) -> tuple[str, ...]:
    return finding.rule, finding.outcome.value, finding.subject, finding.path


class Masker:
    """Takes out of a finding whatever the facts mark as secret, and whatever is named like one."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self._paths: dict[str, frozenset[str]] = {}
        words: set[str] = set()
        for resource in resources:
            sensitive = {key for key in resource.props if _SENSITIVE.search(key)}
            paths = resource.secrets | sensitive
            if paths:
                self._paths[resource.urn] = frozenset(paths)
                for path in paths:
                    words.update(_texts(resource.get(_dotted(path))))
        self._words = sorted((word for word in words if len(word) >= _SHORTEST_SECRET), key=len, reverse=True)

    def mask(self, finding: Finding) -> Finding:
        """Give the finding without any secret in it."""
        paths = self._paths.get(finding.subject, frozenset())
        value = MASK if finding.value and any(_touches(finding.path, path) for path in paths) else finding.value
        return replace(
            finding, value=self._scrub(value), why=self._scrub(finding.why), witness=self._scrub(finding.witness)
        )

    def _scrub(self, text: str) -> str:
        for word in self._words:
            text = text.replace(word, MASK)
        return text


def _texts(value: Value) -> Iterable[str]:
    """Give the texts of a secret value; of a document, the leaves alone would still be its secrets."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)


def _dotted(path: str) -> str:
    return re.sub(r"\[(\d+)\]", r".\1", path)


def _touches(path: str, secret: str) -> bool:
    one, other = _dotted(path), _dotted(secret)
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What decides how findings are told: the rules with their options, and each rule's level."""

    rules: tuple[Rule, ...]
    levels: Mapping[str, Level]
    problems: tuple[Finding, ...] = ()
    """Findings about the configuration itself."""
    today: str = ""
    _chosen: dict[tuple[str, str], tuple[Rule, ...]] = field(default_factory=dict[tuple[str, str], tuple[Rule, ...]])

    def level(self, rule: str, environment: str) -> Level:
        """Give what a finding of a rule does; a crash always stops."""
        if rule == CRASHED:
            return Level.MANDATORY
        if rule in self.levels:
            return self.levels[rule]
        found = next((item for item in self.rules if item.id == rule), None)
        return Level.MANDATORY if found is None else found.enforcement.get(environment, Level.MANDATORY)

    def active(self, environment: str, *scopes: Scope) -> list[Rule]:
        """Give the rules of these scopes that are not switched off."""
        return [
            item
            for item in self.rules
            if item.scope in scopes and self.level(item.id, environment) is not Level.DISABLED
        ]

    def of_kind(self, environment: str, kind: str) -> tuple[Rule, ...]:
        """Give the rules that judge one resource of a kind by itself; worked out once."""
        found = self._chosen.get((environment, kind))
        if found is None:
            active = self.active(environment, Scope.RESOURCE, Scope.EARLY)
            found = tuple(item for item in active if not item.kinds or kind in item.kinds)
            self._chosen[environment, kind] = found
        return found


@cache
def _rule_types() -> dict[str, type[Rule]]:
    return {item.id: item for item in rule_types()}


def told_before(judgement: Judgement, facts: Facts) -> list[Finding]:
    """Give again what rules of resources found, of those from which something is exempt.

    A request for the whole stack shows outputs, not the inputs that those rules judged. Where a resource has inputs
    that are not among them, whether its exemption is needed cannot be told, and it is taken for needed.
    """
    exemptions = facts.intent.exemptions if facts.intent else ()
    named = {str(raw.get("rule")) for raw in exemptions}
    rules = [item for item in judgement.active(facts.environment, Scope.RESOURCE) if item.id in named]
    if not rules:
        return []
    open_ends = [
        Finding(str(raw.get("rule")), Outcome.UNRESOLVED, subject.urn, str(raw.get("path") or ""), "")
        for raw in exemptions
        if (subject := facts.by_urn.get(str(raw.get("subject")))) is not None and subject.unanswered
    ]
    return [*run_rules(rules, facts), *open_ends]


_NOTHING = Report((), ())


def _size(facts: Facts) -> int:
    """Count what was judged: the resources of a program, or the objects of an account."""
    if facts.seen is None:
        return len(facts.resources)
    return len(facts.resources) + sum(1 for _ in facts.network.items())


def judge(judgement: Judgement, inputs: Facts, outputs: Facts) -> Report:
    """Judge a whole stack: resource rules by its inputs, the others by its outputs, as the engine does.

    Of an account, which shows less than a program, rules that cannot see what they judge say so.
    """
    environment = outputs.environment
    early = judgement.active(environment, Scope.RESOURCE)
    late = judgement.active(environment, Scope.EARLY, Scope.STACK)
    found = [
        *judgement.problems,
        *(item.not_applicable(why) for item in (*early, *late) if (why := item.blind(outputs))),
        *run_rules([item for item in early if not item.blind(outputs)], inputs),
        *run_rules([item for item in late if not item.blind(outputs)], outputs),
    ]
    return tell(judgement, found, outputs, [*inputs.resources, *outputs.resources], whole=True)


def tell(  # noqa: PLR0913 - the last ones by keyword
    judgement: Judgement,
    found: Sequence[Finding],
    facts: Facts,
    resources: Iterable[Resource],
    *,
    whole: bool,
    before: Sequence[Finding] = (),
) -> Report:
    """Turn findings into a report: exemptions applied, secrets out, each with its rule, level and fix.

    `before` are findings that were told with each resource: an exemption from one of them is not unused.
    """
    exemptions = facts.intent.exemptions if facts.intent else ()
    judged, notes = apply_exemptions(found, exemptions, judgement.rules, judgement.today, whole=whole, before=before)
    if not judged:
        return replace(_NOTHING, rules=tuple(type(item) for item in judgement.rules), resources=_size(facts))
    masker = Masker(resources)
    types = _rule_types()
    seen: Counter[tuple[str, ...]] = Counter()
    entries: list[Entry] = []
    for finding in sort_findings(judged):
        entries.append(
            Entry(
                finding=masker.mask(finding),
                rule=types[finding.rule],
                level=judgement.level(finding.rule, facts.environment),
                fix=types[finding.rule].fix,
                note=notes.get(finding, ""),
                ordinal=seen[_place(finding)],
            )
        )
        seen[_place(finding)] += 1
    return Report(tuple(entries), tuple(type(item) for item in judgement.rules), _size(facts))
