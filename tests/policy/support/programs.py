"""Small Pulumi YAML programs as the engine would show them: at a preview, ids unknown, and after deployment.

Enough of Pulumi YAML for the rules' examples: resources with type, properties and options, `${name.property}` and
`fn::toJSON`. As with the bridged provider, a text with one unknown part is wholly unknown.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import yaml

from guardrails.facts.from_pulumi.kinds import kind_of
from guardrails.facts.from_pulumi.read import View, from_state
from guardrails.facts.from_pulumi.wire import SECRET, SIGNATURE, UNKNOWN_STRING
from guardrails.facts.intent import Intent, parse_intent
from guardrails.facts.stack import Facts

PROJECT, STACK = "sample", "test"
ACCOUNT = "111122223333"

_PREFIX = {
    "ec2.Vpc": "vpc",
    "ec2.Subnet": "subnet",
    "ec2.SecurityGroup": "sg",
    "ec2.RouteTable": "rtb",
    "ec2.InternetGateway": "igw",
    "ec2.NatGateway": "nat",
    "ec2.VpnGateway": "vgw",
    "ec2.VpcPeeringConnection": "pcx",
    "ec2.VpcEndpoint": "vpce",
    "ec2.NetworkAcl": "acl",
    "ec2.NetworkInterface": "eni",
    "ec2.Instance": "i",
    "ec2.Eip": "eipalloc",
    "ec2.EgressOnlyInternetGateway": "eigw",
    "ec2transitgateway.TransitGateway": "tgw",
}
_COMPUTED = {
    "ec2.Vpc": ("defaultSecurityGroupId", "mainRouteTableId", "defaultRouteTableId", "defaultNetworkAclId", "ownerId"),
    "ec2.Instance": ("primaryNetworkInterfaceId", "privateIp", "publicIp"),
    "ec2.SecurityGroup": ("ingress", "egress", "ownerId"),
    "ec2.RouteTable": ("routes", "ownerId"),
    "ec2.NetworkAcl": ("ingress", "egress", "ownerId"),
    "ec2.VpcEndpoint": ("policy", "networkInterfaceIds", "prefixListId", "cidrBlocks"),
    "ec2.NetworkInterface": ("privateIps", "privateIp"),
    "ec2.Eip": ("allocationId", "publicIp"),
    "ec2.NatGateway": ("publicIp", "privateIp"),
    "kms.Key": ("keyId", "policy"),
    "lb.LoadBalancer": ("dnsName", "securityGroups", "subnets"),
}
"""Outputs that the provider computes; at a preview those that the program leaves out are unknown."""

_REFERENCE = re.compile(r"(?<!\$)\$\{([^}.\[]+)(?:\.([^}]+))?\}")
"""A reference; `$${` is a dollar sign and a brace, as in a policy variable."""


class Program:
    """One program; `state(deployed=...)` is what its state file would hold."""

    def __init__(self, text: str, stack: str = STACK, project: str = PROJECT) -> None:
        self.source: dict[str, Any] = yaml.safe_load(text) or {}
        self.resources: dict[str, dict[str, Any]] = self.source.get("resources") or {}
        self.stack, self.project = stack, project

    def urn(self, name: str) -> str:
        return f"urn:pulumi:{self.stack}::{self.project}::{self._token(name)}::{name}"

    def _token(self, name: str) -> str:
        parts = self.resources[name]["type"].split(":")
        if len(parts) != 3 or "/" in parts[1] or parts[0] != "aws":
            return ":".join(parts)
        return f"{parts[0]}:{parts[1]}/{parts[2][:1].lower()}{parts[2][1:]}:{parts[2]}"

    def state(self, *, deployed: bool) -> list[dict[str, Any]]:
        stack_urn = f"urn:pulumi:{self.stack}::{self.project}::pulumi:pulumi:Stack::{self.project}-{self.stack}"
        default = f"urn:pulumi:{self.stack}::{self.project}::pulumi:providers:aws::default_7_51_1"
        made = [self._resource(name, deployed, default, stack_urn) for name in self.resources]
        listed: list[dict[str, Any]] = [{"urn": stack_urn, "type": "pulumi:pulumi:Stack", "custom": False}]
        if any(item["provider"] == f"{default}::p0" for item in made):
            # The engine makes a default provider where a resource names none, and no other time.
            listed.append(default_provider(default))
        return listed + made

    def facts(self, *, deployed: bool, view: View, intent: str = "", environment: str = "prod") -> Facts:
        parsed = intent_of(intent)
        raw = self.state(deployed=deployed)
        return Facts(from_state(raw, view), intent=parsed, environment=environment)

    def _resource(self, name: str, deployed: bool, default: str, stack_urn: str) -> dict[str, Any]:
        spec = self.resources[name]
        token = self._token(name)
        options = spec.get("options") or {}
        custom = not token.startswith("component:")
        edges: dict[str, list[str]] = {}
        inputs: dict[str, Any] = {}
        for key, value in (spec.get("properties") or {}).items():
            deps: dict[str, None] = {}
            inputs[key] = self._value(value, deployed, deps)
            edges[key] = list(deps)
        outputs = self._outputs(name, inputs, deployed)
        return {
            "urn": self.urn(name),
            "type": token,
            "custom": custom,
            **({"id": outputs["id"] if deployed else ""} if custom else {}),
            "inputs": inputs,
            "outputs": outputs if custom else inputs,
            "parent": self.urn(options["parent"][2:-1]) if "parent" in options else stack_urn,
            "provider": self._provider(options, default) if custom and not token.startswith("pulumi:") else "",
            "propertyDependencies": edges,
            "dependencies": sorted({urn for urns in edges.values() for urn in urns}),
            "protect": options.get("protect", False),
            "ignoreChanges": options.get("ignoreChanges", []),
        }

    def _provider(self, options: dict[str, Any], default: str) -> str:
        chosen = options.get("provider")
        return f"{self.urn(chosen[2:-1])}::p1" if chosen else f"{default}::p0"

    def _outputs(self, name: str, inputs: dict[str, Any], deployed: bool) -> dict[str, Any]:
        kind = kind_of(self._token(name))
        outputs = dict(inputs)
        for prop in ("id", "arn", *_COMPUTED.get(kind, ())):
            if prop in outputs:
                continue
            if not deployed:
                outputs[prop] = UNKNOWN_STRING
            elif prop not in {"ingress", "egress", "routes", "policy"}:
                outputs[prop] = self._answer(name, prop)
        return outputs

    def _answer(self, name: str, prop: str) -> Any:
        kind = kind_of(self._token(name))
        digest = hashlib.sha256(f"{name}.{prop}".encode()).hexdigest()[:17]
        if prop == "arn":
            module, _, short = kind.partition(".")
            return f"arn:aws:{module}:ap-northeast-1:{ACCOUNT}:{short.lower()}/{name}"
        if prop == "ownerId":
            return ACCOUNT
        if prop.lower().endswith("ip"):
            return "203.0.113.7" if prop == "publicIp" else None
        if prop in {"privateIps", "cidrBlocks", "networkInterfaceIds", "securityGroups", "subnets"}:
            return []
        if prop == "id" and kind == "s3.Bucket":
            return name
        return f"{_PREFIX.get(kind, 'id') if prop == 'id' else 'x'}-{digest}"

    def _value(self, value: Any, deployed: bool, deps: dict[str, None]) -> Any:
        if isinstance(value, dict):
            if "fn::toJSON" in value:
                inner = self._value(value["fn::toJSON"], deployed, deps)
                return UNKNOWN_STRING if _holds_unknown(inner) else json.dumps(inner)
            if "fn::secret" in value:
                return {SIGNATURE: SECRET, "plaintext": json.dumps(self._value(value["fn::secret"], deployed, deps))}
            if "fn::unknown" in value:
                return UNKNOWN_STRING
            return {key: self._value(item, deployed, deps) for key, item in value.items()}
        if isinstance(value, list):
            return [self._value(item, deployed, deps) for item in value]
        return self._text(value, deployed, deps) if isinstance(value, str) else value

    def _text(self, text: str, deployed: bool, deps: dict[str, None]) -> Any:
        whole = _REFERENCE.fullmatch(text)
        if whole:
            return self._referred(whole, deployed, deps)
        parts = [self._referred(match, deployed, deps) for match in _REFERENCE.finditer(text)]
        if any(part == UNKNOWN_STRING for part in parts):
            return UNKNOWN_STRING
        values = iter(parts)
        return _REFERENCE.sub(lambda _match: str(next(values)), text).replace("$${", "${")

    def _referred(self, match: re.Match[str], deployed: bool, deps: dict[str, None]) -> Any:
        name, prop = match.group(1), match.group(2) or "id"
        deps[self.urn(name)] = None
        properties = self.resources[name].get("properties") or {}
        if prop in properties:
            return self._value(properties[prop], deployed, {})
        return self._answer(name, prop) if deployed else UNKNOWN_STRING


def default_provider(urn: str) -> dict[str, Any]:
    return {"urn": urn, "type": "pulumi:providers:aws", "custom": True, "id": "p0", "inputs": {}, "outputs": {}}


def _holds_unknown(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_holds_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(_holds_unknown(item) for item in value)
    return value == UNKNOWN_STRING


def intent_of(text: str) -> Intent | None:
    return parse_intent(yaml.safe_load(text), "example") if text.strip() else None
