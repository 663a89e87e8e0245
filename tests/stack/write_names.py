"""Takes up the names of what the program registers: `python -m tests.stack.write_names`."""

from __future__ import annotations

from tests.stack.test_names_stay import FOLDER, names
from tests.support.recorder import record

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for stack in ("dev", "prod"):
        file = FOLDER / f"{stack}.txt"
        known = set(file.read_text().splitlines()) if file.is_file() else set[str]()
        file.write_text("\n".join(sorted(known | names(record(stack)))) + "\n")
