"""`guardrails reach --state`: a deployed stack's export, its checkpoint, and secrets that nobody may see."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from guardrails.cli import app

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:abc"}
PREFIX = "urn:pulumi:prod::web::"
SERVICE = "com.amazonaws.vpce.eu-west-1.vpce-svc-1"
LB = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/front/1"
GROUP = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/back/1"


def resource(kind: str, name: str, key: str, **outputs: Any) -> dict[str, Any]:
    token = f"aws:{kind}"
    return {
        "urn": f"{PREFIX}{token}::{name}",
        "custom": True,
        "id": key,
        "type": token,
        "inputs": {},
        "outputs": {"id": key, "region": "eu-west-1", **outputs},
        "parent": f"{PREFIX}pulumi:pulumi:Stack::web-prod",
    }


def every(port: int | None = None, protocol: str = "-1") -> dict[str, Any]:
    return {"protocol": protocol, "fromPort": port or 0, "toPort": port or 0, "cidrBlocks": ["0.0.0.0/0"]}


def resources() -> list[dict[str, Any]]:
    """A private client, a public server, and an endpoint to a service of one's own behind a network balancer."""
    both = {"vpcId": "vpc-1", "tags": {}}
    place = {"vpcId": "vpc-1", "availabilityZone": "eu-west-1a", "availabilityZoneId": "euw1-az1"}
    network = {
        "loadBalancerType": "network",
        "internal": True,
        "arn": LB,
        "dnsName": "front.elb.eu-west-1.amazonaws.com",
    }
    endpoint = {"vpcEndpointType": "Interface", "serviceName": SERVICE, "privateDnsEnabled": False}
    names = [{"dnsName": "vpce-1-x.vpce-svc-1.eu-west-1.vpce.amazonaws.com", "hostedZoneId": "Z1"}]
    return [
        {"urn": f"{PREFIX}pulumi:pulumi:Stack::web-prod", "custom": False, "type": "pulumi:pulumi:Stack"},
        resource("ec2/vpc:Vpc", "main", "vpc-1", cidrBlock="10.0.0.0/16", mainRouteTableId="rtb-0"),
        resource("ec2/subnet:Subnet", "private", "subnet-1", cidrBlock="10.0.1.0/24", **place),
        resource("ec2/subnet:Subnet", "public", "subnet-2", cidrBlock="10.0.2.0/24", **place),
        resource("ec2/internetGateway:InternetGateway", "exit", "igw-1", vpcId="vpc-1"),
        resource(
            "ec2/routeTable:RouteTable", "public", "rtb-1", vpcId="vpc-1",
            routes=[{"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}],
        ),
        resource(
            "ec2/routeTableAssociation:RouteTableAssociation", "public", "rtbassoc-1", subnetId="subnet-2",
            routeTableId="rtb-1",
        ),
        resource("ec2/securityGroup:SecurityGroup", "open", "sg-1", ingress=[every()], egress=[every()], **both),
        resource("ec2/securityGroup:SecurityGroup", "web", "sg-2", ingress=[every(443, "tcp")], egress=[], **both),
        resource(
            "ec2/instance:Instance", "client", "i-1", subnetId="subnet-1", vpcSecurityGroupIds=["sg-1"],
            privateIp="10.0.1.10", primaryNetworkInterfaceId="eni-1", userData=SECRET, sourceDestCheck=True,
        ),
        resource(
            "ec2/instance:Instance", "server", "i-2", subnetId="subnet-2", vpcSecurityGroupIds=["sg-2"],
            privateIp="10.0.2.10", publicIp="203.0.113.10", associatePublicIpAddress=True, sourceDestCheck=True,
        ),
        resource("lb/loadBalancer:LoadBalancer", "front", LB, subnets=["subnet-2"], **network),
        resource(
            "lb/targetGroup:TargetGroup", "back", GROUP, arn=GROUP, port=443, protocol="TCP", targetType="ip",
            vpcId="vpc-1",
        ),
        resource(
            "lb/listener:Listener", "front", "listener-1", loadBalancerArn=LB, port=443, protocol="TCP",
            defaultActions=[{"type": "forward", "targetGroupArn": GROUP}],
        ),
        resource(
            "lb/targetGroupAttachment:TargetGroupAttachment", "server", "att-1", targetGroupArn=GROUP,
            targetId="10.0.2.10", port=443,
        ),
        resource(
            "ec2/vpcEndpointService:VpcEndpointService", "own", "vpce-svc-1", serviceName=SERVICE,
            networkLoadBalancerArns=[LB], acceptanceRequired=True,
        ),
        resource(
            "ec2/vpcEndpoint:VpcEndpoint", "own", "vpce-1", vpcId="vpc-1", subnetIds=["subnet-1"],
            securityGroupIds=["sg-1"], dnsEntries=names, **endpoint,
        ),
        resource("ec2/instance:Instance", "leaving", "i-9", subnetId="subnet-1") | {"delete": True},
    ]  # fmt: skip


def exported(found: list[Any]) -> Any:
    manifest = {"time": "2026-01-01T00:00:00Z", "magic": "", "version": "v3.250.0"}
    return {
        "version": 3,
        "deployment": {"manifest": manifest, "secrets_providers": {"type": "passphrase"}, "resources": found},
    }


def checkpoint(found: list[Any]) -> Any:
    return {
        "version": 3,
        "checkpoint": {"stack": "organization/web/prod", "latest": {"manifest": {}, "resources": found}},
    }


FORMS: dict[str, Callable[[list[Any]], Any]] = {"export": exported, "checkpoint": checkpoint}
QUESTIONS: tuple[tuple[str, str, str, bool | None], ...] = (
    ("client", "server", "443", True),
    ("client", "server", "22", False),
    ("internet", "server", "443", True),
    ("internet", "203.0.113.10", "443", True),
    ("internet", "10.0.2.10", "443", False),
    ("server", "internet", "443", False),
    ("client", "internet", "443", False),
    ("i-1", "10.0.2.10", "443", True),
    ("eni-1", "i-2", "443", True),
    ("subnet-1", "sg-2", "443", True),
    ("client", "vpce-1", "443", True),
    ("client", "vpce-1", "80", False),
    ("client", "vpce-1-x.vpce-svc-1.eu-west-1.vpce.amazonaws.com", "443", True),
    ("client", "front.elb.eu-west-1.amazonaws.com", "443", True),
)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("source", "target", "port", "reachable"), QUESTIONS)
def test_answer(form: str, source: str, target: str, port: str, reachable: bool | None, tmp_path: Path) -> None:
    path = tmp_path / "stack.json"
    path.write_text(json.dumps(FORMS[form](resources())))
    question = ["--from", source, "--to", target, "--port", port, "--json"]

    result = CliRunner().invoke(app, ["reach", "--state", str(path), *question])

    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    assert told["reachable"] is reachable, told
    assert SECRET["ciphertext"] not in result.stdout + result.stderr


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"version": 3}', '{"version": 3, "deployment": {"resources": {}}}']
)
def test_what_is_no_state_file(content: str, tmp_path: Path) -> None:
    path = tmp_path / "stack.json"
    path.write_text(content)

    result = CliRunner().invoke(app, ["reach", "--state", str(path), "--from", "a", "--to", "b", "--json"])

    assert result.exit_code == 2
    assert result.stdout == ""
    assert str(path) in result.stderr


def test_a_resource_that_is_being_deleted_is_no_place(tmp_path: Path) -> None:
    path = tmp_path / "stack.json"
    path.write_text(json.dumps(exported(resources())))

    result = CliRunner().invoke(app, ["reach", "--state", str(path), "--from", "i-9", "--to", "server"])

    assert result.exit_code == 2
