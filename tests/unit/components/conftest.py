"""The configurations that the tests start from: those of the two stack files."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from components.settings import Settings, from_mapping
from tests.support.recorder import stack_config

Raw = dict[str, Any]


def raw_settings(stack: str) -> Raw:
    prefix = "secure-room:"
    return {key.removeprefix(prefix): value for key, value in stack_config(stack).items() if key.startswith(prefix)}


@pytest.fixture(params=["dev", "prod"])
def stack(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def settings(stack: str) -> Settings:
    return from_mapping(raw_settings(stack))


@pytest.fixture
def dev() -> Raw:
    return copy.deepcopy(raw_settings("dev"))


@pytest.fixture
def prod() -> Raw:
    return copy.deepcopy(raw_settings("prod"))


@pytest.fixture
def put() -> Callable[[Raw, str, object], Raw]:
    """Sets the value at a dotted path (`account.zones.0.id`) of a configuration; `...` removes the key."""

    def change(raw: Raw, path: str, value: object) -> Raw:
        *parents, last = path.split(".")
        at: Any = raw
        for part in parents:
            at = at[int(part)] if part.isdigit() else at[part]
        if value is ...:
            del at[last]
        else:
            at[int(last) if last.isdigit() else last] = value
        return raw

    return change
