from __future__ import annotations

import pytest

from guardrails.rules.fail_closed.ignored_changes import IgnoredChanges
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID = IgnoredChanges.avoid
test_cases = cases(
    IgnoredChanges,
    unresolved="options are the engine's own: a list of paths that is always known",
    boundary=Case(swap(AVOID, "[ingress]", '["ingress[0].cidrBlocks", tags]'), "fail group.ingress[0].cidrBlocks"),
)


@pytest.mark.parametrize("path", ["*", '"[\\"ingress\\"]"', "tagsAndMore", "description2"])
def test_paths_of_every_spelling_are_read(judge, path):
    (told,) = judge(IgnoredChanges, swap(AVOID, "[ingress]", f'["{path}"]' if path == "*" else f"[{path}]"))
    assert told.startswith("fail group.")


@pytest.mark.parametrize("path", ["tags", "tags.CreatedBy", "tagsAll", '"tags[\\"aws:x\\"]"', "description"])
def test_labels_and_descriptions_decide_nothing(judge, path):
    assert judge(IgnoredChanges, swap(AVOID, "[ingress]", f"[{path}]")) == []


def test_what_something_else_rightly_changes_is_no_security_property(judge):
    program = """
resources:
  service: {type: "aws:ecs:Service", properties: {desiredCount: 1}, options: {ignoreChanges: [desiredCount]}}
"""
    assert judge(IgnoredChanges, program) == []
    assert judge(IgnoredChanges, swap(program, "[desiredCount]", "[networkConfiguration]")) == [
        "fail service.networkConfiguration"
    ]


INTENT = "version: 1\nzones: {web: {tags: {Zone: web}}}\n"
ZONED = swap(swap(AVOID, "vpcId: vpc-1", "vpcId: vpc-1, tags: {Zone: web}"), "[ingress]", "[PATH]")


@pytest.mark.parametrize("path", ["tags", "tags.Zone", '"tags[\\"Zone\\"]"', "tagsAll"])
def test_the_tag_that_says_a_zone_is_no_label(judge, path):
    (told,) = judge(IgnoredChanges, swap(ZONED, "PATH", path), intent=INTENT)
    assert told.startswith("fail group.tags")
    assert judge(IgnoredChanges, swap(ZONED, "PATH", path), intent="") == []


def test_other_tags_may_be_ignored_beside_it(judge):
    assert judge(IgnoredChanges, swap(ZONED, "PATH", "tags.CreatedBy"), intent=INTENT) == []
    assert judge(IgnoredChanges, swap(swap(ZONED, "PATH", "tags"), "Zone: web", "Name: web"), intent=INTENT) == []
