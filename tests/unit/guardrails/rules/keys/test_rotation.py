from __future__ import annotations

import pytest

from guardrails.rules.keys.rotation import Rotation
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID = Rotation.avoid


UNKNOWN = '{"fn::unknown": true}'
test_cases = cases(
    Rotation,
    unresolved=Case(
        swap(AVOID, "description: room", f"enableKeyRotation: {UNKNOWN}"), "unresolved key.enableKeyRotation"
    ),
    boundary=Case(swap(AVOID, "description: room", 'enableKeyRotation: "false"'), "fail key.enableKeyRotation"),
)


@pytest.mark.parametrize("other", ["customerMasterKeySpec: HMAC_256", "keyUsage: KEY_AGREEMENT", "customKeyStoreId: c"])
def test_keys_that_aws_cannot_rotate_are_left_out(judge, other):
    assert judge(Rotation, swap(AVOID, "description: room", other)) == []


def test_saying_the_default_kind_changes_nothing(judge):
    assert judge(Rotation, swap(AVOID, "description: room", "customerMasterKeySpec: SYMMETRIC_DEFAULT")) != []


@pytest.mark.parametrize("prop", ["keyUsage", "customerMasterKeySpec", "customKeyStoreId"])
def test_a_key_of_unknown_kind_is_unresolved_unless_it_is_rotated(judge, prop):
    program = swap(AVOID, "description: room", f"{prop}: {UNKNOWN}")
    assert judge(Rotation, program) == ["unresolved key.enableKeyRotation"]
    assert judge(Rotation, swap(program, f"{prop}:", f"enableKeyRotation: true, {prop}:")) == []
