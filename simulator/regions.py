"""Regions and their Availability Zones.

Zone ids are AWS's (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html);
which zone name maps to
which id differs from account to account, so the mapping here is one possible account's.
"""

from __future__ import annotations

from typing import Final

from simulator.errors import AwsError

_ZONE_IDS: Final[dict[str, dict[str, str]]] = {
    "ap-northeast-1": {"a": "apne1-az4", "c": "apne1-az1", "d": "apne1-az2"},
    "ap-northeast-3": {"a": "apne3-az3", "b": "apne3-az1", "c": "apne3-az2"},
    "ap-southeast-2": {"a": "apse2-az1", "b": "apse2-az3", "c": "apse2-az2"},
    "eu-central-1": {"a": "euc1-az2", "b": "euc1-az3", "c": "euc1-az1"},
    "eu-west-1": {"a": "euw1-az1", "b": "euw1-az2", "c": "euw1-az3"},
    "us-east-1": {
        "a": "use1-az1",
        "b": "use1-az2",
        "c": "use1-az4",
        "d": "use1-az6",
        "e": "use1-az3",
        "f": "use1-az5",
    },
    "us-west-2": {"a": "usw2-az1", "b": "usw2-az2", "c": "usw2-az3", "d": "usw2-az4"},
}

DESCRIPTIONS: Final[dict[str, str]] = {
    "ap-northeast-1": "Asia Pacific (Tokyo)",
    "ap-northeast-3": "Asia Pacific (Osaka)",
    "ap-southeast-2": "Asia Pacific (Sydney)",
    "eu-central-1": "Europe (Frankfurt)",
    "eu-west-1": "Europe (Ireland)",
    "us-east-1": "US East (N. Virginia)",
    "us-west-2": "US West (Oregon)",
}

PARTITION: Final = "aws"


def is_known(region: str) -> bool:
    """Tell whether the simulated account has this region."""
    return region in _ZONE_IDS


def zones(region: str) -> dict[str, str]:
    """Give the zone names of a region with their zone ids.

    Raises AwsError for a region that the simulated account does not have.
    """
    if region not in _ZONE_IDS:
        raise AwsError("InvalidParameterValue", f"Invalid region: {region}")
    return {f"{region}{letter}": zone_id for letter, zone_id in _ZONE_IDS[region].items()}
