"""A VPC that others made is taken over: read, brought into line, never replaced, and kept when the stack goes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tools.engine.binary import Engine
from tools.engine.layout import Layout
from tools.engine.workspace import Workspace

VPC = "aws:ec2/vpc:Vpc"
HEAD = """import sys
sys.path.insert(0, {root!r})
import pulumi, pulumi_aws as aws
from components.network.adoption import adopting
account = aws.Provider("account", region="ap-northeast-1", allowed_account_ids=["111122223333"])
inside = pulumi.ResourceOptions(provider=account)
"""
THEIRS = 'aws.ec2.Vpc("old", cidr_block="10.20.0.0/20", tags={"Name": "old"}, opts=inside)\n'

OURS = (
    'aws.ec2.Vpc("new", cidr_block="{cidr}", enable_dns_hostnames=True, tags={{"Name": "room-vpc-1"}}, '
    'opts=adopting(inside, "{existing}"))\n'
)
Deploy = Callable[[str, str], Workspace]


@pytest.fixture
def program(tmp_path: Path, engine: Engine, layout: Layout) -> Deploy:
    """A program of that name and text, in one account with every other one."""

    def make(name: str, text: str) -> Workspace:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        (folder / "Pulumi.yaml").write_text(f"name: {name}\nruntime: python\n")
        (folder / "__main__.py").write_text(HEAD.format(root=str(layout.root)) + text)
        return Workspace(stack="dev", folder=tmp_path / "stack", engine=engine, program=folder, layout=layout)

    return make


def vpcs(workspace: Workspace) -> list[dict[str, Any]]:
    return [item for item in workspace.account_contents() if item["type"] == VPC]


def test_an_existing_vpc_is_taken_over(program: Deploy) -> None:
    theirs = program("theirs", THEIRS)
    assert theirs.up("--skip-preview").code == 0
    (found,) = vpcs(theirs)

    ours = program("ours", OURS.format(cidr="10.20.0.0/20", existing=found["id"]))
    up = ours.up()
    assert up.code == 0, up.output
    (kept,) = vpcs(ours)
    assert kept["id"] == found["id"], "no second VPC was made"
    assert (kept["inputs"]["tags"], kept["inputs"]["enableDnsHostnames"]) == ({"Name": "room-vpc-1"}, True)
    assert set(ours.preview_changes()) == {"same"}

    other = program("ours", OURS.format(cidr="10.21.0.0/20", existing=found["id"])).up()
    assert other.code != 0, "a range that differs would replace it"
    assert "protect" in other.output
    refused = ours.capture(ours.operation_arguments("destroy"))
    assert refused.code != 0
    assert "protect" in refused.output
    assert [item["id"] for item in vpcs(ours)] == [found["id"]]


def test_what_is_not_there_is_not_made_instead(program: Deploy) -> None:
    ours = program("ours", OURS.format(cidr="10.20.0.0/20", existing="vpc-0123456789abcdef0"))
    up = ours.up()
    assert up.code != 0, up.output
    assert vpcs(ours) == []
