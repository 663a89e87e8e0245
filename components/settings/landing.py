"""The landing network beside the room: workloads, a hub, the log relay, and the ways to the company's own network.

Every part is off unless its section is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address
from typing import Annotated, Literal

from pydantic import Field

from components.settings.fields import (
    AccountId,
    Cidr,
    Description,
    DomainName,
    EndpointId,
    Name,
    Port,
    PrincipalArn,
    RoleArn,
    Section,
)
from components.settings.imports import Imports, VpcId
from components.settings.inspection import Inspection, VendorLink

AmiId = Annotated[str, Field(pattern=r"^ami-([0-9a-f]{8}|[0-9a-f]{17})$")]
InstanceType = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*\.[a-z0-9]+$")]
Asn = Annotated[int, Field(ge=64512, le=65534)]
"""A private autonomous system number (RFC 6996)."""


class PrefixList(Section):
    """Ranges of the company's that a security group rule names together.

    In a group's quota such a rule counts as `max_entries` rules, however many ranges there are; that number can grow.
    """

    cidrs: Annotated[tuple[Cidr, ...], Field(min_length=1)]
    max_entries: Annotated[int, Field(ge=1, le=32)]


class CorporateService(Section):
    """A service in the company's network that workloads may use: at a range, or at those of a prefix list."""

    cidr: Cidr | None = None
    prefix_list: Name | None = None
    protocol: Literal["tcp", "udp"] = "tcp"
    port: Port
    description: Description


class CorporateClient(Section):
    """Hosts of the company's network that may use a service of the workloads: a range, or a prefix list's."""

    cidr: Cidr | None = None
    prefix_list: Name | None = None
    protocol: Literal["tcp", "udp"] = "tcp"
    port: Port
    description: Description


class Resolution(Section):
    """Names that the company's own servers answer: these domains and what is below them, nothing else."""

    domains: Annotated[tuple[DomainName, ...], Field(min_length=1)]
    servers: Annotated[tuple[IPv4Address, ...], Field(min_length=1, max_length=6)]


class Provider(Section):
    """A service for other accounts, through AWS PrivateLink: they call, and each is accepted by hand."""

    port: Port
    targets: Annotated[tuple[IPv4Address, ...], Field(max_length=16)] = ()
    """Instances' addresses that answer; those of a scaling group register with the output `provider_target_group`."""
    principals: Annotated[tuple[PrincipalArn, ...], Field(min_length=1)]
    """Who may ask for a connection: accounts, roles or users by ARN."""
    clients: Annotated[tuple[Cidr, ...], Field(min_length=1)]
    """The callers' own private ranges: the load balancer sees them through the endpoint, and lets no other in."""


class DataBucket(Section):
    """A bucket for the workload's data, usable through these endpoints only; without one, by `keepers` alone.

    The endpoint's id is known after the first deployment (`workload_to_do`): a policy is written from known values.
    """

    endpoint_ids: tuple[EndpointId, ...] = ()


class WorkloadSecret(Section):
    """A secret for (hosts of this VPC within the instances' range) or the reader's role.

    The VPC's id is known after the first deployment (`workload_to_do`); until then the role alone reads it.
    """

    vpc_id: VpcId | None = None
    rotation_role_arn: RoleArn | None = None
    """The role of the function that rotates it."""


class Workload(Section):
    """A VPC for instances. `corporate_cidr` is a scarce range of the company's, for instances and transit alone."""

    cidr: Cidr
    corporate_cidr: Cidr | None = None
    egress: Literal["nat", "hub"] = "nat"
    inspection: Inspection = Inspection()
    allow_list: tuple[str, ...] = ()
    """Names that instances may reach on 443, as the proxy's list writes them."""
    dynamodb: bool = False
    """Whether instances reach DynamoDB, through a gateway endpoint of the VPC."""
    services: tuple[CorporateService, ...] = ()
    clients: tuple[CorporateClient, ...] = ()
    prefix_lists: Mapping[Name, PrefixList] = {}
    """Ranges that `services` and `clients` may name: add new lists at the end."""
    resolution: Resolution | None = None
    provider: Provider | None = None
    keepers: tuple[RoleArn, ...] = ()
    """Roles that no place binds, so that nobody is locked out: the deployer's, and those for emergencies."""
    bucket: DataBucket | None = None
    secret: WorkloadSecret | None = None
    imports: Imports | None = None


class Transit(Section):
    """A transit gateway: our own, or one that another account shares with us."""

    mode: Literal["create", "existing"]
    gateway_id: Annotated[str, Field(pattern=r"^tgw-([0-9a-f]{8}|[0-9a-f]{17})$")] | None = None
    owner_id: AccountId | None = None
    asn: Asn = 64512


class Hub(Section):
    """The VPC through which spokes leave: it inspects and translates."""

    cidr: Cidr
    inspection: Inspection = Inspection(engine="network_firewall")
    imports: Imports | None = None


class RelayHost(Section):
    """A log relay host from the vendor's image, which is visible once the vendor shares it."""

    name: Name
    ami: AmiId
    instance_type: InstanceType = "m5.xlarge"


class LogReceiver(Section):
    """The SIEM's listener in the company's network."""

    cidr: Cidr
    port: Port
    description: Description


class Link(Section):
    """How a VPN gateway is joined with the company's network: Direct Connect, and a VPN as its fallback.

    A person approves a virtual interface: without `virtual_interface_id` nothing is accepted.
    """

    virtual_interface_id: Annotated[str, Field(pattern=r"^dxvif-[0-9a-z]{8}$")] | None = None
    gateway_asn: Asn | None = None
    """With it the interface ends at a Direct Connect gateway of that number, which several VPCs can share."""
    vpn_address: IPv4Address | None = None
    """The company's public address of the fallback VPN."""
    vpn_asn: Asn = 65000


class Relay(Section):
    """The log relay (NSS): hosts that pull the vendor's logs and feed them to the SIEM over a VPN gateway."""

    cidr: Cidr
    hosts: Annotated[tuple[RelayHost, ...], Field(min_length=1, max_length=4)]
    vendor: Annotated[tuple[Cidr, ...], Field(min_length=1)]
    """Where the vendor's service is."""
    vendor_ports: Annotated[tuple[Port, ...], Field(min_length=1, max_length=6)]
    """The service's TCP ports, as the vendor publishes them for the contract's cloud."""
    name_servers: Annotated[tuple[IPv4Address, ...], Field(max_length=3)] = ()
    """Empty for the VPC's own resolver, which no group or ACL filters."""
    time_servers: Annotated[tuple[Cidr, ...], Field(max_length=3)] = ()
    receivers: Annotated[tuple[LogReceiver, ...], Field(min_length=1)]
    remote_support: Cidr | None = None
    """Where the vendor's support lets itself be called on 12002: off unless set."""
    link: Link = Link()
    imports: Imports | None = None


class Landing(Section):
    """The landing network; each part by its section."""

    workload: Workload | None = None
    transit: Transit | None = None
    hub: Hub | None = None
    relay: Relay | None = None
    vendor: VendorLink | None = None
    """The account-link role of the vendor whose appliances inspect."""
