"""What the platform team permits: zones, flows between them, and what lies outside of the stack but is known.

One YAML file a stack, apart from the program's settings: the guard must not take the program's word for what is
allowed. What an intent does not name is forbidden; a `required` flow that cannot happen is a finding too.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from guardrails.facts.zoning import ANYWHERE, INTERNET, SERVICE, Network, parse_network, zones_of

__all__ = [
    "ANYWHERE",
    "INTERNET",
    "SERVICE",
    "Exemption",
    "External",
    "Flow",
    "Intent",
    "IntentError",
    "Network",
    "PortRange",
    "Zone",
    "parse_intent",
    "parse_network",
    "read_intent",
    "zones_of",
]


class IntentError(Exception):
    """An intent file that cannot be used; its text lists every error with its key."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _port_range(value: Any) -> Any:
    if isinstance(value, int):
        return (value, value)
    if isinstance(value, str):
        low, _, high = value.partition("-")
        return (int(low), int(high or low))
    return value


PortRange = Annotated[tuple[int, int], BeforeValidator(_port_range)]
"""Inclusive; written as `443` or `"1024-65535"`."""


class Zone(_Model):
    """A set of places: the subnets whose CIDR lies in `cidrs` or whose tags match `tags`.

    `protected`: nothing may connect into it from the internet and it may not route to an internet, egress-only or NAT
    gateway unless a flow to `internet` starts in it.
    `waypoint`: the zone is a relay that other flows may name in `via` (an application proxy).
    """

    cidrs: tuple[Network, ...] = ()
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
    path must cross (`nat`, `proxy`, `firewall`, or a zone). `required` flows must be possible as well.
    """

    name: str
    source: str = Field(alias="from")
    target: str = Field(alias="to")
    protocol: Literal["tcp", "udp", "icmp", "icmpv6", "any"] | int = "tcp"
    ports: tuple[PortRange, ...] = ()
    via: str | None = None
    required: bool = False

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @model_validator(mode="after")
    def _ports_in_range(self) -> Flow:
        for low, high in self.ports:
            if not 0 <= low <= high <= 65535:
                raise ValueError(f"ports {low}-{high} are not a range within 0-65535")
        return self


class External(_Model):
    """An object outside of the stack that it may refer to by a literal id, ARN or account.

    `cidrs`, `account` and `region` say what a peer VPC is; a `Ref` to an undeclared literal is a finding.
    """

    id: str
    kind: str = ""
    account: str = ""
    region: str = ""
    cidrs: tuple[Network, ...] = ()
    reason: str = ""


class Exemption(_Model):
    """One finding that is accepted for a while: the rule, exactly one subject, why, by whom, until when (ISO date)."""

    rule: str
    subject: str
    reason: str
    owner: str
    expires: str
    path: str = ""


class Intent(_Model):
    """The whole of one stack's intent."""

    version: Literal[1]
    project: str = ""
    stack: str = ""
    environment: str = "prod"
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    zones: dict[str, Zone] = Field(default_factory=dict)
    flows: tuple[Flow, ...] = ()
    externals: tuple[External, ...] = ()
    exemptions: tuple[dict[str, Any], ...] = ()
    """Kept as written: a faulty exemption is a finding of its own, not a reason to stop reading."""

    @model_validator(mode="after")
    def _names_known(self) -> Intent:
        problems = [
            f"flows.{flow.name}.{side}: {place} is no zone, no CIDR and not `internet`"
            for flow in self.flows
            for side, place in (("from", flow.source), ("to", flow.target))
            if not self._is_place(place)
        ]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _is_place(self, place: str) -> bool:
        if place in self.zones or place in {INTERNET, ANYWHERE} or place.startswith(SERVICE):
            return True
        return parse_network(place) is not None

    def flows_from(self, zone: str) -> list[Flow]:
        """Give the permitted flows that start in a zone."""
        return [flow for flow in self.flows if flow.source in {zone, ANYWHERE}]


def read_intent(path: Path) -> Intent:
    """Read and validate an intent file.

    Raises:
        IntentError: the file cannot be read, is not YAML, or breaks the schema; all errors together.
    """
    try:
        raw: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
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
        lines = [f"  {'.'.join(map(str, item['loc'])) or '(file)'}: {item['msg']}" for item in error.errors()]
        raise IntentError("\n".join([f"{source} is not an intent:", *lines])) from error
