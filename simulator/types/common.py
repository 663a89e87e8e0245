"""What the tables share: ids in AWS's forms, and checks of single values and of addresses."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from simulator.errors import AwsError
from simulator.model import Validate

if TYPE_CHECKING:
    from simulator.creation import Creation

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

AWS_MANAGED: Final = ("arn:aws:iam::aws:",)
PROPAGATION: Final = 120
"""For how many seconds AWS's provider goes on trying while a service does not know a new role or profile yet
(https://github.com/hashicorp/terraform-provider-aws, internal/service/iam: propagationTimeout)."""


def random_id(prefix: str, length: int = 17) -> Callable[[Creation], str]:
    """Give ids such as `vpc-0a1b2c3d4e5f67890`: a prefix and hexadecimal digits, the first of which is 0 as at AWS."""
    return lambda creation: f"{prefix}-0{creation.hex(length - 1)}"


def named(field: str = "name") -> Callable[[Creation], str]:
    """Give the value of an input as the id."""
    return lambda creation: str(creation.get(field, ""))


def joined(*fields: str, by: str = "/") -> Callable[[Creation], str]:
    """Give several inputs, joined, as the id."""
    return lambda creation: by.join(str(creation.get(name, "")) for name in fields)


def arn_id(template: str) -> Callable[[Creation], str]:
    """Give an ARN as the id."""
    return lambda creation: creation.arn(template)


def network(text: str) -> Network:
    """Parse a CIDR block. Raises AwsError in EC2's words."""
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        raise AwsError(
            "InvalidParameterValue",
            f"Value ({text}) for parameter cidrBlock is invalid. This is not a valid CIDR block.",
        ) from None


def overlap(block: Network, others: Iterable[str]) -> str | None:
    """Give the first of `others` that shares an address with `block`."""
    for other in others:
        candidate = ipaddress.ip_network(other)
        if candidate.version == block.version and candidate.overlaps(block):
            return other
    return None


def within(block: Network, outer: Iterable[str]) -> bool:
    """Tell whether one of `outer` holds the whole block."""
    candidates = (ipaddress.ip_network(item) for item in outer)
    return any(item.version == block.version and block.subnet_of(item) for item in candidates)  # pyright: ignore[reportArgumentType]


def valid_cidr(_path: str, value: Any) -> str | None:
    """Refuse what is no canonical CIDR block, as the provider does."""
    try:
        ipaddress.ip_network(str(value))
    except ValueError:
        try:
            loose = ipaddress.ip_network(str(value), strict=False)
        except ValueError:
            return f'"{value}" is not a valid CIDR block'
        return f'"{value}" is not a valid CIDR block; did you mean "{loose}"?'
    return None


def valid_json(_path: str, value: Any) -> str | None:
    """Refuse a string that is no JSON document."""
    try:
        json.loads(value)
    except ValueError as error:
        return f"contains an invalid JSON: {error}"
    return None


def one_of(*allowed: object) -> Validate:
    """Allow only the listed values."""
    listed = ", ".join(json.dumps(item) for item in allowed)
    return lambda _path, value: None if value in allowed else f"expected one of [{listed}], got {json.dumps(value)}"


def between(low: float, high: float) -> Validate:
    """Allow numbers in a closed range."""
    return lambda _path, value: (
        None if low <= float(value) <= high else f"expected to be in the range ({low} - {high}), got {value}"
    )


def matching(pattern: str, meaning: str) -> Validate:
    """Allow strings that match a pattern as a whole."""
    compiled = re.compile(pattern)
    return lambda _path, value: None if compiled.fullmatch(str(value)) else f"invalid value {value!r}: {meaning}"


def at_most(limit: int) -> Validate:
    """Allow strings up to a length in characters."""
    return lambda _path, value: (
        None if len(str(value)) <= limit else f"expected length to be at most {limit}, got {len(str(value))}"
    )
