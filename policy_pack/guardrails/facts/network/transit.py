"""Transit gateways, their attachments and route tables."""

from __future__ import annotations

from dataclasses import dataclass, field

from guardrails.facts.network.items import Item
from guardrails.facts.network.routes import Route
from guardrails.facts.values import Maybe, Ref, Unknown


@dataclass(frozen=True, slots=True)
class TransitGateway(Item):
    """A transit gateway."""

    default_association: Maybe[bool] = True
    default_propagation: Maybe[bool] = True
    default_table: Maybe[Ref] | None = None
    auto_accept: Maybe[bool] = False
    group_references: Maybe[bool] = False
    """Whether inbound group rules may name groups of other attached VPCs (AWS's default is no)."""


@dataclass(frozen=True, slots=True)
class TransitAttachment(Item):
    """An attachment; `kind` is `vpc`, `vpn`, `direct-connect-gateway`, `peering`, `connect` or `tgw-peering`."""

    gateway: Maybe[Ref] = field(default_factory=Unknown)
    kind: str = "vpc"
    resource: Maybe[Ref] = field(default_factory=Unknown)
    """The VPC, VPN connection, Direct Connect gateway or peer transit gateway."""
    subnets: tuple[Maybe[Ref], ...] = ()
    appliance_mode: Maybe[bool] = False
    dns_support: Maybe[bool] = True
    default_association: Maybe[bool] = True
    default_propagation: Maybe[bool] = True
    group_references: Maybe[bool] = True
    ipv6: Maybe[bool] = True
    """Whether a VPC's attachment takes IPv6 packets (AWS's default is no)."""


@dataclass(frozen=True, slots=True)
class TransitTable(Item):
    """A transit gateway route table."""

    gateway: Maybe[Ref] = field(default_factory=Unknown)
    associations: tuple[Maybe[Ref], ...] = ()
    propagations: tuple[Maybe[Ref], ...] = ()
    routes: tuple[Route, ...] = ()
