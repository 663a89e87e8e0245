"""VPCs, subnets and network interfaces."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from guardrails.facts.network.items import Item
from guardrails.facts.values import IPAddress, IPNetwork, Maybe, Origin, Ref, Unknown


class BlockPublicAccess(StrEnum):
    """VPC Block Public Access, per region and account, or an exclusion of a VPC or subnet."""

    OFF = "off"
    INGRESS = "block-ingress"
    BIDIRECTIONAL = "block-bidirectional"


@dataclass(frozen=True, slots=True)
class Vpc(Item):
    """A VPC; `cidrs` holds every associated block, IPv4 and IPv6."""

    cidrs: tuple[Maybe[IPNetwork], ...] = ()
    dns_support: Maybe[bool] = True
    dns_hostnames: Maybe[bool] = False
    block_public_access: Maybe[BlockPublicAccess] = BlockPublicAccess.OFF


@dataclass(frozen=True, slots=True)
class Subnet(Item):
    """A subnet; `zone` is the AZ name and `zone_id` its id, whichever the source gives."""

    vpc: Maybe[Ref] = field(default_factory=Unknown)
    cidrs: tuple[Maybe[IPNetwork], ...] = ()
    zone: Maybe[str] = field(default_factory=Unknown)
    zone_id: Maybe[str] = field(default_factory=Unknown)
    public_ip_on_launch: Maybe[bool] = False
    block_public_access: Maybe[BlockPublicAccess] | None = None
    """An exclusion's own mode; None where the VPC's mode holds."""


@dataclass(frozen=True, slots=True)
class Interface(Item):
    """A network interface, or a class of them that share subnet and groups (tasks, desktops, controllers).

    `owner` is the key of what it belongs to and `owner_kind` its kind (`instance`, `ecs-service`, `workspaces`,
    `directory`, `nat-gateway`, `vpc-endpoint`, `load-balancer`, `lambda`, `rds`, `interface`, ...).
    `addresses` are the private (and IPv6) ones where known; an empty tuple means some address of the subnet. `public`
    tells whether a public IPv4 address is mapped to it, `public_addresses` which. `filtered` is False where
    security groups do not apply (NAT gateways, firewall and GWLB endpoints).
    """

    owner: str = ""
    owner_kind: str = "interface"
    subnet: Maybe[Ref] = field(default_factory=Unknown)
    groups: tuple[Maybe[Ref], ...] | Unknown = ()
    addresses: tuple[IPAddress, ...] = ()
    public: Maybe[bool] = False
    public_addresses: tuple[IPAddress, ...] = ()
    blocks: tuple[IPNetwork, ...] = ()
    """Prefixes that are delegated to it: each address of them is its own."""
    source_dest_check: Maybe[bool] = True
    filtered: bool = True
    public_mappings: tuple[tuple[IPAddress, IPAddress], ...] = ()
    """(private, public) pairs, where the source tells which private address a public one is mapped to."""
    owner_name: str = ""
    """The owner's own name (an instance's Name tag), by which people call the place."""
    owner_id: str = ""
    """The owner's own id, where its key is not that id."""
    owner_tags: tuple[tuple[str, Maybe[str]], ...] = ()
    attached: Maybe[bool] = True
    """False for an interface that is attached to nothing: it neither sends nor answers."""
    igw_denied: Maybe[bool] = False
    """AWS's `DenyAllIgwTraffic`: nothing comes in from the internet, whatever the routes and groups say."""

    @property
    def blamed(self) -> Origin:
        """What a finding about it is about: its owner, if it has one."""
        return Origin(self.owner or self.origin.subject)
