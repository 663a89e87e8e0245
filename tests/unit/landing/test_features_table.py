"""The table of features names files that are there, and every row once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import get_args

from pydantic import BaseModel

from components.settings import Settings
from tests.support.examples import EXAMPLES
from tests.support.recorder import ROOT

TEXT = (ROOT / "docs" / "features.md").read_text()
ROWS = [line.split("|")[1:-1] for line in TEXT.splitlines() if re.match(r"\| \d+ \|", line)]


def test_rows_1_to_37_are_there_in_order() -> None:
    assert [int(row[0]) for row in ROWS] == list(range(1, 38))


def test_what_a_row_names_exists() -> None:
    for row in ROWS:
        for path in re.findall(r"`((?:components|tests|policy_pack|examples)/[^`]+)`", "|".join(row[3:])):
            assert (ROOT / path).exists(), path


def test_a_row_is_built_and_tested_or_says_that_it_is_not() -> None:
    for row in ROWS:
        built, held = row[3].strip(), row[4].strip()
        assert (built == held == "–") == ("not built yet" in row[2]), row


def test_every_example_is_described() -> None:
    assert sorted(re.findall(r"^\| `([a-z]+)` \|", TEXT, re.MULTILINE)) == sorted(EXAMPLES)


def sections(hint: object) -> Iterator[type[BaseModel]]:
    """The sections that a field may hold."""
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        yield hint
    for inner in get_args(hint):
        yield from sections(inner)


def is_setting(path: str, of: type[BaseModel]) -> bool:
    """Whether a dotted path leads to a field."""
    name, _, rest = path.partition(".")
    field = of.model_fields.get(name)
    if field is None:
        return False
    return not rest or any(is_setting(rest, inner) for inner in sections(field.annotation))


def test_a_setting_that_a_row_names_is_one() -> None:
    for row in ROWS:
        for path in re.findall(r"`((?:network|landing|proxy|evidence)\.[a-z_.]+)`", row[2]):
            assert is_setting(path, Settings), f"row {row[0]}: {path}"
    assert not is_setting("landing.workload.nothing", Settings)


def test_every_part_of_the_landing_network_is_in_the_table() -> None:
    told = "\n".join(row[2] for row in ROWS)
    (landing,) = sections(Settings.model_fields["landing"].annotation)
    for name in landing.model_fields:
        assert f"`landing.{name}" in told, name
