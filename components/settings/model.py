"""One stack's configuration as typed values.

Every class is one section of `Pulumi.<stack>.yaml`; what concerns several fields is in `checks`. Values are plain:
no Pulumi type appears here, so that plans and tests can be made from them without an engine.
"""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import Field

from components.settings.fields import (
    AccountId,
    AutoStopMinutes,
    BundleId,
    Cidr,
    Description,
    DomainName,
    ImageDigest,
    LogRetention,
    Name,
    Port,
    RoleArn,
    Section,
    ShortName,
    TagValue,
    UserName,
)
from components.settings.imports import Imports
from components.settings.inspection import Inspection
from components.settings.landing import Landing
from components.vocabulary import Environment


class AvailabilityZone(Section):
    """An availability zone by name and by id: the name is an account's own alias, the id is the place itself."""

    name: Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d[a-z]$")]
    id: Annotated[str, Field(pattern=r"^[a-z]+\d-az\d$")]


class Account(Section):
    """Where the stack goes: nothing is made in any other account or region."""

    id: AccountId
    region: str
    organization_id: Annotated[str, Field(pattern=r"^o-[a-z0-9]{10,32}$")] | None = None
    """The AWS organisation, where `network.endpoints.perimeter` is its."""
    role_arn: RoleArn | None = None
    """The role that deploys, when the operator's own credentials are not those of the account."""
    zones: Annotated[tuple[AvailabilityZone, ...], Field(min_length=2, max_length=4)]
    """In the order in which addresses were given out: append, never reorder."""


class Allowed(Section):
    """What the platform team allows this stack to use, apart from what the stack asks for: review changes of it."""

    accounts: tuple[AccountId, ...]
    regions: tuple[str, ...]


class ProductionSubnet(Section):
    """A production subnet that desktops may reach."""

    name: Name
    cidr: Cidr
    zone: str | None = None
    """The AZ's name; needed where the program makes the subnet."""


class ProductionPort(Section):
    """A service of production that desktops may use."""

    protocol: Literal["tcp", "udp"] = "tcp"
    port: Port
    description: Description


class ProductionAccess(Section):
    """What the owner of an existing VPC lets this program do there: accept, route back, and let the desktops in."""

    role_arn: RoleArn
    route_table_ids: tuple[Annotated[str, Field(pattern=r"^rtb-([0-9a-f]{8}|[0-9a-f]{17})$")], ...] = ()
    security_group_ids: tuple[Annotated[str, Field(pattern=r"^sg-([0-9a-f]{8}|[0-9a-f]{17})$")], ...] = ()


class Production(Section):
    """The workload's VPC: made by this program, or an existing one that another team owns."""

    mode: Literal["create", "existing"]
    cidr: Cidr
    subnets: Annotated[tuple[ProductionSubnet, ...], Field(min_length=1)]
    ports: Annotated[tuple[ProductionPort, ...], Field(min_length=1)]
    vpc_id: Annotated[str, Field(pattern=r"^vpc-([0-9a-f]{8}|[0-9a-f]{17})$")] | None = None
    owner_id: AccountId | None = None
    region: str | None = None
    access: ProductionAccess | None = None
    """Without it the owner accepts the peering by hand; the output `peering_to_do` says what to do."""


class Endpoints(Section):
    """Interface endpoints: `zones` says whether one AZ has them or all, `extra` names those beyond the needed ones."""

    zones: Literal["single", "per_zone"] = "single"
    perimeter: Literal["account", "organization"] = "account"
    """Whose principals may pass and whose resources they may reach: the account's, or the whole organisation's."""
    extra: tuple[Literal["ds", "workspaces", "sts", "secretsmanager", "monitoring"], ...] = ()


class Network(Section):
    """The room's network. `nat` is also the number of AZs of the proxy: its way out never crosses an AZ."""

    room_cidr: Cidr
    desktop_cidr: Cidr | None = None
    """A second block of the VPC for the desktops alone, such as a scarce range that the company routes."""
    nat: Literal["single", "per_zone"] = "single"
    endpoints: Endpoints = Endpoints()
    flow_log_retention_days: LogRetention = 90
    dns_firewall: bool = True
    """Whether the room may look up the proxy's names and AWS' own only. Off means that DNS is a way out."""
    inspection: Inspection = Inspection()
    block_public_access: Literal["off", "block-ingress"] = "off"
    """VPC Block Public Access of the whole account and region: `block-ingress` leaves only what is begun inside."""
    imports: Imports | None = None
    """The room's VPC and parts of it, where they exist already."""
    production: Production


class Directory(Section):
    """The Managed Microsoft AD."""

    domain: DomainName
    short_name: ShortName
    edition: Literal["Standard", "Enterprise"] = "Standard"


class User(Section):
    """A desktop's user, who must exist in the directory; `bundle_id` where it differs from the common one."""

    name: UserName
    bundle_id: BundleId | None = None


class IpRange(Section):
    """Addresses from which desktop clients may connect."""

    cidr: Cidr
    description: Description


DeviceType = Literal["windows", "osx", "linux", "android", "ios", "chromeos", "zeroclient", "web"]


class Desktops(Section):
    """The WorkSpaces: one for each user. The volumes' sizes are in GiB."""

    users: tuple[User, ...]
    bundle_id: BundleId
    compute_type: Literal["VALUE", "STANDARD", "PERFORMANCE", "POWER", "POWERPRO"] = "STANDARD"
    root_volume_gib: Annotated[int, Field(ge=80, le=2000)] = 80
    user_volume_gib: Annotated[int, Field(ge=10, le=2000)] = 50
    auto_stop_minutes: AutoStopMinutes = 120
    ip_ranges: tuple[IpRange, ...]
    device_types: Annotated[tuple[DeviceType, ...], Field(min_length=1)] = ("windows", "osx")
    default_role: Literal["create", "adopt"] = "create"
    """`adopt` where the account already has `workspaces_DefaultRole`, which WorkSpaces shares with every directory."""


class AllowList(Section):
    """Names that the proxy lets through: AWS' own console unless turned off, and the organisation's additions."""

    aws: bool = True
    extra: tuple[str, ...] = ()


class Proxy(Section):
    """The egress proxy. Without `image_digest` there is no task and hence no way out."""

    image_digest: ImageDigest | None = None
    port: Annotated[int, Field(ge=1024, le=65535)] = 3128
    cpu: Literal[256, 512, 1024, 2048] = 256
    memory: Annotated[int, Field(ge=512, le=16384, multiple_of=256)] = 512
    tasks: Annotated[int, Field(ge=1, le=10)] = 1
    allow_list: AllowList = AllowList()


class Bastion(Section):
    """The Session-Manager-only Windows host; `ami` pins an image, otherwise `ami_parameter` names AWS' current one."""

    ami: Annotated[str, Field(pattern=r"^ami-([0-9a-f]{8}|[0-9a-f]{17})$")] | None = None
    ami_parameter: Annotated[str, Field(pattern=r"^/aws/service/ami-windows-latest/[A-Za-z0-9_.-]+$")] = (
        "/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base"
    )
    instance_type: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*\.[a-z0-9]+$")] = "t3.medium"
    idle_minutes: Annotated[int, Field(ge=1, le=60)] = 20
    max_session_minutes: Annotated[int, Field(ge=1, le=1440)] = 480


class Evidence(Section):
    """How long logs are kept, in days."""

    log_retention_days: LogRetention = 90
    bucket_retention_days: Annotated[int, Field(ge=30, le=3653)] = 365


class Settings(Section):
    """The whole configuration of one stack."""

    environment: Environment
    owner: TagValue
    cost_center: TagValue
    protect: bool
    """Whether the engine refuses to delete what cannot be had back: the directory, the key, the log bucket."""
    allowed: Allowed
    account: Account
    network: Network
    directory: Directory
    desktops: Desktops
    proxy: Proxy
    bastion: Bastion
    evidence: Evidence
    landing: Landing | None = None

    @property
    def declared_production(self) -> tuple[IPv4Network, ...]:
        """The production ranges that desktops may reach."""
        return tuple(subnet.cidr for subnet in self.network.production.subnets)
