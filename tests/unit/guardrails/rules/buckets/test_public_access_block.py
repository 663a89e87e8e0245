from __future__ import annotations

import pytest

from guardrails.rules.buckets.public_access_block import FLAGS, PublicAccessBlock
from tests.unit.guardrails.rules.rule_cases import swap

PREFER = PublicAccessBlock.prefer
BUCKET = PREFER.split("  block:")[0]
ACCOUNT = """
  account:
    type: aws:s3:AccountPublicAccessBlock
    properties: {blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true}
"""


def test_all_four_pass(judge):
    for deployed in (False, True):
        assert judge(PublicAccessBlock, PREFER, deployed=deployed) == []


@pytest.mark.parametrize("flag", FLAGS)
def test_each_of_the_four_defaults_to_off(judge, flag):
    assert judge(PublicAccessBlock, swap(PREFER, f"      {flag}: true\n", "")) == [f"fail block.{flag}"]


def test_a_bucket_without_a_block_is_refused(judge):
    assert judge(PublicAccessBlock, BUCKET) == ["fail bucket"]


def test_a_block_that_names_the_bucket_by_its_name_is_the_same(judge):
    assert judge(PublicAccessBlock, swap(PREFER, "${bucket.id}", "room-logs")) == []
    assert judge(PublicAccessBlock, swap(PREFER, "${bucket.id}", "room-logs-2")) == ["fail bucket"]


def test_the_accounts_block_holds_for_all_buckets_if_it_is_whole(judge):
    assert judge(PublicAccessBlock, BUCKET + ACCOUNT) == []
    partly = swap(ACCOUNT, "blockPublicPolicy: true", "blockPublicPolicy: false")
    assert "fail bucket" in judge(PublicAccessBlock, BUCKET + partly)


def test_unknown_values_are_unresolved(judge):
    assert judge(
        PublicAccessBlock, swap(PREFER, "blockPublicAcls: true", 'blockPublicAcls: {"fn::unknown": true}')
    ) == ["unresolved block.blockPublicAcls"]
    assert judge(PublicAccessBlock, swap(PREFER, "bucket: ${bucket.id}", 'bucket: {"fn::unknown": true}')) == [
        "unresolved bucket"
    ]
