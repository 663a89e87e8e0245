from __future__ import annotations

import base64

import pytest

from guardrails.facts.from_pulumi.read import View
from guardrails.findings.run import run_rules
from guardrails.rules.compute.plain_secrets import PlainSecrets
from tests.policy.support.programs import Program
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = PlainSecrets.avoid, PlainSecrets.prefer
SCRIPT = "#!/bin/sh\nexport AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\n"

test_cases = cases(
    PlainSecrets,
    unresolved=Case(
        swap(AVOID, "{LOG_LEVEL: debug, DB_PASSWORD: hunter2}", '{"fn::unknown": true}'),
        "unresolved respond.environment.variables",
    ),
    boundary=Case(swap(AVOID, "DB_PASSWORD", "dbPassword"), "fail respond.environment.variables"),
)


def test_the_value_is_never_shown():
    facts = Program(AVOID).facts(deployed=False, view=View.INPUTS)
    assert "hunter2" not in str(run_rules([PlainSecrets()], facts))


def test_the_arn_of_a_secret_is_none_though_it_is_not_known_yet(judge):
    secret = '  secret: {type: "aws:secretsmanager:Secret", properties: {name: s}}\n'
    for deployed in (False, True):
        assert judge(PlainSecrets, swap(AVOID, "hunter2", '"${secret.arn}"') + secret, deployed=deployed) == []


def test_a_build_may_have_it_by_reference_alone(judge):
    for kind in ("PLAINTEXT", "null"):
        program = swap(PREFER, "type: SECRETS_MANAGER", f"type: {kind}")
        assert judge(PlainSecrets, program) == ["fail build.environment.environmentVariables"]


@pytest.mark.parametrize("kind", ["ec2:Instance", "ec2:LaunchTemplate"])
@pytest.mark.parametrize(
    ("script", "found"),
    [
        (SCRIPT, ["fail host.userData"]),
        (base64.b64encode(SCRIPT.encode()).decode(), ["fail host.userData"]),
        ("#!/bin/sh\naws secretsmanager get-secret-value --secret-id room/db\n", []),
    ],
)
def test_a_hosts_script_holds_no_key(judge, kind, script, found):
    program = f'resources:\n  host: {{type: "aws:{kind}", properties: {{userData: {script!r}}}}}\n'
    assert judge(PlainSecrets, program.replace("'", '"')) == found
