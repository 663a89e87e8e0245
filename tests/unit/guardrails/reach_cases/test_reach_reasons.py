"""Why a connection does not work: the hop and the rule that an operator would have to change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from guardrails.cli import app
from tests.unit.guardrails.reach_cases import (
    cases_balancers,
    cases_exits,
    cases_filters,
    cases_ipv6,
    cases_references,
    cases_routes,
    cases_states,
    cases_vpcs,
)
from tests.unit.guardrails.reach_cases.questions import CASES, Make, asked

BLOCKS: tuple[tuple[Make, str, str, str], ...] = (
    (
        cases_vpcs.peering_that_was_rejected,
        "i-app > i-b = no",
        "route-table",
        "10.1.0.0/16 to pcx-ab (blackhole, pcx-ab",
    ),
    (cases_vpcs.peering_is_not_transitive, "i-app > i-c = no", "vpc-peering-connection", "pcx-ab"),
    (cases_vpcs.the_associated_table_decides, "i-app > i-c = no", "transit-gateway-route-table", "no route"),
    (cases_vpcs.blackhole_in_a_transit_table, "i-app > i-b = no", "transit-gateway-route-table", "10.1.1.0/24"),
    (cases_filters.acl_without_a_return_entry, "i-app > i-db = no", "network-acl", "return"),
    (cases_filters.egress_must_admit_too, "i-client > i-server = no", "security-group", "no egress rule"),
    (cases_filters.lowest_number_decides, "i-app > i-db = no", "network-acl", "deny ingress tcp 443"),
    (cases_routes.blackhole_drops, "i-app > internet = no", "route-table", "blackhole"),
    (cases_routes.instance_that_checks_forwards_nothing, "i-app > 192.168.7.7 = no", "router", "check on"),
    (cases_exits.internet_gateway_without_a_route_back, "internet > i-web = no", "route-table", "return"),
    (
        cases_exits.nat_gateway_opens_outwards_only,
        "i-app > 198.51.100.7 50 = no",
        "nat-gateway",
        "TCP, UDP and ICMP only",
    ),
    (cases_exits.nat_gateway_in_a_private_subnet, "i-app > internet = no", "route-table", "no route"),
    (cases_exits.both_directions_blocked, "internet > i-web = no", "block-public-access", "block-bidirectional"),
    (cases_references.egress_reference_over_a_transit_gateway, "i-app > i-b = no", "security-group", "sg-client"),
    (cases_balancers.address_targets_do_not_see_the_client, "i-app > front tcp 80 = no", "security-group", "sg-server"),
    (cases_balancers.no_listener, "i-app > front tcp 80 = no", "load-balancer", "no listener"),
    (
        cases_states.group_of_a_network_balancer_that_lets_nothing_out,
        "i-app > front tcp 80 = no",
        "security-group",
        "sg-front",
    ),
    (
        cases_states.public_nat_gateway_without_its_elastic_ip,
        "i-app > internet = no",
        "internet-gateway",
        "no public address",
    ),
    (
        cases_ipv6.attachment_that_does_not_support_ipv6,
        "i-a > i-b = no",
        "transit-gateway-attachment",
        "IPv6 support off",
    ),
)


@pytest.mark.parametrize(("make", "question", "kind", "word"), BLOCKS, ids=[one[0].__name__ for one in BLOCKS])
def test_what_blocks_is_named(make: Make, question: str, kind: str, word: str, tmp_path: Path) -> None:
    folder = CASES[make.__name__.replace("_", "-")].write(tmp_path)
    line, _ = asked(question)

    result = CliRunner().invoke(app, ["reach", "--snapshot", str(folder), *line, "--json"])

    block = json.loads(result.stdout)["blocked_by"]
    assert block["kind"] == kind, block
    assert word in " ".join(str(value) for value in block.values()), block
