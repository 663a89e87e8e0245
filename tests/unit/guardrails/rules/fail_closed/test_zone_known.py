from __future__ import annotations

from guardrails.rules.fail_closed.zone_known import ZoneKnown
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

PREFER = ZoneKnown.prefer
TWO = "version: 1\nzones:\n  desktop: {cidrs: [10.0.0.0/23]}\n  other: {cidrs: [10.0.1.0/24]}\n"
test_cases = cases(
    ZoneKnown,
    unresolved=Case(ZoneKnown.avoid, "unresolved desktops.tags.Zone"),
    boundary=Case(PREFER, "fail desktops.cidrBlock", intent=TWO),
)


def test_another_tag_may_be_unknown(judge):
    program = swap(PREFER, "{Zone: desktop}", '{Zone: desktop, Owner: {"fn::unknown": true}}')
    assert judge(ZoneKnown, program) == []


def test_tags_that_are_unknown_as_a_whole_may_hold_any(judge):
    program = swap(PREFER, "tags: {Zone: desktop}", 'tags: {"fn::unknown": true}')
    assert judge(ZoneKnown, program) == ["unresolved desktops.tags"]


def test_a_group_with_an_unknown_zone_is_told_as_well(judge):
    group = """
  web:
    type: aws:ec2:SecurityGroup
    properties: {vpcId: "${vpc.id}", tags: {Zone: {"fn::unknown": true}}}
"""
    assert judge(ZoneKnown, PREFER + group) == ["unresolved web.tags.Zone"]


def test_a_zone_is_not_changed_by_a_tag_apart_from_its_place(judge):
    tag = """
  tag: {type: "aws:ec2:Tag", properties: {resourceId: "${desktops.id}", key: KEY, value: web}}
"""
    assert judge(ZoneKnown, PREFER + swap(tag, "KEY", "Zone")) == ["fail tag.key"]
    assert judge(ZoneKnown, PREFER + swap(tag, "KEY", '{"fn::unknown": true}')) == ["unresolved tag.key"]
    assert judge(ZoneKnown, PREFER + swap(tag, "KEY", "Owner")) == []
