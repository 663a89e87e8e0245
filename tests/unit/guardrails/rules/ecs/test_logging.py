from __future__ import annotations

from guardrails.rules.ecs.logging import ContainerLog
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

PREFER = ContainerLog.prefer


test_cases = cases(
    ContainerLog,
    unresolved=Case(
        swap(PREFER, "fn::toJSON", "fn::unknown"), "unresolved task.containerDefinitions.logConfiguration.logDriver"
    ),
    boundary=Case(ContainerLog.avoid, "fail task.containerDefinitions[0].logConfiguration.logDriver"),
)


def test_nothing_is_no_driver(judge):
    program = swap(PREFER, ", logConfiguration: {logDriver: awslogs}", "")
    assert judge(ContainerLog, program) == ["fail task.containerDefinitions[0].logConfiguration.logDriver"]
