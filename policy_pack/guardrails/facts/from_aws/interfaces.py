"""Network interfaces: from `describe-network-interfaces`, else from the instances that list their own.

What an interface belongs to is told by its attachment, by the object that lists it, or by the description that AWS
writes ("ELB app/...", "Interface for NAT Gateway nat-...", "VPC Endpoint Interface vpce-...").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from guardrails.facts.from_aws.book import Book
from guardrails.facts.from_aws.common import common, missing
from guardrails.facts.from_aws.record import MalformedError, Record
from guardrails.facts.network import Interface
from guardrails.facts.values import IPAddress, IPNetwork, Maybe, Ref, Unknown

_UNFILTERED = frozenset(
    {
        "nat_gateway",
        "natgateway",
        "transit_gateway",
        "gateway_load_balancer",
        "gateway_load_balancer_endpoint",
    }
)
"""Interface types to which security groups do not apply (Amazon VPC and Elastic Load Balancing user guides)."""

_OWNER_KINDS = {
    "nat_gateway": "nat-gateway",
    "natgateway": "nat-gateway",
    "transit_gateway": "transit-gateway",
    "load_balancer": "load-balancer",
    "network_load_balancer": "load-balancer",
    "gateway_load_balancer": "load-balancer",
    "gateway_load_balancer_endpoint": "vpc-endpoint",
    "vpc_endpoint": "vpc-endpoint",
    "lambda": "lambda",
}

_DESCRIPTIONS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^Interface for NAT Gateway (nat-\w+)"), "nat-gateway"),
    (re.compile(r"^VPC Endpoint Interface (vpce-\w+)"), "vpc-endpoint"),
    (re.compile(r"^Network Interface for Transit Gateway Attachment (tgw-attach-\w+)"), "transit-gateway"),
    (re.compile(r"^ELB ((?:app|net|gwy)/\S+)"), "load-balancer"),
    (re.compile(r"^ELB (\S+)"), "load-balancer"),
    (re.compile(r"^RDSNetworkInterface"), "rds"),
    (re.compile(r"^AWS Lambda VPC ENI-(\S+)"), "lambda"),
    (re.compile(r"^AWS created network interface for directory (d-\w+)"), "directory"),
)


@dataclass(frozen=True, slots=True)
class Owner:
    """What an interface belongs to."""

    key: str
    kind: str
    name: str = ""
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Owners:
    """Owners by the id of the interface, as other objects list them; and by their description.

    A description is looked up with the interface's VPC before it (`vpc-1/app/front/1`) and, failing that, alone: names
    of load balancers are unique in an account and Region only.
    """

    by_interface: dict[str, Owner] = field(default_factory=dict[str, Owner])
    by_text: dict[str, Owner] = field(default_factory=dict[str, Owner])

    def of(self, record: Record, key: str) -> Owner:
        """Tell what an interface belongs to; itself if to nothing that is known."""
        listed = self.by_interface.get(key)
        if listed is not None:
            return listed
        kind = _OWNER_KINDS.get((record.text("InterfaceType") or "").lower(), "")
        for pattern, described in _DESCRIPTIONS:
            match = pattern.match(record.text("Description") or "")
            if match:
                name = match.group(1) if match.groups() else ""
                near = self.by_text.get(f"{record.text('VpcId')}/{name}")
                return near or self.by_text.get(name, Owner(name or key, described))
        return Owner(key, kind or "interface")


def learn_interfaces(book: Book) -> None:
    """Make known the interfaces that only instances list, and the instances that only interfaces name."""
    for interface in book.scan("NetworkInterfaces"):
        attachment = interface.member("Attachment")
        holder = attachment.text("InstanceId") if attachment else None
        book.learn(*([holder] if holder else []))
    for instance in book.scan("Instances"):
        book.learn(*(nested.required("NetworkInterfaceId") for nested in instance.members("NetworkInterfaces")))


def read_interfaces(book: Book, owners: Owners) -> tuple[Interface, ...]:
    """Read every interface once; an instance's own listing fills in what the interfaces' lacks."""
    nested = dict(_nested(book, owners))
    public = _elastic_addresses(book)
    found: list[Interface] = []
    for key, record in {
        **nested,
        **{one.required("NetworkInterfaceId"): one for one in book.all("NetworkInterfaces")},
    }.items():
        inner = nested.get(key)
        whole = replace(record, data={**inner.data, **record.data}) if inner else record
        try:
            found.append(_interface(book, owners, key, whole, public))
        except MalformedError as error:
            book.lose("NetworkInterfaces", error)
    with_interfaces = {interface.owner for interface in found}
    for instance in book.read("Instances", lambda record: record):
        key = instance.required("InstanceId")
        if key not in with_interfaces and instance.has("SubnetId"):
            try:
                found.append(_bare_instance(book, key, instance, public))
            except MalformedError as error:
                book.lose("Instances", error)
    listed = {interface.key for interface in found}
    found.extend(one for one in book.read("Addresses", lambda record: _holder(book, record)) if one.key not in listed)
    return tuple(one for one in found if one.key)


def _holder(book: Book, address: Record) -> Interface:
    """Stand in for an interface that only an Elastic IP names: it has the address, and all else is not known."""
    key, private, public = (
        address.text("NetworkInterfaceId"),
        address.address("PrivateIpAddress"),
        address.address("PublicIp"),
    )
    gone = key in book.gone or (address.text("InstanceId") or "") in book.gone
    unknown = Unknown(f"NetworkInterfaces: {key}", "is not in the answers")
    return Interface(
        **common(address, "" if gone else key or ""),
        owner=key or "",
        subnet=unknown,
        groups=unknown,
        addresses=(private,) if private else (),
        public=True,
        public_addresses=(public,) if public else (),
        public_mappings=((private, public),) if private and public else (),
    )


def _nested(book: Book, owners: Owners) -> Iterator[tuple[str, Record]]:
    for found in book.read("Instances", lambda instance: tuple(_of_instance(instance, owners))):
        yield from found
    for record in book.scan("NetworkInterfaces"):
        attachment = record.member("Attachment")
        holder = attachment.text("InstanceId") if attachment else None
        instance = book.get("Instances", holder) if holder else None
        if holder and holder not in book.gone:
            owners.by_interface[record.required("NetworkInterfaceId")] = (
                Owner(holder, "instance", instance.tag("Name"), instance.tags())
                if instance
                else Owner(holder, "instance")
            )


def _of_instance(instance: Record, owners: Owners) -> Iterator[tuple[str, Record]]:
    """Give the interfaces that an instance lists as its own."""
    owner = Owner(instance.required("InstanceId"), "instance", instance.tag("Name"), instance.tags())
    for record in instance.members("NetworkInterfaces"):
        attachment = record.member("Attachment")
        data = {**record.data}
        if (attachment.number("DeviceIndex") if attachment else 0) == 0 and instance.has("SourceDestCheck"):
            data.setdefault("SourceDestCheck", instance.data["SourceDestCheck"])
        interface = record.required("NetworkInterfaceId")
        owners.by_interface[interface] = owner
        yield interface, replace(record, data=data)


Elastic = dict[str, list[tuple[str | None, IPAddress]]]
"""Public addresses by interface or instance, each with the private address that it is mapped to."""


def _elastic_addresses(book: Book) -> Elastic:
    found: Elastic = {}
    for record in book.all("Addresses"):
        try:
            target = record.text("NetworkInterfaceId") or record.text("InstanceId")
            public = record.address("PublicIp")
            if target and public:
                found.setdefault(target, []).append((record.text("PrivateIpAddress"), public))
        except MalformedError as error:
            book.lose("Addresses", error)
    for instance in book.scan("Instances"):
        private, public = instance.text("PrivateIpAddress"), instance.address("PublicIpAddress")
        if private and public:
            found.setdefault(instance.required("InstanceId"), []).append((private, public))
    return found


def _addresses(record: Record) -> Iterator[IPAddress]:
    for holder, name in (
        *((one, "PrivateIpAddress") for one in (record, *record.members("PrivateIpAddresses"))),
        *((one, "Ipv6Address") for one in (record, *record.members("Ipv6Addresses"))),
    ):
        address = holder.address(name)
        if address:
            yield address


def _delegated(record: Record) -> Iterator[IPNetwork]:
    """Give the prefixes that are delegated to an interface ("Prefix delegation", EC2 User Guide)."""
    for members, name in (("Ipv4Prefixes", "Ipv4Prefix"), ("Ipv6Prefixes", "Ipv6Prefix")):
        for one in record.members(members):
            block = one.network(name)
            if block:
                yield block


def _mappings(record: Record, key: str, owner: Owner, elastic: Elastic) -> Iterator[tuple[IPAddress | None, IPAddress]]:
    for holder in (*record.members("PrivateIpAddresses"), record):
        association = holder.member("Association")
        public = association.address("PublicIp") if association else None
        if public:
            yield holder.address("PrivateIpAddress"), public
    for private, public in (*elastic.get(key, ()), *(elastic.get(owner.key, ()) if owner.kind == "instance" else ())):
        yield (
            (Record({"a": private}, record.where).address("a") if private else record.address("PrivateIpAddress")),
            public,
        )


def _interface(book: Book, owners: Owners, key: str, record: Record, elastic: Elastic) -> Interface:
    owner = owners.of(record, key)
    kind = (record.text("InterfaceType") or "").lower()
    addresses = tuple(dict.fromkeys(_addresses(record)))
    delegated = tuple(_delegated(record))
    mine = set(addresses)
    elastic = {target: [pair for pair in pairs if _fits(pair[0], mine)] for target, pairs in elastic.items()}
    mapped = dict.fromkeys(_mappings(record, key, owner, elastic))
    groups = _groups(book, record)
    return Interface(
        **common(record, key),
        owner=owner.key,
        owner_kind=owner.kind,
        owner_name=owner.name,
        owner_tags=tuple(owner.tags),
        subnet=book.ref(record.text("SubnetId"), f"{record.where}.SubnetId"),
        groups=groups,
        addresses=addresses,
        blocks=delegated,
        public=bool(mapped),
        public_addresses=tuple(dict.fromkeys(public for _, public in mapped)),
        public_mappings=tuple((private, public) for private, public in mapped if private is not None),
        source_dest_check=record.flag("SourceDestCheck", default=True),
        filtered=kind not in _UNFILTERED and not (kind == "network_load_balancer" and groups == ()),
        attached=_is_attached(book, record, owner),
        igw_denied=record.flag("DenyAllIgwTraffic"),
    )


def _fits(private: str | None, addresses: set[IPAddress]) -> bool:
    """Tell whether an Elastic IP's private address is the interface's; without one it is the primary address."""
    return private is None or any(str(address) == private for address in addresses)


def _groups(book: Book, record: Record, name: str = "Groups") -> tuple[Maybe[Ref], ...] | Unknown:
    if not record.has(name):
        return missing(record, name)
    return tuple(book.ref(one.required("GroupId")) for one in record.members(name))


def _is_attached(book: Book, record: Record, owner: Owner) -> Maybe[bool]:
    """Tell whether an interface serves anybody: not when what it belongs to counts as absent (`kinds.py`)."""
    attachment = record.member("Attachment")
    holder = (attachment.text("InstanceId") if attachment else None) or ""
    if {holder, owner.key, record.required("NetworkInterfaceId")} & book.serving_nobody:
        return False
    if holder and "Instances" in book.incomplete and holder not in book.pages["Instances"]:
        return Unknown(f"Instances: {holder}", "could not be read")
    return (record.text("Status") or "").lower() != "available"


def _bare_instance(book: Book, key: str, instance: Record, elastic: Elastic) -> Interface:
    """Make the one interface of an instance that is listed without any, as older listings and filters print it."""
    private, public = instance.address("PrivateIpAddress"), instance.address("PublicIpAddress")
    held: list[IPAddress] = [public] if public else []
    publics = tuple(dict.fromkeys([*held, *(ip for _, ip in elastic.get(key, ()))]))
    return Interface(
        **common(instance, f"{key}/primary"),
        owner=key,
        owner_kind="instance",
        owner_name=instance.tag("Name"),
        owner_tags=tuple(instance.tags()),
        subnet=book.ref(instance.text("SubnetId")),
        groups=_groups(book, instance, "SecurityGroups"),
        addresses=(private,) if private else (),
        public=bool(publics),
        public_addresses=publics,
        public_mappings=tuple((private, one) for one in publics if private),
        source_dest_check=instance.flag("SourceDestCheck", default=True),
    )
