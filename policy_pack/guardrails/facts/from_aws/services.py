"""Places that services keep in a VPC, from the services' own answers where no interface is listed for them."""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.facts.from_aws.book import Book
from guardrails.facts.from_aws.common import common, refs
from guardrails.facts.from_aws.interfaces import Owner, Owners
from guardrails.facts.from_aws.record import Record
from guardrails.facts.network import Endpoint, EndpointKind, Interface
from guardrails.facts.values import Maybe, Ref, Unknown

_WITHOUT_INTERFACE = (EndpointKind.GATEWAY, EndpointKind.GATEWAY_LOAD_BALANCER, EndpointKind.FIREWALL)
_GONE = ("deleting", "failed", "creating")


def endpoint_interfaces(endpoints: tuple[Endpoint, ...], listed: tuple[Interface, ...]) -> Iterator[Interface]:
    """Make one interface for each subnet of an interface endpoint where no answer lists its interfaces."""
    have = {one.owner for one in listed}
    for endpoint in endpoints:
        if endpoint.kind in _WITHOUT_INTERFACE or endpoint.key in have:
            continue
        for subnet in endpoint.subnets:
            yield Interface(
                key=f"{endpoint.key}/{subnet.literal if isinstance(subnet, Ref) else '?'}",
                origin=endpoint.origin,
                name=endpoint.name,
                account=endpoint.account,
                region=endpoint.region,
                tags=endpoint.tags,
                owner=endpoint.key,
                owner_kind="vpc-endpoint",
                owner_name=endpoint.name,
                subnet=subnet,
                groups=endpoint.groups,
            )


def learn_services(book: Book, owners: Owners) -> None:
    """Note which listed interfaces belong to instance connect endpoints."""
    for record in book.scan("InstanceConnectEndpoints"):
        owner = Owner(record.required("InstanceConnectEndpointId"), "instance-connect-endpoint", record.tag("Name"))
        owners.by_interface.update(dict.fromkeys(record.texts("NetworkInterfaceIds"), owner))


def service_interfaces(book: Book) -> tuple[Interface, ...]:
    """Make the places of databases, functions and instance connect endpoints."""
    return (
        *book.read("DBInstances", lambda record: _database(book, record)),
        *(one for found in book.read("Functions", lambda record: tuple(_function(book, record))) for one in found),
        *(one for found in book.read("InstanceConnectEndpoints", lambda r: tuple(_connect(book, r))) for one in found),
    )


def _database(book: Book, record: Record) -> Interface:
    """Make a database's place: in the subnet of its AZ where there is but one, else in a subnet that is not known."""
    key = record.required("DBInstanceArn")
    holder = record.member("DBSubnetGroup")
    zone = record.text("AvailabilityZone")
    subnets = [
        one.required("SubnetIdentifier")
        for one in (holder.members("Subnets") if holder else ())
        if zone is None or (place := one.member("SubnetAvailabilityZone")) is None or place.text("Name") == zone
    ]
    subnet: Maybe[Ref] = Unknown(f"{record.where}: subnet", "is not told for a database")
    if len(subnets) == 1 and not record.flag("MultiAZ"):
        subnet = book.ref(subnets[0])
    status = (record.text("DBInstanceStatus") or "available").lower()
    endpoint = record.member("Endpoint")
    return Interface(
        **common(record, key, record.text("DBInstanceIdentifier") or ""),
        owner=key,
        owner_kind="rds",
        owner_name=record.text("DBInstanceIdentifier") or "",
        owner_id=(endpoint.text("Address") if endpoint else None) or "",
        subnet=subnet,
        groups=refs(
            book,
            [
                one.required("VpcSecurityGroupId")
                for one in record.members("VpcSecurityGroups")
                if (one.text("Status") or "active").lower() in ("active", "adding")
            ],
        ),
        public=record.flag("PubliclyAccessible"),
        attached=status not in _GONE,
    )


def _function(book: Book, record: Record) -> Iterator[Interface]:
    """Make a function's places, one a subnet; a function outside a VPC has none."""
    config = record.member("VpcConfig")
    for subnet in config.texts("SubnetIds") if config else ():
        key = record.required("FunctionArn")
        yield Interface(
            **common(record, f"{key}/{subnet}", record.text("FunctionName") or ""),
            owner=key,
            owner_kind="lambda",
            owner_name=record.text("FunctionName") or "",
            subnet=book.ref(subnet),
            groups=refs(book, config.texts("SecurityGroupIds") if config else ()),
        )


def _connect(book: Book, record: Record) -> Iterator[Interface]:
    listed = [one for one in record.texts("NetworkInterfaceIds") if book.ref(one) == Ref(one, one)]
    if not listed:
        key = record.required("InstanceConnectEndpointId")
        yield Interface(
            **common(record, key),
            owner=key,
            owner_kind="instance-connect-endpoint",
            subnet=book.ref(record.text("SubnetId"), f"{record.where}.SubnetId"),
            groups=refs(book, record.texts("SecurityGroupIds")),
        )
