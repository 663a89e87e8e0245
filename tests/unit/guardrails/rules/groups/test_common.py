"""Groups that AWS makes for a directory: its own rules are nobody's to change, what others added is judged."""

from __future__ import annotations

from ipaddress import IPv4Network

from guardrails.facts.network import (
    ALL_PORTS,
    ANY_PROTOCOL,
    Direction,
    GroupRef,
    GroupRule,
    Network,
    Ports,
    SecurityGroup,
    Vpc,
)
from guardrails.facts.stack import Facts
from guardrails.facts.values import Origin, Ref
from guardrails.rules.groups.common import own_groups

HERE = Origin("account", "")
BLOCK, WORLD = IPv4Network("10.0.0.0/16"), IPv4Network("0.0.0.0/0")
OUT = GroupRule(Direction.EGRESS, ANY_PROTOCOL, ALL_PORTS, WORLD, HERE)
KERBEROS = GroupRule(Direction.INGRESS, 6, Ports(88, 88), BLOCK, HERE)
ITSELF = GroupRule(Direction.INGRESS, ANY_PROTOCOL, ALL_PORTS, GroupRef(Ref("sg-1")), HERE)
OPENED = GroupRule(Direction.INGRESS, 6, Ports(88, 88), WORLD, HERE)


def judged(name: str, *rules: GroupRule) -> tuple[GroupRule, ...]:
    group = SecurityGroup("sg-1", HERE, name=name, vpc=Ref("vpc-1"), rules=rules)
    network = Network(vpcs=(Vpc("vpc-1", HERE, cidrs=(BLOCK,)),), groups=(group,))
    (found,) = own_groups(Facts((), network=network))
    return found.rules


def test_what_aws_writes_into_its_own_groups_is_left_out_and_what_was_added_is_judged() -> None:
    assert judged("d-0123456789_controllers", OUT, KERBEROS, ITSELF, OPENED) == (OPENED,)
    assert judged("d-0123456789_workspacesMembers", OUT, KERBEROS) == (KERBEROS,)


def test_every_rule_of_any_other_group_is_judged() -> None:
    assert judged("controllers", OUT, KERBEROS, ITSELF) == (OUT, KERBEROS, ITSELF)
