from __future__ import annotations

from guardrails.rules.ecs.logging import ContainerLog
from tests.unit.guardrails.rules.rule_cases import swap

PREFER = ContainerLog.prefer


def test_a_log_driver_passes(judge):
    assert judge(ContainerLog, PREFER) == []


def test_none_is_no_driver_and_neither_is_nothing(judge):
    assert judge(ContainerLog, ContainerLog.avoid) == ["fail task.containerDefinitions[0].logConfiguration.logDriver"]
    assert judge(ContainerLog, swap(PREFER, ", logConfiguration: {logDriver: awslogs}", "")) != []


def test_definitions_that_cannot_be_read_are_unresolved(judge):
    assert judge(ContainerLog, swap(PREFER, "fn::toJSON", "fn::unknown"))[0].startswith("unresolved task")
