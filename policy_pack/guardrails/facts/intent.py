"""What the platform team permits: zones, flows between them, and what lies outside of the stack but is known.

One YAML file a stack, apart from the program's settings: the guard must not take the program's word for what is
allowed. What an intent does not name is forbidden, within a zone too; a `required` flow that cannot happen is a finding
as well. docs/intent.md explains every key; `intents/intent.schema.json` is made from these models.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from guardrails.facts.values import IPNetwork
from guardrails.facts.zoning import ANYWHERE, INTERNET, SERVICE, parse_network, zones_of

__all__ = [
    "ANYWHERE",
    "INTERNET",
    "SERVICE",
    "Demand",
    "External",
    "Flow",
    "Intent",
    "IntentError",
    "PortRange",
    "Zone",
    "parse_intent",
    "parse_network",
    "read_intent",
    "zones_of",
]


NAT = "nat"
FIREWALL = "firewall"
"""What a flow may name in `via` beside zones."""


class IntentError(Exception):
    """An intent file that cannot be used; its text lists every error with its key."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _port_range(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return value
    low, dash, high = str(value).partition("-")
    if not low.strip().isdecimal() or (dash and not high.strip().isdecimal()):
        raise ValueError(f"{value!r} is no port and no range of ports such as 443 or 1024-65535")
    return (int(low), int(high) if dash else int(low))


_PORT_SCHEMA = {
    "oneOf": [
        {"type": "integer", "minimum": 0, "maximum": 65535},
        {"type": "string", "pattern": r"^\s*\d{1,5}\s*(-\s*\d{1,5}\s*)?$"},
    ]
}

PortRange = Annotated[tuple[int, int], BeforeValidator(_port_range), WithJsonSchema(_PORT_SCHEMA)]
"""Inclusive; written as `443` or `1024-65535`."""


class Demand(StrEnum):
    """Whom every host of a required flow's source must be able to reach.

    With `ANY` one host of the goal answers for each port. The others ask more of a goal that is a zone: one host in
    each availability zone in which the zone has a subnet, one in each of its subnets, or each of its hosts. A goal
    outside of the network (behind a peering) must then be reachable as a whole.
    """

    NONE = "no"
    ANY = "any-host"
    EACH_AZ = "each-az"
    EACH_SUBNET = "each-subnet"
    EACH_HOST = "each-host"

    def __bool__(self) -> bool:
        """Tell whether anything is demanded."""
        return self is not Demand.NONE


_DEMANDS = (True, False, *(str(one) for one in Demand if one is not Demand.NONE))


def _demand(value: Any) -> Any:
    if isinstance(value, bool):
        return Demand.ANY if value else Demand.NONE
    if value not in _DEMANDS:
        raise ValueError(f"{value!r} is none of true, false, {', '.join(str(one) for one in _DEMANDS[2:])}")
    return value


Required = Annotated[Demand, BeforeValidator(_demand), WithJsonSchema({"enum": list(_DEMANDS), "default": False})]
"""Written as `true`, `false` or one of the words of `Demand`."""


class Zone(_Model):
    """A set of places: the subnets whose CIDR lies in `cidrs` or whose tags match `tags`.

    `protected`: nothing may connect into it from the internet and it may not route to an internet, egress-only or NAT
    gateway unless a flow to `internet` starts in it.
    `relay`: the zone's hosts pass connections on (an application proxy), so that they are no stepping stones.
    """

    cidrs: tuple[IPNetwork, ...] = ()
    tags: dict[str, str] = Field(default_factory=dict)
    protected: bool = True
    relay: bool = False
    description: str = ""

    @model_validator(mode="after")
    def _placed(self) -> Zone:
        if not self.cidrs and not self.tags:
            raise ValueError("a zone needs cidrs or tags")
        return self


class Flow(_Model):
    """A permitted connection: who may open it, to where, and how.

    `source` and `target` are zone names, CIDRs, `internet`, or `aws:s3` and the like; `via` names what every
    path must cross (`nat`, `firewall`, or a relay zone). `services` narrows a flow to a zone down to the interface
    endpoints of these AWS services there. A flow from a zone to itself is about its hosts among each other.
    `required` says that the flow must be possible as well, and between whom.
    """

    name: str
    source: str = Field(alias="from")
    target: str = Field(alias="to")
    protocol: Literal["tcp", "udp", "icmp", "icmpv6", "any"] | Annotated[int, Field(ge=0, le=255)] = "tcp"
    ports: tuple[PortRange, ...] = ()
    services: tuple[str, ...] = ()
    via: str | None = None
    required: Required = Demand.NONE

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @field_validator("ports")
    @classmethod
    def _ports_in_range(cls, ports: tuple[PortRange, ...]) -> tuple[PortRange, ...]:
        for low, high in ports:
            if not 0 <= low <= high <= 65535:
                raise ValueError(f"ports {low}-{high} are not a range within 0-65535")
        return ports

    @field_validator("services")
    @classmethod
    def _services_named(cls, services: tuple[str, ...]) -> tuple[str, ...]:
        for name in services:
            if not name or name.startswith(SERVICE):
                raise ValueError(f"{name!r} is no name of a service such as ssm, ecr.api or logs")
        return services


class External(_Model):
    """An object outside of the stack that it may refer to by a literal id, ARN or account.

    `cidrs`, `account` and `region` say what a peer VPC is; a `Ref` to an undeclared literal is a finding.
    """

    id: str
    kind: str = ""
    account: str = ""
    region: str = ""
    cidrs: tuple[IPNetwork, ...] = ()
    reason: str = ""


class Intent(_Model):
    """The whole of one stack's intent."""

    version: Literal[1]
    project: str = ""
    stack: str = ""
    environment: str = "prod"
    accounts: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    zones: dict[str, Zone] = Field(default_factory=dict)
    flows: tuple[Flow, ...] = ()
    externals: tuple[External, ...] = ()
    exemptions: tuple[dict[str, Any], ...] = ()
    """Kept as written: a faulty exemption is a finding of its own, not a reason to stop reading."""

    @model_validator(mode="after")
    def _names_known(self) -> Intent:
        problems = [
            f"flows.{flow.name}.{side}: {place!r} is no zone, no CIDR, not `internet` and no service such as `aws:s3`"
            for flow in self.flows
            for side, place in (("from", flow.source), ("to", flow.target))
            if not self._is_place(place)
        ]
        problems += [problem for flow in self.flows for problem in self._of_zone_only(flow)]
        ways = {None, NAT, FIREWALL, *self.zones}
        problems += [
            f"flows.{flow.name}.via: {flow.via!r} is neither `nat` nor `firewall` nor a zone"
            for flow in self.flows
            if flow.via not in ways
        ]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _of_zone_only(self, flow: Flow) -> list[str]:
        """Tell what a flow asks that only a zone as its target could answer."""
        if flow.target in self.zones:
            return []
        asked = ["services"] if flow.services else []
        asked += [f"required: {flow.required}"] if flow.required not in {Demand.NONE, Demand.ANY} else []
        return [f"flows.{flow.name}.{one}: its target {flow.target!r} is no zone" for one in asked]

    def _is_place(self, place: str) -> bool:
        if place in self.zones or place in {INTERNET, ANYWHERE} or place.startswith(SERVICE):
            return True
        return parse_network(place) is not None

    def demands(self) -> list[Flow]:
        """Give the flows that must be possible."""
        return [flow for flow in self.flows if flow.required]

    def flows_from(self, zone: str) -> list[Flow]:
        """Give the permitted flows that start in a zone."""
        return [flow for flow in self.flows if flow.source in {zone, ANYWHERE}]


class _Loader(yaml.SafeLoader):
    """Reads plain values, and refuses a key that is written twice: YAML would keep the last without a word."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.YAMLError(f"line {key.start_mark.line + 1}: {key.value!r} is written twice")
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


def read_intent(path: Path) -> Intent:
    """Read and validate an intent file.

    Raises:
        IntentError: the file cannot be read, is not YAML, or breaks the schema; all errors together.
    """
    try:
        raw: Any = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - a SafeLoader
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise IntentError(f"{path}: {error}") from error
    return parse_intent(raw, str(path))


def parse_intent(raw: Any, source: str) -> Intent:
    """Validate what an intent file says.

    Raises:
        IntentError: every problem with its key.
    """
    try:
        return Intent.model_validate(raw)
    except ValidationError as error:
        lines = [f"  {'.'.join(map(str, item['loc'])) or '(file)'}: {_told(item)}" for item in error.errors()]
        raise IntentError("\n".join([f"{source} is not an intent:", *lines])) from error


def _told(item: Any) -> str:
    """Say what is wrong in our own words where the library's are its own."""
    if item["type"] == "extra_forbidden":
        return "there is no such key"
    return str(item["msg"]).removeprefix("Value error, ")
