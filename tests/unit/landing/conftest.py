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
