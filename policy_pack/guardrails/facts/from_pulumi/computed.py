"""Which inputs of a kind the provider computes where the program leaves them out.

Among the outputs of a preview such a property is unknown although nobody asked for it; any other unknown input is
one that the program gave. The table is read from pulumi_aws (see the test beside it in the mirrored tree).
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).with_name("inputs.json")
_NONE: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())


@cache
def _inputs() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    raw: dict[str, list[str]] = json.loads(_TABLE.read_text(encoding="utf-8"))
    return {kind: (frozenset(plain.split()), frozenset(switches.split())) for kind, (plain, switches) in raw.items()}


def plain_inputs(kind: str) -> frozenset[str]:
    """Give the inputs that the provider never computes; nothing for a kind that no rule reads."""
    return _inputs().get(kind, _NONE)[0]


def computed_switches(kind: str) -> frozenset[str]:
    """Give the Boolean and whole-number inputs that the provider may compute."""
    return _inputs().get(kind, _NONE)[1]
