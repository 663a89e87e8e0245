"""What was deployed is read back through AWS's APIs, and what others change there shows in every way of looking."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import boto3
import pytest

from tests.engine.conftest import Deployed
from tests.engine.snapshots import take
from tests.engine.test_stacks import STACKS, ungated
from tools.engine.account import CLIENT_VARIABLES
from tools.engine.workspace import Workspace

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
QUESTIONS = (("tcp", 443), ("tcp", 5432), ("tcp", 22), ("udp", 53), ("any", None))


class Room:
    """A deployed stack and a client's view of its account."""

    def __init__(self, workspace: Workspace, environment: Mapping[str, str]) -> None:
        self.workspace, self.environment = workspace, environment
        self._clients: dict[str, Any] = {}
        self.state = workspace.folder / "export.json"
        self.state.write_text(json.dumps(workspace.export()))
        self.intent = workspace.layout.root / "policy_pack" / "intents" / f"{workspace.stack}.yaml"

    def client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = boto3.client(  # pyright: ignore
                service,
                endpoint_url=self.environment["AWS_ENDPOINT_URL"],
                region_name=self.environment["AWS_REGION"],
                aws_access_key_id="x",
                aws_secret_access_key="x",
            )
        return self._clients[service]

    @property
    def awaits_acceptance(self) -> bool:
        """Whether another account has yet to accept a peering: until then routes to it lead nowhere."""
        peerings = self.client("ec2").describe_vpc_peering_connections()["VpcPeeringConnections"]
        return any(one["Status"]["Code"] == "pending-acceptance" for one in peerings)

    def ids(self, kind: str) -> dict[str, str]:
        """The ids of the state's resources of a type, by name."""
        resources = json.loads(self.state.read_text())["deployment"]["resources"]
        return {item["urn"].rsplit("::", 1)[-1]: item["id"] for item in resources if item["type"] == kind}

    def guardrails(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        """Run the guard's command line as a user does, with the variables that `make account` prints."""
        command = [str(self.workspace.layout.python), "-c", "from guardrails.cli import main; main()", *arguments]
        done = subprocess.run(
            command,
            env={**self.environment, "PYTHONPATH": str(self.workspace.layout.root / "policy_pack")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    def check(self, *source: str) -> tuple[int, dict[str, Any]]:
        return self.guardrails("check", *source, "--intent", str(self.intent), "--json")

    def ask(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], dict[tuple[object, ...], bool | None]]:
        """Answers to every question between two zones, from the state or from the account."""
        from guardrails.cli.sources import Source, read_network
        from guardrails.network import Engine as Reach
        from guardrails.sets import IntervalSet

        for name in CLIENT_VARIABLES:
            monkeypatch.setenv(name, self.environment[name])
        from guardrails.facts.intent import read_intent

        zones = {name: (zone.cidrs, zone.tags) for name, zone in read_intent(self.intent).zones.items()}

        folder = self.workspace.folder / "snapshot"
        assert take(self.client, folder) > 20
        sources = {"state": Source(state=self.state), "live": Source(live=True), "snapshot": Source(snapshot=folder)}

        def answers(source: str) -> dict[tuple[object, ...], bool | None]:
            network = read_network(sources[source])
            reach = Reach(network, zones)
            found: dict[tuple[object, ...], bool | None] = {}
            for start in (*zones, "internet"):
                for end in (*zones, "internet"):
                    for protocol, port in QUESTIONS:
                        ports = IntervalSet.span(port, port) if port else None
                        answer = reach.reach(start, end, protocol=protocol, ports=ports)
                        found[start, end, protocol, port] = answer.reachable
            return found

        return answers


@pytest.fixture(params=STACKS)
def room(request: pytest.FixtureRequest, deployed: Deployed) -> Iterator[Room]:
    """A stack of the program, deployed, with its account being served."""
    workspace = ungated(deployed(request.param))
    with workspace.serving() as environment:
        yield Room(workspace, environment)


def test_the_account_is_read_back_as_it_was_deployed_and_shows_what_others_change(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One deployment, looked at in every way, then changed behind Pulumi's back: deploying takes most of the time."""
    _is_described(room)
    _reads_the_same(room, room.ask(monkeypatch))
    _shows_drift(room)


def _is_described(room: Room) -> None:
    ec2 = room.client("ec2")
    (vpcs, listed) = room.ids("aws:ec2/vpc:Vpc"), ec2.describe_vpcs()["Vpcs"]
    assert {vpc["VpcId"] for vpc in listed} == set(vpcs.values())
    assert {one["SubnetId"] for one in ec2.describe_subnets()["Subnets"]} == set(
        room.ids("aws:ec2/subnet:Subnet").values()
    )
    rules = ec2.describe_security_group_rules()["SecurityGroupRules"]
    declared = room.ids("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert set(declared.values()) <= {rule["SecurityGroupRuleId"] for rule in rules}
    assert {one["DirectoryId"] for one in room.client("ds").describe_directories()["DirectoryDescriptions"]} == set(
        room.ids("aws:directoryservice/directory:Directory").values()
    )
    (directory,) = room.client("workspaces").describe_workspace_directories()["Directories"]
    assert directory["WorkspaceCreationProperties"]["EnableInternetAccess"] is False
    names = {one["Name"] for one in room.client("s3").list_buckets()["Buckets"]}
    assert names == set(room.ids("aws:s3/bucket:Bucket").values())


def _reads_the_same(room: Room, answers: Callable[[str], dict[tuple[object, ...], bool | None]]) -> None:
    state, live = answers("state"), answers("live")
    assert answers("snapshot") == live
    # An account may know what a state leaves open: the groups of a firewall's own interfaces, or that nobody has
    # accepted a peering yet.
    definite = {key: answer for key, answer in state.items() if answer is not None}
    assert {key: (answer, live[key]) for key, answer in definite.items() if answer != live[key]} == {}
    assert len(definite) > 0.9 * len(state)
    assert True in state.values()
    assert False in state.values()
    code, found = room.check("--live", "--state", str(room.state))
    assert found["left_behind"] == []
    by_state, judged = room.check("--state", str(room.state))
    assert (by_state, _blocking(judged)) == (0, [])
    assert (code, _blocking(found)) == (int(room.awaits_acceptance), ["FCL007", "RCH003"] * room.awaits_acceptance)


def _blocking(report: dict[str, Any]) -> list[str]:
    return sorted({item["rule"] for item in report["findings"] if item["blocks"]})


def _shows_drift(room: Room) -> None:
    ec2, iam = room.client("ec2"), room.client("iam")
    group = next(value for name, value in room.ids("aws:ec2/securityGroup:SecurityGroup").items() if "bastion" in name)
    open_world = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    opened = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[open_world])
    rule = opened["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    tables = room.ids("aws:ec2/routeTable:RouteTable")
    table = next(value for name, value in tables.items() if "desktop" in name)
    gateway = next(iter(room.ids("aws:ec2/internetGateway:InternetGateway").values()))
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    role = next(value for name, value in room.ids("aws:iam/role:Role").items() if "bastion" in name)
    iam.attach_role_policy(RoleName=role, PolicyArn=ADMINISTRATOR)
    code, found = room.check("--live", "--state", str(room.state))
    assert code == 1
    assert {item["id"] for item in found["left_behind"]} == {rule, f"{table}_0.0.0.0/0", f"{role}/{ADMINISTRATOR}"}
    told = {item["rule"] for item in found["findings"] if item["blocks"]}
    assert {"SEG001", "RTE001"} <= told, told
    _shows_in_the_engine(room, (group, table, role))


def _shows_in_the_engine(room: Room, changed: tuple[str, ...]) -> None:
    workspace = room.workspace
    for operation in (("preview", "--refresh"), ("refresh",)):
        shown = workspace.capture(workspace.operation_arguments(operation[0], *operation[1:], "--diff"))
        assert shown.code == 0, shown.output
        for name in changed:
            assert f"[id={name}]" in shown.output
        for value in ("0.0.0.0/0", ADMINISTRATOR):
            assert value in shown.output
    repaired = workspace.up("--skip-preview")
    assert repaired.code == 0, repaired.output
    _, found = room.check("--live", "--state", str(room.state))
    assert found["left_behind"] == []
