"""Hosts made from a launch template or launch configuration: instances that name one, and groups that scale them."""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.facts.from_pulumi.network.common import Build, entries, identity
from guardrails.facts.from_pulumi.network.services import Groups, default_group
from guardrails.facts.network import Interface
from guardrails.facts.resource import Resource, as_bool
from guardrails.facts.roles import Role
from guardrails.facts.values import Maybe, Ref, Unknown

_SPECIFICATION = "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification"
_NAMED_BY = (
    "launchTemplate.id",
    "launchTemplate.name",
    f"{_SPECIFICATION}.launchTemplateId",
    f"{_SPECIFICATION}.launchTemplateName",
    "launchConfiguration",
)
"""Where an instance or a scaling group names what its hosts are made from."""


def template_of(build: Build, item: Resource) -> Maybe[Resource] | None:
    """Give the template of a resource's hosts, None where it names none."""
    for path in _NAMED_BY:
        named = build.optional(item, path, Role.LAUNCH_TEMPLATE)
        if named is None:
            continue
        found = build.facts.resource(named)
        if found is not None:
            return found
        return (
            named if isinstance(named, Unknown) else Unknown(f"{item.urn}.{path}", "the template is not in the stack")
        )
    return None


def template_groups(build: Build, template: Maybe[Resource], subnet: Maybe[Ref]) -> Groups:
    """Give the groups of a template's hosts: of its network interfaces, its own, or the VPC's default one."""
    if isinstance(template, Unknown):
        return (template,)
    named = [
        ref for path in ("vpcSecurityGroupIds", "securityGroups") for ref in build.refs(template, path, Role.GROUP)
    ]
    cards = _cards(template)
    if isinstance(cards, Unknown):
        return (cards,)
    named += [ref for card in cards for ref in build.refs(template, f"{card}.securityGroups", Role.GROUP)]
    return tuple(named) or default_group(build, subnet)


def template_public(build: Build, template: Maybe[Resource], subnet: Maybe[Ref]) -> Maybe[bool]:
    """Tell whether a template's hosts get public addresses: what it says, or what their subnet does."""
    if isinstance(template, Unknown):
        return template
    cards = _cards(template)
    if isinstance(cards, Unknown):
        return cards
    for path in ("associatePublicIpAddress", *(f"{card}.associatePublicIpAddress" for card in cards)):
        value = template.get(path)
        if value not in (None, ""):
            return as_bool(value, f"{template.urn}.{path}")
    return on_launch(build, subnet)


def on_launch(build: Build, subnet: Maybe[Ref]) -> Maybe[bool]:
    """Tell whether a subnet gives its hosts public addresses."""
    resource = build.facts.resource(subnet)
    if resource is None:
        return Unknown("mapPublicIpOnLaunch", "the subnet is not in the stack")
    return resource.flag("mapPublicIpOnLaunch", default=resource.kind == "ec2.DefaultSubnet")


def _cards(template: Resource) -> Maybe[list[str]]:
    listed = entries(template, "networkInterfaces")
    return listed if isinstance(listed, Unknown) else [where.replace("[", ".").replace("]", "") for where, _ in listed]


def fleets(build: Build) -> Iterator[Interface]:
    """Give a class of hosts for each subnet of each scaling group."""
    for item in build.of("autoscaling.Group"):
        template = template_of(build, item) or Unknown(f"{item.urn}.launchTemplate", "not given")
        subnets = build.refs(item, "vpcZoneIdentifiers", Role.SUBNET)
        if not subnets:
            build.gap(f"{item.urn}.vpcZoneIdentifiers", "without subnets its hosts are in the default VPC")
        for index, subnet in enumerate(subnets):
            yield Interface(
                **identity(item, f"#interface-{index}"),
                owner=item.urn,
                owner_kind="instance",
                subnet=subnet,
                groups=template_groups(build, template, subnet),
                public=template_public(build, template, subnet),
            )
