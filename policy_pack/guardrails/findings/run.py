"""Runs rules so that none of them can pass by failing: a crash or a time-out is a finding itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from queue import SimpleQueue

from guardrails.facts.stack import Facts
from guardrails.rules.base import Finding, Outcome, Rule, Scope

CRASHED = "FCL004"
"""The rule that a crash or time-out is reported under."""

TIME_LIMIT = 120.0
"""Seconds that one rule may take over one set of facts: wall time, so long enough for a machine that is busy."""


class _Run:
    """Rules over facts, from one rule on; what they found so far can be read while they run."""

    def __init__(self, rules: Sequence[Rule], facts: Facts) -> None:
        self.rules, self.facts = rules, facts
        self.found: list[list[Finding]] = []
        self.started = time.monotonic()
        self.over = threading.Event()

    def work(self) -> None:
        """Run the rules one after the other."""
        for rule in self.rules:
            self.started = time.monotonic()
            self.found.append(run_rule(rule, self.facts))
        self.over.set()

    def wait(self, limit: float) -> bool:
        """Wait until all rules are done, or one has taken longer than the limit."""
        while not self.over.wait(max(0.001, self.started + limit - time.monotonic())):
            if time.monotonic() - self.started >= limit:
                return False
        return True


class _Worker:
    """A thread that runs rules again and again. A daemon: a rule that never ends must not keep the process alive."""

    def __init__(self) -> None:
        self._runs: SimpleQueue[_Run] = SimpleQueue()
        threading.Thread(target=self._serve, name="rules", daemon=True).start()

    def _serve(self) -> None:
        while True:
            self._runs.get().work()

    def start(self, run: _Run) -> None:
        """Begin a run."""
        self._runs.put(run)


_IDLE: list[_Worker] = []
"""Workers that wait for rules; one that a rule keeps for ever never comes back here."""


def _idle_worker() -> _Worker:
    try:
        return _IDLE.pop()  # Popping is atomic, asking first whether there is one would not be.
    except IndexError:
        return _Worker()


def run_rules(rules: Sequence[Rule], facts: Facts, limit: float = TIME_LIMIT) -> list[Finding]:
    """Run every rule over the facts and give their findings, sorted.

    A rule that takes longer than `limit` seconds is a finding, and the rules after it are run all the same.
    """
    found: list[Finding] = []
    left = list(rules)
    while left:
        left = left[_run_some(left, facts, limit, found) :]
    return sort_findings(found)


def _run_some(rules: Sequence[Rule], facts: Facts, limit: float, found: list[Finding]) -> int:
    """Run rules until they are done or one takes too long; give how many of them are settled."""
    worker = _idle_worker()
    run = _Run(rules, facts)
    worker.start(run)
    in_time = run.wait(limit)
    finished = list(run.found)
    for findings in finished:
        found.extend(findings)
    if in_time:
        _IDLE.append(worker)
        return len(rules)
    late = len(finished)
    if late < len(rules):
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
