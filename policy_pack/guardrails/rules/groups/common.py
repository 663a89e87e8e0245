"""What rules about groups share."""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.facts.network import SecurityGroup
from guardrails.facts.stack import Facts


def own_groups(facts: Facts) -> Iterator[SecurityGroup]:
    """Give the groups that the stack declares; those that AWS makes by itself are judged by rules of their own."""
    for group in facts.network.groups:
        if "#" not in group.key:
            yield group
