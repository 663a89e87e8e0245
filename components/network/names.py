"""Which names may be looked up from inside: DNS is a way out too, so what is not listed is not answered."""

from __future__ import annotations

from collections.abc import Sequence

INTERNAL = "*.internal"
"""The top-level domain that ICANN keeps for private use: hosts of the VPC and the proxy's own name."""


def allowed_names(allow_list: Sequence[str], region: str) -> tuple[str, ...]:
    """The names that the DNS firewall lets through, as its lists write them, sorted.

    What the proxy may reach, AWS' regional services behind the endpoints, and names inside. An attacker can host a
    name server for none of them, so nothing leaves by the questions themselves.
    """
    named = {form for entry in allow_list for form in _forms(entry)}
    return tuple(sorted({*named, f"*.{region}.amazonaws.com", INTERNAL}))


def _forms(entry: str) -> tuple[str, ...]:
    """A leading dot means the name itself and all below, which the firewall takes as two entries."""
    return (entry[1:], f"*{entry}") if entry.startswith(".") else (entry,)
