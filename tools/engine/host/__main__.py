"""`pulumi-language-python <engine-address>`: prints its port as its first line, serves until the engine ends it."""

from __future__ import annotations

import sys
from pathlib import Path

# Started by path, from any folder: the checkout that holds this file is what `tools` means.
sys.path[0] = str(Path(__file__).resolve().parents[3])

from tools.engine.host.server import serve  # noqa: E402 - needs the path above

if __name__ == "__main__":
    sys.exit(serve(sys.argv[1:]))
