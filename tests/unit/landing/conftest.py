"""Settings of the landing network: those of the examples, and random valid ones."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.examples import EXAMPLES, example_settings


@pytest.fixture
def raw() -> Callable[[str], dict[str, Any]]:
    """The settings of an example, to be changed at will."""
    return lambda name: copy.deepcopy(example_settings(name))


@pytest.fixture(params=EXAMPLES)
def example(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def put() -> Callable[[dict[str, Any], str, object], dict[str, Any]]:
    """Sets the value at a dotted path (`landing.relay.hosts.0.name`); `...` removes the key."""

    def change(values: dict[str, Any], path: str, value: object) -> dict[str, Any]:
        *parents, last = path.split(".")
        at: Any = values
        for part in parents:
            at = at[int(part)] if part.isdigit() else at[part]
        place = int(last) if last.isdigit() else last
        if value is ...:
            del at[place]
        else:
            at[place] = value
        return values

    return change
