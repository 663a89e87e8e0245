"""The program of each stack, recorded once: as at a preview (ids unknown) and as after a deployment (ids known)."""

from __future__ import annotations

from functools import cache

import pytest

from tests.support.recorder import Recording, record

cached = cache(record)


@pytest.fixture(params=["dev", "prod"])
def stack(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(params=[False, True], ids=["preview", "deployed"])
def known(request: pytest.FixtureRequest) -> bool:
    return request.param


@pytest.fixture
def recording(stack: str, known: bool) -> Recording:
    return cached(stack, known=known)


@pytest.fixture
def preview(stack: str) -> Recording:
    return cached(stack, known=False)


@pytest.fixture
def deployed(stack: str) -> Recording:
    return cached(stack, known=True)
