from __future__ import annotations

from guardrails.rules.ecs.exec_logged import ExecLogged
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = ExecLogged.avoid, ExecLogged.prefer
EXEC = "cluster.configuration.executeCommandConfiguration"


ON = "enableExecuteCommand: true"
test_cases = cases(
    ExecLogged,
    unresolved=Case(swap(AVOID, '"${cluster.arn}"', "shared"), "unresolved service.cluster"),
    boundary=Case(swap(PREFER, "OVERRIDE", "NONE"), f"fail {EXEC}.logging"),
)


def test_a_cluster_of_the_stack_is_known_by_its_name_too(judge):
    for deployed in (False, True):
        for name in ("room", "${cluster.name}"):
            assert judge(ExecLogged, swap(PREFER, "${cluster.arn}", name), deployed=deployed) == []


def test_no_shell_needs_no_log(judge):
    assert judge(ExecLogged, swap(AVOID, "enableExecuteCommand: true", "enableExecuteCommand: false")) == []


def test_the_default_keeps_no_log_of_its_own(judge):
    assert judge(ExecLogged, AVOID) == [f"fail {EXEC}.logging"]
    assert judge(ExecLogged, swap(PREFER, "OVERRIDE", "NONE")) == [f"fail {EXEC}.logging"]


def test_a_log_without_encryption_or_key_is_refused(judge):
    assert judge(ExecLogged, swap(PREFER, ", cloudWatchEncryptionEnabled: true", "")) == [
        f"fail {EXEC}.logConfiguration.cloudWatchEncryptionEnabled"
    ]
    assert judge(ExecLogged, swap(PREFER, "          kmsKeyId: alias/room\n", "")) == [f"fail {EXEC}.kmsKeyId"]


def test_an_unknown_switch_is_unresolved(judge):
    program = swap(AVOID, ON, 'enableExecuteCommand: {"fn::unknown": true}')
    assert judge(ExecLogged, program) == ["unresolved service.enableExecuteCommand"]
