"""Runs the launcher's `show` on one workspace, as a process of its own that tests can interrupt.

Usage: launch_local.py <program> <folder> <operation>
"""

from __future__ import annotations

import sys
from pathlib import Path

from tools.engine.binary import ensure_engine
from tools.engine.layout import Layout
from tools.engine.workspace import Workspace

program, folder, operation = sys.argv[1:]
layout = Layout()
workspace = Workspace(
    stack="dev",
    folder=Path(folder),
    engine=ensure_engine(layout),
    program=Path(program),
    layout=layout,
    needs_account="network" in Path(program, "Pulumi.yaml").read_text().splitlines()[0],
)
sys.exit(workspace.show(workspace.operation_arguments(operation), colour=False))
