"""FCL005: an exemption that does not hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.stack import Facts
from guardrails.rules.base import Finding, Rule, Severity


class Exemptions(Rule):
    """Carries what is wrong with exemptions."""

    id: ClassVar[str] = "FCL005"
    slug: ClassVar[str] = "exemption-holds"
    title: ClassVar[str] = "Every exemption has a reason, an owner and an expiry, and is needed"
    rationale: ClassVar[str] = (
        "An exemption that nobody owns stays for ever, and one that matches nothing any more hides the next finding "
        "on the same subject."
    )
    fix: ClassVar[str] = "Complete, renew or remove the exemption in the intent file."
    severity: ClassVar[Severity] = Severity.MEDIUM
    exemptible: ClassVar[bool] = False
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (5,)
    avoid: ClassVar[str] = ""
    prefer: ClassVar[str] = ""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Yield nothing: the findings are made where exemptions are applied."""
        yield from ()
