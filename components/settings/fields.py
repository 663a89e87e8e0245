"""The kinds of value that settings are made of; each refuses what AWS or the room's rules would refuse."""

from __future__ import annotations

import re
from ipaddress import IPv4Network
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from components.settings.errors import broken

LOG_RETENTION_DAYS = (
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)
"""What CloudWatch Logs accepts, in days; 0 (never expire) is left out on purpose.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
"""


class Section(BaseModel):
    """A part of the settings: immutable, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=False)


def _cidr(value: object) -> IPv4Network:
    if isinstance(value, IPv4Network):
        return value
    if not isinstance(value, str) or "/" not in value:
        raise broken("a range is written as address/length", "write an IPv4 range such as 10.20.0.0/20")
    try:
        loose = IPv4Network(value, strict=False)
    except ValueError:
        raise broken("an IPv4 range of four numbers and a length", "write a range such as 10.20.0.0/20") from None
    if str(loose) != value:
        raise broken("a range is written in its canonical form", f"write {loose}")
    return loose


def _one_of(allowed: tuple[int, ...], value: int) -> int:
    if value not in allowed:
        nearest = min(allowed, key=lambda days: abs(days - value))
        raise broken(f"one of {', '.join(map(str, allowed))}", f"use {nearest}")
    return value


def _pattern(regex: str, rule: str, remedy: str) -> AfterValidator:
    compiled = re.compile(regex, re.ASCII)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise broken(rule, remedy)
        return value

    return AfterValidator(check)


def _auto_stop(minutes: int) -> int:
    if minutes < 60 or minutes % 60:
        raise broken("AutoStop goes in steps of 60 minutes, from 60", f"use {max(60, round(minutes / 60) * 60)}")
    return minutes


Cidr = Annotated[IPv4Network, BeforeValidator(_cidr)]
AccountId = Annotated[str, _pattern(r"\d{12}", "an account id has 12 digits", "write the 12 digits in quotes")]
Name = Annotated[
    str,
    _pattern(r"[a-z][a-z0-9-]{0,30}[a-z0-9]", "lower-case letters, digits and hyphens, 2 to 32", "choose such a name"),
]
TagValue = Annotated[
    str,
    _pattern(
        r"[\w .:/=+@-]{1,256}", "a tag value has 1 to 256 letters, digits or _ . : / = + - @", "choose such a value"
    ),
]
Port = Annotated[int, Field(ge=1, le=65535)]
LogRetention = Annotated[int, AfterValidator(lambda days: _one_of(LOG_RETENTION_DAYS, days))]
AutoStopMinutes = Annotated[int, AfterValidator(_auto_stop)]
RoleArn = Annotated[
    str,
    _pattern(r"arn:aws:iam::\d{12}:role/[\w+=,.@/-]+", "the ARN of a role", "write arn:aws:iam::<account>:role/<name>"),
]
PrincipalArn = Annotated[
    str,
    _pattern(
        r"arn:aws:iam::\d{12}:(root|(role|user)/[\w+=,.@/-]+)",
        "an account, a role or a user by its ARN, never everybody",
        "write arn:aws:iam::<account>:root, or a role's or user's ARN",
    ),
]
EndpointId = Annotated[
    str,
    _pattern(r"vpce-([0-9a-f]{8}|[0-9a-f]{17})", "the id of a VPC endpoint", "write the vpce-… id of the endpoint"),
]
ImageDigest = Annotated[
    str,
    _pattern(
        r"sha256:[0-9a-f]{64}", "an image is named by its digest, never by a tag", "write sha256: and 64 hex digits"
    ),
]
BundleId = Annotated[str, _pattern(r"wsb-[0-9a-z]{8,63}", "a WorkSpaces bundle id", "write the wsb-… id of the bundle")]
UserName = Annotated[
    str,
    _pattern(
        r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}",
        "a directory user name of 1 to 20 letters, digits, dots, hyphens or underscores",
        "write the user's sAMAccountName",
    ),
]
DomainName = Annotated[
    str,
    _pattern(
        r"(?=.{4,255}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?",
        "a fully qualified name in lower case",
        "write a name such as corp.example.com",
    ),
]
ShortName = Annotated[
    str,
    _pattern(r"[A-Z0-9][A-Z0-9-]{0,14}", "a NetBIOS name of 1 to 15 capitals, digits or hyphens", "write such as CORP"),
]
Description = Annotated[
    str,
    _pattern(
        r"[a-zA-Z0-9 ._:/()#,@\[\]+=&;{}!$*-]{1,255}",
        "1 to 255 characters that a security group rule may have",
        "use letters, digits and spaces",
    ),
]
