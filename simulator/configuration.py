"""The provider's configuration: which account, which region, which default tags.

Keys as in https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/index.html.markdown;
values other than strings arrive as JSON text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from simulator import regions
from simulator.account import Account
from simulator.creation import Session
from simulator.errors import AwsError
from simulator.shapes import is_list, is_map
from simulator.wire import contains_unknown

DEFAULT_ACCOUNT: Final = "123456789012"
_ACCOUNT_FACT: Final = "account id"
_REGION_FACT: Final = "region"


@dataclass(frozen=True)
class Configuration:
    """What Configure was told; `session` is None while account or region are unknown (a preview)."""

    session: Session | None


def session_of(values: Mapping[str, Any], account: Account) -> Configuration:
    """Read a provider's configuration and hold it against the account.

    The first provider configured gives the account its number (`allowedAccountIds`, or else the role to assume); its
    region is the one that clients are told to ask.
    Raises AwsError when region or account are not allowed.
    """
    given = {name: _parsed(value) for name, value in values.items()}
    if contains_unknown(given.get("region")) or contains_unknown(given.get("allowedAccountIds")):
        return Configuration(None)
    region = given.get("region")
    if not region:
        raise AwsError("MissingRegion", "Missing region configuration")
    if not regions.is_known(region):
        raise AwsError("InvalidRegion", f"Invalid AWS Region: {region}")
    number = _number(given, account)
    allowed, forbidden = listed(given, "allowedAccountIds"), listed(given, "forbiddenAccountIds")
    if (allowed and number not in allowed) or number in forbidden:
        raise AwsError("AccountNotAllowed", f"AWS account ID not allowed: {number}")
    if account.fact(_REGION_FACT) is None:
        account.set_fact(_REGION_FACT, str(region))
    tags: dict[str, Any] = given.get("defaultTags") or {}
    return Configuration(Session(number, region, dict(tags.get("tags") or {})))


def listed(given: Mapping[str, Any], name: str) -> list[Any]:
    """Give a configuration value that may be absent, one item or a list, as a list."""
    value = given.get(name)
    return value if is_list(value) else [] if value is None else [value]


def _number(given: Mapping[str, Any], account: Account) -> str:
    known = account.fact(_ACCOUNT_FACT)
    if known is not None:
        return known
    roles = listed(given, "assumeRoles") or listed(given, "assumeRole")
    arns = [str(role.get("roleArn", "")) for role in roles if is_map(role)]
    assumed = [match.group(1) for arn in arns if (match := re.match(r"arn:aws[\w-]*:iam::(\d{12}):role/", arn))]
    number = str(next(iter([*assumed[-1:], *listed(given, "allowedAccountIds")]), DEFAULT_ACCOUNT))
    if not re.fullmatch(r"\d{12}", number):
        raise AwsError("InvalidAccountId", f"an AWS account ID has twelve digits: {number!r}")
    account.set_fact(_ACCOUNT_FACT, number)
    return number


def _parsed(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in "[{" and value:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
