"""Roles of the stack: named, bounded, and with their whole permissions readable at preview."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.iam.place import Place
from components.iam.policy import Policy
from components.tags import Tags


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleArgs:
    """A role: `purpose` makes its name, `inline` maps policy names to documents, `managed` lists managed policy ARNs.

    `boundary_arn` may be left out only for the one role whose name AWS fixes, `workspaces_DefaultRole`
    (`physical_name`), which every directory of the account shares.
    """

    place: Place
    tags: Tags
    purpose: str
    description: str
    trust: Policy
    boundary_arn: pulumi.Input[str] | None
    inline: Mapping[str, Policy] = field(default_factory=dict[str, Policy])
    managed: tuple[str, ...] = ()
    physical_name: str | None = None


class Role(pulumi.ComponentResource):
    """A role with its policies.

    Whatever uses the role at once depends on `attachments`: a role without its policies is refused by services.
    """

    role: aws.iam.Role
    arn: pulumi.Output[str]
    role_name: pulumi.Output[str]
    attachments: list[pulumi.Resource]

    def __init__(self, name: str, args: RoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secureroom:iam:Role", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.role = aws.iam.Role(
            f"{name}-role",
            name=args.physical_name or args.place.role_name(args.purpose),
            description=args.description,
            assume_role_policy=args.trust.json(),
            permissions_boundary=args.boundary_arn,
            tags=args.tags.named(f"{args.purpose}-role-1"),
            opts=child,
        )
        inline = [
            aws.iam.RolePolicy(f"{name}-{policy}", name=policy, role=self.role.name, policy=document.json(), opts=child)
            for policy, document in args.inline.items()
        ]
        managed = [
            aws.iam.RolePolicyAttachment(
                f"{name}-{arn.rsplit('/', 1)[-1]}", role=self.role.name, policy_arn=arn, opts=child
            )
            for arn in args.managed
        ]
        self.attachments = [*inline, *managed]
        self.arn = self.role.arn
        self.role_name = self.role.name
        self.register_outputs({"arn": self.arn})
