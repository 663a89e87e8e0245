"""Judges every mutation of both stacks and writes docs/mutations.md: `python -m tests.mutation.write_page`.

Takes some minutes on all processors; run from the repository's root with `policy_pack` on the Python path. Words behind
it choose parts, whose rows are then printed and not written.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cache
from multiprocessing import Pool
from pathlib import Path

from tests.mutation.mutation_table import Judged, judged, page, survivor
from tests.mutation.network_mutations import Mutation, mutations

PAGE = Path(__file__).parents[2] / "docs" / "mutations.md"
STACKS = ("dev", "prod")


@cache
def _mutations(stack: str) -> list[Mutation]:
    return mutations(stack)


def _judge(place: tuple[str, int]) -> Judged:
    stack, index = place
    return judged(_mutations(stack)[index])


def main(parts: Sequence[str]) -> int:
    """Write the page; 1 where the guard and the walker do not agree, or a survivor has no reason."""
    places = [
        (stack, index)
        for stack in STACKS
        for index, mutation in enumerate(_mutations(stack))
        if not parts or mutation.part in parts
    ]
    rows: list[Judged] = []
    wrong = 0
    with Pool() as pool:
        for row in pool.imap(_judge, places, chunksize=4):
            rows.append(row)
            if len(rows) % 100 == 0:
                print(f"{len(rows)} of {len(places)}", file=sys.stderr, flush=True)
            if not (row.agreed and row.explained):
                wrong += 1
                print(f"WRONG {row.text}: {row.verdict}, {sorted(row.failed)}, {sorted(row.unresolved)}, {row.reason}")
            elif parts and row.survived:
                print(survivor(row), flush=True)
    if parts:
        return int(wrong > 0)
    PAGE.write_text(page(rows), encoding="utf-8")
    print(page(rows).split("\n## ")[0])
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
