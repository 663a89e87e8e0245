from __future__ import annotations

from guardrails.rules.gateways.block_public_access import BlockPublicAccess
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = BlockPublicAccess.avoid, BlockPublicAccess.prefer
test_cases = cases(
    BlockPublicAccess,
    unresolved=Case(
        swap(AVOID, '{vpcId: "${vpc.id}", internet', '{vpcId: {"fn::unknown": true}, internet'),
        "unresolved exclusion.vpcId",
    ),
    boundary=Case(swap(PREFER, "block-bidirectional", '"OFF"'), "fail everywhere.internetGatewayBlockMode"),
)


def test_excluding_a_public_subnet_beside_a_protected_one_passes(judge):
    assert judge(BlockPublicAccess, PREFER) == []


def test_excluding_the_vpc_of_a_protected_subnet_is_refused(judge):
    for deployed in (False, True):
        assert judge(BlockPublicAccess, AVOID, deployed=deployed) == ["fail exclusion.vpcId"]


def test_excluding_the_protected_subnet_itself_is_refused(judge):
    assert judge(BlockPublicAccess, swap(PREFER, "${public.id}", "${desktops.id}")) == ["fail exclusion.subnetId"]


def test_switching_the_block_off_is_refused_even_without_an_intent(judge):
    program = swap(PREFER, "block-bidirectional", '"off"')
    assert "fail everywhere.internetGatewayBlockMode" in judge(BlockPublicAccess, program, intent="")


def test_an_unknown_mode_is_unresolved(judge):
    assert judge(BlockPublicAccess, swap(PREFER, "block-bidirectional", '{"fn::unknown": true}')) == [
        "unresolved everywhere.internetGatewayBlockMode"
    ]
