"""The policy pack as the engine runs it: a process of its own that is spoken to over gRPC."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.policy.support.pack import Pack, started


@pytest.fixture(scope="session")
def pack() -> Iterator[Pack]:
    with started() as running:
        yield running
