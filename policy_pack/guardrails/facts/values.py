"""The few value types that every fact is made of.

A value is either known, or an `Unknown` that says *which* input is missing and why, so that an answer resting on it
can name it. A reference to another object is a `Ref`. Nothing here knows Pulumi or AWS.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that cannot be known from this source.

    `what` names the input (`urn.property` or `file: key`), `why` the reason in a few words. Two unknowns are never
    taken to be the same value, whatever their texts; compare with `is_unknown`, not with `==`.
    """

    what: str = ""
    why: str = "known only after deployment"


Maybe = T | Unknown
"""Either a known value or an `Unknown`."""

IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def inside(inner: IPNetwork, outer: IPNetwork) -> bool:
    """Tell whether a block lies wholly within another one; never where one is IPv4 and the other IPv6."""
    if isinstance(inner, ipaddress.IPv4Network):
        return isinstance(outer, ipaddress.IPv4Network) and inner.subnet_of(outer)
    return isinstance(outer, ipaddress.IPv6Network) and inner.subnet_of(outer)


def is_unknown(value: object) -> bool:
    """Tell whether a value is `Unknown`."""
    return isinstance(value, Unknown)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a fact comes from: `subject` is the URN (Pulumi) or the ARN or id (AWS), `path` the property path in it."""

    subject: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Ref:
    """An edge to another object of the same facts, or to one outside of them.

    `key` is the target's key in the facts (URN, ARN or id) when the target is among them; otherwise it is None and
    `literal` is the id that was written. A reference that cannot be resolved is an `Unknown`, never a `Ref`.
    """

    key: str | None
    literal: str | None = None

    def same(self, other: object) -> bool:
        """Tell whether another reference surely names the same object."""
        if not isinstance(other, Ref):
            return False
        if self.key or other.key:
            return self.key == other.key
        return self.literal is not None and self.literal == other.literal
