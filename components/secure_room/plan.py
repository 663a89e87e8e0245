"""The secure room as frozen values: directory, desktops and egress proxy, before any resource exists. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Final, get_args

from components.iam.place import Place
from components.network.services import NEEDED as NEEDED_ENDPOINTS
from components.secure_room import allow_list, pac, squid
from components.settings.model import DeviceType, Directory, IpRange, Proxy, Settings
from components.vocabulary import PROJECT

RULES_PER_IP_GROUP: Final = 10
"""Source: https://docs.aws.amazon.com/workspaces/latest/adminguide/amazon-workspaces-ip-access-control-groups.html"""

DEVICE_TYPES: Final[tuple[str, ...]] = get_args(DeviceType)
PASSWORD_LENGTH: Final = 32
"""Of the directory's Admin; AWS takes 8 to 64 characters of at least three of four classes.

Source: https://docs.aws.amazon.com/directoryservice/latest/devguide/API_CreateMicrosoftAD.html
"""

PROXY_USER: Final = "10001:10001"
"""The image's user and group, which have no rights on any host."""
RUN_FOLDER: Final = "/run/squid"
STOP_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class IpRule:
    """One address range from which desktop clients may connect."""

    source: str
    description: str


@dataclass(frozen=True, slots=True)
class DesktopPlan:
    """One user's desktop."""

    user: str
    bundle_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DesktopsPlan:
    """All desktops and what holds for each; `devices` maps every device type to ALLOW or DENY."""

    desktops: tuple[DesktopPlan, ...]
    ip_groups: tuple[tuple[IpRule, ...], ...]
    devices: dict[str, str]
    compute_type: str
    root_volume_gib: int
    user_volume_gib: int
    auto_stop_minutes: int
    creates_default_role: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyPlan:
    """The egress proxy; `containers` is the task's container definitions, absent while no image is known."""

    repository: str
    namespace: str
    service: str
    port: int
    cpu: int
    memory: int
    tasks: int
    squid_conf: str
    pac_file: str
    browser_policy: str
    containers: str | None

    @property
    def dns_name(self) -> str:
        """The name that desktops use."""
        return f"{self.service}.{self.namespace}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomPlan:
    """Everything that the secure room's components need to know."""

    directory: Directory
    desktops: DesktopsPlan
    proxy: ProxyPlan
    protect: bool


def plan_room(settings: Settings, place: Place, desktops: Sequence[IPv4Network]) -> RoomPlan:
    """The secure room of one stack; `desktops` are the ranges of the desktop tier, the proxy's only clients."""
    return RoomPlan(
        directory=settings.directory,
        desktops=_desktops(settings),
        proxy=_proxy(settings, place, tuple(desktops)),
        protect=settings.protect,
    )


def _desktops(settings: Settings) -> DesktopsPlan:
    wanted = settings.desktops
    return DesktopsPlan(
        desktops=tuple(DesktopPlan(user.name, user.bundle_id or wanted.bundle_id) for user in wanted.users),
        ip_groups=tuple(_ip_groups(wanted.ip_ranges)),
        devices=device_access(wanted.device_types),
        compute_type=wanted.compute_type,
        root_volume_gib=wanted.root_volume_gib,
        user_volume_gib=wanted.user_volume_gib,
        auto_stop_minutes=wanted.auto_stop_minutes,
        creates_default_role=wanted.default_role == "create",
    )


def _ip_groups(ranges: Sequence[IpRange]) -> Iterator[tuple[IpRule, ...]]:
    """The ranges in groups of the size that AWS allows, order kept: a range that is appended moves no other."""
    for start in range(0, len(ranges), RULES_PER_IP_GROUP):
        some = ranges[start : start + RULES_PER_IP_GROUP]
        yield tuple(IpRule(str(entry.cidr), entry.description) for entry in some)


def device_access(allowed: Sequence[str]) -> dict[str, str]:
    """ALLOW or DENY for each device type that WorkSpaces knows: one left out would get AWS' default."""
    return {device: "ALLOW" if device in allowed else "DENY" for device in DEVICE_TYPES}


def _proxy(settings: Settings, place: Place, desktops: tuple[IPv4Network, ...]) -> ProxyPlan:
    wanted, network = settings.proxy, settings.network
    entries = allow_list.compose(wanted.allow_list.extra, aws_console=wanted.allow_list.aws)
    endpoints = (*NEEDED_ENDPOINTS, *network.endpoints.extra)
    repository = f"{place.prefix}-egress-proxy"
    # Not a name below the directory's domain: there the controllers answer for every name themselves.
    namespace = f"{place.environment}.{PROJECT}.internal"
    squid_conf = squid.render(
        squid.SquidPlan(
            allow_list=entries,
            clients=desktops,
            port=wanted.port,
            internal=(network.room_cidr, network.production.cidr),
        )
    )
    ways = pac.PacPlan(
        proxy_name=f"proxy.{namespace}",
        proxy_port=wanted.port,
        direct_domains=(
            settings.directory.domain,
            namespace,
            *(allow_list.endpoint_host(service, place.region) for service in endpoints),
        ),
        direct_networks=(network.room_cidr, *settings.declared_production),
    )
    return ProxyPlan(
        repository=repository,
        namespace=namespace,
        service="proxy",
        port=wanted.port,
        cpu=wanted.cpu,
        memory=wanted.memory,
        tasks=wanted.tasks,
        squid_conf=squid_conf,
        pac_file=pac.render(ways),
        browser_policy=pac.browser_policy(ways),
        containers=_containers(wanted, place, repository, squid_conf),
    )


def image(place: Place, repository: str, digest: str) -> str:
    """The image by digest, from the account's own repository."""
    return f"{place.account}.dkr.ecr.{place.region}.amazonaws.com/{repository}@{digest}"


def _containers(wanted: Proxy, place: Place, repository: str, squid_conf: str) -> str | None:
    if wanted.image_digest is None:
        return None
    container = {
        "name": "proxy",
        "image": image(place, repository, wanted.image_digest),
        "essential": True,
        "user": PROXY_USER,
        "privileged": False,
        "readonlyRootFilesystem": True,
        "linuxParameters": {"capabilities": {"drop": ["ALL"]}, "initProcessEnabled": True},
        "environment": [{"name": "SQUID_CONF", "value": squid_conf}],
        "portMappings": [{"containerPort": wanted.port, "hostPort": wanted.port, "protocol": "tcp"}],
        "mountPoints": [{"sourceVolume": "run", "containerPath": RUN_FOLDER, "readOnly": False}],
        "healthCheck": {
            "command": ["CMD", "/usr/local/bin/healthcheck.sh"],
            "interval": 15,
            "timeout": 5,
            "retries": 3,
            "startPeriod": 10,
        },
        "stopTimeout": STOP_SECONDS,
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": place.log_group_name("proxy"),
                "awslogs-region": place.region,
                "awslogs-stream-prefix": "egress",
                # No log, no way out: the default drops lines that cannot be delivered at once.
                "mode": "blocking",
            },
        },
    }
    return json.dumps([container], separators=(",", ":"), sort_keys=True)
