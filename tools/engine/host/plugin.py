"""Runs one policy pack: `pulumi.policy` as a module, ended when the host is gone.

Usage: plugin.py <module> <arguments…>, started with the pack's own Python in the pack's folder.
"""

from __future__ import annotations

import os
import runpy
import sys


def main(argv: list[str]) -> None:
    """Run the module that the command line names as if by `python -m`."""
    from lifeline import on_close  # noqa: PLC0415 - beside this file, which is what is on the path when it starts

    on_close(0, lambda: os._exit(1))
    sys.path[0] = str(os.getcwd())  # noqa: PTH109 - as `python -m` does
    sys.argv = argv
    runpy.run_module(argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
