"""The catalogue: complete, consistent, and written down."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from guardrails.findings.catalogue import LAST_IDEA, LEFT, index, page
from guardrails.rules.base import Rule, Scope
from guardrails.rules.catalogue import find_rule, rule_types

DOCS = Path(__file__).parents[2] / "docs" / "rules"
RULES = pytest.mark.parametrize("rule", rule_types(), ids=lambda rule: rule.id)


def test_there_are_at_least_fifty_rules() -> None:
    assert len(rule_types()) >= 50


def test_ids_and_slugs_are_unique() -> None:
    assert len({rule.id for rule in rule_types()}) == len({rule.slug for rule in rule_types()}) == len(rule_types())


@RULES
def test_every_rule_says_what_it_is(rule: type[Rule]) -> None:
    assert re.fullmatch(r"[A-Z]{3}\d{3}", rule.id)
    assert re.fullmatch(r"[a-z][a-z0-9-]+", rule.slug)
    assert not rule.title.endswith(".")
    assert rule.rationale.endswith(".")
    assert rule.fix.endswith(".")
    assert rule.covers or rule.controls
    assert all(reference.startswith("https://") for reference in rule.references)
    assert set(rule.enforcement) == {"dev", "prod"}


@RULES
def test_a_rule_of_resources_names_its_kinds_or_judges_all(rule: type[Rule]) -> None:
    assert all("." in kind or ":" in kind for kind in rule.kinds)
    if rule.scope is Scope.EARLY:
        assert rule.kinds


@RULES
def test_a_rule_is_found_by_each_of_its_names(rule: type[Rule]) -> None:
    assert {find_rule(name) for name in (rule.id, rule.slug, f"{rule.id}-{rule.slug}")} == {rule}


@RULES
def test_the_page_is_up_to_date(rule: type[Rule]) -> None:
    written = DOCS / f"{rule.id}.md"
    assert written.is_file(), "run `guardrails rules --write docs/rules`"
    assert written.read_text(encoding="utf-8") == page(rule), "run `guardrails rules --write docs/rules`"


def test_the_index_is_up_to_date() -> None:
    assert (DOCS / "README.md").read_text(encoding="utf-8") == index(), "run `guardrails rules --write docs/rules`"


def test_no_page_is_left_of_a_rule_that_is_gone() -> None:
    assert {path.stem for path in DOCS.glob("*.md")} == {rule.id for rule in rule_types()} | {"README"}


def test_every_idea_has_a_rule_or_a_place_that_it_is_left_to() -> None:
    covered = {number for rule in rule_types() for number in rule.covers}
    assert covered | set(LEFT) == set(range(1, LAST_IDEA + 1))
    assert sorted(covered & set(LEFT)) == []
