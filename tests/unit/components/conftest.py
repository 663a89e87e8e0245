"""The settings that the tests start from: those of the two stack files, to be changed at will."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.settings import stack_settings


@pytest.fixture
def dev() -> dict[str, Any]:
    return stack_settings("dev")


@pytest.fixture
def prod() -> dict[str, Any]:
    return stack_settings("prod")
