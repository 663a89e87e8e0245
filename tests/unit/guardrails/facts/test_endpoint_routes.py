"""A gateway endpoint is a route in each of its tables, though no resource says so: AWS writes it."""

from __future__ import annotations

import pytest

from guardrails.facts.from_pulumi.read import View, from_state
from guardrails.facts.network import PrefixListRef, TargetKind
from guardrails.facts.stack import Facts
from tests.policy.support.stacks import Stack

ENDPOINT = "network-gateway-endpoint-s3"


def led(stack: Stack) -> set[str]:
    """The tables with a route to the endpoint by its own prefix list."""
    network = Facts(from_state(stack.raw, View.OUTPUTS)).network
    key = stack[ENDPOINT]["urn"]
    lists = {one.key for one in network.prefix_lists}
    found: set[str] = set()
    for table in network.route_tables:
        for route in table.routes:
            if route.kind is TargetKind.ENDPOINT and route.target.key == key:
                assert isinstance(route.destination, PrefixListRef)
                assert route.destination.list.key in lists
                found.add(table.key.rpartition("::")[2])
    return found


@pytest.mark.parametrize("known", [False, True], ids=["preview", "deployed"])
def test_each_table_of_a_gateway_endpoint_leads_to_it(*, known: bool) -> None:
    assert led(Stack("dev", known=known)) == {"network-room-bastion-1-table", "network-room-proxy-1-table"}


def test_a_table_that_is_associated_apart_leads_to_it_too() -> None:
    stack = Stack("dev")
    stack.make("aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation", "apart")
    stack.edge("apart", "vpcEndpointId", ENDPOINT)
    table = next(one for one in stack.of("RouteTable") if one["urn"].endswith("::network-room-desktop-1-table"))
    stack["apart"]["propertyDependencies"]["routeTableId"] = [table["urn"]]
    stack["apart"]["inputs"]["routeTableId"] = stack["apart"]["outputs"]["routeTableId"] = stack._id(ENDPOINT)
    assert "network-room-desktop-1-table" in led(stack)
