"""Writes docs/costs.md from the plans and the files of prices: `python -m tests.support.write_costs`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from components.costs.meters import metered
from components.costs.prices import Prices, cost, line_cost, read_prices
from components.settings import from_mapping
from tests.support.examples import EXAMPLES, example_in
from tests.support.recorder import ROOT, stack_config
from tests.support.settings import own

PAGE = ROOT / "docs" / "costs.md"
FOLDER = ROOT / "docs" / "costs"
REGIONS = ("ap-northeast-1", "us-east-2")

HEAD = """# What a stack costs at rest

US dollars an hour while nothing happens: no traffic, no logs, no desktop in use. A price that could not be read from
the provider's own page is *unknown*, and so is every sum that it is part of: what is known is a lower bound. Generated
from the plans and from `docs/costs/<region>.yaml` by `python -m tests.support.write_costs`; put your own prices there.
"""


def prices() -> list[Prices]:
    """The files of prices, the examples' own region first."""
    return [read_prices(FOLDER / f"{region}.yaml") for region in REGIONS]


def counts() -> dict[str, Counter[str]]:
    """What every stack, and every example in both environments, is billed for."""
    configs = {name: stack_config(name) for name in ("dev", "prod")}
    configs |= {f"{name}, {env}": example_in(name, env) for name in EXAMPLES for env in ("dev", "prod")}
    return {name: metered(from_mapping(_settings(config))) for name, config in configs.items()}


def page() -> str:
    """The whole page."""
    return "\n".join(_lines(counts(), prices()))


def _settings(config: dict[str, Any]) -> dict[str, Any]:
    found = own(config)
    return {**found, "protect": found["protect"] == "true"}


def _lines(found: dict[str, Counter[str]], files: list[Prices]) -> Iterator[str]:
    yield HEAD
    yield "| stack | " + " | ".join(f"{file.region}, read {file.read}" for file in files) + " |"
    yield "|---" * (len(files) + 1) + "|"
    for name, charges in found.items():
        yield f"| {name} | " + " | ".join(str(cost(charges, file)) for file in files) + " |"
    for name, charges in found.items():
        yield f"\n## {name}\n"
        yield "| charge | how many | " + " | ".join(file.region for file in files) + " |"
        yield "|---|---:" + "|---:" * len(files) + "|"
        for meter, count in sorted(charges.items()):
            yield (
                f"| {meter} | {_count(meter, count)} | "
                + " | ".join(_line(meter, count, file) for file in files)
                + " |"
            )
    yield "\n## Sources\n"
    yield "| charge | region | US dollars | source |"
    yield "|---|---|---:|---|"
    for file in files:
        for meter, price in file.prices.items():
            amount = "unknown" if price.amount is None else f"{price.amount} a {price.per}"
            yield f"| {meter} | {file.region} | {amount} | {price.source} |"
    yield ""


def _count(meter: str, count: int) -> str:
    return f"{count / 1024:g}" if meter.startswith("Fargate") else str(count)


def _line(meter: str, count: int, file: Prices) -> str:
    amount = line_cost(meter, count, file)
    return "unknown" if amount is None else f"{amount:.3f}"


if __name__ == "__main__":
    PAGE.write_text(page())
