"""The two stacks, as their files say them."""

from __future__ import annotations

import pytest

from components.iam.place import Place
from components.settings import Settings, from_mapping
from tests.support.settings import stack_settings


@pytest.fixture(params=["dev", "prod"], scope="module")
def stack(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def settings(stack: str) -> Settings:
    return from_mapping(stack_settings(stack))


@pytest.fixture(scope="module")
def place(settings: Settings) -> Place:
    return Place(settings.account.id, settings.account.region, settings.environment)
