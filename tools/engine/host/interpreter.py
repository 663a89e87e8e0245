"""Which Python a program or a policy pack runs in."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path


class InterpreterError(Exception):
    """The virtual environment that Pulumi.yaml names is not there."""


def interpreter(options: Mapping[str, object], folder: Path) -> Path:
    """The Python of `runtime.options.virtualenv`, relative to the folder of the YAML file; without it, the host's own.

    https://www.pulumi.com/docs/iac/languages-sdks/python/#virtual-environments. Raises InterpreterError.
    """
    named = options.get("virtualenv")
    if not isinstance(named, str) or not named:
        return Path(sys.executable)
    environment = folder / named
    for candidate in (environment / "bin" / "python", environment / "Scripts" / "python.exe"):
        if candidate.exists():
            return candidate
    raise InterpreterError(
        f"the virtual environment {named!r} (runtime.options.virtualenv) is not in {folder}; run: make setup"
    )
