"""One stack: its tiers in the order in which they rest on each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi

from components.bastion.bastion import Bastion, BastionArgs
from components.bastion.plan import plan_bastion
from components.evidence.evidence import Evidence, EvidenceArgs
from components.evidence.log_group import LogGroups
from components.iam.boundary import Boundary, BoundaryArgs
from components.iam.place import Place
from components.landing.landing import Landing, LandingArgs
from components.network.network import Network, NetworkArgs
from components.network.plan import NetworkPlan, plan_network
from components.secure_room.plan import plan_room
from components.secure_room.room import SecureRoom, SecureRoomArgs
from components.settings import Settings
from components.tags import Tags
from components.vocabulary import Zone


@dataclass(frozen=True, slots=True)
class _Ground:
    """What every tier stands on."""

    settings: Settings
    place: Place
    tags: Tags
    plan: NetworkPlan
    boundary: Boundary
    evidence: Evidence
    options: pulumi.ResourceOptions

    def logs(self, retention_days: int) -> LogGroups:
        """Log groups that are kept for that long."""
        return LogGroups(place=self.place, tags=self.tags, key_arn=self.evidence.key_arn, retention_days=retention_days)


def compose(
    settings: Settings, provider: pulumi.ProviderResource, production: pulumi.ProviderResource | None = None
) -> dict[str, Any]:
    """Make everything that the settings describe; gives what an operator needs, by name.

    `provider` is the stack's account; `production` that of an existing production VPC whose owner lets us act there.
    """
    ground = _ground(settings, pulumi.ResourceOptions(providers={"aws": provider}))
    network = Network(
        "network",
        NetworkArgs(
            plan=ground.plan,
            tags=ground.tags,
            flow_logs=ground.logs(settings.network.flow_log_retention_days),
            flow_log_role_arn=ground.evidence.flow_log_role_arn,
            protect=settings.protect,
            production_provider=production,
        ),
        ground.options,
    )
    room = _room(ground, network)
    bastion = _bastion(ground, network)
    landing = {} if settings.landing is None else _landing(ground)
    return {
        "registration_code": room.registration_code,
        "proxy_address": f"{room.proxy_name}:{settings.proxy.port}",
        "proxy_repository_url": room.proxy_repository_url,
        "browser_policy_parameter": room.browser_policy_parameter,
        "directory_id": room.directory_id,
        "directory_password_secret_arn": room.password_secret_arn,
        "bastion_id": bastion.instance_id,
        "session_command": bastion.session_command,
        "room_vpc_id": network.vpc_id,
        "production_vpc_id": network.production_vpc_id,
        "peering_id": network.peering_id,
        "peering_to_do": _for_the_other_team(ground.plan),
        "log_bucket": ground.place.log_bucket,
        **landing,
    }


def _landing(ground: _Ground) -> dict[str, Any]:
    args = LandingArgs(
        settings=ground.settings,
        place=ground.place,
        tags=ground.tags,
        perimeter=ground.plan.perimeter,
        logs=ground.logs(ground.settings.network.flow_log_retention_days),
        flow_log_role_arn=ground.evidence.flow_log_role_arn,
        key_arn=ground.evidence.key_arn,
        boundary_arn=ground.boundary.arn,
        bastion=plan_bastion(ground.settings, ground.place),
        log_bucket_ready=[*ground.evidence.log_bucket_ready],
    )
    return Landing("landing", args, ground.options).outputs


def _ground(settings: Settings, options: pulumi.ResourceOptions) -> _Ground:
    place = Place(settings.account.id, settings.account.region, settings.environment)
    tags = Tags(settings.environment, settings.owner, settings.cost_center)
    boundary = Boundary("boundary", BoundaryArgs(place=place, tags=tags), options)
    evidence = Evidence(
        "evidence",
        EvidenceArgs(
            place=place,
            tags=tags,
            boundary_arn=boundary.arn,
            retention_days=settings.evidence.bucket_retention_days,
            protect=settings.protect,
        ),
        options,
    )
    return _Ground(settings, place, tags, plan_network(settings), boundary, evidence, options)


def _room(ground: _Ground, network: Network) -> SecureRoom:
    return SecureRoom(
        "room",
        SecureRoomArgs(
            place=ground.place,
            tags=ground.tags,
            plan=plan_room(ground.settings, ground.place, ground.plan.cidrs(Zone.DESKTOP)),
            vpc_id=network.vpc_id,
            directory_subnet_ids=network.subnet_ids(Zone.DIRECTORY),
            desktop_subnet_ids=network.subnet_ids(Zone.DESKTOP),
            proxy_subnet_ids=network.subnet_ids(Zone.PROXY),
            desktop_group_id=network.group_id(Zone.DESKTOP),
            proxy_group_id=network.group_id(Zone.PROXY),
            key_arn=ground.evidence.key_arn,
            boundary_arn=ground.boundary.arn,
            logs=ground.logs(ground.settings.evidence.log_retention_days),
            ready=network.ready,
        ),
        ground.options,
    )


def _bastion(ground: _Ground, network: Network) -> Bastion:
    return Bastion(
        "bastion",
        BastionArgs(
            place=ground.place,
            tags=ground.tags,
            plan=plan_bastion(ground.settings, ground.place),
            subnet_id=network.subnet_ids(Zone.BASTION)[0],
            group_id=network.group_id(Zone.BASTION),
            key_arn=ground.evidence.key_arn,
            boundary_arn=ground.boundary.arn,
            logs=ground.logs(ground.settings.evidence.log_retention_days),
            ready=[*network.ready, *ground.evidence.log_bucket_ready],
        ),
        ground.options,
    )


def _for_the_other_team(plan: NetworkPlan) -> list[str]:
    """What the owner of an existing production VPC does on that side: the room's program has no rights there."""
    if plan.production.created or plan.production.settings.access is not None:
        return []
    desktops = [str(subnet.cidr) for subnet in plan.tier(Zone.DESKTOP)]
    ports = [f"{port.protocol}/{port.port}" for port in plan.production.settings.ports]
    subnets = ", ".join(map(str, plan.production.cidrs))
    return [
        "accept the peering connection",
        f"route {', '.join(desktops)} to it in the route tables of {subnets}",
        f"allow {', '.join(ports)} inward from {', '.join(desktops)}, and nothing to them",
    ]
