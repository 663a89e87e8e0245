"""What moto makes up and AWS would not: put right in moto's own objects."""

from __future__ import annotations

from importlib import import_module
from typing import Any


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
