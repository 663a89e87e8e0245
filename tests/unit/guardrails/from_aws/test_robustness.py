"""Damaged answers never make a confident wrong answer and never crash the reading.

Each known-answer network is damaged in one place. A file that is cut off, or an object that is gone while others name
it, may turn an answer into "unknown", never into its opposite. Any value replaced by any other may change the network,
yet must be read or reported.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardrails.facts.from_aws import SnapshotError, read_snapshot
from guardrails.facts.network import Network
from guardrails.network import Answer, Engine, PlaceError
from guardrails.sets import IntervalSet

SNAPSHOTS = Path(__file__).parent / "snapshots"
CASES = sorted(folder.name for folder in SNAPSHOTS.iterdir() if "truncated" not in folder.name)
FILES = [
    (case, path.relative_to(SNAPSHOTS / case / "aws").as_posix())
    for case in CASES
    for path in sorted((SNAPSHOTS / case / "aws").rglob("*.json"))
]
QUESTIONS = {case: yaml.safe_load((SNAPSHOTS / case / "questions.yaml").read_text())["questions"] for case in CASES}

NAMED = (
    "InternetGateways",
    "NatGateways",
    "NetworkAcls",
    "SecurityGroups",
    "Subnets",
    "TransitGatewayRouteTables",
    "TransitGateways",
    "VpcEndpoints",
    "VpcPeeringConnections",
    "Vpcs",
    "VpnGateways",
)
"""Kinds whose objects others name, so that a missing one shows. A route table does not: the main one steps in."""

GARBAGE = st.sampled_from(
    [None, "", "garbage", "10.0.0.0/8", "::/0", "tgw-1", -1, 0, 12345, 3.5, True, [], [None], {}, {"x": 1}, [{}]]
)
quick = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def kebab(kind: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in kind).lstrip("-")


def cut_off(case: str, kind: str, where: float) -> Network | None:
    """Read a case as one file a kind, named as the command is, with one of them cut off; None if all is refused."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "aws"
        shutil.copytree(SNAPSHOTS / case / "aws", folder)
        for path in folder.rglob("network.json"):
            for key, value in json.loads(path.read_text()).items():
                text = json.dumps({key: value})
                name = {"Reservations": "Instances"}.get(key, key)
                (path.parent / f"describe-{kebab(name)}.json").write_text(
                    text[: int((len(text) - 1) * where)] if key == kind else text
                )
            path.unlink()
        try:
            return read_snapshot(folder)
        except SnapshotError:
            return None


def damaged(case: str, file: str, text: str) -> Network | None:
    """Read a case with one file replaced; None where the whole is refused."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "aws"
        shutil.copytree(SNAPSHOTS / case / "aws", folder)
        (folder / file).write_text(text)
        try:
            return read_snapshot(folder)
        except SnapshotError:
            return None


def answers(case: str, network: Network | None) -> Iterator[tuple[dict[str, Any], Answer]]:
    """Ask everything that can still be asked."""
    engine = Engine(network) if network is not None else None
    for question in QUESTIONS[case]:
        ports = {name: IntervalSet.of(question[key]) for key, name in PORTS.items() if key in question}
        try:
            answer = engine and engine.reach(
                question["from"],
                question["to"],
                protocol=question["protocol"],
                one_way=question.get("one_way", False),
                **ports,
            )
        except PlaceError:
            continue
        if answer:
            yield question, answer


PORTS = {"port": "ports", "source_port": "source_ports"}


@quick
@given(st.sampled_from(FILES), st.floats(0, 1))
def test_a_file_that_is_cut_off_never_turns_an_answer(place: tuple[str, str], where: float) -> None:
    case, file = place
    text = (SNAPSHOTS / case / "aws" / file).read_text()

    network = damaged(case, file, text[: int(len(text.rstrip()) * where)])

    for question, answer in answers(case, network):
        assert answer.reachable in (question["expected"], None), question


@quick
@given(st.data(), st.floats(0, 1))
def test_one_kind_that_is_cut_off_never_turns_an_answer(data: st.DataObject, where: float) -> None:
    case, file = data.draw(st.sampled_from([place for place in FILES if place[1].endswith("network.json")]))
    kinds = sorted(json.loads((SNAPSHOTS / case / "aws" / file).read_text()))

    network = cut_off(case, data.draw(st.sampled_from(kinds)), where)

    for question, answer in answers(case, network):
        assert answer.reachable in (question["expected"], None), question


@quick
@given(st.data())
def test_an_object_that_is_missing_never_turns_an_answer(data: st.DataObject) -> None:
    case, file = data.draw(st.sampled_from(FILES))
    answer = json.loads((SNAPSHOTS / case / "aws" / file).read_text())
    kinds = [kind for kind in NAMED if answer.get(kind)]
    if not kinds:
        return
    objects = answer[data.draw(st.sampled_from(kinds))]
    del objects[data.draw(st.integers(0, len(objects) - 1))]

    network = damaged(case, file, json.dumps(answer))

    for question, told in answers(case, network):
        assert told.reachable in (question["expected"], None) or told.assumptions, question


@quick
@given(st.data(), GARBAGE)
def test_any_value_can_be_anything(data: st.DataObject, garbage: Any) -> None:
    case, file = data.draw(st.sampled_from(FILES))
    answer = json.loads((SNAPSHOTS / case / "aws" / file).read_text())
    holder, key = data.draw(st.sampled_from(list(leaves(answer))))
    holder[key] = garbage

    for _question, told in answers(case, damaged(case, file, json.dumps(answer))):
        assert told.reachable in (True, False, None)


def leaves(value: Any) -> Iterator[tuple[Any, Any]]:
    """Give every place in a JSON document: the object or list and the key in it."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield value, key
        yield from leaves(inner)


def test_a_target_without_its_subnet_leaves_a_balancers_answer_open() -> None:
    case, file = "network-load-balancer-client-address", "network.json"
    answer = json.loads((SNAPSHOTS / case / "aws" / file).read_text())
    answer["Subnets"] = [subnet for subnet in answer["Subnets"] if subnet["CidrBlock"] != "10.0.6.0/24"]

    network = damaged(case, file, json.dumps(answer))

    told = {question["to"]: answer for question, answer in answers(case, network)}
    assert told["show"].reachable is None
    assert told["show"].unknowns
