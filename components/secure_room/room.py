"""The secure room in one component: directory, desktops and egress proxy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.evidence.log_group import LogGroups
from components.iam.place import Place
from components.secure_room.desktops import Desktops, DesktopsArgs
from components.secure_room.directory import Directory, DirectoryArgs
from components.secure_room.plan import RoomPlan
from components.secure_room.proxy import EgressProxy, EgressProxyArgs
from components.tags import Tags


@dataclass(frozen=True, slots=True, kw_only=True)
class SecureRoomArgs:
    """The plan, and what network and evidence give; subnets in AZ order, the directory's and desktops' in two AZs."""

    place: Place
    tags: Tags
    plan: RoomPlan
    vpc_id: pulumi.Input[str]
    directory_subnet_ids: Sequence[pulumi.Input[str]]
    desktop_subnet_ids: Sequence[pulumi.Input[str]]
    proxy_subnet_ids: Sequence[pulumi.Input[str]]
    desktop_group_id: pulumi.Input[str]
    proxy_group_id: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    boundary_arn: pulumi.Input[str]
    logs: LogGroups
    ready: Sequence[pulumi.Resource]


class SecureRoom(pulumi.ComponentResource):
    """Gives `directory_id`, `registration_code`, `proxy_name`, `proxy_repository_url` and `password_secret_arn`.

    And `browser_policy_parameter`, where the bastion reads what the group policy of the desktops has to say.
    """

    directory_id: pulumi.Output[str]
    password_secret_arn: pulumi.Output[str]
    registration_code: pulumi.Output[str]
    proxy_name: str
    proxy_repository_url: pulumi.Output[str]
    browser_policy_parameter: pulumi.Output[str]

    def __init__(self, name: str, args: SecureRoomArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secureroom:secure_room:SecureRoom", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        directory = Directory(
            f"{name}-directory",
            DirectoryArgs(
                place=args.place,
                tags=args.tags,
                directory=args.plan.directory,
                vpc_id=args.vpc_id,
                subnet_ids=args.directory_subnet_ids,
                key_arn=args.key_arn,
                logs=args.logs,
                protect=args.plan.protect,
            ),
            child,
        )
        desktops = Desktops(
            f"{name}-desktops",
            DesktopsArgs(
                place=args.place,
                tags=args.tags,
                plan=args.plan.desktops,
                directory_id=directory.directory_id,
                subnet_ids=args.desktop_subnet_ids,
                group_id=args.desktop_group_id,
                key_arn=args.key_arn,
            ),
            child,
        )
        proxy = EgressProxy(
            f"{name}-proxy",
            EgressProxyArgs(
                place=args.place,
                tags=args.tags,
                plan=args.plan.proxy,
                vpc_id=args.vpc_id,
                subnet_ids=args.proxy_subnet_ids,
                group_id=args.proxy_group_id,
                key_arn=args.key_arn,
                boundary_arn=args.boundary_arn,
                logs=args.logs,
                ready=args.ready,
                protect=args.plan.protect,
            ),
            child,
        )
        self.directory_id = directory.directory_id
        self.password_secret_arn = directory.password_secret_arn
        self.registration_code = desktops.registration_code
        self.proxy_name = proxy.dns_name
        self.proxy_repository_url = proxy.repository_url
        self.browser_policy_parameter = proxy.browser_policy_parameter
        self.register_outputs({"directoryId": self.directory_id, "registrationCode": self.registration_code})
