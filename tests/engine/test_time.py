"""States that take time, with the real engine: a run that ends while something is pending, and the run after it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from tools.engine.binary import Engine
from tools.engine.errors import LauncherError
from tools.engine.layout import Layout
from tools.engine.workspace import Workspace

PROGRAM = """import pulumi, pulumi_aws as aws
account = aws.Provider("account", region="ap-northeast-1", allowed_account_ids=["111122223333"])
inside = pulumi.ResourceOptions(provider=account)
vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", opts=inside)
subnet = aws.ec2.Subnet("subnet", vpc_id=vpc.id, cidr_block="10.0.0.0/24", opts=inside)
door = aws.ec2.InternetGateway("door", vpc_id=vpc.id, opts=inside)
address = aws.ec2.Eip("address", domain="vpc", opts=inside)
way_out = pulumi.ResourceOptions(provider=account, depends_on=[door])
nat = aws.ec2.NatGateway("nat", subnet_id=subnet.id, allocation_id=address.id, opts=way_out)
table = aws.ec2.RouteTable("table", vpc_id=vpc.id, opts=inside)
aws.ec2.Route(
    "out", route_table_id=table.id, destination_cidr_block="0.0.0.0/0", nat_gateway_id=nat.id, opts=inside)
"""
NAT = "aws:ec2/natGateway:NatGateway"


@pytest.fixture
def network(tmp_path: Path, engine: Engine, layout: Layout) -> Workspace:
    """A network with a NAT gateway, not deployed yet."""
    program = tmp_path / "program"
    program.mkdir()
    (program / "Pulumi.yaml").write_text("name: slow\nruntime: python\n")
    (program / "__main__.py").write_text(PROGRAM)
    return Workspace(stack="dev", folder=tmp_path / "stack", engine=engine, program=program, layout=layout)


def failing(workspace: Workspace, **fault: object) -> Workspace:
    workspace.folder.mkdir(parents=True)
    plan = workspace.folder / "faults.json"
    plan.write_text(json.dumps({"faults": [fault]}))
    return replace(workspace, faults=plan)


def nat_gateway(workspace: Workspace) -> dict[str, Any]:
    """The only NAT gateway, as a boto3 client sees it."""
    with workspace.serving() as environment:
        client: Any = boto3.client(  # pyright: ignore
            "ec2",
            endpoint_url=environment["AWS_ENDPOINT_URL"],
            region_name=environment["AWS_REGION"],
            aws_access_key_id="x",
            aws_secret_access_key="x",
        )
        (found,) = client.describe_nat_gateways()["NatGateways"]
        return found


@pytest.mark.parametrize("kind", ["kill", "timeout"])
def test_a_run_that_ends_while_a_nat_gateway_is_pending_is_made_good_by_the_next(
    network: Workspace, kind: str, capfd: pytest.CaptureFixture[str]
) -> None:
    first = failing(network, on="wait", at=1, kind=kind).up("--skip-preview")
    assert first.code != 0
    left = nat_gateway(network)
    assert left["State"] == "pending"
    if kind == "timeout":
        (nat,) = [item for item in network.export()["deployment"]["resources"] if item["type"] == NAT]
        assert (nat["id"], "deadline exceeded" in nat["initErrors"][0]) == (left["NatGatewayId"], True)

    second = network.up("--skip-preview")
    assert second.code == 0, second.output
    assert f"{NAT} {left['NatGatewayId']} is pending" in capfd.readouterr().err
    found = nat_gateway(network)
    assert (found["NatGatewayId"], found["State"]) == (left["NatGatewayId"], "available")
    assert set(network.preview_changes()) == {"same"}
    assert network.destroy().code == 0
    assert network.account_contents() == []


def test_an_operator_lets_time_pass(network: Workspace) -> None:
    failing(network, on="wait", at=1, kind="kill").up("--skip-preview")
    assert "pending, 120 s to go" in network.clock()
    with network.serving():
        # By way of the process that serves the account: boto3 clients and the operator see the same time.
        assert "pending, 60 s to go" in network.clock("--advance", "1m")
    assert NAT not in network.clock("--wait")
    assert nat_gateway(network)["State"] == "available"


def test_an_account_that_nothing_was_deployed_to_has_no_clock(network: Workspace) -> None:
    with pytest.raises(LauncherError, match="is empty") as refused:
        network.clock()
    assert refused.value.remedy == "run: make up STACK=dev"
