"""The table of features names files that are there, and every row once."""

from __future__ import annotations

import re

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
