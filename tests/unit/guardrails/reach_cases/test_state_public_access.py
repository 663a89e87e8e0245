"""`guardrails reach --state`: Block Public Access and exclusions from it, which take something off and add nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from guardrails.cli import app
from tests.unit.guardrails.reach_cases.test_state_files import every, exported, resource


def web(mode: str | None, excluded: str | None, target: str) -> list[dict[str, Any]]:
    """A public web server, the account's mode and an exclusion."""
    place = {"vpcId": "vpc-1", "availabilityZone": "eu-west-1a", "availabilityZoneId": "euw1-az1"}
    found = [
        resource("ec2/vpc:Vpc", "main", "vpc-1", cidrBlock="10.0.0.0/16", mainRouteTableId="rtb-0"),
        resource("ec2/subnet:Subnet", "public", "subnet-1", cidrBlock="10.0.2.0/24", **place),
        resource("ec2/internetGateway:InternetGateway", "exit", "igw-1", vpcId="vpc-1"),
        resource(
            "ec2/routeTable:RouteTable", "public", "rtb-1", vpcId="vpc-1",
            routes=[{"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}],
        ),
        resource(
            "ec2/routeTableAssociation:RouteTableAssociation", "public", "rtbassoc-1", subnetId="subnet-1",
            routeTableId="rtb-1",
        ),
        resource("ec2/securityGroup:SecurityGroup", "open", "sg-1", ingress=[every()], egress=[every()], vpcId="vpc-1"),
        resource(
            "ec2/instance:Instance", "web", "i-1", subnetId="subnet-1", vpcSecurityGroupIds=["sg-1"],
            privateIp="10.0.2.10", publicIp="203.0.113.10", associatePublicIpAddress=True, sourceDestCheck=True,
        ),
    ]  # fmt: skip
    if mode is not None:
        kind = "ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions"
        found.append(resource(kind, "all", "options-1", internetGatewayBlockMode=mode))
    if excluded is not None:
        kind = "ec2/vpcBlockPublicAccessExclusion:VpcBlockPublicAccessExclusion"
        member = {"vpcId" if target.startswith("vpc") else "subnetId": target}
        found.append(resource(kind, "one", "exclusion-1", internetGatewayExclusionMode=excluded, **member))
    return found


@pytest.mark.parametrize("target", ["vpc-1", "subnet-1"])
@pytest.mark.parametrize(
    ("mode", "excluded", "reachable"),
    [
        (None, None, True),
        (None, "allow-egress", True),
        ("off", "allow-egress", True),
        ("block-ingress", None, False),
        ("block-bidirectional", None, False),
        ("block-bidirectional", "allow-egress", False),
        ("block-bidirectional", "allow-bidirectional", True),
    ],
)
def test_who_is_reached_from_the_internet(
    mode: str | None, excluded: str | None, reachable: bool, target: str, tmp_path: Path
) -> None:
    path = tmp_path / "stack.json"
    path.write_text(json.dumps(exported(web(mode, excluded, target))))

    result = CliRunner().invoke(
        app, ["reach", "--state", str(path), "--from", "internet", "--to", "web", "--port", "443", "--json"]
    )

    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["reachable"] is reachable
