"""Networks with known answers, each written from a page of AWS's documentation and not from the engine.

A case is a folder in `snapshots/`: `aws/` holds what the AWS CLI prints, `questions.yaml` the questions with the
answers that the page named there gives. `via` names what the witness must cross, `assumptions` what the answer must
say that it rests on.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from guardrails.facts.from_aws import read_snapshot
from guardrails.network import Engine
from guardrails.sets import IntervalSet

SNAPSHOTS = Path(__file__).parent / "snapshots"


def questions() -> list[Any]:
    found: list[Any] = []
    for folder in sorted(SNAPSHOTS.iterdir()):
        case = yaml.safe_load((folder / "questions.yaml").read_text())
        for question in case["questions"]:
            port = f"/{question['port']}" if "port" in question else ""
            extra = "".join(f" {key}" for key in ("one_way", "source_port") if key in question)
            service = f"{question['protocol']}{port}{extra}"
            name = f"{folder.name}: {question['from']} -> {question['to']} {service}"
            found.append(pytest.param(folder.name, question, id=name))
    return found


@cache
def engine_of(folder: str) -> Engine:
    return Engine(read_snapshot(SNAPSHOTS / folder / "aws"))


def ports(question: dict[str, Any], key: str) -> IntervalSet | None:
    return IntervalSet.of(question[key]) if key in question else None


@pytest.mark.parametrize(("folder", "question"), questions())
def test_answer(folder: str, question: dict[str, Any]) -> None:
    engine = engine_of(folder)

    answer = engine.reach(
        str(question["from"]),
        str(question["to"]),
        protocol=str(question["protocol"]),
        ports=ports(question, "port"),
        source_ports=ports(question, "source_port"),
        one_way=question.get("one_way", False),
    )

    assert answer.reachable is question["expected"], (answer.blocked_by, answer.unknowns, answer.path)
    assert bool(answer.unknowns) == (question["expected"] is None)
    for kind in question.get("assumptions", ()):
        assert any(line.startswith(f"{kind}:") for line in answer.assumptions)
    crossed = {hop.node for hop in (*answer.path, *answer.return_path)}
    named = {item.name: item.key for item in engine.model.network.endpoints}
    for name in question.get("via", ()):
        assert named[name] in {hop.node for hop in answer.path}
        assert named[name] in {hop.node for hop in answer.return_path}
    for name in question.get("not_via", ()):
        assert named[name] not in crossed


def test_every_case_names_its_page_and_asks_for_both_answers_or_says_why_not() -> None:
    for folder in SNAPSHOTS.iterdir():
        case = yaml.safe_load((folder / "questions.yaml").read_text())
        assert case["page"]
        assert case["questions"]
