from __future__ import annotations

from guardrails.rules.acls.return_path import ReturnPath
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = ReturnPath.avoid, ReturnPath.prefer
test_cases = cases(
    ReturnPath,
    unresolved=Case(
        swap(PREFER, "toPort: 65535", 'toPort: {"fn::unknown": true}'),
        "unresolved acl.egress[0]",
        "unresolved acl.ingress[0]",
    ),
    boundary=Case(AVOID, "fail acl.egress[0]", "fail acl.ingress[0]"),
)


def test_ephemeral_ports_the_other_way_answer(judge):
    assert judge(ReturnPath, PREFER) == []


def test_ephemeral_ports_to_somebody_else_do_not(judge):
    assert judge(ReturnPath, swap(PREFER, "10.0.0.0/16}]", "10.9.0.0/16}]")) != []


def test_udp_does_not_answer_tcp(judge):
    program = swap(PREFER, "protocol: tcp, fromPort: 49152", "protocol: udp, fromPort: 49152")
    assert judge(ReturnPath, program) == ["fail acl.ingress[0]"]


def test_an_acl_left_to_aws_lets_everything_return(judge):
    assert judge(ReturnPath, "resources:\n  vpc: {type: 'aws:ec2:Vpc', properties: {cidrBlock: 10.0.0.0/16}}\n") == []
