"""Findings as text for people."""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.findings.report import Entry, Report
from guardrails.rules.base import Level, Outcome, Severity

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
        blocks.extend(_block(entry) for entry in sorted(report.of(outcome), key=_urgency))
    blocks.extend(_silent(report))
    stopping = [item for item in report.findings if item.blocks]
    failed = sum(item.finding.outcome is Outcome.FAIL for item in stopping)
    unresolved, advised = len(stopping) - failed, len(report.findings) - len(stopping)
    exempt, silent = len(report.of(Outcome.EXEMPT)), len({item.rule for item in report.of(Outcome.NOT_APPLICABLE)})
    verdict = "BLOCKED" if report.blocked else "PASSED"
    blocks.append(
        f"{verdict}: {len(report.rules)} rules over {report.resources} resources: {failed} failed, "
        f"{unresolved} unresolved, {advised} advisory, {exempt} exempt, {silent} rules not applicable (not judged)"
    )
    return "\n\n".join(blocks) + "\n"


def _silent(report: Report) -> Iterator[str]:
    """Give the rules that had nothing to judge by, together where the reason is the same."""
    reasons: dict[str, list[str]] = {}
    for entry in report.of(Outcome.NOT_APPLICABLE):
        reasons.setdefault(entry.finding.why, []).append(entry.rule.id)
    if reasons:
        lines = [f"  {', '.join(rules)}: {why}" for why, rules in reasons.items()]
        if any(why.startswith("no intent") for why in reasons):
            lines.append("  An intent is named with --intent, or is intents/<stack>.yaml in the pack's folder.")
        yield "\n".join([f"Not judged [{Outcome.NOT_APPLICABLE.value}]", *lines])


def _urgency(entry: Entry) -> tuple[int, int]:
    """Order what stops before what is only told, and the worst first; the rest stays in its order."""
    return list(Level).index(entry.level), list(Severity).index(entry.rule.severity)


def _block(entry: Entry) -> str:
    finding = entry.finding
    marks = [finding.outcome.value, entry.rule.severity.value]
    marks += [] if entry.level is Level.MANDATORY else [entry.level.value]
    head = f"{entry.rule.id} {entry.rule.title} [{', '.join(marks)}]"
    body = "\n".join(f"  {line}" for line in message(entry).splitlines())
    return f"{head}\n  {finding.subject or '(stack)'}\n{body}"
