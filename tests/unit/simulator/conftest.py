"""A simulated account served over gRPC on loopback, and a small engine that drives it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from simulator.account import Account
from simulator.faults import FaultPlan
from simulator.server import start
from simulator.wire import decode, encode

ACCOUNT = "111122223333"
TOKYO = "ap-northeast-1"


class RefusedError(Exception):
    """What the provider answered instead of doing it."""


@dataclass
class Made:
    id: str
    outputs: dict[str, Any]
    inputs: dict[str, Any]
    urn: str
    secrets: frozenset[str]

    def __getitem__(self, name: str) -> Any:
        return self.outputs[name]


class Driver:
    """Speaks to the provider as the engine does: Check, then Create; one connection a driver."""

    def __init__(self, port: int, **configuration: Any) -> None:
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=[("grpc.use_local_subchannel_pool", 1)])
        self.stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
        given = {"region": TOKYO, "allowedAccountIds": [ACCOUNT], **configuration}
        texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in given.items()}
        self.configured = self._call("Configure", provider_pb2.ConfigureRequest(args=encode(texts), acceptSecrets=True))
        self._count = 0

    def close(self) -> None:
        self._channel.close()

    def _call(self, method: str, request: Any) -> Any:
        try:
            return getattr(self.stub, method)(request)
        except grpc.RpcError as error:
            raise RefusedError(error.details()) from None

    def urn(self, token: str, name: str) -> str:
        return f"urn:pulumi:test::project::{token}::{name}"

    def check(
        self,
        token: str,
        inputs: dict[str, Any],
        name: str = "it",
        olds: dict[str, Any] | None = None,
        secrets: Any = (),
    ) -> Any:
        request = provider_pb2.CheckRequest(
            urn=self.urn(token, name), news=encode(inputs, secrets), olds=encode(olds or {}), randomSeed=b"seed"
        )
        return self._call("Check", request)

    def create(self, token: str, name: str = "", /, *, preview: bool = False, secrets: Any = (), **inputs: Any) -> Made:
        if not name:
            self._count += 1
            name = f"object-{self._count}"
        checked = self.check(token, inputs, name, secrets=secrets)
        if checked.failures:
            raise RefusedError("; ".join(f"{failure.property}: {failure.reason}" for failure in checked.failures))
        urn = self.urn(token, name)
        answer = self._call("Create", provider_pb2.CreateRequest(urn=urn, properties=checked.inputs, preview=preview))
        decoded = decode(answer.properties)
        return Made(answer.id, decoded.values, decode(checked.inputs).values, urn, decoded.secrets)

    def update(self, made: Made, *, preview: bool = False, **inputs: Any) -> Made:
        token = made.urn.split("::")[2]
        checked = self.check(token, inputs, made.urn.rsplit("::", 1)[-1], olds=made.inputs)
        request = provider_pb2.UpdateRequest(
            id=made.id,
            urn=made.urn,
            olds=encode(made.outputs),
            old_inputs=encode(made.inputs),
            news=checked.inputs,
            preview=preview,
        )
        answer = decode(self._call("Update", request).properties)
        return Made(made.id, answer.values, decode(checked.inputs).values, made.urn, answer.secrets)

    def diff(self, token: str, old: dict[str, Any], new: dict[str, Any]) -> Any:
        return self._call(
            "Diff", provider_pb2.DiffRequest(urn=self.urn(token, "it"), old_inputs=encode(old), news=encode(new))
        )

    def read(self, made: Made) -> Made | None:
        answer = self._call(
            "Read",
            provider_pb2.ReadRequest(
                id=made.id, urn=made.urn, properties=encode(made.outputs), inputs=encode(made.inputs)
            ),
        )
        outputs = decode(answer.properties)
        return (
            Made(answer.id, outputs.values, decode(answer.inputs).values, made.urn, outputs.secrets)
            if answer.id
            else None
        )

    def delete(self, made: Made) -> None:
        self._call("Delete", provider_pb2.DeleteRequest(id=made.id, urn=made.urn, properties=encode(made.outputs)))

    def invoke(self, token: str, **arguments: Any) -> dict[str, Any]:
        answer = self._call("Invoke", provider_pb2.InvokeRequest(tok=token, args=encode(arguments)))
        return decode(getattr(answer, "return")).values


class Serving:
    """Accounts being served, each in a folder of its own."""

    def __init__(self) -> None:
        self._closing: list[Any] = []

    def driver(self, folder: Path, plan: FaultPlan | None = None, **configuration: Any) -> Driver:
        account = Account(folder)
        server, port, _ = start(account, plan)
        self._closing.append(lambda: (server.stop(0).wait(), account.close()))
        return self.connect(port, **configuration)

    def connect(self, port: int, **configuration: Any) -> Driver:
        driver = Driver(port, **configuration)
        driver.port = port
        self._closing.append(driver.close)
        return driver

    def close(self) -> None:
        for step in reversed(self._closing):
            step()
        self._closing.clear()


@pytest.fixture
def serving() -> Iterator[Serving]:
    """Serves accounts, and ends them after the test."""
    served = Serving()
    yield served
    served.close()


@pytest.fixture
def aws(serving: Serving, tmp_path: Path) -> Driver:
    """A driver of one fresh account in Tokyo."""
    return serving.driver(tmp_path / "account")


@pytest.fixture
def refused() -> type[RefusedError]:
    """The exception that a driver raises when the provider refuses."""
    return RefusedError


@pytest.fixture
def vpc(aws: Driver) -> Made:
    """A VPC of 10.0.0.0/16 with DNS names on."""
    return aws.create("aws:ec2/vpc:Vpc", "vpc", cidrBlock="10.0.0.0/16", enableDnsHostnames=True)


@pytest.fixture
def subnets(aws: Driver, vpc: Made) -> list[Made]:
    """Two subnets in two zones, 10.0.1.0/24 and 10.0.2.0/24."""
    zones = ("apne1-az4", "apne1-az1")
    return [
        aws.create(
            "aws:ec2/subnet:Subnet", f"subnet-{n}", vpcId=vpc.id, cidrBlock=f"10.0.{n}.0/24", availabilityZoneId=zone
        )
        for n, zone in enumerate(zones, 1)
    ]
