"""The formats of a report: text, JSON, SARIF 2.1.0 and JUnit XML."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from xml.etree import ElementTree

from guardrails.findings.catalogue import page
from guardrails.findings.report import Entry, Report
from guardrails.findings.text import message, render
from guardrails.rules.base import Level, Outcome, Rule, Severity

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_SECURITY_SEVERITY = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "3.0"}
"""GitHub sorts findings by this number (docs.github.com, "SARIF support for code scanning")."""


def as_json(report: Report) -> str:
    """Give the report as one JSON object."""
    entries = [_entry(item) for item in report.entries]
    body = {
        "blocked": report.blocked,
        "resources": report.resources,
        "rules": len(report.rules),
        "summary": {item.value: len(report.of(item)) for item in Outcome if item is not Outcome.PASS},
        "findings": entries,
    }
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"


def _entry(entry: Entry) -> dict[str, Any]:
    finding = entry.finding
    return {
        "rule": entry.rule.id,
        "name": f"{entry.rule.id}-{entry.rule.slug}",
        "title": entry.rule.title,
        "outcome": finding.outcome.value,
        "level": entry.level.value,
        "severity": entry.rule.severity.value,
        "blocks": entry.blocks,
        "resource": finding.subject,
        "path": finding.path,
        "value": finding.value,
        "why": finding.why,
        "witness": finding.witness,
        "fix": entry.fix,
        "note": entry.note,
        "fingerprint": entry.fingerprint,
    }


def as_sarif(report: Report) -> str:
    """Give the report as SARIF 2.1.0; a resource is a logical location, for there is no source line to point to."""
    rules = sorted(report.rules, key=lambda item: item.id)
    positions = {item.id: index for index, item in enumerate(rules)}
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "secure-room guardrails",
                "informationUri": "https://www.pulumi.com/docs/insights/policy/",
                "semanticVersion": "0.1.0",
                "rules": [_sarif_rule(item) for item in rules],
            }
        },
        "results": [
            _sarif_result(item, positions[item.rule.id])
            for item in report.entries
            if item.finding.outcome is not Outcome.NOT_APPLICABLE
        ],
        "invocations": [{"executionSuccessful": True, "toolConfigurationNotifications": _silent(report, positions)}],
        "columnKind": "utf16CodeUnits",
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _silent(report: Report, positions: Mapping[str, int]) -> list[dict[str, Any]]:
    """Give the rules that had nothing to judge by: no results, but nothing to be silent about."""
    return [
        {
            "level": "note",
            "message": {"text": f"{item.rule.id} was not judged: {item.finding.why}"},
            "associatedRule": {"id": item.rule.id, "index": positions[item.rule.id]},
        }
        for item in report.of(Outcome.NOT_APPLICABLE)
    ]


def _sarif_rule(rule: type[Rule]) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.slug.split("-")),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.rationale},
        "help": {"text": f"{rule.rationale}\n\n{rule.fix}", "markdown": page(rule)},
        "defaultConfiguration": {"level": "error"},
        "properties": {
            "security-severity": _SECURITY_SEVERITY[rule.severity],
            "tags": ["security", *sorted(rule.controls)],
        },
    }


def _sarif_result(entry: Entry, index: int) -> dict[str, Any]:
    finding = entry.finding
    subject = finding.subject or "stack"
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": "Pulumi.yaml"}, "region": {"startLine": 1}},
        "logicalLocations": [
            {
                "name": subject.rsplit("::", 1)[-1],
                "fullyQualifiedName": f"{subject}#{finding.path}" if finding.path else subject,
                "kind": "resource",
            }
        ],
    }
    result: dict[str, Any] = {
        "ruleId": entry.rule.id,
        "ruleIndex": index,
        "kind": "fail",
        "level": _sarif_level(entry),
        "message": {"text": f"{subject.rsplit('::', 1)[-1]}: {message(entry)}"},
        "locations": [location],
        "partialFingerprints": {"guardrails/v1": entry.fingerprint},
        "properties": {"outcome": finding.outcome.value},
    }
    if finding.outcome is Outcome.EXEMPT:
        result["suppressions"] = [{"kind": "external", "justification": entry.note}]
    return result


def _sarif_level(entry: Entry) -> str:
    return "error" if entry.level is Level.MANDATORY else "warning"


def as_junit(report: Report) -> str:
    """Give the report as JUnit XML: a test case a rule, failed where the rule found something."""
    suite = ElementTree.Element("testsuite", name="guardrails")
    failed = skipped = 0
    for rule in sorted(report.rules, key=lambda item: item.id):
        case = ElementTree.SubElement(
            suite, "testcase", classname=f"guardrails.{rule.id[:3]}", name=f"{rule.id}-{rule.slug}"
        )
        entries = [item for item in report.entries if item.rule.id == rule.id]
        failed += _junit_failures(case, entries)
        skipped += _junit_notes(case, entries)
    suite.set("tests", str(len(report.rules)))
    suite.set("failures", str(failed))
    suite.set("errors", "0")
    suite.set("skipped", str(skipped))
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _junit_failures(case: ElementTree.Element, entries: list[Entry]) -> int:
    blocking = [item for item in entries if item.blocks]
    if not blocking:
        return 0
    body = "\n\n".join(f"{item.finding.subject or '(stack)'}\n{message(item)}" for item in blocking)
    element = ElementTree.SubElement(case, "failure", message=f"{len(blocking)} findings", type=case.get("name", ""))
    element.text = _xml(body)
    return 1


def _junit_notes(case: ElementTree.Element, entries: list[Entry]) -> int:
    if any(item.blocks for item in entries):
        return 0
    others = [item for item in entries if item.finding.outcome is not Outcome.NOT_APPLICABLE]
    if others:
        text = "\n\n".join(f"{item.finding.subject or '(stack)'}\n{message(item)}" for item in others)
        ElementTree.SubElement(case, "system-out").text = _xml(text)
        return 0
    if entries:
        ElementTree.SubElement(case, "skipped", message=_xml(entries[0].finding.why))
        return 1
    return 0


def _xml(text: str) -> str:
    """Leave out the characters that XML 1.0 does not allow."""
    return "".join(char for char in text if char in "\t\n\r" or 0x20 <= ord(char) <= 0xD7FF or ord(char) >= 0xE000)


FORMATS: dict[str, Callable[[Report], str]] = {
    "text": render,
    "json": as_json,
    "sarif": as_sarif,
    "junit": as_junit,
}
