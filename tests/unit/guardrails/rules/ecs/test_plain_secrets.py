from __future__ import annotations

import pytest

from guardrails.facts.from_pulumi.read import View
from guardrails.findings.run import run_rules
from guardrails.rules.ecs.plain_secrets import PlainSecrets
from tests.policy.support.programs import Program
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID = PlainSecrets.avoid
FOUND = ["fail task.containerDefinitions[0].environment[0].value"]


ENVIRONMENT = "environment: [{name: DB_PASSWORD, value: hunter2}]"
test_cases = cases(
    PlainSecrets,
    unresolved=Case(swap(AVOID, "fn::toJSON:", "fn::unknown:"), "unresolved task.containerDefinitions"),
    boundary=Case(swap(AVOID, "{name: DB_PASSWORD, value", "{Name: dbPassword, Value"), *FOUND),
)


def test_a_password_is_refused_and_never_shown(judge):
    assert judge(PlainSecrets, AVOID) == FOUND
    facts = Program(AVOID).facts(deployed=False, view=View.INPUTS)
    assert "hunter2" not in str(run_rules([PlainSecrets()], facts))


@pytest.mark.parametrize(
    "name",
    [
        "API_KEY", "apikey", "github_token", "AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "PGPASSWORD", "MYSQL_PWD",
        "ECS_ENGINE_AUTH_DATA", "dbPass", "jwtSecret",
    ],
)  # fmt: skip
def test_names_of_secrets(judge, name):
    assert judge(PlainSecrets, swap(AVOID, "DB_PASSWORD", name)) == FOUND


@pytest.mark.parametrize("name", ["TOKEN_URL", "PASSWORD_POLICY", "KEYBOARD", "SECRETARY", "BYPASS", "COMPASS"])
def test_names_that_only_look_like_it(judge, name):
    assert judge(PlainSecrets, swap(AVOID, "DB_PASSWORD", name)) == []


@pytest.mark.parametrize("value", ['"4096"', '"true"', "none", "arn:aws:secretsmanager:x:1:secret:a", '"$${SECRET}"'])
def test_switches_and_references_are_no_secrets(judge, value):
    assert judge(PlainSecrets, swap(AVOID, "hunter2", value)) == []


@pytest.mark.parametrize(
    "value",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "postgres://shop:hunter2@db/shop",
        '"-----BEGIN RSA PRIVATE KEY-----"',
        "ghp_0123456789abcdefghijklmnopqrstuvwxyz",
    ],
)
def test_some_secrets_are_known_by_their_form(judge, value):
    assert judge(PlainSecrets, swap(swap(AVOID, "DB_PASSWORD", "WHO"), "hunter2", value)) == FOUND


@pytest.mark.parametrize(
    ("part", "path"),
    [
        ("command: [serve, '--db-password=hunter2']", "command[1]"),
        ("entryPoint: [sh, -c, 'psql postgres://shop:hunter2@db/shop']", "entryPoint[2]"),
        (
            "logConfiguration: {logDriver: splunk, options: {splunk-token: hunter2, splunk-url: 'https://log'}}",
            "logConfiguration.options",
        ),
    ],
)
def test_arguments_and_log_options_are_kept_as_long(judge, part, path):
    program = swap(AVOID, ENVIRONMENT, part)
    assert judge(PlainSecrets, program) == [f"fail task.containerDefinitions[0].{path}"]
    facts = Program(program).facts(deployed=False, view=View.INPUTS)
    assert "hunter2" not in str(run_rules([PlainSecrets()], facts))


def test_an_argument_that_takes_the_secret_from_elsewhere_is_none(judge):
    program = swap(AVOID, ENVIRONMENT, "command: ['--db-password=$$PASSWORD', '--token-file', /run/token]")
    assert judge(PlainSecrets, program) == []
