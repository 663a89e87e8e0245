from __future__ import annotations

import json

import pytest

from guardrails.rules.firewalls.common import anybodys_name
from guardrails.rules.firewalls.passes import NamedPasses
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = NamedPasses.avoid, NamedPasses.prefer
TARGETS = "ruleGroup.rulesSource.rulesSourceList.targets"
TEXT = "ruleGroup.rulesSource.rulesString"
RULE = "pass ip any any -> any any"

test_cases = cases(
    NamedPasses,
    unresolved=Case(swap(PREFER, '".example.com"', '{"fn::unknown": true}'), f"unresolved names.{TARGETS}"),
    # A Region's suffix holds every bucket of that Region.
    boundary=Case(swap(PREFER, '".example.com"', '".ap-northeast-1.amazonaws.com"'), f"fail names.{TARGETS}"),
)


MINE = 'content:"mine.s3.amazonaws.com"'


def group(source: dict[str, object], **variables: list[str]) -> str:
    sets = [{"key": key, "ipSet": {"definitions": value}} for key, value in variables.items()]
    inside = {"ruleVariables": {"ipSets": sets}, "rulesSource": source}
    one = {"type": "aws:networkfirewall:RuleGroup", "properties": {"ruleGroup": inside}}
    return json.dumps({"resources": {"one": one}})


def test_each_is_told(judge):
    assert judge(NamedPasses, AVOID) == [f"fail everything.{TEXT}", f"fail names.{TARGETS}"]


@pytest.mark.parametrize(
    ("rule", "opens"),
    [
        ("pass tcp $HOME_NET any -> $EXTERNAL_NET any (flow:established; sid:1;)", True),
        ("pass tls $HOME_NET any -> any any (sid:1; rev:1;)", True),
        ("pass ip any any <> any any (sid:1;)", True),
        ("pass ip $HOME_NET any -> !$HOME_NET any (sid:1;)", True),
        ("pass tcp $HOME_NET any -> [0.0.0.0/1, 128.0.0.0/1] any (sid:1;)", True),
        ("pass tcp $HOME_NET any -> any [1:65535] (sid:1;)", True),
        ("pass tcp $HOME_NET any -> any !25 (sid:1;)", True),
        ("pass tls $HOME_NET any -> any 443 (tls.sni; dotprefix; content:\".github.io\"; endswith; sid:1;)", True),
        ("pass tls $HOME_NET any -> any 443 (tls.sni; content:\"amazonaws.com\"; endswith; sid:1;)", True),
        ("#pass ip any any -> any any (sid:1;)", False),
        ("drop ip any any -> any any (sid:1;)", False),
        ("pass tcp $HOME_NET any -> any 443 (sid:1;)", False),
        ("pass ip $HOME_NET any -> [10.0.0.0/8, 172.16.0.0/12] any (sid:1;)", False),
        ("pass ip $HOME_NET any -> $HOME_NET any (sid:1;)", False),
        ("pass ip $HOME_NET any -> $OWN any (sid:1;)", False),
        ("pass ip $HOME_NET any -> $WIDE any (sid:1;)", True),
        ("pass icmp $HOME_NET any -> any any (sid:1;)", False),
        (f"pass tls any any -> any any (tls.sni; {MINE}; startswith; endswith; sid:1;)", False),
    ],
)  # fmt: skip
def test_what_a_suricata_rule_passes(judge, rule, opens):
    program = group({"rulesString": f"# rules\n{rule}\n"}, OWN=["10.1.0.0/16"], WIDE=["0.0.0.0/0"])
    assert judge(NamedPasses, program) == ([f"fail one.{TEXT}"] if opens else [])


def test_a_pass_that_cannot_be_read_is_no_pass(judge):
    assert judge(NamedPasses, group({"rulesString": "pass everything"})) == [f"unresolved one.{TEXT}"]


@pytest.mark.parametrize(
    ("header", "options", "opens"),
    [
        ({}, [], True),
        ({"destinationPort": "443"}, [], False),
        ({"destination": "10.0.0.0/8"}, [], False),
        ({}, [{"keyword": "tls.sni"}, {"keyword": "content", "settings": ['"a.example.com"']}], False),
    ],
)
def test_rules_by_header_are_judged_alike(judge, header, options, opens):
    common = dict.fromkeys(("protocol", "source", "sourcePort", "destination", "destinationPort"), "ANY")
    whole = {**common, "protocol": "TCP", "direction": "FORWARD", **header}
    sid = {"keyword": "sid", "settings": ["1"]}
    rules = [{"action": action, "header": whole, "ruleOptions": [sid, *options]} for action in ("DROP", "PASS")]
    found = judge(NamedPasses, group({"statefulRules": rules}))
    assert found == (["fail one.ruleGroup.rulesSource.statefulRules[1]"] if opens else [])


@pytest.mark.parametrize(
    ("match", "opens"),
    [
        ({}, True),
        ({"destinations": [{"addressDefinition": "0.0.0.0/0"}], "protocols": [6]}, True),
        ({"destinationPorts": [{"fromPort": 0, "toPort": 65535}]}, True),
        ({"destinationPorts": [{"fromPort": 443, "toPort": 443}]}, False),
        ({"destinations": [{"addressDefinition": "10.0.0.0/8"}]}, False),
        ({"protocols": [1]}, False),
    ],
)
def test_a_stateless_pass_goes_by_the_stateful_rules(judge, match, opens):
    rules = [{"priority": 1, "ruleDefinition": {"actions": ["aws:pass"], "matchAttributes": match}}]
    found = judge(NamedPasses, group({"statelessRulesAndCustomActions": {"statelessRules": rules}}))
    assert found == (
        ["fail one.ruleGroup.rulesSource.statelessRulesAndCustomActions.statelessRules[0]"] if opens else []
    )


SHARED = """. * .com .amazonaws.com *.s3.amazonaws.com .windows.net .s3.eu-west-1.amazonaws.com
.eu-west-1.elb.amazonaws.com .CloudFront.net .eu-west-1.amazonaws.com"""
OWNED = """.example.com ssm.eu-west-1.amazonaws.com .signin.aws.amazon.com .mine.s3.eu-west-1.amazonaws.com
d123.cloudfront.net .mine.awsapps.com"""


@pytest.mark.parametrize("name", ["", *SHARED.split()])
def test_names_that_anybody_can_have(name):
    assert anybodys_name(name)


@pytest.mark.parametrize("name", OWNED.split())
def test_names_with_one_owner(name):
    assert not anybodys_name(name)
