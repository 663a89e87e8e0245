"""The settings of the examples, as their files say them."""

from __future__ import annotations

import copy
import json
from typing import Any

import yaml

from tests.support.recorder import ROOT
from tests.support.settings import PREFIX, own

FOLDER = ROOT / "examples"
EXAMPLES = tuple(sorted(path.parent.name for path in FOLDER.glob("*/Pulumi.*.yaml")))


def example_config(name: str) -> dict[str, Any]:
    """An example's configuration by full key."""
    return yaml.safe_load((FOLDER / name / f"Pulumi.{name}.yaml").read_text())["config"]


def example_settings(name: str) -> dict[str, Any]:
    """An example's settings by top-level key."""
    return own(example_config(name))


def example_guardrails(name: str) -> dict[str, Any]:
    """How the guard is configured for an example, by absolute path of its intent."""
    config = json.loads((FOLDER / name / "guardrails.json").read_text())
    config["guardrails"]["intent"] = str(FOLDER / name / "intent.yaml")
    return config


def in_production(config: dict[str, Any]) -> dict[str, Any]:
    """A configuration as production has it: protected, and outliving the loss of an AZ."""
    changed = copy.deepcopy(config)
    changed[f"{PREFIX}environment"] = "prod"
    changed[f"{PREFIX}protect"] = "true"
    network = changed[f"{PREFIX}network"]
    network |= {"nat": "per_zone", "endpoints": {**network.get("endpoints", {}), "zones": "per_zone"}}
    changed[f"{PREFIX}proxy"] = {**changed[f"{PREFIX}proxy"], "tasks": 2}
    return changed


def example_in(name: str, environment: str) -> dict[str, Any]:
    """An example's configuration in `dev`, as its file has it, or in `prod`."""
    config = example_config(name)
    return in_production(config) if environment == "prod" else config
