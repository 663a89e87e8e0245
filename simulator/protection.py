"""Protection from deletion, and how an operator lifts it before a stack is taken down for good.

In a real account that is one call for each object (`UpdateFirewallDeleteProtection`, `ModifyLoadBalancerAttributes`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from simulator.account import Account, Object

PROTECTIONS = {
    "aws:networkfirewall/firewall:Firewall": ("deleteProtection", "subnetChangeProtection"),
    "aws:lb/loadBalancer:LoadBalancer": ("enableDeletionProtection",),
}
"""The inputs that protect an object, by type."""


def lift(folder: Path) -> list[str]:
    """Lift every protection in the account kept in `folder`; gives the ids of the objects that had one.

    Raises StateLockedError when there is one to lift and another process has the account open for writing.
    """
    if not (folder / "account.sqlite3").exists():
        return []
    looked = Account(folder, read_only=True)
    protected = [item.id for item in _protected(looked)]
    looked.close()
    if not protected:
        return []
    account = Account(folder)
    try:
        lift_in(account)
    finally:
        account.close()
    return protected


def lift_in(account: Account) -> None:
    """Lift every protection in an account that is open for writing."""
    with account.transaction():
        for item in list(_protected(account)):
            lifted = dict.fromkeys(PROTECTIONS[item.token], False)
            item.inputs, item.outputs = {**item.inputs, **lifted}, {**item.outputs, **lifted}
            account.put(item)


def _protected(account: Account) -> Iterator[Object]:
    for token, names in PROTECTIONS.items():
        for item in account.of_type(token):
            if any(item.inputs.get(name) or item.outputs.get(name) for name in names):
                yield item
