from __future__ import annotations

from guardrails.rules.ecs.volume_encryption import VolumeEncryption
from tests.unit.guardrails.rules.rule_cases import swap

AVOID, PREFER = VolumeEncryption.avoid, VolumeEncryption.prefer
PATH = "task.volumes[1].efsVolumeConfiguration.transitEncryption"


def test_encryption_in_transit_passes(judge):
    assert judge(VolumeEncryption, PREFER) == []


def test_the_default_is_none(judge):
    assert judge(VolumeEncryption, AVOID) == [f"fail {PATH}"]
    assert judge(VolumeEncryption, swap(PREFER, "ENABLED", "DISABLED")) == [f"fail {PATH}"]


def test_an_unknown_value_is_unresolved(judge):
    assert judge(VolumeEncryption, swap(PREFER, "ENABLED", '{"fn::unknown": true}')) == [f"unresolved {PATH}"]
