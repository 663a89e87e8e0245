"""Costs at rest: what is billed follows the plans, and an unknown price never counts as nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from components.costs.meters import Meter, metered
from components.costs.prices import Price, Prices, cost, line_cost
from components.settings import from_mapping
from tests.support import write_costs

COUNTS = st.dictionaries(st.sampled_from([meter.value for meter in Meter]), st.integers(1, 50), min_size=1)


def file(**amounts: Any) -> Prices:
    prices = {name: Price(amount=amount, source="https://example.com/") for name, amount in amounts.items()}
    return Prices(region="ap-northeast-1", read=date(2026, 11, 22), prices=prices)


def test_the_page_is_current() -> None:
    assert write_costs.PAGE.read_text() == write_costs.page(), "run: python -m tests.support.write_costs"


@given(COUNTS, st.data())
def test_every_charge_is_known_with_its_price_or_told_as_unknown(counts: dict[str, int], data: st.DataObject) -> None:
    listed = data.draw(st.sets(st.sampled_from(sorted(counts))))
    found = cost(counts, file(**dict.fromkeys(listed, Decimal("0.5"))))
    assert set(found.unknown) == set(counts) - listed
    assert (found.known > 0) == bool(listed)
    assert ("unknown" in str(found)) == bool(found.unknown)


def test_a_missing_price_shows_as_unknown_and_not_as_zero() -> None:
    counts, nothing = {Meter.NAT_GATEWAY: 2, Meter.VPN_CONNECTION: 1}, file()
    assert str(cost(counts, nothing)) == "unknown"
    assert line_cost(Meter.NAT_GATEWAY, 2, nothing) is None
    some = file(**{Meter.NAT_GATEWAY: Decimal("0.045"), Meter.VPN_CONNECTION: None})
    assert str(cost(counts, some)) == "0.090 + 1 unknown"


@pytest.mark.parametrize("amount", [0, -1, "free"])
def test_no_price_is_zero_or_less(amount: Any) -> None:
    with pytest.raises(ValidationError):
        file(**{Meter.NAT_GATEWAY: amount})


def test_a_monthly_price_is_spread_over_its_hours_and_a_part_of_a_cpu_is_a_part() -> None:
    prices = Prices(
        region="ap-northeast-1",
        read=date(2026, 11, 22),
        prices={
            Meter.KEY: Price(amount=Decimal(1), per="month", source="x"),
            Meter.FARGATE_CPU: Price(amount=Decimal("0.04"), source="x"),
        },
    )
    assert prices.hourly(Meter.KEY) == Decimal(1) / 730
    assert line_cost(Meter.FARGATE_CPU, 256, prices) == Decimal("0.01")


def test_what_is_billed_follows_the_plans() -> None:
    found = write_costs.counts()
    assert found["single, dev"][Meter.NAT_GATEWAY] == 1 + 2, "the room's, and the workload's in each AZ"
    assert found["inline, dev"][Meter.FIREWALL_ENDPOINT] == 2
    assert found["attach, dev"][Meter.VENDOR_ENDPOINT] == 2
    assert found["hub, dev"][Meter.TRANSIT_ATTACHMENT] == 2
    assert found["relay, dev"][Meter.VPN_CONNECTION] == 1
    assert found["prod"][Meter.FIREWALL_ENDPOINT] == 2
    assert found["single, dev"][Meter.NETWORK_BALANCER] == 1
    assert (found["single, dev"][Meter.KEY], found["single, dev"][Meter.SECRET]) == (2, 2), "the room's, the workload's"
    assert found["inline, dev"][Meter.DASHBOARD] == 1
    assert found["dev"][Meter.FARGATE_CPU] == 0, "no proxy runs before its image is there"
    for name, charges in found.items():
        assert charges[Meter.NAT_GATEWAY] == charges[Meter.PUBLIC_ADDRESS], name


def test_production_costs_no_less_than_development() -> None:
    found = write_costs.counts()
    for name in ("single", "inline", "hub", "attach", "relay"):
        small, large = found[f"{name}, dev"], found[f"{name}, prod"]
        assert all(large[meter] >= count for meter, count in small.items())
        assert large.total() > small.total()


def test_the_charges_of_a_stack_are_those_of_its_settings(raw: Any) -> None:

    settings = raw("relay")
    del settings["landing"]["relay"]["link"]
    assert metered(from_mapping(settings))[Meter.VPN_CONNECTION] == 0
