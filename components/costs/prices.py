"""Prices with date and source, and what a stack costs by them. An unknown price stays unknown, never zero. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field

from components.costs.meters import Meter
from components.settings.fields import Section

HOURS_A_MONTH = 730
"""As AWS' own calculator takes a month."""
_PARTS: dict[str, int] = {Meter.FARGATE_CPU: 1024, Meter.FARGATE_MEMORY: 1024}
"""Into how many parts the unit of a price is cut where counts are parts."""


class Price(Section):
    """One price of one region in US dollars; `amount` is absent where nobody has looked it up."""

    amount: Decimal | None = Field(default=None, gt=0)
    per: Literal["hour", "month"] = "hour"
    source: str = Field(min_length=1)
    """The provider's page that gives the price, or would."""


class Prices(Section):
    """A file of prices: which region's they are, and when they were read."""

    region: str
    read: date
    prices: Mapping[str, Price]

    def hourly(self, meter: str) -> Decimal | None:
        """The price of one for one hour; None where it is unknown."""
        price = self.prices.get(meter)
        if price is None or price.amount is None:
            return None
        return price.amount / (HOURS_A_MONTH if price.per == "month" else 1)


def read_prices(path: Path) -> Prices:
    """Read a file of prices. Raises ValidationError for what is none, and OSError where there is none."""
    return Prices.model_validate(yaml.safe_load(path.read_text()))


@dataclass(frozen=True, slots=True)
class Cost:
    """What is known of an hour's cost, and the charges whose price is unknown."""

    known: Decimal
    unknown: tuple[str, ...]

    def __str__(self) -> str:
        """`0.19 + 7 unknown` rather than a sum that leaves something out; `unknown` where nothing is known."""
        amount = f"{self.known:.3f}"
        if not self.unknown:
            return amount
        return f"{amount} + {len(self.unknown)} unknown" if self.known else "unknown"


def cost(counts: Mapping[str, int], prices: Prices) -> Cost:
    """The cost of one hour."""
    known, unknown = Decimal(0), list[str]()
    for meter, count in counts.items():
        line = line_cost(meter, count, prices)
        if line is None:
            unknown.append(meter)
        else:
            known += line
    return Cost(known, tuple(unknown))


def line_cost(meter: str, count: int, prices: Prices) -> Decimal | None:
    """The cost of one charge for one hour; None where its price is unknown."""
    price = prices.hourly(meter)
    return None if price is None else price * count / _PARTS.get(meter, 1)
