"""The desktops: registration of the directory with WorkSpaces, who may connect from where, and one desktop a user."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.iam.place import Place
from components.iam.policy import trust_plain
from components.iam.role import Role, RoleArgs
from components.secure_room.plan import DesktopPlan, DesktopsPlan, IpRule
from components.tags import Tags
from components.vocabulary import PARTITION, Zone

DEFAULT_ROLE = "workspaces_DefaultRole"
DEFAULT_ROLE_POLICIES = (
    f"arn:{PARTITION}:iam::aws:policy/AmazonWorkSpacesServiceAccess",
    f"arn:{PARTITION}:iam::aws:policy/AmazonWorkSpacesSelfServiceAccess",
)
"""Source: https://docs.aws.amazon.com/workspaces/latest/adminguide/workspaces-access-control.html"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesktopsArgs:
    """What the desktops are made from; `subnet_ids` are the desktop tier's, `group_id` is its security group."""

    place: Place
    tags: Tags
    plan: DesktopsPlan
    directory_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    group_id: pulumi.Input[str]
    key_arn: pulumi.Input[str]


class Desktops(pulumi.ComponentResource):
    """Gives `registration_code`, which users type into the client, and the desktops' ids by user.

    AWS' own groups come on top of `group_id` and nobody may change them: what keeps desktops off the internet is that
    their subnets have no route to it.
    """

    registration_code: pulumi.Output[str]
    workspace_ids: dict[str, pulumi.Output[str]]

    def __init__(self, name: str, args: DesktopsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secureroom:secure_room:Desktops", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        groups = [self._ip_group(number, rules) for number, rules in enumerate(args.plan.ip_groups, start=1)]
        registration = self._register(groups, self._default_role())
        self.registration_code = registration.registration_code
        self.workspace_ids = {desktop.user: self._desktop(desktop, registration) for desktop in args.plan.desktops}
        self.register_outputs({"registrationCode": self.registration_code})

    def _default_role(self) -> list[pulumi.Resource]:
        """The account-wide role that WorkSpaces acts by: with its policies attached before the registration."""
        if not self._args.plan.creates_default_role:
            return []
        role = Role(
            f"{self._name}-default-role",
            RoleArgs(
                place=self._args.place,
                tags=self._args.tags,
                purpose="workspaces-default",
                description="WorkSpaces makes network interfaces for desktops",
                trust=trust_plain("workspaces.amazonaws.com"),
                boundary_arn=None,
                managed=DEFAULT_ROLE_POLICIES,
                physical_name=DEFAULT_ROLE,
            ),
            self._child,
        )
        return role.attachments

    def _ip_group(self, number: int, rules: tuple[IpRule, ...]) -> aws.workspaces.IpGroup:
        return aws.workspaces.IpGroup(
            f"{self._name}-ip-group-{number}",
            name=f"{self._args.place.prefix}-desktop-{number}",
            description="Where desktop clients may connect from",
            rules=[{"source": rule.source, "description": rule.description} for rule in rules],
            tags=self._args.tags.named(f"desktop-ip-group-{number}"),
            opts=self._child,
        )

    def _register(self, groups: list[aws.workspaces.IpGroup], after: list[pulumi.Resource]) -> aws.workspaces.Directory:
        args = self._args
        return aws.workspaces.Directory(
            f"{self._name}-registration",
            directory_id=args.directory_id,
            subnet_ids=list(args.subnet_ids),
            ip_group_ids=[group.id for group in groups],
            tenancy="SHARED",
            workspace_creation_properties={
                "custom_security_group_id": args.group_id,
                "enable_internet_access": False,
                "enable_maintenance_mode": True,
                "user_enabled_as_local_administrator": False,
            },
            self_service_permissions={
                "change_compute_type": False,
                "increase_volume_size": False,
                "rebuild_workspace": False,
                "restart_workspace": False,
                "switch_running_mode": False,
            },
            workspace_access_properties=_access(args.plan.devices),
            tags=args.tags.named("desktop-registration-1", Zone.DESKTOP),
            opts=pulumi.ResourceOptions(parent=self, depends_on=after),
        )

    def _desktop(self, desktop: DesktopPlan, registration: aws.workspaces.Directory) -> pulumi.Output[str]:
        plan = self._args.plan
        workspace = aws.workspaces.Workspace(
            f"{self._name}-{desktop.user}",
            directory_id=registration.id,
            bundle_id=desktop.bundle_id,
            user_name=desktop.user,
            root_volume_encryption_enabled=True,
            user_volume_encryption_enabled=True,
            volume_encryption_key=self._args.key_arn,
            workspace_properties={
                "compute_type_name": plan.compute_type,
                "root_volume_size_gib": plan.root_volume_gib,
                "user_volume_size_gib": plan.user_volume_gib,
                "running_mode": "AUTO_STOP",
                "running_mode_auto_stop_timeout_in_minutes": plan.auto_stop_minutes,
            },
            tags={**self._args.tags.named(f"desktop-workspace-{desktop.user}", Zone.DESKTOP)},
            opts=self._child,
        )
        return workspace.id


def _access(devices: dict[str, str]) -> aws.workspaces.DirectoryWorkspaceAccessPropertiesArgs:
    return aws.workspaces.DirectoryWorkspaceAccessPropertiesArgs(
        device_type_android=devices["android"],
        device_type_chromeos=devices["chromeos"],
        device_type_ios=devices["ios"],
        device_type_linux=devices["linux"],
        device_type_osx=devices["osx"],
        device_type_web=devices["web"],
        device_type_windows=devices["windows"],
        device_type_zeroclient=devices["zeroclient"],
    )
