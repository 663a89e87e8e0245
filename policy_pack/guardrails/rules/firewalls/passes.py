"""NFW004: rules of a firewall that pass whatever comes, or names that anybody can have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource, Value
from guardrails.facts.stack import Facts
from guardrails.facts.values import Maybe, Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity
from guardrails.rules.firewalls.common import (
    Passed,
    anybodys_name,
    anywhere,
    of_header,
    of_stateless,
    suricata_passes,
)

_SOURCE = "ruleGroup.rulesSource"
_LIST = f"{_SOURCE}.rulesSourceList"
_TEXTS = ("rules", f"{_SOURCE}.rulesString")
_FORMS: dict[str, Callable[[Value], Maybe[Passed] | None]] = {
    f"{_SOURCE}.statefulRules": of_header,
    f"{_SOURCE}.statelessRulesAndCustomActions.statelessRules": of_stateless,
}
"""Lists of rules, and what reads one of them."""


class NamedPasses(ResourceRule):
    """Requires that what a rule group passes is named: by destination, by port, or by a name that has one owner."""

    id: ClassVar[str] = "NFW004"
    slug: ClassVar[str] = "firewall-names-what-passes"
    title: ClassVar[str] = "No firewall rule passes everything, or names under which anybody can host"
    rationale: ClassVar[str] = (
        "One `pass ip any any -> any any` undoes the policy's default, and a stateless pass undoes the stateful rules. "
        "A list entry such as `.amazonaws.com`, `.cloudfront.net` or `.com` is every account's bucket or site: data "
        "leaves through it as if there were no list."
    )
    fix: ClassVar[str] = (
        "Name destinations, ports or exact server names; of a shared suffix list only the names that are one's own."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    kinds: ClassVar[frozenset[str]] = frozenset({"networkfirewall.RuleGroup"})
    covers: ClassVar[tuple[int, ...]] = (53,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/network-firewall/latest/developerguide/stateful-rule-groups-domain-names.html",
        "https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-rule-evaluation-order.html",
        "https://docs.aws.amazon.com/network-firewall/latest/developerguide/rule-action.html",
        "https://publicsuffix.org/list/",
    )
    avoid: ClassVar[str] = """
resources:
  names:
    type: aws:networkfirewall:RuleGroup
    properties:
      type: STATEFUL
      ruleGroup:
        rulesSource:
          rulesSourceList:
            {generatedRulesType: ALLOWLIST, targetTypes: [TLS_SNI], targets: [".example.com", ".amazonaws.com"]}
  everything:
    type: aws:networkfirewall:RuleGroup
    properties:
      type: STATEFUL
      ruleGroup: {rulesSource: {rulesString: 'pass ip any any -> any any (msg:"tests"; sid:1; rev:1;)'}}
"""
    prefer: ClassVar[str] = """
resources:
  names:
    type: aws:networkfirewall:RuleGroup
    properties:
      type: STATEFUL
      ruleGroup:
        rulesSource:
          rulesSourceList:
            {generatedRulesType: ALLOWLIST, targetTypes: [TLS_SNI],
             targets: [".example.com", "logs.ap-northeast-1.amazonaws.com"]}
  handshakes:
    type: aws:networkfirewall:RuleGroup
    properties:
      type: STATEFUL
      ruleGroup:
        rulesSource:
          rulesString: |
            # The name is in a later packet.
            pass tcp $HOME_NET any -> $EXTERNAL_NET any (flow:not_established, to_server; sid:1;)
            pass tls $HOME_NET any -> any any (tls.sni; content:"a.example.com"; startswith; endswith; sid:2;)
            drop ip any any -> any any (sid:3;)
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one rule group, in whichever of its languages it is written."""
        for path in _TEXTS:
            text = resource.get(path)
            if isinstance(text, Unknown):
                yield self.unresolved(resource, path, text, "what its rules pass")
            elif isinstance(text, str):
                for passed in suricata_passes(text):
                    yield from self._passed(resource, path, passed)
        yield from self._names(resource)
        for path, read in _FORMS.items():
            listed = resource.items(path)
            for index, rule in enumerate([listed] if isinstance(listed, Unknown) else listed):
                passed = read(rule)
                if passed is not None:
                    yield from self._passed(resource, f"{path}[{index}]", passed)

    def _passed(self, resource: Resource, path: str, passed: Maybe[Passed]) -> Iterator[Finding]:
        if isinstance(passed, Unknown):
            yield self.unresolved(resource, path, passed, "what its rules pass")
            return
        for name in filter(anybodys_name, passed.names):
            yield self.fail(resource, path, "passes names under which anybody can host", name)
        if passed.named:
            return
        told = [anywhere(target, _variables(resource)) for target in passed.targets]
        unknown = next((item for item in told if isinstance(item, Unknown)), None)
        if any(item is True for item in told):
            yield self.fail(resource, path, "passes everything, to anywhere", passed.text)
        elif unknown is not None:
            yield self.unresolved(resource, path, unknown, "what its rules pass")

    def _names(self, resource: Resource) -> Iterator[Finding]:
        kind = resource.get(f"{_LIST}.generatedRulesType")
        if isinstance(kind, Unknown):
            yield self.unresolved(resource, _LIST, kind, "whether the names are allowed or denied")
        if kind != "ALLOWLIST":
            return
        path = f"{_LIST}.targets"
        listed = resource.items(path)
        for name in [listed] if isinstance(listed, Unknown) else listed:
            if isinstance(name, Unknown):
                yield self.unresolved(resource, path, name, "which names pass")
            elif isinstance(name, str) and anybodys_name(name):
                yield self.fail(resource, path, "passes names under which anybody can host", name)


def _variables(resource: Resource) -> dict[str, Value]:
    """Give the sets of addresses that a group's rules may name."""
    sets = resource.items("ruleGroup.ruleVariables.ipSets")
    listed = [] if isinstance(sets, Unknown) else sets
    return {
        str(item.get("key")): inner.get("definitions") if isinstance(inner := item.get("ipSet"), dict) else inner
        for item in listed
        if isinstance(item, dict)
    }
