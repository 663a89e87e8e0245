"""The role through which an inspection vendor looks after its own endpoints, and nothing else. Off unless configured.

The vendor's console asks for the right to make and delete subnets and endpoints anywhere. Here it may look, make
endpoints of its own service in inspection subnets of ours, and delete those that it made. Its trust needs the external
id of the contract, and a boundary of its own holds whatever else would be attached to the role.
Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html,
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.iam.place import Place
from components.iam.policy import Condition, Policy, Principals, Statement, allow, deny
from components.iam.role import Role, RoleArgs
from components.settings.inspection import VendorLink
from components.tags import Tags
from components.vocabulary import PARTITION, PROJECT, Tag, Zone

PURPOSE = "inspection-vendor"
MAKER = "inspection-vendor"
"""The value of the tag ManagedBy on what the vendor makes."""

_LOOK = (
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcEndpoints",
    "ec2:DescribeVpcs",
)


def vendor_trust(wanted: VendorLink) -> Policy:
    """Who may take the role: the vendor's account, and only with the external id."""
    there = Principals.arns(f"arn:{PARTITION}:iam::{wanted.account_id}:root")
    agreed = Condition("StringEquals", "sts:ExternalId", (wanted.external_id,))
    return Policy((allow("AssumeWithExternalId", ("sts:AssumeRole",), (), principals=there, when=(agreed,)),))


def vendor_policy(place: Place, services: tuple[str, ...]) -> Policy:
    """What the vendor may do, for its endpoint `services`."""
    return Policy(tuple(_statements(place, services)))


def vendor_boundary(place: Place, services: tuple[str, ...]) -> Policy:
    """The most that the role can do: the same, and nothing about identities."""
    never = deny("NoIdentityChange", ("iam:*", "organizations:*", "account:*", "sts:*"), ("*",))
    return Policy((*_statements(place, services), never))


def _statements(place: Place, services: tuple[str, ...]) -> tuple[Statement, ...]:
    made_by_it = Condition("StringEquals", f"aws:RequestTag/{Tag.MANAGED_BY}", (MAKER,))
    its_own = Condition("StringEquals", f"aws:ResourceTag/{Tag.MANAGED_BY}", (MAKER,))
    of_its_service = Condition("StringEquals", "ec2:VpceServiceName", services)
    in_its_tier = Condition("StringEquals", f"aws:ResourceTag/{Tag.ZONE}", (Zone.INSPECTION.value,))
    of_ours = Condition("StringEquals", f"aws:ResourceTag/{Tag.PROJECT}", (PROJECT,))
    while_making = Condition("StringEquals", "ec2:CreateAction", ("CreateVpcEndpoint",))
    here = Condition("StringEquals", "aws:RequestedRegion", (place.region,))
    endpoints, create = (place.arn("ec2", "vpc-endpoint/*"),), ("ec2:CreateVpcEndpoint",)
    return (
        allow("Look", _LOOK, ("*",), when=(here,)),
        allow("MakeEndpointsOfItsService", create, endpoints, when=(of_its_service,)),
        allow("InInspectionSubnets", create, (place.arn("ec2", "subnet/*"),), when=(in_its_tier,)),
        allow("InOurNetworks", create, (place.arn("ec2", "vpc/*"),), when=(of_ours,)),
        allow("MarkWhatItMakes", ("ec2:CreateTags",), endpoints, when=(made_by_it, while_making)),
        allow("DeleteItsOwnEndpoints", ("ec2:DeleteVpcEndpoints",), endpoints, when=(its_own,)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorRoleArgs:
    """The contract's account and external id, and the endpoint services that the stack uses."""

    wanted: VendorLink
    services: tuple[str, ...]
    place: Place
    tags: Tags


class VendorRole(pulumi.ComponentResource):
    """Gives the role's `arn`, which the vendor's console asks for."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: VendorRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secureroom:inspection:VendorRole", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        boundary = aws.iam.Policy(
            f"{name}-boundary",
            name=f"{args.place.prefix}-{PURPOSE}-boundary",
            description="The most that the inspection vendor's role can do",
            policy=vendor_boundary(args.place, args.services).json(),
            tags=args.tags.named(f"{PURPOSE}-policy-1"),
            opts=child,
        )
        role = Role(
            name,
            RoleArgs(
                place=args.place,
                tags=args.tags,
                purpose=PURPOSE,
                description="Lets the inspection vendor look after its endpoints",
                trust=vendor_trust(args.wanted),
                boundary_arn=boundary.arn,
                inline={"endpoints": vendor_policy(args.place, args.services)},
            ),
            child,
        )
        self.arn = role.arn
        self.register_outputs({"arn": self.arn})
