from __future__ import annotations

import pytest

from guardrails.rules.ecs.image_digest import ImageDigest
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID = ImageDigest.avoid
PATH = "task.containerDefinitions[0].image"
IMAGE = '"111122223333.dkr.ecr.ap-northeast-1.amazonaws.com/proxy:latest"'
ZEROS = "0" * 64
test_cases = cases(
    ImageDigest,
    unresolved=Case(swap(AVOID, "fn::toJSON:", "fn::unknown:"), "unresolved task.containerDefinitions"),
    boundary=Case(swap(AVOID, IMAGE, '"room/sha256:0123456789abcdef"'), f"fail {PATH}"),
)


@pytest.mark.parametrize("image", ['"proxy@sha256:0123"', '""', "null", f'"proxy@sha256:{ZEROS}-x"'])
def test_what_is_no_whole_digest_is_none(judge, image):
    assert judge(ImageDigest, swap(AVOID, IMAGE, image)) == [f"fail {PATH}"]


def test_a_tag_beside_the_digest_does_no_harm(judge):
    assert judge(ImageDigest, swap(AVOID, IMAGE, f'"proxy:3@sha256:{ZEROS}"')) == []


def test_a_container_that_is_none_is_unresolved(judge):
    program = swap(AVOID, f"[{{name: proxy, image: {IMAGE}}}]", "[proxy]")
    assert judge(ImageDigest, program) == ["unresolved task.containerDefinitions[0]"]
