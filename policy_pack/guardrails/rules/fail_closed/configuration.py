"""FCL003: a configuration that is not understood."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.stack import Facts
from guardrails.rules.base import Finding, Rule, Severity


class Configuration(Rule):
    """Carries what the pack finds wrong with its configuration and intent; those are validated before any rule runs."""

    id: ClassVar[str] = "FCL003"
    slug: ClassVar[str] = "configuration-is-understood"
    title: ClassVar[str] = "The pack's configuration and intent are understood"
    rationale: ClassVar[str] = (
        "Pulumi accepts a configuration for a policy that does not exist, so a misspelt rule name switches nothing on "
        "or off and nobody notices. A faulty intent would leave every zone unjudged."
    )
    fix: ClassVar[str] = "Correct the name, key or value in the policy-pack configuration or the intent file."
    severity: ClassVar[Severity] = Severity.HIGH
    exemptible: ClassVar[bool] = False
    beside_network: ClassVar[frozenset[str] | None] = frozenset()
    covers: ClassVar[tuple[int, ...]] = (3,)
    references: ClassVar[tuple[str, ...]] = (
        "https://www.pulumi.com/docs/insights/policy/policy-packs/authoring/#configuring-policies",
    )
    avoid: ClassVar[str] = ""
    prefer: ClassVar[str] = ""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Yield nothing: the findings are made where the configuration is read."""
        yield from ()
