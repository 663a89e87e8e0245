"""The account's own time: what takes time in AWS takes it here, on a clock that only waiting and operators move."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from typing import Any

import boto3
import pytest

from simulator import clock
from simulator.__main__ import main
from simulator.account import Account
from simulator.control import with_clock
from simulator.courses import COURSES, WINDOWS, course_of
from simulator.creation import Session
from simulator.emulator.endpoint import Endpoint
from simulator.emulator.making import emulated_types
from simulator.errors import OperationError, SimulatedFaultError, UnfinishedError
from simulator.faults import Fault, FaultPlan
from simulator.operations import Operations
from simulator.settling import Made
from simulator.types import type_of
from simulator.types.desktops import DIRECTORY, REGISTRATION
from simulator.types.gateways import EIP, ENDPOINT, IGW, NAT
from simulator.types.identity import ATTACHMENT, PROFILE, ROLE
from simulator.types.keys import KEY, SECRET
from simulator.types.transit import ATTACHMENT as TGW_ATTACHMENT
from simulator.types.transit import GATEWAY
from simulator.types.vpc import SUBNET, VPC
from simulator.wire import Decoded
from tests.support.examples import example_config
from tests.support.recorder import record, stack_config
from tests.support.replay import Deployment

TOKYO = Session("111122223333", "ap-northeast-1")
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
)


class Deployer:
    """Creates and deletes by type and name, as the engine asks for it."""

    def __init__(self, folder: Path, *faults: Fault, emulate: bool = False) -> None:
        self.account = Account(folder)
        self.account.set_fact("account id", TOKYO.account)
        self.operations = Operations(self.account, FaultPlan(faults=faults), emulate=emulate)

    def make(self, token: str, name: str = "it", /, **inputs: Any) -> Made:
        return self.operations.create(TOKYO, f"urn:pulumi:t::p::{token}::{name}", Decoded(inputs, frozenset()))

    def delete(self, token: str, made: Made) -> None:
        self.operations.delete(TOKYO, f"urn:pulumi:t::p::{token}::it", made.id, made.inputs)

    def read(self, token: str, identifier: str) -> Made | None:
        return self.operations.read(TOKYO, token, identifier, {})

    def public_subnet(self) -> Made:
        vpc = self.make(VPC, cidrBlock="10.0.0.0/16")
        self.make(IGW, vpcId=vpc.id)
        return self.subnet(vpc, 0, "apne1-az4")

    def subnet(self, vpc: Made, number: int, zone: str) -> Made:
        return self.make(SUBNET, f"s{number}", vpcId=vpc.id, cidrBlock=f"10.0.{number}.0/24", availabilityZoneId=zone)

    def nat(self) -> Made:
        return self.make(NAT, subnetId=self.public_subnet().id, allocationId=self.make(EIP, domain="vpc").id)

    def only(self, token: str) -> str:
        (item,) = self.account.of_type(token)
        return item.id


def test_waiting_moves_the_clock_and_nothing_else_does(tmp_path: Path) -> None:
    aws = Deployer(tmp_path)
    aws.public_subnet()
    assert aws.account.now == 0
    aws.make(NAT, subnetId=aws.only(SUBNET), allocationId=aws.make(EIP, domain="vpc").id)
    assert aws.account.now == 120
    assert aws.account.passing() == []


def test_time_is_kept_with_the_account(tmp_path: Path) -> None:
    aws = Deployer(tmp_path)
    aws.nat()
    aws.account.close()
    assert Account(tmp_path).now == 120


@pytest.fixture
def pending(tmp_path: Path) -> Iterator[tuple[Deployer, Any, Callable[..., dict[str, Any]]]]:
    """An account with a NAT gateway whose answer was lost, a boto3 client of it, and its clock over HTTP."""
    aws = Deployer(tmp_path, Fault("create", 5, "timeout", after_effect=True), emulate=True)
    with pytest.raises(SimulatedFaultError):
        aws.nat()
    endpoint = Endpoint(with_clock(aws.operations))
    client: Any = boto3.client(
        "ec2", "ap-northeast-1", endpoint_url=endpoint.url, aws_access_key_id="x", aws_secret_access_key="x"
    )

    def turn(**request: Any) -> dict[str, Any]:
        body = json.dumps(request).encode() if request else None
        with urllib.request.urlopen(f"{endpoint.url}/_clock", data=body) as answer:
            return json.loads(answer.read())

    yield aws, client, turn
    endpoint.close()
    aws.account.close()


def test_boto3_sees_what_is_pending_until_the_clock_passes(
    pending: tuple[Deployer, Any, Callable[..., dict[str, Any]]], tmp_path: Path
) -> None:
    aws, client, turn = pending

    def state() -> str:
        (nat,) = client.describe_nat_gateways()["NatGateways"]
        return nat["State"]

    assert state() == "pending"
    (told,) = turn()["passing"]
    assert (told["id"], told["state"], told["seconds"]) == (aws.only(NAT), "pending", 120)
    assert turn(advance=119)["seconds"] == 119
    assert state() == "pending"
    assert turn(wait=True)["waited_for"] == [aws.only(NAT)]
    assert (state(), aws.account.now) == ("available", 120)
    with pytest.raises(urllib.error.HTTPError, match="400"):
        turn(advance=-1)


def test_what_is_pending_is_so_after_a_restart_too(
    pending: tuple[Deployer, Any, Callable[..., dict[str, Any]]], tmp_path: Path
) -> None:
    aws, _, _ = pending
    aws.account.close()
    again = Deployer(tmp_path, emulate=True)
    world = again.operations.world(TOKYO)
    assert world is not None

    def state() -> str:
        return world.call("ec2", TOKYO.region, "describe_nat_gateways", {})["NatGateways"][0]["State"]

    assert state() == "pending"
    again.operations.settle_down()
    assert state() == "available"
    again.account.close()


def test_a_deletion_holds_what_it_holds_until_it_is_over(tmp_path: Path) -> None:
    aws = Deployer(tmp_path, Fault("delete", 1, "timeout", after_effect=True))
    nat = aws.nat()
    (eip,) = aws.account.of_type(EIP)
    with pytest.raises(SimulatedFaultError):
        aws.delete(NAT, nat)
    (left,) = aws.account.of_type(NAT)
    assert left.phase == "deleting"
    # The address is in use for as long: the provider goes on trying, as it does at AWS, and then it is free.
    before = aws.account.now
    aws.operations.delete(TOKYO, f"urn:pulumi:t::p::{EIP}::it", eip.id, {})
    assert aws.account.now == before + 60
    assert aws.account.of_type(NAT) == []


def test_an_endpoint_tells_its_state_where_pulumi_reads_it(tmp_path: Path) -> None:
    aws = Deployer(tmp_path, Fault("create", 4, "timeout", after_effect=True))
    subnet = aws.public_subnet()
    kind = {"vpcEndpointType": "Interface", "serviceName": "com.amazonaws.ap-northeast-1.kms"}
    with pytest.raises(SimulatedFaultError):
        aws.make(ENDPOINT, vpcId=aws.only(VPC), subnetIds=[subnet.id], **kind)
    read = aws.read(ENDPOINT, aws.only(ENDPOINT))
    assert read is not None
    assert read.outputs["state"] == "pending"
    aws.operations.settle_down()
    read = aws.read(ENDPOINT, aws.only(ENDPOINT))
    assert read is not None
    assert read.outputs["state"] == "available"
    gateway = aws.make(ENDPOINT, "s3", vpcId=aws.only(VPC), serviceName="com.amazonaws.ap-northeast-1.s3")
    assert (gateway.outputs["state"], aws.account.passing()) == ("available", [])


def test_what_hangs_on_a_pending_object_is_refused_as_aws_refuses_it(tmp_path: Path) -> None:
    aws = Deployer(tmp_path, Fault("create", 4, "timeout", after_effect=True))
    subnet = aws.public_subnet()
    with pytest.raises(SimulatedFaultError):
        aws.make(GATEWAY)
    attach = {"transitGatewayId": aws.only(GATEWAY), "vpcId": aws.only(VPC), "subnetIds": [subnet.id]}
    with pytest.raises(OperationError, match="IncorrectState"):
        aws.make(TGW_ATTACHMENT, **attach)
    aws.operations.pass_time(120)
    assert aws.make(TGW_ATTACHMENT, **attach).id


def directory(aws: Deployer) -> dict[str, Any]:
    vpc = aws.make(VPC, cidrBlock="10.0.0.0/16")
    subnets = [aws.subnet(vpc, number, zone).id for number, zone in enumerate(("apne1-az4", "apne1-az1"))]
    aws.make(ROLE, name="workspaces_DefaultRole", assumeRolePolicy=TRUST)
    for policy in ("AmazonWorkSpacesServiceAccess", "AmazonWorkSpacesSelfServiceAccess"):
        aws.make(ATTACHMENT, policy, role="workspaces_DefaultRole", policyArn=f"arn:aws:iam::aws:policy/{policy}")
    place = {"vpcId": vpc.id, "subnetIds": subnets}
    return {"name": "corp.example.com", "password": "Abcdefg1!", "type": "MicrosoftAD", "vpcSettings": place}


def test_what_others_delete_meanwhile_does_not_stop_the_clock(tmp_path: Path) -> None:
    aws = Deployer(tmp_path, Fault("delete", 1, "timeout", after_effect=True), emulate=True)
    made = aws.make(DIRECTORY, **directory(aws))
    with pytest.raises(SimulatedFaultError):
        aws.delete(DIRECTORY, made)
    world = aws.operations.world(TOKYO)
    assert world is not None
    world.call("ds", TOKYO.region, "delete_directory", {"DirectoryId": made.id})
    aws.operations.settle_down()
    assert aws.account.of_type(DIRECTORY) == []
    aws.account.close()


def test_the_provider_goes_on_trying_for_as_long_as_it_would_and_no_longer(tmp_path: Path) -> None:
    aws = Deployer(tmp_path, Fault("create", 7, "timeout", after_effect=True))
    inputs = directory(aws)
    with pytest.raises(SimulatedFaultError):
        aws.make(DIRECTORY, **inputs)
    with pytest.raises(OperationError, match="InvalidResourceStateException"):
        aws.make(REGISTRATION, directoryId=aws.only(DIRECTORY))
    assert aws.account.now == 0, "half an hour is more than its two minutes"
    aws.operations.pass_time(1700)
    assert aws.make(REGISTRATION, directoryId=aws.only(DIRECTORY)).id
    assert aws.account.now == 1800 + 60


def test_a_new_role_is_unknown_to_other_services_for_a_moment(tmp_path: Path) -> None:
    aws = Deployer(tmp_path)
    subnet = aws.public_subnet()
    role = aws.make(ROLE, name="host", assumeRolePolicy=TRUST)
    profile = aws.make(PROFILE, name="host", role=role.id)
    assert aws.account.now == 0, "IAM itself knows it at once"
    instance = {"ami": "ami-0123456789abcdef0", "subnetId": subnet.id, "iamInstanceProfile": profile.id}
    urn = "urn:pulumi:t::p::aws:ec2/instance:Instance::it"
    kind = type_of("aws:ec2/instance:Instance")
    with pytest.raises(OperationError, match="Invalid IAM Instance Profile name"):
        # One call, as boto3 makes it, without the provider's patience.
        aws.operations._make(TOKYO, kind, urn, Decoded(dict(instance), frozenset()))
    made = aws.make("aws:ec2/instance:Instance", **instance)
    assert made.outputs["instanceState"] == "running"
    assert aws.account.now == 10 + 30


def test_a_wait_that_fails_leaves_the_object_and_says_what_is_known_of_it(tmp_path: Path) -> None:
    aws = Deployer(tmp_path, Fault("wait", 1, "timeout"))
    with pytest.raises(UnfinishedError, match=r"simulated fault at wait 1 .*deadline exceeded") as caught:
        aws.nat()
    made = caught.value.made
    assert made.id == aws.only(NAT)
    (nat,) = aws.account.of_type(NAT)
    assert nat.phase == "making"
    aws.operations.update(TOKYO, f"urn:pulumi:t::p::{NAT}::it", made.id, Decoded(made.inputs, frozenset()))
    assert (aws.account.now, aws.account.passing()) == (120, [])


def test_a_secret_s_name_is_taken_until_its_recovery_window_is_over(tmp_path: Path) -> None:
    aws = Deployer(tmp_path, emulate=True)
    secret = aws.make(SECRET, name="room/admin", recoveryWindowInDays=7)
    aws.delete(SECRET, secret)
    assert aws.read(SECRET, secret.id) is None
    with pytest.raises(OperationError, match="already scheduled for deletion"):
        aws.make(SECRET, name="room/admin")
    world = aws.operations.world(TOKYO)
    assert world is not None
    told = world.call("secretsmanager", TOKYO.region, "describe_secret", {"SecretId": "room/admin"})
    assert told["DeletedDate"].timestamp() == clock.EPOCH.timestamp() + 7 * 86400
    aws.operations.pass_time(7 * 86400)
    assert aws.account.leaving() == []
    assert aws.make(SECRET, name="room/admin", recoveryWindowInDays=0).id != secret.id
    aws.account.close()


def test_a_secret_that_others_restore_is_there_again_and_one_that_they_delete_for_good_is_not(tmp_path: Path) -> None:
    aws = Deployer(tmp_path, emulate=True)
    world = aws.operations.world(TOKYO)
    assert world is not None
    secret = aws.make(SECRET, name="room/admin")
    aws.delete(SECRET, secret)
    world.call("secretsmanager", TOKYO.region, "restore_secret", {"SecretId": secret.id})
    assert aws.read(SECRET, secret.id) is not None, "what pulumi import asks"
    assert aws.account.leaving() == []
    aws.delete(SECRET, secret)
    wanted = {"SecretId": secret.id, "ForceDeleteWithoutRecovery": True}
    world.call("secretsmanager", TOKYO.region, "delete_secret", wanted)
    assert aws.make(SECRET, name="room/admin").id
    assert aws.account.leaving() == []
    aws.account.close()


def test_a_secret_without_a_window_is_gone_at_once(tmp_path: Path) -> None:
    aws = Deployer(tmp_path)
    aws.delete(SECRET, aws.make(SECRET, name="room/admin", recoveryWindowInDays=0))
    assert aws.account.leaving() == []
    assert aws.make(SECRET, name="room/admin").id


def test_a_key_is_pending_deletion_for_its_window_and_cannot_be_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    aws = Deployer(tmp_path, emulate=True)
    key = aws.make(KEY, deletionWindowInDays=10)
    aws.delete(KEY, key)
    with pytest.raises(OperationError, match="NotFoundException"):
        aws.make("aws:cloudwatch/logGroup:LogGroup", name="log", kmsKeyId=key.outputs["arn"])
    world = aws.operations.world(TOKYO)
    assert world is not None
    told = world.call("kms", TOKYO.region, "describe_key", {"KeyId": key.id})["KeyMetadata"]
    assert (told["KeyState"], clock.date(10 * 86400)) == ("PendingDeletion", "2026-01-11T00:00:00Z")
    assert told["DeletionDate"].timestamp() == clock.EPOCH.timestamp() + 10 * 86400
    aws.account.close()
    assert main(["show", "--state-dir", str(tmp_path)]) == 0
    assert f"{key.id}  (deleted; it can be brought back until 2026-01-11T00:00:00Z)" in capsys.readouterr().out
    assert main(["clock", "--state-dir", str(tmp_path), "--advance", "10d"]) == 0
    told_time = capsys.readouterr().out
    assert "2026-01-11T00:00:00Z" in told_time
    assert key.id not in told_time
    again = Deployer(tmp_path, emulate=True)
    world = again.operations.world(TOKYO)
    assert world is not None
    assert world.call("kms", TOKYO.region, "list_keys", {})["Keys"] == []
    again.account.close()


@pytest.mark.parametrize(("text", "seconds"), [("90", 90), ("90s", 90), ("20m", 1200), ("2h", 7200), ("30d", 2592000)])
def test_times_are_written_as_people_write_them(text: str, seconds: int) -> None:
    assert clock.duration(text) == seconds


@pytest.mark.parametrize("text", ["", "m", "-1", "1.5h", "1w"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no time"):
        clock.duration(text)


def test_the_table_names_known_types_and_a_page_of_aws_for_each() -> None:
    for token, entry in {**COURSES, **WINDOWS}.items():
        assert type_of(token).token == token
        assert entry.source.startswith("https://docs.aws.amazon.com/")
        held = entry.held
        if held is not None:
            assert emulated_types()[token].service == held.service


@pytest.mark.parametrize("stack", ["prod", "hub", "attach"])
def test_moto_has_the_state_of_every_object_where_the_table_says(stack: str, tmp_path: Path) -> None:
    recording = record(stack, known=True, config=stack_config(stack) if stack == "prod" else example_config(stack))
    deployment, operations = Deployment(recording), Operations(Account(tmp_path), emulate=True)
    assert deployment.up(operations) == []
    seen = 0
    for item in operations.account.all():
        course = course_of(item.token, item.inputs)
        held = course.held if course else None
        if held is not None and item.owner is None:
            backend = import_module("moto.backends").get_backend(held.service)
            kept = getattr(backend[deployment.session.account][item.region], held.kept_in)
            assert attrgetter(held.attribute)(kept[item.id])
            seen += 1
    assert seen > 3
    operations.account.close()
