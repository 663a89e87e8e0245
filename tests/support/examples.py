"""The settings of the examples, as their files say them."""

from __future__ import annotations

import json
from typing import Any

import yaml

from tests.support.recorder import ROOT

FOLDER = ROOT / "examples"
EXAMPLES = tuple(sorted(path.parent.name for path in FOLDER.glob("*/Pulumi.*.yaml")))
_PREFIX = "secure-room:"


def example_config(name: str) -> dict[str, Any]:
    """An example's configuration by full key."""
    return yaml.safe_load((FOLDER / name / f"Pulumi.{name}.yaml").read_text())["config"]


def example_settings(name: str) -> dict[str, Any]:
    """An example's settings by top-level key."""
    return {key.removeprefix(_PREFIX): value for key, value in example_config(name).items() if key.startswith(_PREFIX)}


def example_guardrails(name: str) -> dict[str, Any]:
    """How the guard is configured for an example, by absolute path of its intent."""
    config = json.loads((FOLDER / name / "guardrails.json").read_text())
    config["guardrails"]["intent"] = str(FOLDER / name / "intent.yaml")
    return config
