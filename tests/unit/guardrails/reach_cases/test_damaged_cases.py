"""Each network of the cases with one of its files damaged: an answer is as it was or open, never turned round."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from guardrails.cli import app
from tests.unit.guardrails.reach_cases.questions import CASES, asked

for path in sorted(Path(__file__).parent.glob("cases_*.py")):
    importlib.import_module(f"tests.unit.guardrails.reach_cases.{path.stem}")

SURE = {name: [one for one in case.questions if not one.endswith("= unknown")] for name, case in CASES.items()}


def places(value: Any, where: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the way to every value in a document, tags left out."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        if key not in {"Tags", "TagSet"}:
            yield (*where, key)
            yield from places(one, (*where, key))


def parsed(printed: bytes) -> Any:
    """Read a document; those that are damaged already, or no JSON at all, have no values."""
    try:
        return json.loads(printed)
    except ValueError:
        return None


def spoiled(value: Any, where: tuple[Any, ...]) -> Any:
    """Give a document with something of another type at one place, which no answer of AWS's holds there."""
    if not where:
        return [["?"]] if isinstance(value, dict) else {"x": 1}
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[where[0]] = spoiled(value[where[0]], where[1:])
    return copy


@given(st.data(), st.sampled_from(sorted(name for name, questions in SURE.items() if questions)))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_file_never_turns_an_answer(data: st.DataObject, name: str) -> None:
    with TemporaryDirectory() as folder:
        CASES[name].write(Path(folder))
        file = data.draw(st.sampled_from(sorted(Path(folder).rglob("*.json"))))
        printed = file.read_bytes()
        where = data.draw(st.sampled_from([(), *places(parsed(printed))]))
        if where:
            file.write_text(json.dumps(spoiled(parsed(printed), where)))
        else:
            file.write_bytes(printed[: data.draw(st.integers(1, max(1, len(printed) - 3)))])
        note(f"{name}: {file.name} at {where}")
        line, expected = asked(data.draw(st.sampled_from(SURE[name])))
        result = CliRunner().invoke(app, ["reach", "--snapshot", folder, *line, "--json"])
        assert result.exit_code in {0, 2}, result.exception
        if result.exit_code == 0:
            assert json.loads(result.stdout)["reachable"] in {None, expected}, result.stdout
