"""Findings as text for people."""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.findings.report import Entry, Report
from guardrails.rules.base import Level, Outcome

_ORDER = (Outcome.FAIL, Outcome.UNRESOLVED, Outcome.EXEMPT)


def message(entry: Entry) -> str:
    """Say what is wrong, where, why it matters and what to do, without repeating the rule's title."""
    finding = entry.finding
    lines = [finding.why[:1].upper() + finding.why[1:] + ("" if finding.why.endswith(".") else ".")]
    if finding.path:
        lines.append(f"At: {finding.path}" + (f" = {finding.value}" if finding.value else ""))
    elif finding.value:
        lines.append(f"Value: {finding.value}")
    if finding.witness:
        lines.append(f"Witness: {finding.witness}")
    if entry.note:
        lines.append(f"Exempt: {entry.note}")
    if finding.outcome in {Outcome.FAIL, Outcome.UNRESOLVED}:
        lines.append(f"Fix: {entry.fix}")
    return "\n".join(lines)


def render(report: Report) -> str:
    """Give the whole report as text, what blocks first."""
    blocks: list[str] = []
    for outcome in _ORDER:
        blocks.extend(_block(entry) for entry in report.of(outcome))
    blocks.extend(_silent(report))
    failed, unresolved = len(report.of(Outcome.FAIL)), len(report.of(Outcome.UNRESOLVED))
    exempt, silent = len(report.of(Outcome.EXEMPT)), len({item.rule for item in report.of(Outcome.NOT_APPLICABLE)})
    verdict = "BLOCKED" if report.blocked else "PASSED"
    blocks.append(
        f"{verdict}: {len(report.rules)} rules over {report.resources} resources: {failed} failed, "
        f"{unresolved} unresolved, {exempt} exempt, {silent} rules not applicable (not judged)"
    )
    return "\n\n".join(blocks) + "\n"


def _silent(report: Report) -> Iterator[str]:
    """Give the rules that had nothing to judge by, together where the reason is the same."""
    reasons: dict[str, list[Entry]] = {}
    for entry in report.of(Outcome.NOT_APPLICABLE):
        reasons.setdefault(entry.finding.why, []).append(entry)
    for why, entries in reasons.items():
        lines = [f"  {entry.rule.id} {entry.rule.title}" for entry in entries]
        yield "\n".join([f"Not judged [{Outcome.NOT_APPLICABLE.value}]: {why}", *lines])


def _block(entry: Entry) -> str:
    finding = entry.finding
    mark = finding.outcome.value if entry.level is Level.MANDATORY else f"{finding.outcome.value}, {entry.level.value}"
    head = f"{entry.rule.id} {entry.rule.title} [{mark}]"
    body = "\n".join(f"  {line}" for line in message(entry).splitlines())
    return f"{head}\n  {finding.subject or '(stack)'}\n{body}"
