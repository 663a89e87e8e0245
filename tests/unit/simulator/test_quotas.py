"""Quotas stop at AWS's defaults, and an account can have them raised."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.__main__ import main
from simulator.quotas import DEFAULTS

EIP = "aws:ec2/eip:Eip"


def test_addresses_end_at_the_default_and_go_on_once_it_is_raised(serving: Any, tmp_path: Path, refused: Any) -> None:
    aws = serving.driver(tmp_path)
    for _ in range(DEFAULTS["elastic-ips"]):
        aws.create(EIP, domain="vpc")
    with pytest.raises(refused, match="AddressLimitExceeded"):
        aws.create(EIP, domain="vpc")
    serving.close()
    assert main(["quota", "--state-dir", str(tmp_path), "elastic-ips=6"]) == 0
    aws = serving.driver(tmp_path)
    aws.create(EIP, "sixth", domain="vpc")
    with pytest.raises(refused, match="AddressLimitExceeded"):
        aws.create(EIP, "seventh", domain="vpc")


@pytest.mark.parametrize(
    ("quota", "token", "code"),
    [
        ("rules-per-group", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "RulesPerSecurityGroupLimit"),
        ("entries-per-acl", "aws:ec2/networkAclRule:NetworkAclRule", "NetworkAclEntryLimitExceeded"),
        ("routes-per-table", "aws:ec2/route:Route", "RouteLimitExceeded"),
    ],
)
def test_a_lower_quota_stops_sooner(
    serving: Any, tmp_path: Path, refused: Any, quota: str, token: str, code: str
) -> None:
    serving.driver(tmp_path)
    serving.close()
    assert main(["quota", "--state-dir", str(tmp_path), f"{quota}=1"]) == 0
    aws = serving.driver(tmp_path)
    vpc = aws.create("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")
    gateway = aws.create("aws:ec2/internetGateway:InternetGateway", vpcId=vpc.id)
    group = aws.create("aws:ec2/securityGroup:SecurityGroup", vpcId=vpc.id, name="web", description="Web")
    acl = aws.create("aws:ec2/networkAcl:NetworkAcl", vpcId=vpc.id)
    table = aws.create("aws:ec2/routeTable:RouteTable", vpcId=vpc.id)
    inputs: dict[str, Any] = {
        "rules-per-group": {"securityGroupId": group.id, "ipProtocol": "-1"},
        "entries-per-acl": {"networkAclId": acl.id, "protocol": "-1", "ruleAction": "allow"},
        "routes-per-table": {"routeTableId": table.id, "gatewayId": gateway.id},
    }[quota]

    def one(number: int) -> Any:
        block = f"192.168.{number}.0/24"
        names = {"rules-per-group": "cidrIpv4", "entries-per-acl": "cidrBlock"}
        numbered = {"ruleNumber": 100 + number} if quota == "entries-per-acl" else {}
        return aws.create(
            token, f"n{number}", **inputs, **numbered, **{names.get(quota, "destinationCidrBlock"): block}
        )

    one(1)
    with pytest.raises(refused, match=code):
        one(2)


def test_what_is_no_quota_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["quota", "--state-dir", str(tmp_path), "vpcs=9"]) == 2
    assert "rules-per-group" in capsys.readouterr().err
