"""VPCs and subnets."""

from __future__ import annotations

from guardrails.facts.from_pulumi.network.common import Build, account_of, cidr, identity, region_of, values
from guardrails.facts.network import BlockPublicAccess, Subnet, Vpc
from guardrails.facts.resource import Resource
from guardrails.facts.roles import Role
from guardrails.facts.values import IPNetwork, Maybe, Origin, Ref, Unknown

VPC_KINDS = ("ec2.Vpc", "ec2.DefaultVpc")
SUBNET_KINDS = ("ec2.Subnet", "ec2.DefaultSubnet")
_DEFAULT_VPC_BLOCK = "172.31.0.0/16"
"""AWS gives every default VPC this block (VPC user guide, "Default VPC components")."""


def vpcs(build: Build) -> tuple[Vpc, ...]:
    """Read every VPC with all its blocks."""
    more = build.by_target(("ec2.VpcIpv4CidrBlockAssociation", "ec2.VpcIpv6CidrBlockAssociation"), "vpcId", Role.VPC)
    exclusions = _exclusions(build, "vpcId", Role.VPC)
    found: list[Vpc] = []
    for item in build.of(*VPC_KINDS):
        default = item.kind == "ec2.DefaultVpc"
        blocks = _blocks(item, "cidrBlock", default=_DEFAULT_VPC_BLOCK if default else None)
        blocks += _v6_blocks(item, "assignGeneratedIpv6CidrBlock")
        for extra in more.get(item.urn, ()):
            prop = "cidrBlock" if "Ipv4" in extra.kind else "ipv6CidrBlock"
            blocks.append(cidr(extra.get(prop, Unknown(f"{extra.urn}.{prop}")), f"{extra.urn}.{prop}"))
        found.append(
            Vpc(
                **identity(item),
                cidrs=tuple(blocks),
                dns_support=item.flag("enableDnsSupport", default=True),
                dns_hostnames=item.flag("enableDnsHostnames", default=default),
                block_public_access=_excluded(build, item, exclusions) or _account_wide(build, item),
            )
        )
    return (*found, *_borrowed(build))


def _borrowed(build: Build) -> list[Vpc]:
    """Give the declared VPCs outside of the stack that it has subnets of its own in."""
    if build.facts.intent is None:
        return []
    homes = {
        ref.literal
        for item in build.of(*SUBNET_KINDS)
        if isinstance(ref := build.optional(item, "vpcId", Role.VPC), Ref) and ref.key is None
    }
    return [
        Vpc(
            key=external.id,
            origin=Origin(external.id),
            id=external.id,
            name=external.id,
            account=external.account or Unknown(external.id, "its account is not declared"),
            region=external.region or Unknown(external.id, "its region is not declared"),
            cidrs=tuple(external.cidrs) or (Unknown(external.id, "its blocks are not declared"),),
        )
        for external in build.facts.intent.externals
        if external.id in homes
    ]


def _blocks(item: Resource, prop: str, default: str | None = None) -> list[Maybe[IPNetwork]]:
    value = item.get(prop, default)
    what = f"{item.urn}.{prop}"
    if value is None:
        pool = item.get("ipv4IpamPoolId")
        return [Unknown(what, "chosen by an IPAM pool")] if pool is not None else [Unknown(what, "not given")]
    return [cidr(value, what)]


def _v6_blocks(item: Resource, generated: str) -> list[Maybe[IPNetwork]]:
    what = f"{item.urn}.ipv6CidrBlock"
    found: list[Maybe[IPNetwork]] = [cidr(one, what) for one in values(item.get("ipv6CidrBlock"), what)]
    if not found and (item.flag(generated, default=False) is not False or item.get("ipv6IpamPoolId") is not None):
        found.append(Unknown(what))
    return found


def subnets(build: Build) -> tuple[Subnet, ...]:
    """Read every subnet."""
    exclusions = _exclusions(build, "subnetId", Role.SUBNET)
    found: list[Subnet] = []
    for item in build.of(*SUBNET_KINDS):
        default = item.kind == "ec2.DefaultSubnet"
        what = f"{item.urn}.ipv6CidrBlock"
        blocks = [] if item.flag("ipv6Native", default=False) is True else _blocks(item, "cidrBlock")
        blocks += [cidr(one, what) for one in values(item.get("ipv6CidrBlock"), what)]
        found.append(
            Subnet(
                **identity(item),
                vpc=build.ref(item, "vpcId", Role.VPC),
                cidrs=tuple(blocks),
                zone=item.text("availabilityZone") or Unknown(f"{item.urn}.availabilityZone"),
                zone_id=item.text("availabilityZoneId") or Unknown(f"{item.urn}.availabilityZoneId"),
                public_ip_on_launch=item.flag("mapPublicIpOnLaunch", default=default),
                block_public_access=_excluded(build, item, exclusions),
            )
        )
    return tuple(found)


# -- Block Public Access ----------------------------------------------------------------------------------------------

_MODES = {
    "off": BlockPublicAccess.OFF,
    "block-ingress": BlockPublicAccess.INGRESS,
    "block-bidirectional": BlockPublicAccess.BIDIRECTIONAL,
}
_EXCLUSIONS = {"allow-bidirectional": BlockPublicAccess.OFF, "allow-egress": BlockPublicAccess.INGRESS}


def _account_wide(build: Build, vpc: Resource) -> Maybe[BlockPublicAccess]:
    """Give the mode of the VPC's account and region; `off` is AWS's default."""
    for item in build.of("ec2.VpcBlockPublicAccessOptions", "vpc.BlockPublicAccessOptions"):
        if _elsewhere(region_of(item), region_of(vpc)) or _elsewhere(account_of(item), account_of(vpc)):
            continue
        mode = item.get("internetGatewayBlockMode")
        known = _MODES.get(mode) if isinstance(mode, str) else None
        return known or Unknown(f"{item.urn}.internetGatewayBlockMode", "not a mode that is known")
    return BlockPublicAccess.OFF


def _excluded(
    build: Build, item: Resource, exclusions: dict[str, Maybe[BlockPublicAccess]]
) -> Maybe[BlockPublicAccess] | None:
    """Give the mode that a place's exclusion leaves; None without one, or where there is nothing to take off."""
    return None if _account_wide(build, item) is BlockPublicAccess.OFF else exclusions.get(item.urn)


def _elsewhere(one: Maybe[str], other: Maybe[str]) -> bool:
    return isinstance(one, str) and isinstance(other, str) and one != other


def _exclusions(build: Build, prop: str, role: Role) -> dict[str, Maybe[BlockPublicAccess]]:
    found: dict[str, Maybe[BlockPublicAccess]] = {}
    for item in build.of("ec2.VpcBlockPublicAccessExclusion", "vpc.BlockPublicAccessExclusion"):
        target = build.optional(item, prop, role)
        mode = item.get("internetGatewayExclusionMode")
        if isinstance(target, Ref) and target.key:
            known = _EXCLUSIONS.get(mode) if isinstance(mode, str) else None
            found[target.key] = known or Unknown(f"{item.urn}.internetGatewayExclusionMode", "not a mode that is known")
        elif isinstance(target, Unknown):
            build.gaps.append(target)
    return found


def vpc_of_subnet(build: Build, subnet: Maybe[Ref] | None) -> Maybe[Ref]:
    """Give the VPC that a subnet is in."""
    resource = build.facts.resource(subnet)
    if resource is None:
        return Unknown("vpc", "the subnet is not in the stack")
    return build.ref(resource, "vpcId", Role.VPC)
