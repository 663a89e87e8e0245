"""A stack as the engine sends it to a policy pack: one request a resource with its inputs, one with all outputs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as proto

from guardrails.facts.from_pulumi.wire import SECRET, SIGNATURE, UNKNOWN_STRING
from tests.policy.support.programs import default_provider
from tests.support.recorder import Recording

_COMPUTED = {
    "aws:ec2/securityGroup:SecurityGroup": ("ingress", "egress"),
    "aws:ec2/routeTable:RouteTable": ("routes",),
    "aws:ec2/networkAcl:NetworkAcl": ("ingress", "egress"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("policy", "subnetIds", "securityGroupIds", "routeTableIds"),
    "aws:kms/key:Key": ("policy",),
}
"""Properties that the bridged provider computes where the program leaves them out; unknown at a preview."""

Raw = dict[str, Any]


def raw_of(recording: Recording, *, known: bool) -> list[Raw]:
    """Turn what a recorded program registered into the resources of a state file."""
    listed: list[Raw] = []
    default = f"urn:pulumi:{recording.stack}::secure-room::pulumi:providers:aws::default_7_51_1"
    for item in recording.registrations:
        outputs: dict[str, Any] = dict(item.outputs if known else item.inputs)
        if item.custom and not known:
            outputs |= {
                prop: UNKNOWN_STRING for prop in ("id", "arn", *_COMPUTED.get(item.type, ())) if prop not in outputs
            }
        elif item.custom:
            outputs["id"] = item.id
        provider = item.provider
        if not provider and item.custom and not item.type.startswith("pulumi:"):
            provider = f"{default}::p0"
        listed.append(
            {
                "urn": item.urn,
                "type": item.type,
                "custom": item.custom,
                "id": item.id,
                "inputs": item.inputs,
                "outputs": outputs,
                "parent": item.parent,
                "provider": provider,
                "protect": item.protect,
                "ignoreChanges": list(item.ignore_changes),
                "dependencies": list(item.depends_on),
                "propertyDependencies": {key: list(urns) for key, urns in item.property_dependencies.items() if urns},
            }
        )
    used = any(item["provider"] == f"{default}::p0" for item in listed)
    return [*([default_provider(default)] if used else []), *listed]


def analyze_requests(raw: Iterable[Raw]) -> list[Any]:
    """The requests for resource rules: inputs, no dependencies."""
    listed = list(raw)
    providers = {item["urn"]: item for item in listed if item["type"].startswith("pulumi:providers:")}
    return [
        proto.AnalyzeRequest(
            type=item["type"],
            urn=item["urn"],
            name=_name(item),
            properties=struct(item.get("inputs") or {}),
            options=_options(item),
            provider=_provider(item, providers),
        )
        for item in listed
    ]


def stack_request(raw: Iterable[Raw]) -> Any:
    """The request for stack rules: outputs, with what each property depends on (empty lists are left out)."""
    listed = list(raw)
    providers = {item["urn"]: item for item in listed if item["type"].startswith("pulumi:providers:")}
    return proto.AnalyzeStackRequest(
        resources=[
            proto.AnalyzerResource(
                type=item["type"],
                urn=item["urn"],
                name=_name(item),
                properties=struct(item.get("outputs") or {}),
                options=_options(item),
                provider=_provider(item, providers),
                parent=item.get("parent") or "",
                dependencies=item.get("dependencies") or [],
                propertyDependencies={
                    key: proto.AnalyzerPropertyDependencies(urns=urns)
                    for key, urns in (item.get("propertyDependencies") or {}).items()
                    if urns
                },
            )
            for item in listed
        ]
    )


def struct(values: Mapping[str, Any]) -> Any:
    """Plain values as the message that carries them; a state file's plain-text secrets as the engine sends them."""
    message = struct_pb2.Struct()
    json_format.ParseDict(_sent(values), message)
    return message


def _sent(value: Any) -> Any:
    if isinstance(value, Mapping):
        if value.get(SIGNATURE) == SECRET and "plaintext" in value:
            return {SIGNATURE: SECRET, "value": _sent(json.loads(value["plaintext"]))}
        return {key: _sent(item) for key, item in value.items()}
    return [_sent(item) for item in value] if isinstance(value, list) else value


def _name(item: Raw) -> str:
    return item["urn"].rsplit("::", 1)[-1]


def _options(item: Raw) -> Any:
    return proto.AnalyzerResourceOptions(
        protect=item.get("protect", False),
        ignoreChanges=item.get("ignoreChanges") or [],
        parent=item.get("parent") or "",
    )


def _provider(item: Raw, providers: Mapping[str, Raw]) -> Any:
    urn = (item.get("provider") or "").rpartition("::")[0]
    if not urn:
        return None
    found = providers.get(urn, {"urn": urn, "type": "pulumi:providers:aws", "inputs": {}})
    return proto.AnalyzerProviderResource(
        type=found["type"], urn=urn, name=_name(found), properties=struct(found.get("inputs") or {})
    )
