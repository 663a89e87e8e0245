"""What was ever deployed is still there under its name, or known by an alias: a lost name would delete and make anew.

`python -m tests.stack.write_names` takes new names up. It never takes one out: that is done by hand, knowing what goes.
"""

from __future__ import annotations

from pathlib import Path

from tests.stack.conftest import cached
from tests.support.recorder import Recording

FOLDER = Path(__file__).parent / "names"


def names(recording: Recording) -> set[str]:
    """The type and name of every resource, and those under which its aliases know it."""
    found = {f"{item.type} {item.name}" for item in recording.registrations if item.custom}
    for item in recording.registrations:
        for alias in item.request.aliases:
            spec = alias.spec
            found.add(alias.urn or f"{spec.type or item.type} {spec.name or item.name}")
    return found


def kept(stack: str) -> set[str]:
    return set((FOLDER / f"{stack}.txt").read_text().splitlines())


def test_no_name_that_was_deployed_is_lost(stack: str) -> None:
    lost = kept(stack) - names(cached(stack, known=False))
    assert not lost, "give each an alias, or take it out of the list if it is to be deleted"


def test_every_name_is_taken_up(stack: str) -> None:
    new = names(cached(stack, known=False)) - kept(stack)
    assert not new, "run: python -m tests.stack.write_names"
