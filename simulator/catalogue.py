"""The table of what the simulated account knows, for the documentation."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.changes import cloudformation_name, cloudformation_schema
from simulator.courses import COURSES, WINDOWS, Phase
from simulator.emulator.making import emulated_types
from simulator.limits import models_of
from simulator.model import ResourceType
from simulator.types import all_types

_INTRODUCTION = """# What the simulated account knows

Made by `python -m simulator types --write docs/simulator-types.md`; a test keeps it current.

*Behind it* says who keeps an object: moto, which boto3 clients can ask and change, or the simulator's own table, where
moto has no such API. Inputs of the first kind meet botocore's validation on their way to moto; single values of the
second are held against the models named: enumerations, patterns, lengths and ranges of every member whose name differs
in case only. Both are checked against the argument types of pulumi_aws (what must be given, names, kinds).

"""


_TIME = """
## What takes its time

On the account's own clock ([adr/0004](adr/0004-simulated-account.md)), which the provider's waiting and `make clock`
move. What is not listed is ready, and gone, at once. *boto3* tells whether a client sees the state too.

| type | while it is made | while it is deleted | boto3 | AWS |
|---|---|---|---|---|
"""
_WINDOWS = """
## What can be brought back

| type | days after its deletion | AWS |
|---|---|---|
"""


def document() -> str:
    """Give the page for the documentation: an introduction and the tables."""
    return _INTRODUCTION + markdown() + _TIME + "".join(_courses()) + _WINDOWS + "".join(_windows())


def _courses() -> Iterator[str]:
    for token, course in sorted(COURSES.items()):
        making = _phase(course.making) if course.waits else f"unknown to other services, {_phase(course.making)}"
        seen = "yes" if course.held else "–"
        yield f"| `{token}` | {making} | {_phase(course.deleting)} | {seen} | [page]({course.source}) |\n"


def _phase(phase: Phase | None) -> str:
    if phase is None:
        return "–"
    return f"`{phase.word}`, {phase.seconds} s" if phase.word else f"{phase.seconds} s"


def _windows() -> Iterator[str]:
    for token, window in sorted(WINDOWS.items()):
        yield f"| `{token}` | `{window.days}`, {window.default} by default | [page]({window.source}) |\n"


def markdown() -> str:
    """Give a Markdown table of the types: what is behind each, what it refers to, what replaces it."""
    return "\n".join(_lines()) + "\n"


def _own(entry: ResourceType) -> str:
    models = models_of(entry)
    return f"own table ({', '.join(f'`{name}`' for name in models)})" if models else "own table"


def _lines() -> Iterator[str]:
    yield "| type | behind it | refers to | what replaces it |"
    yield "|---|---|---|---|"
    for token, entry in sorted(all_types().items()):
        emulated = emulated_types().get(token)
        behind = f"moto (`{emulated.service}`)" if emulated else _own(entry)
        refers = ", ".join(sorted({f"`{reference.path}`" for reference in entry.references})) or "–"
        known = cloudformation_schema(entry) is not None
        source = f"`{cloudformation_name(entry)}`" if known else "own table"
        yield f"| `{token}` | {behind} | {refers} | {source} |"
