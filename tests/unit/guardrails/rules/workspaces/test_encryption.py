from __future__ import annotations

import pytest

from guardrails.rules.workspaces.encryption import Encryption
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

PREFER = Encryption.prefer
KEY = "${key.arn}"
test_cases = cases(
    Encryption,
    unresolved=Case(swap(PREFER, KEY, '{"fn::unknown": true}'), "unresolved desk.volumeEncryptionKey"),
    boundary=Case(
        swap(PREFER, KEY, "arn:aws:kms:ap-northeast-1:111122223333:alias/aws/workspaces"),
        "fail desk.volumeEncryptionKey",
    ),
)


@pytest.mark.parametrize("volume", ["rootVolumeEncryptionEnabled", "userVolumeEncryptionEnabled"])
@pytest.mark.parametrize("value", ["false", '"false"', "null"])
def test_both_volumes_are_off_by_default(judge, volume, value):
    assert judge(Encryption, swap(PREFER, f"{volume}: true", f"{volume}: {value}")) == [f"fail desk.{volume}"]


@pytest.mark.parametrize("key", ["alias/room", "arn:aws:kms:ap-northeast-1:444455556666:key/1"])
def test_a_key_by_alias_or_of_another_stack_is_an_own_one(judge, key):
    assert judge(Encryption, swap(PREFER, KEY, key)) == []
