from __future__ import annotations

import pytest

from guardrails.rules.keys.rotation import Rotation
from tests.unit.guardrails.rules.rule_cases import swap

AVOID = Rotation.avoid


def test_a_rotated_key_passes_and_so_does_one_that_cannot_be(judge):
    assert judge(Rotation, Rotation.prefer) == []


def test_the_default_is_no_rotation(judge):
    assert judge(Rotation, AVOID) == ["fail key.enableKeyRotation"]


@pytest.mark.parametrize("other", ["customerMasterKeySpec: HMAC_256", "keyUsage: KEY_AGREEMENT", "customKeyStoreId: c"])
def test_keys_that_aws_cannot_rotate_are_left_out(judge, other):
    assert judge(Rotation, swap(AVOID, "description: room", other)) == []


def test_saying_the_default_kind_changes_nothing(judge):
    assert judge(Rotation, swap(AVOID, "description: room", "customerMasterKeySpec: SYMMETRIC_DEFAULT")) != []


def test_an_unknown_value_is_unresolved(judge):
    program = swap(AVOID, "description: room", 'enableKeyRotation: {"fn::unknown": true}')
    assert judge(Rotation, program) == ["unresolved key.enableKeyRotation"]
    assert judge(Rotation, swap(AVOID, "description: room", 'keyUsage: {"fn::unknown": true}')) != []
