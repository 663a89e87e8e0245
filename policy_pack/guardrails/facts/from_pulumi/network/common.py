"""What the network readers share: identity of an object, addresses, protocols and ports."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from guardrails.facts.network import ALL_PORTS, ANY_PROTOCOL, Ports
from guardrails.facts.resource import Resource, Value, as_int
from guardrails.facts.roles import Role
from guardrails.facts.values import IPAddress, IPNetwork, Maybe, Origin, Ref, Unknown

if TYPE_CHECKING:
    from guardrails.facts.stack import Facts

ANY_V4 = ipaddress.ip_network("0.0.0.0/0")
ANY_V6 = ipaddress.ip_network("::/0")

_ABSENT: tuple[Value, ...] = (None, "", [])
"""How the provider writes a property that is not given."""

_PROTOCOLS = {
    "-1": ANY_PROTOCOL,
    "all": ANY_PROTOCOL,
    "tcp": 6,
    "udp": 17,
    "icmp": 1,
    "icmpv6": 58,
    "ah": 51,
    "esp": 50,
}
_WITH_PORTS = {6, 17}
_WITH_TYPES = {1, 58}


class Build:
    """One run of the readers over the facts; collects what they could not read."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.gaps: list[Unknown] = []

    def of(self, *kinds: str) -> list[Resource]:
        """Give the resources of these kinds."""
        return self.facts.of(*kinds)

    def gap(self, what: str, why: str) -> None:
        """Note something that the source holds and the model does not cover."""
        self.gaps.append(Unknown(what, why))

    def outside(self, item: Resource, prop: str, key: str, what: str) -> None:
        """Note a resource that changes an object outside of the stack, unless the intent declares that object."""
        externals = self.facts.intent.externals if self.facts.intent else ()
        if not any(one.id == key for one in externals):
            self.gap(f"{item.urn}.{prop}", f"{what} {key or '?'} is neither in the stack nor declared")

    def ref(self, resource: Resource, path: str, role: Role) -> Maybe[Ref]:
        """Give the object that a property names; an omitted one is unknown."""
        found = self.facts.ref(resource, path, role)
        return Unknown(f"{resource.urn}.{path}", "not given") if found is None else found

    def optional(self, resource: Resource, path: str, role: Role) -> Maybe[Ref] | None:
        """Give the object that a property names, None where it is omitted."""
        return self.facts.ref(resource, path, role)

    def refs(self, resource: Resource, path: str, role: Role) -> tuple[Maybe[Ref], ...]:
        """Give the objects that a list names; an unknown list is one unknown member."""
        found = self.facts.refs(resource, path, role)
        return (found,) if isinstance(found, Unknown) else found

    def by_target(self, kinds: Iterable[str], path: str, role: Role) -> dict[str, list[Resource]]:
        """Group resources by the object that one of their properties names; an unresolved one is a gap."""
        grouped: dict[str, list[Resource]] = {}
        for resource in self.of(*kinds):
            target = self.facts.ref(resource, path, role)
            if isinstance(target, Ref):
                grouped.setdefault(target.key or target.literal or "", []).append(resource)
            elif isinstance(target, Unknown):
                self.gaps.append(Unknown(f"{resource.urn}.{path}", target.why))
            else:
                self.gap(f"{resource.urn}.{path}", "not given")
        return grouped

    def unshown(
        self, kind: str, path: str, role: Role, listed: Collection[str], what: str
    ) -> Iterator[tuple[Resource, Unknown]]:
        """Give the resources that put something into a table or ACL of which the stack does not show what it holds.

        `listed` has the keys of those that it shows. One that is neither in the stack nor declared is a gap.
        """
        for item in self.of(kind):
            target = self.ref(item, path, role)
            key = (target.key or target.literal or "") if isinstance(target, Ref) else None
            if key in listed:
                continue
            if key is not None:
                self.outside(item, path, key, what)
            yield item, Unknown(f"{item.urn}.{path}", f"what this {what} holds is not shown")


def identity(resource: Resource, ending: str = "") -> dict[str, Any]:
    """Give what every object of the network has, from the resource that makes it."""
    tags = resource.tags
    name = tags.get("Name")
    return {
        "key": f"{resource.urn}{ending}",
        "origin": Origin(resource.urn),
        "id": resource.id if resource.id is not None and not ending else Unknown(f"{resource.urn}{ending or '.id'}"),
        "name": name if isinstance(name, str) and name else resource.name,
        "account": account_of(resource),
        "region": region_of(resource),
        "tags": tuple(sorted((key, _tag(value, resource, key)) for key, value in tags.items())),
    }


def _tag(value: Value, resource: Resource, key: str) -> Maybe[str]:
    if isinstance(value, str | Unknown):
        return value
    return str(value) if isinstance(value, int | float) else Unknown(f"{resource.urn}.tags.{key}", "not a string")


def region_of(resource: Resource) -> Maybe[str]:
    """Give the region: the resource's own argument, else its provider's."""
    own = resource.get("region")
    if isinstance(own, str | Unknown) and own:
        return own
    configured = resource.provider.props.get("region") if resource.provider else None
    return configured if isinstance(configured, str) and configured else Unknown(f"{resource.urn}.region", "not given")


def account_of(resource: Resource) -> Maybe[str]:
    """Give the account: what the provider answered as owner, else the one account that the provider may use."""
    owner = resource.get("ownerId")
    if isinstance(owner, str) and owner:
        return owner
    allowed = resource.provider.props.get("allowedAccountIds") if resource.provider else None
    if isinstance(allowed, list) and len(allowed) == 1 and isinstance(allowed[0], str):
        return allowed[0]
    return Unknown(f"{resource.urn}.ownerId", "the provider names no single account")


def unanswered(resource: Resource, *props: str) -> Unknown | None:
    """Give the unknown that stands for an input which may have been given; None where the source shows that it was not.

    For inputs without which the resource would be of no use: a gateway without a VPC, a balancer without subnets.
    """
    for prop in props:
        if prop in resource.unanswered:
            return Unknown(f"{resource.urn}.{prop}", "known only after deployment, and no dependency tells it")
    return None


# -- addresses --------------------------------------------------------------------------------------------------------


def cidr(value: Value, what: str) -> Maybe[IPNetwork]:
    """Read a CIDR block; AWS takes a block with host bits set for its network."""
    if isinstance(value, Unknown):
        return value
    if not isinstance(value, str):
        return Unknown(what, "not a CIDR block")
    try:
        return ipaddress.ip_network(value.strip(), strict=False)
    except ValueError:
        return Unknown(what, "not a CIDR block")


def address(value: Value) -> IPAddress | None:
    """Read an address, None where it is none or not known."""
    if not isinstance(value, str):
        return None
    try:
        return ipaddress.ip_address(value.split("/")[0])
    except ValueError:
        return None


def addresses(values: Iterable[Value]) -> tuple[IPAddress, ...]:
    """Read the addresses that are known."""
    return tuple(found for found in map(address, values) if found is not None)


def present(*values: Value) -> bool:
    """Tell whether any of the values is given."""
    return any(value not in _ABSENT for value in values)


# -- protocols and ports ----------------------------------------------------------------------------------------------


def protocol(value: Value, what: str) -> Maybe[int]:
    """Read a protocol: a name, a number, or `-1` for all."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, str) and value.lower() in _PROTOCOLS:
        return _PROTOCOLS[value.lower()]
    number = as_int(value, what)
    if isinstance(number, int) and -1 <= number <= 255:
        return number
    return Unknown(what, "not a protocol")


def ports(number: Maybe[int], low: Value, high: Value, what: str) -> Maybe[Ports]:
    """Read the ports of a group rule (ICMP: type and code); omitted means all, `-1` for all protocols ignores them."""
    if isinstance(number, int) and number not in _WITH_PORTS | _WITH_TYPES:
        return ALL_PORTS
    if low is None and high is None:
        return Ports(-1, -1) if number in _WITH_TYPES else ALL_PORTS
    one_end, other_end = low if low is not None else high, high if high is not None else low
    return _span(number, as_int(one_end, what), as_int(other_end, what), what)


def _span(number: Maybe[int], first: Maybe[int], last: Maybe[int], what: str) -> Maybe[Ports]:
    if isinstance(first, Unknown) or isinstance(last, Unknown):
        return first if isinstance(first, Unknown) else Unknown(what, "one end of the range is not known")
    if isinstance(number, Unknown):
        return Unknown(what, "the protocol is not known")
    if number in _WITH_TYPES:
        return Ports(first, last)
    if -1 in {first, last}:
        return ALL_PORTS
    return Ports(first, last) if 0 <= first <= last <= 65535 else Unknown(what, "not a range of ports")


# -- lists of objects -------------------------------------------------------------------------------------------------


def entries(resource: Resource, path: str) -> Maybe[Sequence[tuple[str, Mapping[str, Value] | Unknown]]]:
    """Give the objects of an inline list with their paths; a member that is no object is unknown."""
    found = resource.items(path)
    if isinstance(found, Unknown):
        return found
    result: list[tuple[str, Mapping[str, Value] | Unknown]] = []
    for index, item in enumerate(found):
        where = f"{path}[{index}]"
        if isinstance(item, dict):
            result.append((where, item))
        else:
            unknown = item if isinstance(item, Unknown) else Unknown(f"{resource.urn}.{where}", "not an object")
            result.append((where, unknown))
    return result


def values(value: Value, what: str) -> list[Value]:
    """Give the members of a list property: none where omitted, the unknown itself where unknown."""
    if value is None or value == "":
        return []
    if isinstance(value, list):
        return list(value)
    if isinstance(value, str | Unknown):
        return [value]
    return [Unknown(what, "not a list")]
