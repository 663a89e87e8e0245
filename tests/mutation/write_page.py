"""Judges every mutation of both stacks and writes docs/mutations.md: `python -m tests.mutation.write_page`.

Takes some minutes; run from the repository's root with `policy_pack` on the Python path.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.mutation.mutation_table import judged, page
from tests.mutation.network_mutations import mutations

PAGE = Path(__file__).parents[2] / "docs" / "mutations.md"


def main() -> int:
    """Write the page; 1 where the guard and the walker do not agree."""
    rows = [judged(mutation) for name in ("dev", "prod") for mutation in mutations(name)]
    for row in rows:
        if not row.agreed:
            print(f"{row.mutation}: {row.verdict}, {sorted(row.blocked)}", file=sys.stderr)
    PAGE.write_text(page(rows), encoding="utf-8")
    return int(not all(row.agreed for row in rows))


if __name__ == "__main__":
    sys.exit(main())
