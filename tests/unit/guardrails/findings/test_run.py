"""A rule that fails to judge is a finding itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import ClassVar

import pytest

from guardrails.facts.stack import Facts
from guardrails.findings.run import CRASHED, run_rules
from guardrails.rules.base import Finding, Outcome, Rule

NEVER = threading.Event()
LINE = 43
"""Where `Crashes` raises."""


class Sample(Rule):
    id: ClassVar[str] = "SMP001"
    slug: ClassVar[str] = "sample"
    title: ClassVar[str] = "Sample"
    rationale: ClassVar[str] = "none"
    fix: ClassVar[str] = "none"
    avoid: ClassVar[str] = ""
    prefer: ClassVar[str] = ""

    def found(self, why: str) -> Finding:
        return Finding(self.id, Outcome.FAIL, "", "", why)


class Says(Sample):
    def check(self, facts: Facts) -> Iterator[Finding]:
        yield self.found("said")


class Crashes(Sample):
    id: ClassVar[str] = "SMP002"

    def check(self, facts: Facts) -> Iterator[Finding]:
        yield self.found("before")
        raise ValueError("the secret is hunter2")


class Hangs(Sample):
    id: ClassVar[str] = "SMP003"

    def check(self, facts: Facts) -> Iterator[Finding]:
        NEVER.wait()
        yield self.found("never")


@pytest.fixture(autouse=True)
def _let_go() -> Iterator[None]:
    yield
    NEVER.set()
    NEVER.clear()


def whys(*rules: Rule) -> list[str]:
    return [f"{item.rule}: {item.why}" for item in run_rules(rules, Facts([]), limit=0.3)]


def test_a_crash_is_a_finding_and_keeps_what_was_found_before() -> None:
    assert whys(Crashes(), Says()) == [
        f"{CRASHED}: rule SMP002-sample crashed: ValueError at check:{LINE}",
        "SMP001: said",
        "SMP002: before",
    ]


def test_a_crash_does_not_quote_the_error() -> None:
    assert not any("hunter2" in why for why in whys(Crashes()))


def test_a_rule_that_hangs_is_a_finding_and_the_others_still_run() -> None:
    assert whys(Says(), Hangs(), Crashes()) == [
        f"{CRASHED}: rule SMP002-sample crashed: ValueError at check:{LINE}",
        f"{CRASHED}: rule SMP003-sample took longer than 0.3 s",
        "SMP001: said",
        "SMP002: before",
    ]


def test_findings_are_sorted_and_told_once() -> None:
    assert whys(Says(), Says()) == ["SMP001: said"]
