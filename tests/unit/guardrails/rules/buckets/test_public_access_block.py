from __future__ import annotations

import pytest

from guardrails.rules.buckets.public_access_block import FLAGS, PublicAccessBlock
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

PREFER = PublicAccessBlock.prefer
BUCKET = PREFER.split("  block:")[0]
ACCOUNT = """
  account:
    type: aws:s3:AccountPublicAccessBlock
    properties: {blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true}
"""


test_cases = cases(
    PublicAccessBlock,
    unresolved=Case(swap(PREFER, "bucket: ${bucket.id}", 'bucket: {"fn::unknown": true}'), "unresolved bucket"),
    boundary=Case(swap(PREFER, "${bucket.id}", "room-logs-2"), "fail bucket"),
)
HERE = """
  here: {type: "pulumi:providers:aws", properties: {region: eu-west-1, allowedAccountIds: ["111122223333"]}}
  there: {type: "pulumi:providers:aws", properties: {region: eu-west-1, allowedAccountIds: ["444455556666"]}}
"""
POINT = """
resources:
  point:
    type: aws:s3:AccessPoint
    properties: {bucket: room-logs, name: a, publicAccessBlockConfiguration: {SETTINGS}}
"""


def test_an_access_point_over_several_regions_has_settings_as_well(judge):
    program = """
resources:
  point:
    type: aws:s3control:MultiRegionAccessPoint
    properties: {details: {name: a, regions: [{bucket: b}], publicAccessBlock: {blockPublicPolicy: false}}}
"""
    assert judge(PublicAccessBlock, program) == ["fail point.details.publicAccessBlock.blockPublicPolicy"]
    assert judge(PublicAccessBlock, swap(program, "false", "true")) == []


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


def made_by(provider: str, program: str) -> str:
    return f"{program.rstrip()}\n    options: {{provider: '${{{provider}}}'}}\n"


@pytest.mark.parametrize(("provider", "found"), [("here", []), ("there", ["fail bucket"])])
def test_the_block_of_another_account_holds_for_none_of_these_buckets(judge, provider, found):
    bucket = "\n  bucket:\n    type: aws:s3:Bucket\n"
    program = "resources:" + HERE + made_by("here", bucket) + made_by(provider, ACCOUNT)
    assert judge(PublicAccessBlock, program) == found


def test_an_unknown_flag_is_unresolved(judge):
    program = swap(PREFER, "blockPublicAcls: true", 'blockPublicAcls: {"fn::unknown": true}')
    assert judge(PublicAccessBlock, program) == ["unresolved block.blockPublicAcls"]


def test_an_access_point_has_settings_of_its_own(judge):
    assert judge(PublicAccessBlock, swap(POINT, "SETTINGS", "blockPublicAcls: true")) == []
    path = "point.publicAccessBlockConfiguration.blockPublicPolicy"
    assert judge(PublicAccessBlock, swap(POINT, "SETTINGS", "blockPublicPolicy: false")) == [f"fail {path}"]
