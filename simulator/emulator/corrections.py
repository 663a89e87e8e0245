"""What moto makes up and AWS would not: put right in moto's own objects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from importlib import import_module
from itertools import product
from typing import Any, Final

from simulator.types.groups import AWS_PREFIX_LISTS


def interface(account: str, region: str, id: str, **right: Any) -> None:  # noqa: A002 - as in the journal
    """Give a network interface the address, groups, kind and description that AWS would give it.

    moto gives the interfaces of endpoints and NAT gateways an address outside their subnet and the default group.
    """
    backend = import_module("moto.ec2").ec2_backends[account][region]
    eni = backend.enis.get(id)
    if eni is None:
        return
    if "address" in right:
        eni.private_ip_address = right["address"]
        eni.private_ip_addresses = [{"Primary": True, "PrivateIpAddress": right["address"]}]
    if "groups" in right:
        eni._group_set = [backend.get_security_group_from_id(group) for group in right["groups"]]
    eni.interface_type = right.get("kind", eni.interface_type)
    eni.description = right.get("description", eni.description)
    eni.status, eni.requester_managed = "in-use", True
    for nat in backend.nat_gateways.values():
        for address in nat.address_set:
            if address["networkInterfaceId"] == id:
                address["privateIp"] = eni.private_ip_address


def enter(account: str, service: str, region: str) -> None:
    """Make moto's objects of a service and region, and take the default VPC away.

    The account is one whose default VPCs were deleted. moto makes what it needs on the way, such as those of us-east-1,
    at the first call; ids would depend on which call that was.
    """
    try:
        backends = import_module("moto.backends").get_backend(service)
    except (ImportError, KeyError, ValueError):
        return
    # 123456789012 is the account from which moto's server lists a service's addresses at its first call.
    for owner, place in product((account, "123456789012"), (region, "us-east-1", "aws", "global")):
        with suppress(KeyError):
            _ = backends[owner][place]
    if service == "ec2":
        for place in (region, "us-east-1"):
            _without_default_vpc(backends[account][place])
            _name_prefix_lists(backends[account][place], place)


def _without_default_vpc(backend: Any) -> None:
    default = backend.get_default_vpc()
    if default is None:
        return
    subnets = [item for zone in backend.subnets.values() for item in zone.values() if item.vpc_id == default.id]
    for subnet in subnets:
        backend.delete_subnet(subnet.id)
    backend.delete_vpc(default.id)
    _drop_acls(backend, default.id)


def _drop_acls(backend: Any, vpc: str) -> None:
    """Drop the network ACLs of a VPC that is gone: moto keeps them."""
    for identifier in [acl.id for acl in backend.network_acls.values() if acl.vpc_id == vpc]:
        del backend.network_acls[identifier]


def gone_vpc(account: str, region: str, id: str) -> None:  # noqa: A002 - as in the journal
    """Let what AWS deletes with a VPC be gone too."""
    _drop_acls(import_module("moto.ec2").ec2_backends[account][region], id)


def _name_prefix_lists(backend: Any, region: str) -> None:
    """Give AWS's own prefix lists the ids that this account knows them by; moto makes up new ones at each start."""
    named = {f"com.amazonaws.{region}.{service}": identifier for service, identifier in AWS_PREFIX_LISTS.items()}
    for known, item in list(backend.managed_prefix_lists.items()):
        right = named.get(item.prefix_list_name)
        if right is not None and right != known:
            del backend.managed_prefix_lists[known]
            item.id = right
            backend.managed_prefix_lists[right] = item


def foreign_vpc(account: str, region: str, owner: str, id: str) -> None:  # noqa: A002 - as in the journal
    """Let a VPC of another account exist, so that it can be peered with; its address block is not known here."""
    backend = import_module("moto.ec2").ec2_backends[owner][region]
    if id in backend.vpcs:
        return
    vpc = backend.create_vpc("192.0.2.0/24")
    del backend.vpcs[vpc.id]
    vpc.id = id
    backend.vpcs[id] = vpc


def shared_gateway(account: str, region: str, id: str) -> None:  # noqa: A002 - as in the journal
    """Let a transit gateway that another account shares be seen, so that it can be attached to."""
    backend = import_module("moto.ec2").ec2_backends[account][region]
    gateway = backend.transit_gateways.get(id)
    if gateway is None:
        gateway = backend.create_transit_gateway("shared by another account")
        del backend.transit_gateways[gateway.id]
        gateway.id = gateway.default_route_table.transit_gateway_id = id
        backend.transit_gateways[id] = gateway
    backend.transit_gateways_route_tables[gateway.default_route_table.id] = gateway.default_route_table


def hide_tables(account: str, region: str, id: str) -> None:  # noqa: A002 - as in the journal
    """Hide the route tables of a shared transit gateway: only its owner sees them."""
    tables = import_module("moto.ec2").ec2_backends[account][region].transit_gateways_route_tables
    for name in [name for name, table in tables.items() if table.transit_gateway_id == id]:
        tables.pop(name)


def _collection(account: str, region: str, service: str, kept_in: str) -> Any:
    return getattr(import_module("moto.backends").get_backend(service)[account][region], kept_in)


def amend(account: str, region: str, place: tuple[str, str, str], values: dict[str, Any]) -> None:
    """Set attributes of one of moto's objects that no call of moto's sets; `place` is service, collection and key."""
    service, kept_in, key = place
    item = _collection(account, region, service, kept_in).get(key)
    for name, value in values.items() if item is not None else ():
        setattr(item, name, value)


def forget(account: str, region: str, place: tuple[str, str, str]) -> None:
    """Drop one of moto's objects whose deletion moto does not implement."""
    service, kept_in, key = place
    collection = _collection(account, region, service, kept_in)
    if key in collection:
        collection.pop(key)


def hold(account: str, region: str, place: tuple[str, str, str], attribute: str, value: Any) -> None:
    """Let one of moto's objects be in a state that passes; `release` gives it back the one that it had."""
    service, kept_in, key = place
    item = _collection(account, region, service, kept_in).get(key)
    if item is not None:
        owner, name = _within(item, attribute)
        item.__dict__.setdefault("_when_ready", getattr(owner, name))
        setattr(owner, name, value)


def release(account: str, region: str, place: tuple[str, str, str], attribute: str) -> None:
    """Let an object be in the state that it had before `hold`."""
    service, kept_in, key = place
    item = _collection(account, region, service, kept_in).get(key)
    if item is not None and "_when_ready" in item.__dict__:
        owner, name = _within(item, attribute)
        setattr(owner, name, item.__dict__.pop("_when_ready"))


def _within(item: Any, path: str) -> tuple[Any, str]:
    """Give the object whose attribute a dotted path means, and that attribute's name."""
    *way, name = path.split(".")
    for step in way:
        item = getattr(item, step)
    return item, name


def schedule(account: str, region: str, place: tuple[str, str, str], attribute: str, value: float) -> None:
    """Tell when an object that is scheduled for deletion will be gone, by the account's clock instead of moto's."""
    service, kept_in, key = place
    item = _collection(account, region, service, kept_in).get(key)
    if item is not None:
        moment = datetime.fromtimestamp(value, UTC).replace(tzinfo=None)
        setattr(item, attribute, moment if isinstance(getattr(item, attribute), datetime) else value)


CORRECTIONS: Final[Mapping[str, Callable[..., None]]] = {
    "interface": interface,
    "foreign_vpc": foreign_vpc,
    "gone_vpc": gone_vpc,
    "shared_gateway": shared_gateway,
    "hide_tables": hide_tables,
    "amend": amend,
    "forget": forget,
    "hold": hold,
    "release": release,
    "schedule": schedule,
}
