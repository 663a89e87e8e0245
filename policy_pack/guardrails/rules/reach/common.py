"""Asks the reach engine once for all rules of this family, and tells each departure from the intent alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from guardrails.facts.stack import Facts
from guardrails.facts.values import Origin, Unknown
from guardrails.rules.base import Finding, Rule, Severity

if TYPE_CHECKING:
    from guardrails.network.breaches import Breach

_MEMO = "breaches"


def breaches(facts: Facts) -> list[Breach] | None:
    """Give every departure of the network from the intent, None without an intent that names zones."""
    if facts.intent is None or not facts.intent.zones:
        return None
    if _MEMO not in facts.memo:
        from guardrails.network.intents import Assertions  # noqa: PLC0415 - only where there is something to ask
        from guardrails.network.reach import Engine  # noqa: PLC0415 - likewise

        zones = {name: (tuple(zone.cidrs), dict(zone.tags)) for name, zone in facts.intent.zones.items()}
        engine = Engine(facts.network, zones, trusts_peers=True)
        facts.memo[_MEMO] = Assertions(engine, facts.intent).breaches()
    return facts.memo[_MEMO]


class ReachRule(Rule):
    """A rule about one kind of departure."""

    kind: ClassVar[str]
    severity: ClassVar[Severity] = Severity.CRITICAL
    needs_intent: ClassVar[bool] = True

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Tell every departure of this kind."""
        found = breaches(facts)
        if found is None:
            yield self.not_applicable("no intent names zones and flows: which connections are meant is not known")
            return
        for breach in found:
            if breach.kind.value == self.kind:
                yield self._tell(breach, facts)

    def _tell(self, breach: Breach, facts: Facts) -> Finding:
        subject = _subject(breach.subject, facts)
        path = f"{breach.source} -> {breach.target}"
        if not breach.certain:
            missing = breach.unknowns[0] if breach.unknowns else Unknown(path, "an input is not known")
            return self.unresolved(Origin(subject, path), path, missing, breach.why)
        witness = " > ".join(f"{hop.kind} {_short(hop.node)}" for hop in breach.path)
        return self.fail(Origin(subject, path), path, breach.why, breach.flow, witness)


def _subject(key: str, facts: Facts) -> str:
    """Give the resource behind a key of the network's facts."""
    if key in facts.by_urn:
        return key
    owner = key.split("#", 1)[0]
    return owner if owner in facts.by_urn else ""


def _short(node: str) -> str:
    return node.rsplit("::", 1)[-1]
