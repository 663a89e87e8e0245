"""What protects from deletion is lifted for good, and only where there is something to lift."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.account import Account, Object
from simulator.errors import StateLockedError
from simulator.protection import lift

FIREWALL = "aws:networkfirewall/firewall:Firewall"
REGION = "ap-northeast-1"


def firewall(name: str, **inputs: bool) -> Object:
    return Object(FIREWALL, REGION, name, dict(inputs), dict(inputs))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    account = Account(tmp_path)
    with account.transaction():
        account.put(firewall("kept", deleteProtection=True, subnetChangeProtection=True))
        account.put(firewall("loose", deleteProtection=False))
    account.close()
    return tmp_path


def test_every_protection_is_lifted_and_what_had_one_is_named(folder: Path) -> None:
    assert lift(folder) == ["kept"]
    account = Account(folder, read_only=True)
    for side in ("inputs", "outputs"):
        kept = getattr(account.get(FIREWALL, REGION, "kept"), side)
        assert kept == {"deleteProtection": False, "subnetChangeProtection": False}
    account.close()
    assert lift(folder) == []


def test_an_account_that_is_not_there_has_none(tmp_path: Path) -> None:
    assert lift(tmp_path / "nothing") == []
    assert not (tmp_path / "nothing").exists()


def test_an_account_that_is_served_is_only_asked_for_where_there_is_something_to_lift(folder: Path) -> None:
    served = Account(folder)
    with pytest.raises(StateLockedError):
        lift(folder)
    served.close()
    lift(folder)
    served = Account(folder)
    assert lift(folder) == []
    served.close()
