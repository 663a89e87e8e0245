"""Runs the whole program of a stack under a monitor that records every registration, without an engine.

`record("dev")` runs as a preview: ids and computed outputs are unknown. `record("dev", known=True)` runs as after a
deployment, with made-up ids and ARNs. Each registration keeps the request as the engine would get it, so that the
guard can be fed with it.
"""

from __future__ import annotations

import asyncio
import contextvars
import hashlib
import json
import os
import runpy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import yaml
from google.protobuf import json_format, struct_pb2
from pulumi.runtime import mocks, rpc, stack
from pulumi.runtime import settings as runtime_settings
from pulumi.runtime.config import set_all_config
from pulumi.runtime.proto import engine_pb2, resource_pb2

ROOT = Path(__file__).parents[2]
PROJECT = "secure-room"
STACK_TYPE = "pulumi:pulumi:Stack"
UNKNOWN = rpc.UNKNOWN
"""What stands for an unknown value in `inputs`."""

ACCOUNT_OF_STACK = {
    "dev": "111122223333",
    "prod": "444455556666",
    **dict.fromkeys(("single", "inline", "hub", "attach", "relay"), "111122223333"),
}


@dataclass(frozen=True)
class Registration:
    """One resource as the program registered it. `inputs` are plain values with `UNKNOWN` for what is unknown."""

    urn: str
    type: str
    name: str
    custom: bool
    inputs: dict[str, Any]
    parent: str
    protect: bool
    ignore_changes: tuple[str, ...]
    depends_on: tuple[str, ...]
    property_dependencies: Mapping[str, tuple[str, ...]]
    provider: str
    request: resource_pb2.RegisterResourceRequest
    id: str
    outputs: dict[str, Any]
    """What the account answered: the inputs, and made-up computed values where ids are known."""


@dataclass
class Recording:
    """Everything that one run of the program registered, in order, and what it exported."""

    stack: str
    registrations: list[Registration] = field(default_factory=list)
    exports: dict[str, Any] = field(default_factory=dict)
    logs: list[tuple[str, str]] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def of(self, type_: str) -> list[Registration]:
        """The registrations of one type."""
        return [registration for registration in self.registrations if registration.type == type_]

    def named(self, name: str) -> Registration:
        """The registration with that logical name; among a component and its namesake the custom one."""
        found = [item for item in self.registrations if item.name == name]
        custom = [item for item in found if item.custom]
        (only,) = custom or found
        return only

    def by_urn(self) -> dict[str, Registration]:
        """All registrations by URN."""
        return {registration.urn: registration for registration in self.registrations}


class Monitor(mocks.MockMonitor):
    """Records requests, and answers with the inputs and, where `known`, with made-up ids and computed outputs."""

    def __init__(self, recording: Recording, *, known: bool, answers: Mapping[str, Callable[..., Any]]) -> None:
        super().__init__(_Nothing())
        self.recording, self.known, self.answers = recording, known, answers

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """A URN as the engine makes it: with the whole chain of parent types, the stack left out."""
        chain = parent.split("::")[2] if parent else STACK_TYPE
        qualified = type_ if chain == STACK_TYPE else f"{chain}${type_}"
        return f"urn:pulumi:{self.recording.stack}::{PROJECT}::{qualified}::{name}"

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the name of the RPC
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == STACK_TYPE:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        inputs = plain(request.object)
        id_ = made_up_id(request.type, urn) if self.known and request.custom else ""
        outputs = {**inputs, **(computed(request.type, id_, inputs, self.recording) if self.known else {})}
        kept = resource_pb2.RegisterResourceRequest()
        kept.CopyFrom(request)
        self.recording.registrations.append(
            Registration(
                urn=urn,
                type=request.type,
                name=request.name,
                custom=request.custom,
                inputs=inputs,
                parent=request.parent,
                protect=request.protect,
                ignore_changes=tuple(request.ignoreChanges),
                depends_on=tuple(request.dependencies),
                property_dependencies={
                    key: tuple(sorted(value.urns)) for key, value in request.propertyDependencies.items()
                },
                provider=request.provider,
                request=kept,
                id=id_,
                outputs=outputs,
            )
        )
        self.resources[urn] = mocks.MockMonitor.ResourceRegistration(urn, id_, outputs)
        answer = struct_pb2.Struct()
        json_format.ParseDict(outputs, answer)
        return resource_pb2.RegisterResourceResponse(urn=urn, id=id_, object=answer)

    def Invoke(self, request: Any) -> Any:  # noqa: N802 - the name of the RPC
        args = plain(request.args)
        self.recording.calls.append((request.tok, args))
        if request.tok not in self.answers:
            raise LookupError(f"the program calls {request.tok}, for which tests/support has no answer")
        answer = struct_pb2.Struct()
        json_format.ParseDict(self.answers[request.tok](**args), answer)
        return resource_pb2.ResourceInvokeResponse(**{"return": answer})


class Engine(mocks.MockEngine):
    """Keeps what the program says to its user."""

    def __init__(self, recording: Recording) -> None:
        super().__init__(None)
        self.recording = recording

    def Log(self, request: Any) -> None:  # noqa: N802 - the name of the RPC
        if request.severity != engine_pb2.DEBUG:
            self.recording.logs.append((engine_pb2.LogSeverity.Name(request.severity), request.message))


class _Nothing(mocks.Mocks):
    def call(self, args: Any) -> Any:
        raise AssertionError(args.token)

    def new_resource(self, args: Any) -> Any:
        raise AssertionError(args.typ)


def plain(value: struct_pb2.Struct) -> dict[str, Any]:
    """A message's values as JSON would hold them; unknowns stay as `UNKNOWN`, secrets as their envelope."""
    return json_format.MessageToDict(value)


def made_up_id(type_: str, urn: str) -> str:
    """A stable id for a resource."""
    short = type_.rsplit(":", 1)[-1].lower()
    return f"{short}-{hashlib.sha256(urn.encode()).hexdigest()[:17]}"


_COMPUTED: dict[str, tuple[str, ...]] = {
    "aws:ec2/vpc:Vpc": ("defaultNetworkAclId", "defaultRouteTableId", "defaultSecurityGroupId"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("prefixListId",),
    "aws:kms/key:Key": ("keyId",),
    "aws:directoryservice/directory:Directory": ("securityGroupId",),
    "aws:workspaces/directory:Directory": ("registrationCode", "workspaceSecurityGroupId"),
    "aws:ecr/repository:Repository": ("repositoryUrl", "registryId"),
    "aws:ec2/instance:Instance": ("privateIp",),
}
"""Outputs beside `arn` that the program or the guard reads, by type."""

_LISTS: dict[str, dict[str, list[Any]]] = {
    "aws:directoryservice/directory:Directory": {"dnsIpAddresses": ["10.0.0.10", "10.0.1.10"]},
}


_ZONE_NAMES = {f"apne1-az{number}": f"ap-northeast-1{letter}" for number, letter in enumerate("cdba", start=1)}
"""The AZs of the account, by id."""


def firewall_statuses(id_: str, inputs: Mapping[str, Any], recording: Recording) -> list[dict[str, Any]]:
    """What a firewall says about its endpoints, in no useful order, as from AWS."""
    zones = {item.id: item.inputs["availabilityZoneId"] for item in recording.of("aws:ec2/subnet:Subnet")}
    subnets = [mapping["subnetId"] for mapping in inputs["subnetMappings"]]
    states = [
        {
            "availabilityZone": _ZONE_NAMES[zones[subnet]],
            "attachments": [{"endpointId": made_up_id("vpce", f"{id_} {subnet}"), "subnetId": subnet}],
        }
        for subnet in reversed(subnets)
    ]
    return [{"syncStates": states}]


def computed(type_: str, id_: str, inputs: Mapping[str, Any], recording: Recording) -> dict[str, Any]:
    """Made-up computed outputs of a resource that exists."""
    service, short = type_.split(":", 1)[1].split("/", maxsplit=1)[0] if ":" in type_ else "", type_.rsplit(":", 1)[-1]
    name = inputs.get("name") or inputs.get("bucket") or id_
    account = ACCOUNT_OF_STACK.get(recording.stack, "")
    arn = f"arn:aws:{service}:ap-northeast-1:{account}:{short.lower()}/{name}"
    firewall = type_ == "aws:networkfirewall/firewall:Firewall"
    return {
        "arn": arn,
        "name": name,
        **{output: f"{output}-of-{id_}" for output in _COMPUTED.get(type_, ())},
        **_LISTS.get(type_, {}),
        **({"firewallStatuses": firewall_statuses(id_, inputs, recording)} if firewall else {}),
    }


ANSWERS: dict[str, Callable[..., Any]] = {
    "aws:ssm/getParameter:getParameter": lambda name, **_: {
        "name": name, "value": "ami-0123456789abcdef0", "insecureValue": "ami-0123456789abcdef0", "type": "String",
    },
    "aws:secretsmanager/getRandomPassword:getRandomPassword": lambda **_: {"randomPassword": "made-Up-0-for-tests"},
    "aws:iam/getRole:getRole": lambda name, **_: {"name": name, "arn": f"arn:aws:iam::111122223333:role/{name}"},
}  # fmt: skip
"""What the account answers to the program's look-ups."""


def stack_config(stack_name: str) -> dict[str, Any]:
    """The configuration of a stack file, by full key."""
    return yaml.safe_load((ROOT / f"Pulumi.{stack_name}.yaml").read_text())["config"]


def record(
    stack_name: str,
    *,
    known: bool = False,
    config: Mapping[str, Any] | None = None,
    into: Recording | None = None,
    program: Path = ROOT / "__main__.py",
) -> Recording:
    """Run the program of a stack (or another program), with its own file's configuration or another one.

    The recording is `into` where given: what was registered before a failure is in it.
    """
    recording = into or Recording(stack_name)
    values = dict(stack_config(stack_name) if config is None else config)
    contextvars.copy_context().run(_run, recording, known, values, program)
    return recording


def _run(recording: Recording, known: bool, config: dict[str, Any], program: Path) -> None:
    stack_name = recording.stack
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    monitor = Monitor(recording, known=known, answers=ANSWERS)
    with mock.patch.dict(os.environ):
        for key in [key for key in os.environ if key.startswith(("PULUMI", "AWS"))]:
            del os.environ[key]
        try:
            runtime_settings.set_root_resource(None)
            mocks.set_mocks(_Nothing(), project=PROJECT, stack=stack_name, preview=not known, monitor=monitor)
            runtime_settings.SETTINGS.engine = Engine(recording)
            set_all_config({key: _as_engine(value) for key, value in config.items()})
            loop.run_until_complete(stack.run_pulumi_func(lambda: _program(program)))
            root = runtime_settings.get_root_resource()
            recording.exports = dict(root.outputs) if isinstance(root, stack.Stack) else {}
        finally:
            loop.close()
            # Others in this process expect a loop that is open.
            asyncio.set_event_loop(asyncio.new_event_loop())


def _program(path: Path) -> None:
    runpy.run_path(str(path), run_name="__main__")


def _as_engine(value: Any) -> str:
    """A configuration value as the engine hands it to a program: text, structured values as JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"))


__all__ = ["ANSWERS", "ROOT", "UNKNOWN", "Recording", "Registration", "record", "stack_config"]
