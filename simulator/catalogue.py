"""The table of what the simulated account knows, for the documentation."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.changes import cloudformation_name, cloudformation_schema
from simulator.emulator.making import emulated_types
from simulator.types import all_types


def markdown() -> str:
    """Give a Markdown table of the types: what is behind each, what it refers to, what replaces it."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "| type | behind it | refers to | what replaces it |"
    yield "|---|---|---|---|"
    for token, entry in sorted(all_types().items()):
        emulated = emulated_types().get(token)
        behind = f"moto (`{emulated.service}`)" if emulated else "own table"
        refers = ", ".join(sorted({f"`{reference.path}`" for reference in entry.references})) or "–"
        known = cloudformation_schema(entry) is not None
        source = f"`{cloudformation_name(entry)}`" if known else "own table"
        yield f"| `{token}` | {behind} | {refers} | {source} |"
