"""The bastion: a Windows host that nobody can connect to but through Session Manager."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.bastion.plan import MANAGED_POLICIES, ROOT_VOLUME_GIB, SESSION_DOCUMENT, SESSION_LOG, BastionPlan
from components.evidence.log_group import LogGroups
from components.iam.place import Place
from components.iam.policy import trust_plain
from components.iam.role import Role, RoleArgs
from components.instances import METADATA, root_volume
from components.tags import Tags
from components.vocabulary import Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class BastionArgs:
    """What the bastion is made from; the agent needs `ready` to report: endpoints, rules and the log bucket."""

    place: Place
    tags: Tags
    plan: BastionPlan
    subnet_id: pulumi.Input[str]
    group_id: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    boundary_arn: pulumi.Input[str]
    logs: LogGroups
    ready: Sequence[pulumi.Resource]
    purpose: str = "bastion"
    """Names the role and the host."""
    preferences: bool = True
    """Whether this one makes the region's session preferences, of which AWS has a single set."""


class Bastion(pulumi.ComponentResource):
    """Gives `instance_id` and `session_command`.

    There is no key pair, no public address, and its security group has no rule that lets anybody in.
    """

    instance_id: pulumi.Output[str]
    session_command: pulumi.Output[str]

    def __init__(self, name: str, args: BastionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secureroom:bastion:Bastion", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        if args.preferences:
            self._preferences()
        instance = self._host()
        self.instance_id = instance.id
        self.session_command = pulumi.Output.format(
            "aws ssm start-session --region {0} --target {1}", args.place.region, instance.id
        )
        self.register_outputs({"instanceId": self.instance_id})

    def _preferences(self) -> None:
        name, args = self._name, self._args
        group = args.logs.make(f"{name}-session-log-group", SESSION_LOG, self._child)
        aws.ssm.Document(
            f"{name}-session-preferences",
            name=SESSION_DOCUMENT,
            document_type="Session",
            document_format="JSON",
            content=args.plan.session_preferences,
            tags=args.tags.named("bastion-document-1"),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[group]),
        )

    def _profile(self) -> tuple[aws.iam.InstanceProfile, list[pulumi.Resource]]:
        name, args = self._name, self._args
        role = Role(
            f"{name}-instance",
            RoleArgs(
                place=args.place,
                tags=args.tags,
                purpose=args.purpose,
                description="The bastion: managed by Systems Manager, writes its session log",
                trust=trust_plain("ec2.amazonaws.com"),
                boundary_arn=args.boundary_arn,
                inline={"session-log": args.plan.permissions},
                managed=MANAGED_POLICIES,
            ),
            self._child,
        )
        profile = aws.iam.InstanceProfile(
            f"{name}-profile",
            name=args.place.role_name(args.purpose),
            role=role.role_name,
            tags=args.tags.named(f"{args.purpose}-profile-1"),
            opts=self._child,
        )
        return profile, role.attachments

    def _image(self) -> pulumi.Input[str]:
        """The pinned image, or AWS' current one at the moment of creation."""
        plan = self._args.plan
        if plan.ami is not None:
            return plan.ami
        found = aws.ssm.get_parameter_output(name=plan.ami_parameter, opts=pulumi.InvokeOutputOptions(parent=self))
        # The name of a public image is no secret, though the provider marks every parameter's value as one.
        return pulumi.Output.unsecret(found.value)

    def _host(self) -> aws.ec2.Instance:
        name, args = self._name, self._args
        profile, attachments = self._profile()
        # A new image of AWS' replaces the host when an operator asks for it, not whenever AWS publishes one.
        ignored = ["ami"] if args.plan.ami is None else []
        return aws.ec2.Instance(
            f"{name}-host",
            ami=self._image(),
            instance_type=args.plan.instance_type,
            subnet_id=args.subnet_id,
            vpc_security_group_ids=[args.group_id],
            associate_public_ip_address=False,
            source_dest_check=True,
            iam_instance_profile=profile.name,
            get_password_data=False,
            ebs_optimized=True,
            monitoring=True,
            metadata_options=METADATA,
            root_block_device=root_volume(
                args.key_arn, args.tags.named(f"{args.purpose}-volume-1", Zone.BASTION), ROOT_VOLUME_GIB
            ),
            tags=args.tags.named(f"{args.purpose}-instance-1", Zone.BASTION),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[*attachments, *args.ready], ignore_changes=ignored),
        )
