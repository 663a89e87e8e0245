"""Takes a snapshot of an account as an operator does: one file for each `aws ... describe-...` answer."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from guardrails.facts.from_aws.calls import CALLS, Call


def take(client: Callable[[str], Any], folder: Path) -> int:
    """Write what every call answers that the account offers; gives how many files there are.

    The AWS CLI prints what it was answered: what a call was about stands in the file's name alone.
    """
    folder.mkdir()
    objects: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for call in CALLS:
        for about, parameters in _subjects(call, objects):
            try:
                answer = getattr(client(call.service), xform_name(call.operation))(**call.parameters, **parameters)
            except (ClientError, ResponseParserError):
                continue
            del answer["ResponseMetadata"]
            assert not answer.get("NextToken"), "this account is small: its answers have one page"
            name = "-".join(filter(None, (xform_name(call.operation), about))).replace("/", "_")
            (folder / f"{name}.json").write_text(json.dumps(answer, default=str), encoding="utf-8")
            for key, value in answer.items():
                if isinstance(value, list):
                    objects[key] += value
    return len(list(folder.iterdir()))


def _subjects(call: Call, objects: dict[str, list[dict[str, Any]]]) -> Iterator[tuple[str, dict[str, str]]]:
    if call.each is None:
        yield "", {}
        return
    for one in objects.get(call.each.kind, ()):
        yield one[call.each.member], {call.each.parameter: one[call.each.member]}
