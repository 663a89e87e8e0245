"""Deploys a stack of the program: `python -m tests.engine.deploy STACK FOLDER [--gated]`; prints what the engine said.

A process of its own for each, so that several deploy at once.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from tools.engine.cli import open_workspace
from tools.engine.layout import Layout


def main(stack: str, folder: str, *options: str) -> int:
    """Deploy, under the guard and with a preview if `--gated` is given; the engine's exit code."""
    workspace = replace(open_workspace(Layout(), stack, folder=Path(folder)), checkpoints=False)
    if "--gated" in options:
        result = workspace.up()
    else:
        result = replace(workspace, policy_pack=None, policy_config=None).up("--skip-preview")
    print(result.output)
    return result.code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
