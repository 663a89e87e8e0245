"""Whatever is secret in a stack is in no report: not in text, JSON, SARIF or JUnit, and not when a rule breaks."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from guardrails.config import configure
from guardrails.facts.from_pulumi.read import View, from_state
from guardrails.facts.from_pulumi.wire import SECRET, SIGNATURE
from guardrails.facts.stack import Facts
from guardrails.findings.formats import FORMATS
from guardrails.findings.report import Judgement, judge
from guardrails.rules.base import Finding, Rule
from guardrails.rules.catalogue import rule_types
from tests.policy.support.programs import Program, intent_of
from tests.policy.test_unknowns import leaves, put

MARK = "correct-horse-battery-staple"
DEFAULTS = configure({}).judgement


def reports(judgement: Judgement, raw: list[dict[str, Any]], intent: str = "") -> str:
    facts = [Facts(from_state(raw, view), intent=intent_of(intent)) for view in (View.INPUTS, View.OUTPUTS)]
    report = judge(judgement, *facts)
    return "\n".join(form(report) for form in FORMATS.values())


def secret(value: Any) -> dict[str, str]:
    return {SIGNATURE: SECRET, "plaintext": json.dumps(value)}


def marked(value: Any) -> Any:
    """The value with the mark in each text, so that whoever quotes any of it quotes the mark."""
    if isinstance(value, str):
        return _document(value) or f"{value}{MARK}"
    if isinstance(value, list):
        return [marked(item) for item in value]
    return {key: marked(item) for key, item in value.items()} if isinstance(value, dict) else value


def _document(text: str) -> str | None:
    inner = _parsed(text)
    return None if inner is None else json.dumps(marked(inner))


def _parsed(text: str) -> Any:
    try:
        inner = json.loads(text)
    except ValueError:
        return None
    return inner if isinstance(inner, dict | list) else None


def with_secrets(raw: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """The stack with each of its values a secret in turn: as it is, and with the mark in all of it."""
    for index, resource in enumerate(raw):
        for path in leaves(resource.get("inputs") or {}):
            other = copy.deepcopy(raw)
            value = resource["inputs"]
            for step in path:
                value = value[step]
            for side in ("inputs", "outputs"):
                put(other[index][side], path, secret(marked(value)))
            yield other


@pytest.mark.parametrize("rule", [item for item in rule_types() if item.avoid], ids=lambda rule: rule.id)
def test_no_rule_quotes_a_secret(rule: type[Rule]) -> None:
    judgement = Judgement((rule(),), DEFAULTS.levels)
    for raw in with_secrets(Program(rule.avoid).state(deployed=False)):
        assert MARK not in reports(judgement, raw, rule.example_intent)


def texts(value: Any) -> Iterator[str]:
    """The texts in a value, those of a document in it included."""
    if isinstance(value, str):
        document = _parsed(value)
        yield from [value] if document is None else texts(document)
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts(item)


@pytest.mark.parametrize("rule", [item for item in rule_types() if item.avoid], ids=lambda rule: rule.id)
def test_no_rule_quotes_a_part_of_a_secret(rule: type[Rule]) -> None:
    judgement = Judgement((rule(),), DEFAULTS.levels)
    raw = Program(rule.avoid).state(deployed=True)
    for index, resource in enumerate(raw):
        for name, value in (resource.get("inputs") or {}).items():
            other = copy.deepcopy(raw)
            for side in ("inputs", "outputs"):
                other[index][side][name] = secret(value)
            open_texts = set(
                texts([{**item["inputs"], **item["outputs"], name: ""} for item in raw if "inputs" in item])
            )
            parts = {part for part in texts(value) if len(part) >= SHORTEST} - open_texts
            facts = [Facts(from_state(other, view), intent=intent_of(rule.example_intent)) for view in View]
            for entry in judge(judgement, *facts).entries:
                told = f"{entry.finding.value} {entry.finding.why} {entry.finding.witness}"
                assert [part for part in sorted(parts) if part in told] == []


SHORTEST = 8
"""Shorter parts are words that occur in messages: `tcp`, `Allow`, `ENABLED`."""

PLAIN = f"""
resources:
  database: {{type: "aws:rds:Instance", properties: {{username: shop, password: {MARK}, publiclyAccessible: true}}}}
  parameter: {{type: "aws:ssm:Parameter", properties: {{type: SecureString, value: {{"fn::secret": {MARK}}}}}}}
  version: {{type: "aws:secretsmanager:SecretVersion", properties: {{secretId: a, secretString: {MARK}}}}}
  directory: {{type: "aws:directoryservice:Directory", properties: {{type: MicrosoftAD, password: {MARK}}}}}
  radius:
    type: aws:directoryservice:RadiusSettings
    properties: {{directoryId: d-1, authenticationProtocol: PAP, sharedSecret: {MARK}}}
  host:
    type: aws:ec2:Instance
    properties: {{ami: ami-1, keyName: ops, associatePublicIpAddress: true, userData: "export PASSWORD={MARK}"}}
  task:
    type: aws:ecs:TaskDefinition
    properties:
      family: a
      containerDefinitions:
        fn::toJSON:
          - name: a
            image: a:latest
            command: ["--password={MARK}"]
            environment: [{{name: DB_PASSWORD, value: {MARK}}}, {{name: URL, value: "postgres://a:{MARK}@b/c"}}]
            logConfiguration: {{logDriver: splunk, options: {{splunk-token: {MARK}}}}}
  vpn: {{type: "aws:ec2:VpnConnection", properties: {{tunnel1PresharedKey: {MARK}}}}}
"""


def test_the_usual_secrets_of_a_stack_are_in_no_report() -> None:
    for deployed in (False, True):
        text = reports(DEFAULTS, Program(PLAIN).state(deployed=deployed))
        assert "ECS012" in text
        assert MARK not in text


def test_a_secret_that_is_hidden_from_the_guard_is_not_known() -> None:
    raw = Program(PLAIN.replace(MARK, "[secret]")).state(deployed=False)
    assert "FCL004" not in {line[:6] for line in reports(DEFAULTS, raw).splitlines()}


class Broken(Rule):
    id: ClassVar[str] = "FCL004"
    slug: ClassVar[str] = "broken"
    title = rationale = fix = avoid = prefer = ""

    def check(self, facts: Facts) -> Iterator[Finding]:
        for resource in facts.resources:
            yield self.fail(resource, "", "is about to break")
            raise ValueError(f"what of {resource.props}?")


def test_a_rule_that_breaks_does_not_quote_what_it_read() -> None:
    judgement = Judgement((Broken(),), {})
    text = reports(judgement, Program(PLAIN).state(deployed=False)[2:])
    assert "ValueError" in text
    assert MARK not in text
