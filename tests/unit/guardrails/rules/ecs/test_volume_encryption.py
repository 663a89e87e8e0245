from __future__ import annotations

from guardrails.rules.ecs.volume_encryption import VolumeEncryption
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = VolumeEncryption.avoid, VolumeEncryption.prefer
PATH = "task.volumes[1].efsVolumeConfiguration.transitEncryption"


test_cases = cases(
    VolumeEncryption,
    unresolved=Case(swap(PREFER, "ENABLED", '{"fn::unknown": true}'), f"unresolved {PATH}"),
    boundary=Case(swap(PREFER, "ENABLED", "DISABLED"), f"fail {PATH}"),
)


def test_the_default_is_none(judge):
    assert judge(VolumeEncryption, AVOID) == [f"fail {PATH}"]
