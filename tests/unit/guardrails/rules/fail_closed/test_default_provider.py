from __future__ import annotations

from guardrails.facts.from_pulumi.read import View, from_state
from guardrails.facts.stack import Facts
from guardrails.findings.run import run_rules
from guardrails.rules.fail_closed.default_provider import DefaultProvider
from tests.policy.support.programs import Program
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

PREFER = DefaultProvider.prefer
INTENT = 'version: 1\naccounts: ["111122223333"]\nregions: [ap-northeast-1]\n'
MANY = "resources:\n" + "".join(f'  b{index}: {{type: "aws:s3:Bucket"}}\n' for index in range(7))
test_cases = cases(
    DefaultProvider,
    unresolved=Case(swap(PREFER, "ap-northeast-1", '{"fn::unknown": true}'), "unresolved tokyo.region"),
    boundary=Case(
        swap(PREFER, '["111122223333"]', '["111122223333", "1111222233334"]'),
        "fail tokyo.allowedAccountIds",
        intent=INTENT,
    ),
)


def test_a_default_provider_is_told_once_with_what_it_makes():
    facts = Program(MANY).facts(deployed=False, view=View.INPUTS)
    (found,) = run_rules([DefaultProvider()], facts)
    assert found.subject.endswith("::pulumi:providers:aws::default_7_51_1")
    assert found.witness == "b0, b1, b2, b3, b4 and 2 more"


def test_before_anything_is_made_the_provider_is_told_by_itself():
    facts = Program(MANY).facts(deployed=False, view=View.INPUTS)
    told = [run_rules([DefaultProvider()], Facts([item], partial=True)) for item in facts.resources]
    assert [found.subject.rsplit("::", 1)[-1] for findings in told for found in findings] == ["default_7_51_1"]


def test_a_provider_of_ones_own_name_is_no_default_one(judge):
    assert judge(DefaultProvider, swap(PREFER, "tokyo", "defaults")) == []


def test_a_resource_of_which_the_provider_is_not_there_is_told(judge):
    raw = [item for item in Program(DefaultProvider.avoid).state(deployed=True) if "providers" not in item["type"]]
    assert [found.path for found in run_rules([DefaultProvider()], Facts(from_state(raw, View.INPUTS)))] == [""]


def test_a_resources_own_region_must_be_an_allowed_one(judge):
    program = swap(PREFER, '"aws:s3:Bucket", ', '"aws:s3:Bucket", properties: {region: us-east-1}, ')
    assert judge(DefaultProvider, program, intent=INTENT) == ["fail bucket.region"]
    unknown = swap(program, "us-east-1", '{"fn::unknown": true}')
    assert judge(DefaultProvider, unknown, intent=INTENT) == ["unresolved bucket.region"]


def test_accounts_may_come_as_the_engines_json_text(judge):
    program = swap(PREFER, '["111122223333"]', "'[\"111122223333\"]'")
    assert judge(DefaultProvider, program, intent=INTENT) == []
    assert judge(DefaultProvider, swap(program, '["111122223333"]', "[]")) == ["fail tokyo.allowedAccountIds"]
