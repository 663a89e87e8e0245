"""Runs rules so that none of them can pass by failing: a crash or a time-out is a finding itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from guardrails.facts.stack import Facts
from guardrails.rules.base import Finding, Outcome, Rule, Scope

CRASHED = "FCL004"
"""The rule that a crash or time-out is reported under."""

TIME_LIMIT = 120.0
"""Seconds that one rule may take over one set of facts: wall time, so long enough for a machine that is busy."""


@dataclass(slots=True)
class _Progress:
    index: int = 0
    started: float = 0.0
    done: bool = False


def run_rules(rules: Sequence[Rule], facts: Facts, limit: float = TIME_LIMIT) -> list[Finding]:
    """Run every rule over the facts and give their findings, sorted."""
    found: list[Finding] = []
    start = 0
    while start < len(rules):
        start = _run_from(rules, start, facts, limit, found)
    return sort_findings(found)


def _run_from(rules: Sequence[Rule], start: int, facts: Facts, limit: float, found: list[Finding]) -> int:
    """Run rules from `start` in a thread of their own; give the position to go on from."""
    progress = _Progress(index=start, started=time.monotonic())
    changed = threading.Event()
    results: list[list[Finding]] = []

    def work() -> None:
        for index in range(start, len(rules)):
            progress.index, progress.started = index, time.monotonic()
            results.append(run_rule(rules[index], facts))
        progress.done = True
        changed.set()

    # A daemon: a rule that never ends must not keep the process from ending.
    threading.Thread(target=work, name="rules", daemon=True).start()
    while not changed.wait(max(0.001, progress.started + limit - time.monotonic())):
        if time.monotonic() - progress.started >= limit:
            break
    finished = list(results)
    for findings in finished:
        found.extend(findings)
    if progress.done:
        return len(rules)
    late = start + len(finished)
    if late >= len(rules):
        return late
    found.append(_failure(rules[late], f"took longer than {limit:g} s"))
    return late + 1


def run_rule(rule: Rule, facts: Facts) -> list[Finding]:
    """Run one rule; what it found before a crash is kept."""
    found: list[Finding] = []
    try:
        for finding in rule.check(facts):
            if not (facts.partial and rule.scope is Scope.EARLY and finding.outcome is not Outcome.FAIL):
                found.append(finding)
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the deployment must not pass by it
        found.append(_failure(rule, f"crashed: {_where(error)}", _only_subject(facts)))
    return found


def _where(error: BaseException) -> str:
    """Say what went wrong without the error's text, which may quote a property's value."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "" if trace is None else f" at {trace.tb_frame.f_code.co_name}:{trace.tb_lineno}"
    return f"{type(error).__name__}{place}"


def _only_subject(facts: Facts) -> str:
    return facts.resources[0].urn if facts.partial and facts.resources else ""


def _failure(rule: Rule, why: str, subject: str = "") -> Finding:
    return Finding(CRASHED, Outcome.FAIL, subject, "", f"rule {rule.name} {why}", rule.id)


def sort_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Sort findings and leave out repeated ones: the same facts always give the same report."""
    return sorted(
        set(findings), key=lambda item: (item.rule, item.subject, item.path, item.outcome, item.why, item.value)
    )
