from __future__ import annotations

from guardrails.rules.ecs.exec_logged import ExecLogged
from tests.unit.guardrails.rules.rule_cases import swap

AVOID, PREFER = ExecLogged.avoid, ExecLogged.prefer
EXEC = "cluster.configuration.executeCommandConfiguration"


def test_a_logged_and_encrypted_shell_passes(judge):
    for deployed in (False, True):
        assert judge(ExecLogged, PREFER, deployed=deployed) == []


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


def test_a_cluster_outside_of_the_stack_or_an_unknown_switch_is_unresolved(judge):
    assert judge(ExecLogged, swap(AVOID, '"${cluster.arn}"', "shared")) == ["unresolved service.cluster"]
    assert judge(
        ExecLogged, swap(AVOID, "enableExecuteCommand: true", 'enableExecuteCommand: {"fn::unknown": true}')
    ) == ["unresolved service.enableExecuteCommand"]
