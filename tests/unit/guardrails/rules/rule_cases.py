"""Small programs, and what one rule says of them: `fail group.ingress`, `unresolved bucket`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from guardrails.facts.from_pulumi.read import View
from guardrails.findings.run import run_rules
from guardrails.rules.base import Rule, Scope
from tests.policy.support.programs import Program

ELSEWHERE = '  elsewhere: {type: "aws:ssm:Parameter", properties: {type: String}}\n'
"""Add it to a program whose inputs take `${elsewhere.value}`: known only after deployment, from another resource."""


def one(kind: str, properties: str) -> str:
    """A program of one resource, named `one`."""
    return f'resources:\n  one: {{type: "{kind}", properties: {{{properties}}}}}\n'


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


# -- the cases that every rule has -----------------------------------------------------------------------------------


class Case:
    """A program and what a rule must find in it; `options` are those of `verdicts`."""

    def __init__(self, text: str, *finds: str, **options: Any) -> None:
        self.text, self.finds, self.options = text, list(finds), options

    def found(self, rule: type[Rule]) -> list[str]:
        return verdicts(rule, self.text, **self.options)


def cases(rule: type[Rule], *, unresolved: Case | str, boundary: Case | str) -> Callable[..., None]:
    """Give the test of a rule's unresolved case and of the boundary case that would fool a comparison of texts.

    The failing and the passing case are the rule's own examples, `avoid` and `prefer` (tests/policy/test_examples.py).
    A text in the place of a case says in one line why there can be none.
    """
    named = {"unresolved": unresolved, "boundary": boundary}
    given = {name: case for name, case in named.items() if isinstance(case, Case)}
    if "unresolved" in given:
        assert any(verdict.startswith("unresolved ") for verdict in given["unresolved"].finds), rule.id

    def without() -> None:
        assert not rule.avoid, "a rule with an example can have a case"

    @pytest.mark.parametrize("case", given.values(), ids=given.keys())
    def with_cases(case: Case) -> None:
        found = case.found(rule)
        assert found == case.finds, found

    test = with_cases if given else without
    test.rule = rule
    test.reasons = [case for case in named.values() if isinstance(case, str)]
    return test
