"""Small programs, and what one rule says of them: `fail group.ingress`, `unresolved bucket`."""

from __future__ import annotations

from typing import Any

from guardrails.facts.from_pulumi.read import View
from guardrails.findings.run import run_rules
from guardrails.rules.base import Rule, Scope
from tests.policy.support.programs import Program

ELSEWHERE = '  elsewhere: {type: "aws:ssm:Parameter", properties: {type: String}}\n'
"""Add it to a program whose inputs take `${elsewhere.value}`: known only after deployment, from another resource."""


def swap(text: str, old: str, new: str) -> str:
    """The program with one thing changed; the thing must be there."""
    assert old in text, old
    return text.replace(old, new)


def verdicts(
    rule: type[Rule],
    text: str,
    *,
    intent: str | None = None,
    deployed: bool = False,
    also: tuple[type[Rule], ...] = (),
    **options: Any,
) -> list[str]:
    """What a rule finds in a program, as `outcome subject.path`; `also` are rules that speak for it."""
    chosen = [rule(rule.options_type(**options)) if options else rule(), *(other() for other in also)]
    program = Program(text)
    found = []
    for one in chosen:
        view = View.INPUTS if one.scope is Scope.RESOURCE else View.OUTPUTS
        facts = program.facts(deployed=deployed, view=view, intent=rule.example_intent if intent is None else intent)
        found += run_rules([one], facts)
    return [_told(item.outcome.value, item.subject, item.path) for item in found]


def _told(outcome: str, subject: str, path: str) -> str:
    name = subject.rsplit("::", 1)[-1]
    where = f"{name}.{path}" if path else name
    return f"{outcome} {where}".strip()
