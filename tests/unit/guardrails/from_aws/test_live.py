"""A live account and a folder of its answers give the same network; what is asked is an emulator on this machine."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from moto.server import ThreadedMotoServer

from guardrails.facts.from_aws import read_snapshot
from guardrails.facts.from_aws.calls import CALLS, RESOURCE_ACTIONS, iam_policy
from guardrails.facts.from_aws.live import LiveError, read_live
from guardrails.facts.network import Network
from guardrails.network import Engine
from guardrails.sets import IntervalSet

REGION = "eu-west-1"
POLICY_PACK = Path(__file__).parents[4] / "policy_pack"


@pytest.fixture(scope="module")
def emulator() -> Iterator[str]:
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)


def build(client: Any, balancing: Any) -> dict[str, str]:
    """Make two peered VPCs on a transit gateway, one with a web server behind a load balancer."""
    ids: dict[str, str] = {}
    for name, cidr in (("app", "10.50.0.0/16"), ("data", "10.51.0.0/16")):
        ids[name] = client.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
        for zone in "ab":
            block = f"{cidr[:6]}{'1' if zone == 'a' else '2'}.0/24"
            made = client.create_subnet(VpcId=ids[name], CidrBlock=block, AvailabilityZone=f"{REGION}{zone}")
            ids[f"{name}-{zone}"] = made["Subnet"]["SubnetId"]
    peering = client.create_vpc_peering_connection(VpcId=ids["app"], PeerVpcId=ids["data"])["VpcPeeringConnection"]
    client.accept_vpc_peering_connection(VpcPeeringConnectionId=peering["VpcPeeringConnectionId"])
    filters = [{"Name": "association.main", "Values": ["true"]}]
    for name, other in (("app", "10.51.0.0/16"), ("data", "10.50.0.0/16")):
        mine = [*filters, {"Name": "vpc-id", "Values": [ids[name]]}]
        table = client.describe_route_tables(Filters=mine)["RouteTables"][0]["RouteTableId"]
        client.create_route(
            RouteTableId=table,
            DestinationCidrBlock=other,
            VpcPeeringConnectionId=peering["VpcPeeringConnectionId"],
        )
    group = client.create_security_group(GroupName="web-group", Description="web", VpcId=ids["app"])["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.51.0.0/16"}]}
    client.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    for name, subnet, groups in (("web", "app-a", [group]), ("db", "data-a", [])):
        more: dict[str, Any] = {"SecurityGroupIds": groups} if groups else {}
        made = client.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=ids[subnet], **more)
        ids[name] = made["Instances"][0]["InstanceId"]
        client.create_tags(Resources=[ids[name]], Tags=[{"Key": "Name", "Value": name}])
    gateway = client.create_transit_gateway(Description="hub")["TransitGateway"]["TransitGatewayId"]
    client.create_transit_gateway_vpc_attachment(TransitGatewayId=gateway, VpcId=ids["app"], SubnetIds=[ids["app-a"]])
    client.create_managed_prefix_list(
        PrefixListName="spokes", MaxEntries=2, AddressFamily="IPv4", Entries=[{"Cidr": "10.0.0.0/8"}]
    )
    balancer = balancing.create_load_balancer(Name="front", Subnets=[ids["app-a"], ids["app-b"]], Scheme="internal")
    arn = balancer["LoadBalancers"][0]["LoadBalancerArn"]
    made = balancing.create_target_group(Name="web", Protocol="HTTP", Port=443, VpcId=ids["app"])
    target = made["TargetGroups"][0]["TargetGroupArn"]
    balancing.register_targets(TargetGroupArn=target, Targets=[{"Id": ids["web"]}])
    action = {"Type": "forward", "TargetGroupArn": target}
    balancing.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=[action])
    return ids


def dump(folder: Path, address: str) -> None:
    """Write what the AWS CLI would print, one file a command and object."""
    seen: dict[str, list[Any]] = {}
    for number, call in enumerate(CALLS):
        client = boto3.client(call.service, region_name=REGION, endpoint_url=address)
        subjects = [one[call.each.member] for one in seen.get(call.each.kind, [])] if call.each else [None]
        for subject in subjects:
            given = {**call.parameters, **({call.each.parameter: subject} if call.each else {})}
            name = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in call.operation).lstrip(
                "_"
            )
            name = name.replace("d_b_", "db_")
            try:
                answer = getattr(client, name)(**given)
            except Exception:  # noqa: BLE001 (the emulator lacks some calls, in several ways)
                continue
            answer = {key: value for key, value in answer.items() if key != "ResponseMetadata"}
            for key, value in answer.items():
                if isinstance(value, list):
                    seen.setdefault(key, []).extend(value)
            # The CLI's answer does not say what it was asked about; people put that into the name of the file.
            label = f"-{str(subject).replace('/', '_').replace(':', '_')}" if subject else ""
            hint = str(subject).rsplit("/", 2)[-2] if subject and "/" in str(subject) else ""
            path = folder / f"{number:02}-{name}{label}" / f"{hint or 'answer'}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(answer, indent=4, default=str))


def comparable(network: Network) -> dict[str, Any]:
    """Take off where each fact was read: it is all that may differ."""
    found: dict[str, Any] = {}
    for name in Network.__dataclass_fields__:
        if name not in ("gaps", "assumptions"):
            found[name] = sorted(map(without_origin, getattr(network, name)))
    return found


def without_origin(value: object) -> str:
    fields = getattr(value, "__dataclass_fields__", None)
    if fields is None:
        return f"({', '.join(map(without_origin, value))})" if isinstance(value, tuple) else repr(value)
    if type(value).__name__ == "Unknown":
        return "Unknown"
    inner = (f"{name}={without_origin(getattr(value, name))}" for name in fields if name != "origin")
    return f"{type(value).__name__}({', '.join(inner)})"


@pytest.mark.usefixtures("credentials")
class TestLive:
    def test_live_and_snapshot_are_one_network(self, emulator: str, tmp_path: Path) -> None:
        ec2 = boto3.client("ec2", endpoint_url=emulator)
        ids = build(ec2, boto3.client("elbv2", endpoint_url=emulator))
        # Which account moto plays is settled by whoever in this process was first to use it.
        account = boto3.client("sts", region_name=REGION, endpoint_url=emulator).get_caller_identity()["Account"]
        folder = tmp_path / "snapshot" / account / REGION
        folder.mkdir(parents=True)
        dump(folder, emulator)

        live, told = read_live([REGION], emulator), read_snapshot(tmp_path / "snapshot")

        assert comparable(live) == comparable(told)
        assert {ids["app"], ids["data"]} <= {vpc.key for vpc in live.vpcs}
        assert live.incomplete == ()
        engine = Engine(live)
        assert engine.reach("db", "web", ports=IntervalSet.of(443)).reachable is True
        assert engine.reach("db", "web", ports=IntervalSet.of(22)).reachable is False

    def test_the_command_line_asks_the_same_account(self, emulator: str) -> None:
        ec2 = boto3.client("ec2", endpoint_url=emulator)
        if not ec2.describe_instances()["Reservations"]:
            build(ec2, boto3.client("elbv2", endpoint_url=emulator))
        question = ["--from", "db", "--to", "web", "--port", "443", "--json"]
        command = [sys.executable, "-m", "guardrails", "reach", "--live", "--endpoint-url", emulator, *question]

        done = subprocess.run(command, cwd=POLICY_PACK, capture_output=True, text=True, check=False)

        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["reachable"] is True

    def test_an_account_that_cannot_be_asked_is_an_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

        with pytest.raises(LiveError):
            read_live([REGION])

    def test_nobody_answers(self) -> None:
        with pytest.raises(LiveError):
            read_live([REGION], "http://127.0.0.1:9")

    def test_no_region(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("AWS_DEFAULT_REGION")

        with pytest.raises(LiveError, match="region"):
            read_live([])


@pytest.mark.usefixtures("credentials")
def test_the_policy_allows_exactly_what_the_readers_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each answer holds one object of its kind, so that every call that is made for each of some objects is made."""
    members = {call.each.kind: call.each.member for call in CALLS if call.each}
    kinds = {(call.service, call.operation): call.kinds for call in CALLS}
    called: set[str] = set()

    def answer(client: BaseClient, operation: str, _: object) -> dict[str, Any]:
        service = client.meta.service_model
        called.add(f"{service.signing_name}:{operation}")
        if operation == "GetCallerIdentity":
            return {"Account": "111122223333"}
        return {kind: [{members[kind]: "x-1"}] for kind in kinds[service.service_name, operation] if kind in members}

    monkeypatch.setattr(BaseClient, "_make_api_call", answer)
    read_live([REGION])

    allowed = set(iam_policy()["Statement"][0]["Action"]) - set(RESOURCE_ACTIONS)
    assert called - {"sts:GetCallerIdentity"} == allowed
