"""Load balancers, listeners and target groups."""

from __future__ import annotations

from dataclasses import dataclass, field

from guardrails.facts.network.items import Item
from guardrails.facts.values import IPAddress, Maybe, Origin, Ref, Unknown


@dataclass(frozen=True, slots=True)
class TargetGroup(Item):
    """Targets of a load balancer; `targets` are interfaces or owners by key, or addresses."""

    target_type: Maybe[str] = "instance"
    protocol: Maybe[str] = "TCP"
    port: Maybe[int] = field(default_factory=Unknown)
    vpc: Maybe[Ref] | None = None
    preserve_client_ip: Maybe[bool] | None = None
    """None for AWS's default: on for instance targets and for UDP, off for TCP and TLS address targets."""
    cross_zone: Maybe[str] = "use_load_balancer_configuration"
    targets: tuple[tuple[Maybe[Ref] | IPAddress, Maybe[int]], ...] = ()


@dataclass(frozen=True, slots=True)
class Listener:
    """A listener and the target groups that its actions may forward to."""

    protocol: Maybe[str]
    port: Maybe[int]
    target_groups: tuple[Maybe[Ref], ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class LoadBalancer(Item):
    """A load balancer; its interfaces are listed among the interfaces with `owner` set to its key."""

    kind: Maybe[str] = "application"
    internal: Maybe[bool] = False
    subnets: tuple[Maybe[Ref], ...] = ()
    groups: tuple[Maybe[Ref], ...] = ()
    cross_zone: Maybe[bool] = True
    listeners: tuple[Listener, ...] = ()
    dns_name: str = ""
    filters_endpoints: Maybe[bool] = True
    """Whether its groups hold for what comes through interface endpoints, by the client's own address."""
