"""How much of a thing an account may have: AWS's defaults, each of which an account can have raised.

`python -m simulator quota --state-dir DIR rules-per-group=100` raises one of a simulated account, as AWS Support would.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from simulator.account import Account

# https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html (rules are counted for each direction),
# https://docs.aws.amazon.com/workspaces/latest/adminguide/workspaces-limits.html,
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
DEFAULTS: Final = {
    "rules-per-group": 60,
    "entries-per-acl": 20,
    "routes-per-table": 500,
    "elastic-ips": 5,
    "rules-per-ip-group": 10,
    "policies-per-role": 10,
}


def quota(account: Account, name: str) -> int:
    """Give how many there may be. Raises KeyError for a name that is none of `DEFAULTS`."""
    return int(account.fact(f"quota {name}") or DEFAULTS[name])


def set_quota(account: Account, text: str) -> None:
    """Set one of an account's quotas from `name=number`. Raises ValueError when it is no such thing."""
    name, _, number = text.partition("=")
    if name not in DEFAULTS or not number.isdigit():
        raise ValueError(f"{text!r}: a quota is NAME=NUMBER with one of the names {', '.join(DEFAULTS)}")
    account.set_fact(f"quota {name}", number)
