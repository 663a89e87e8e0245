"""Rules on what the rules of security groups say, wherever they are stated."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.from_pulumi.network.common import Build
from guardrails.facts.from_pulumi.network.filters import inline_rules, standalone_rules
from guardrails.facts.network import GroupRule
from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Origin
from guardrails.rules.base import Finding, ResourceRule
from guardrails.rules.groups.common import RULE_KINDS, own_groups

_GROUP_KINDS = frozenset({"ec2.SecurityGroup", "ec2.DefaultSecurityGroup"})


class RuleOnGroupRules(ResourceRule):
    """A rule that judges the rules which one resource states; of an account, those of each group."""

    kinds: ClassVar[frozenset[str]] = _GROUP_KINDS | RULE_KINDS
    beside_network: ClassVar[frozenset[str] | None] = frozenset()

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge what resources state, or what the groups of an account hold."""
        yield from super().check(facts)
        for group in own_groups(facts) if facts.seen is not None else ():
            if group.default:
                continue  # SEG020 tells every rule of a default group
            yield from self.judge_rules(group.origin, list(group.rules), facts)

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge the rules that one resource states, whichever of the three ways it does."""
        build = Build(facts)
        inline = resource.kind in _GROUP_KINDS
        rules = inline_rules(build, resource) if inline else standalone_rules(build, resource)
        yield from self.judge_rules(resource, rules, facts)

    @abstractmethod
    def judge_rules(self, at: Resource | Origin, rules: list[GroupRule], facts: Facts) -> Iterator[Finding]:
        """Yield what is wrong with the rules that are stated in one place."""
