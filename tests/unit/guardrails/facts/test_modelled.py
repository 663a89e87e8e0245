"""The lists of kinds name what pulumi_aws really has."""

from __future__ import annotations

import re
from pathlib import Path

import pulumi_aws
import pytest

from guardrails.facts.from_pulumi.kinds import kind_of
from guardrails.facts.from_pulumi.modelled import HARMLESS, HIDING, KNOWN, RELEVANT
from guardrails.facts.from_pulumi.network.services import _DATABASES, _SERVICES, PLACED
from guardrails.facts.roles import ADOPTS, FOLLOW, Role
from tests.unit.guardrails.facts.provider_inputs import given, sources

_TOKEN = re.compile(r"'(aws:[A-Za-z0-9]+/[A-Za-z0-9]+:[A-Za-z0-9]+)'")


@pytest.fixture(scope="module")
def kinds() -> set[str]:
    """Every kind of the installed provider."""
    root = Path(pulumi_aws.__file__).parent
    found = _TOKEN.findall((root / "__init__.py").read_text(encoding="utf-8"))
    for path in root.glob("*/[!_]*.py"):
        if not path.name.startswith("get_"):
            found += _TOKEN.findall(path.read_text(encoding="utf-8"))
    return {kind_of(token) for token in found}


Inputs = dict[str, set[str]]


@pytest.fixture(scope="module")
def inputs() -> Inputs:
    """The inputs of every kind that is read, as the SDK names them."""
    known = sources()
    return {kind: set(given(known[kind])[1]) for kind in PLACED}


def test_every_listed_kind_exists(kinds: set[str]) -> None:
    assert sorted((KNOWN | HARMLESS | HIDING | PLACED) - kinds) == []


def test_no_kind_is_both_known_and_harmless() -> None:
    assert sorted(KNOWN & HARMLESS) == []


def test_every_listed_kind_is_of_a_relevant_module() -> None:
    assert {kind.split(".")[0] for kind in KNOWN | HARMLESS} <= RELEVANT


def test_kinds_of_roles_exist(kinds: set[str]) -> None:
    named = {kind for role in Role for kind in role.kinds} | {kind for kind, _ in FOLLOW} | set(ADOPTS)
    assert sorted(named - kinds) == []


@pytest.mark.parametrize("row", _SERVICES, ids=lambda row: row[0])
def test_a_service_takes_its_subnets_and_groups_where_the_table_says(row: tuple[str, ...], inputs: Inputs) -> None:
    kind, _owner, *paths = row
    assert {path.split(".")[0] for path in paths if path} <= inputs[kind]


@pytest.mark.parametrize("row", _DATABASES, ids=lambda row: row[0])
def test_a_database_names_its_subnet_group_where_the_table_says(row: tuple[str, ...], inputs: Inputs) -> None:
    kind, named_by, group_kind, groups = row
    assert {named_by, groups} <= inputs[kind]
    assert "subnetIds" in inputs[group_kind]
