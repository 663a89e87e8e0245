from __future__ import annotations

from guardrails.rules.gateways.hosts_beside_exit import HostsBesideExit
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = HostsBesideExit.avoid, HostsBesideExit.prefer
test_cases = cases(
    HostsBesideExit,
    unresolved=Case(swap(AVOID, 'subnetId: "${public.id}"}}', 'subnetId: {"fn::unknown": true}}}'), "unresolved tool"),
    boundary=Case(swap(AVOID, "0.0.0.0/0", "8.8.8.8/32"), "fail tool"),
)


def test_the_proxy_beside_its_declared_exit_passes(judge):
    for deployed in (False, True):
        assert judge(HostsBesideExit, PREFER, deployed=deployed) == []


def test_a_task_in_the_nat_gateways_subnet_is_refused(judge):
    for deployed in (False, True):
        assert judge(HostsBesideExit, AVOID, deployed=deployed) == ["fail tool"]


def test_a_subnet_of_no_zone_is_no_better(judge):
    assert judge(HostsBesideExit, swap(AVOID, "{Zone: public}", "{Zone: misc}")) == ["fail tool"]


def test_the_main_table_counts_where_none_is_associated(judge):
    lines = [line for line in AVOID.splitlines() if not line.startswith("  use:")]
    main = """
  out:
    type: aws:ec2:Route
    properties: {routeTableId: "${vpc.mainRouteTableId}", destinationCidrBlock: 0.0.0.0/1, gatewayId: "${igw.id}"}
"""
    assert judge(HostsBesideExit, "\n".join(lines)) == []
    assert judge(HostsBesideExit, "\n".join(lines) + main) == ["fail tool"]
