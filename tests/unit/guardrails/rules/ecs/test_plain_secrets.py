from __future__ import annotations

import pytest

from guardrails.facts.from_pulumi.read import View
from guardrails.findings.run import run_rules
from guardrails.rules.ecs.plain_secrets import PlainSecrets
from tests.policy.support.programs import Program
from tests.unit.guardrails.rules.rule_cases import swap

AVOID = PlainSecrets.avoid
FOUND = ["fail task.containerDefinitions[0].environment[0].value"]


def test_references_and_innocent_names_pass(judge):
    assert judge(PlainSecrets, PlainSecrets.prefer) == []


def test_a_password_is_refused_and_never_shown(judge):
    assert judge(PlainSecrets, AVOID) == FOUND
    facts = Program(AVOID).facts(deployed=False, view=View.INPUTS)
    assert "hunter2" not in str(run_rules([PlainSecrets()], facts))


@pytest.mark.parametrize("name", ["API_KEY", "apikey", "github_token", "AWS_SECRET_ACCESS_KEY", "PGPASSWD"])
def test_names_of_secrets(judge, name):
    found = judge(PlainSecrets, swap(AVOID, "DB_PASSWORD", name))
    assert found == ([] if name == "PGPASSWD" else FOUND)


@pytest.mark.parametrize("name", ["TOKEN_URL", "PASSWORD_POLICY", "KEYBOARD", "SECRETARY"])
def test_names_that_only_look_like_it(judge, name):
    assert judge(PlainSecrets, swap(AVOID, "DB_PASSWORD", name)) == []


def test_an_access_key_is_found_whatever_its_name(judge):
    program = swap(swap(AVOID, "DB_PASSWORD", "WHO"), "hunter2", "AKIAIOSFODNN7EXAMPLE")
    assert judge(PlainSecrets, program) == FOUND


def test_an_environment_that_cannot_be_read_is_unresolved(judge):
    assert judge(PlainSecrets, swap(AVOID, "fn::toJSON:", "fn::unknown:")) == ["unresolved task.containerDefinitions"]
