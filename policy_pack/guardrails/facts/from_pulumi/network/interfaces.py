"""Network interfaces: those that are declared, and those that services make for their resources."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from guardrails.facts.from_pulumi.network.common import Build, address, addresses, entries, identity, values
from guardrails.facts.from_pulumi.network.fleets import (
    fleets,
    on_launch,
    template_groups,
    template_of,
    template_public,
)
from guardrails.facts.from_pulumi.network.services import Groups, default_group, groups_of, service_interfaces
from guardrails.facts.network import Interface
from guardrails.facts.resource import Resource
from guardrails.facts.roles import PRIMARY_INTERFACE, Role
from guardrails.facts.values import IPAddress, Maybe, Ref, Unknown


def interfaces(build: Build) -> tuple[Interface, ...]:
    """Read every interface."""
    public = _public_addresses(build)
    found = [interface for reader in _READERS for interface in reader(build, public)]
    return (*found, *fleets(build), *service_interfaces(build))


class _Public:
    """Elastic IPs by the key of the interface that they are mapped to."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[IPAddress, ...]] = {}

    def add(self, key: str, item: Resource) -> None:
        found = address(item.get("publicIp"))
        self.known[key] = (*self.known.get(key, ()), *((found,) if found else ()))

    def of(self, key: str) -> tuple[IPAddress, ...] | None:
        return self.known.get(key)


def _public_addresses(build: Build) -> _Public:
    public = _Public()
    for item in build.of("ec2.Eip", "ec2.EipAssociation"):
        for prop, role in (("networkInterface", Role.INTERFACE), ("networkInterfaceId", Role.INTERFACE)):
            target = build.optional(item, prop, role) if item.get(prop) is not None else None
            if isinstance(target, Ref) and target.key:
                public.add(target.key, item)
            elif isinstance(target, Unknown):
                build.gaps.append(target)
        for prop in ("instance", "instanceId"):
            target = build.optional(item, prop, Role.INSTANCE) if item.get(prop) is not None else None
            if isinstance(target, Ref) and target.key:
                public.add(f"{target.key}{PRIMARY_INTERFACE}", item)
            elif isinstance(target, Unknown):
                build.gaps.append(target)
    return public


# -- declared interfaces and instances --------------------------------------------------------------------------------


def _declared(build: Build, public: _Public) -> Iterator[Interface]:
    attached = build.by_target(("ec2.NetworkInterfaceSecurityGroupAttachment",), "networkInterfaceId", Role.INTERFACE)
    owners = _owners(build)
    for item in build.of("ec2.NetworkInterface"):
        subnet = build.ref(item, "subnetId", Role.SUBNET)
        more = tuple(build.ref(extra, "securityGroupId", Role.GROUP) for extra in attached.get(item.urn, ()))
        elastic = public.of(item.urn)
        known = addresses([*values(item.get("privateIps"), item.urn), *values(item.get("ipv6Addresses"), item.urn)])
        yield Interface(
            **identity(item),
            owner=owners.get(item.urn, ""),
            owner_kind="instance" if item.urn in owners else "interface",
            subnet=subnet,
            groups=(*groups_of(build, item, "securityGroups", subnet), *more),
            addresses=known,
            public=elastic is not None,
            public_addresses=elastic or (),
            source_dest_check=item.flag("sourceDestCheck", default=True),
        )


def _owners(build: Build) -> dict[str, str]:
    """Tell which instance a declared interface belongs to."""
    found: dict[str, str] = {}
    for item in build.of("ec2.NetworkInterfaceAttachment"):
        interface = build.optional(item, "networkInterfaceId", Role.INTERFACE)
        instance = build.optional(item, "instanceId", Role.INSTANCE)
        if isinstance(interface, Ref) and isinstance(instance, Ref) and interface.key and instance.key:
            found[interface.key] = instance.key
    for item in build.of("ec2.Instance"):
        for path in ("networkInterfaces", "primaryNetworkInterface"):
            for ref in _attached(build, item, path):
                if isinstance(ref, Ref) and ref.key:
                    found[ref.key] = item.urn
    return found


def _attached(build: Build, item: Resource, path: str) -> Groups:
    listed = entries(item, path)
    if isinstance(listed, Unknown):
        return (listed,)
    dotted = [where.replace("[", ".").replace("]", "") for where, _entry in listed]
    if path == "primaryNetworkInterface" and isinstance(item.get(path), dict):
        dotted = [path]
    return tuple(build.ref(item, f"{where}.networkInterfaceId", Role.INTERFACE) for where in dotted)


def _instances(build: Build, public: _Public) -> Iterator[Interface]:
    attached = build.by_target(("ec2.NetworkInterfaceSecurityGroupAttachment",), "networkInterfaceId", Role.INTERFACE)
    for item in build.of("ec2.Instance", "ec2.SpotInstanceRequest"):
        declared = [*_attached(build, item, "networkInterfaces"), *_attached(build, item, "primaryNetworkInterface")]
        for unknown in declared:
            if isinstance(unknown, Unknown):
                build.gaps.append(unknown)
        # An answered instance also lists the interface that was made for it: only a declared one stands on its own.
        if any(isinstance(ref, Ref) and ref.key for ref in declared):
            continue
        key = f"{item.urn}{PRIMARY_INTERFACE}"
        subnet = build.ref(item, "subnetId", Role.SUBNET)
        elastic = public.of(key)
        known = addresses([item.get("privateIp"), *values(item.get("ipv6Addresses"), item.urn)])
        shown = address(item.get("publicIp"))
        more = tuple(build.ref(extra, "securityGroupId", Role.GROUP) for extra in attached.get(key, ()))
        yield Interface(
            **identity(item, PRIMARY_INTERFACE),
            owner=item.urn,
            owner_kind="instance",
            subnet=subnet,
            groups=(*_instance_groups(build, item, subnet), *more),
            addresses=known,
            public=True if elastic is not None else _instance_public(build, item, subnet),
            public_addresses=elastic or ((shown,) if shown else ()),
            source_dest_check=item.flag("sourceDestCheck", default=True),
        )


def _instance_groups(build: Build, item: Resource, subnet: Maybe[Ref]) -> Groups:
    named = build.refs(item, "vpcSecurityGroupIds", Role.GROUP) or build.refs(item, "securityGroups", Role.GROUP)
    template = template_of(build, item)
    if named or template is None:
        return named or default_group(build, subnet)
    return template_groups(build, template, subnet)


def _instance_public(build: Build, item: Resource, subnet: Maybe[Ref]) -> Maybe[bool]:
    if item.get("associatePublicIpAddress") is not None:
        return item.flag("associatePublicIpAddress", default=False)
    template = template_of(build, item)
    return on_launch(build, subnet) if template is None else template_public(build, template, subnet)


_READERS: tuple[Callable[[Build, _Public], Iterator[Interface]], ...] = (_declared, _instances)
