"""FCL004: a rule that did not finish."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.stack import Facts
from guardrails.rules.base import Finding, Rule, Severity


class Crash(Rule):
    """Carries the crashes and time-outs of other rules."""

    id: ClassVar[str] = "FCL004"
    slug: ClassVar[str] = "rule-finished"
    title: ClassVar[str] = "Every rule finishes"
    rationale: ClassVar[str] = (
        "A rule that crashes or hangs has judged nothing. With the stock SDK an exception ends the run without naming "
        "a resource, and an unknown value only leaves an advisory line."
    )
    fix: ClassVar[str] = "Report the rule and the place that the finding names; until it is mended nothing is deployed."
    severity: ClassVar[Severity] = Severity.CRITICAL
    exemptible: ClassVar[bool] = False
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (4,)
    avoid: ClassVar[str] = ""
    prefer: ClassVar[str] = ""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Yield nothing: the findings are made where rules are run."""
        yield from ()
