"""VPC endpoints of every kind, and the firewall endpoints that AWS Network Firewall makes.

A firewall endpoint is a Gateway Load Balancer endpoint that the firewall manages: it is known by the firewall's own
status, or by the tag `AWSNetworkFirewallManaged` that AWS puts on it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from guardrails.facts.from_aws.book import Book
from guardrails.facts.from_aws.common import assumed, common, missing, refs
from guardrails.facts.from_aws.interfaces import Owner, Owners
from guardrails.facts.from_aws.kinds import ABSENT
from guardrails.facts.from_aws.record import Json, MalformedError, Record
from guardrails.facts.network import Endpoint, EndpointKind, EndpointService
from guardrails.facts.values import Maybe, Unknown

_KINDS = {kind.value.lower(): kind for kind in EndpointKind}


def read_endpoints(book: Book, owners: Owners) -> tuple[Endpoint, ...]:
    """Read the endpoints, and note which interfaces are theirs."""
    firewalls = dict(_firewall_endpoints(book))

    def build(record: Record) -> Endpoint:
        key = record.required("VpcEndpointId")
        for interface in record.texts("NetworkInterfaceIds"):
            owners.by_interface[interface] = Owner(key, "vpc-endpoint", record.tag("Name"), record.tags())
        owners.by_text[key] = Owner(key, "vpc-endpoint", record.tag("Name"), record.tags())
        zone = firewalls.pop(key, (None, None))[0]
        kind = _kind(record, is_firewall=zone is not None)
        subnets = record.texts("SubnetIds")
        return Endpoint(
            **common(record, key),
            kind=kind,
            service=record.text("ServiceName") or missing(record, "ServiceName"),
            vpc=book.ref(record.text("VpcId"), f"{record.where}.VpcId"),
            subnets=refs(book, subnets),
            groups=refs(book, [one.required("GroupId") for one in record.members("Groups")]),
            tables=refs(book, record.texts("RouteTableIds")),
            private_dns=record.flag("PrivateDnsEnabled"),
            dns_names=tuple(name for one in record.members("DnsEntries") if (name := one.text("DnsName"))),
            policy=_policy(record),
            zone=zone or (_zone(book, subnets) if kind is EndpointKind.FIREWALL else None),
        )

    found = list(book.read("VpcEndpoints", build))
    for key, (zone, subnet) in sorted(firewalls.items()):
        if key in book.gone:
            continue
        if book.asked("VpcEndpoints"):
            book.assume("VpcEndpoints", f"{key} not listed; it is taken to be there, as its firewall's status tells")
        holder = book.get("Subnets", subnet or "")
        book.learn(key)
        found.append(
            Endpoint(
                **assumed(key, "VpcEndpoints"),
                kind=EndpointKind.FIREWALL,
                vpc=book.ref(holder.text("VpcId") if holder else None, f"VPC of {key}"),
                subnets=(book.ref(subnet, f"subnet of {key}"),),
                zone=zone,
            )
        )
    return tuple(found)


def _kind(record: Record, *, is_firewall: bool) -> Maybe[EndpointKind]:
    word = (record.text("VpcEndpointType") or ("Interface" if record.texts("SubnetIds") else "Gateway")).lower()
    if is_firewall or record.tag("AWSNetworkFirewallManaged").lower() == "true":
        return EndpointKind.FIREWALL
    return _KINDS.get(word) or Unknown(f"{record.where}.VpcEndpointType", "is not modelled")


def _policy(record: Record) -> Maybe[object] | None:
    text = record.text("PolicyDocument")
    if text is None:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return Unknown(f"{record.where}.PolicyDocument", "is not JSON")


def _zone(book: Book, subnets: tuple[str, ...]) -> Maybe[str] | None:
    holder = book.get("Subnets", subnets[0]) if len(subnets) == 1 else None
    return holder.text("AvailabilityZone") if holder else None


def _firewall_endpoints(book: Book) -> Iterator[tuple[str, tuple[str, str | None]]]:
    """Give each firewall's endpoints with their AZ and subnet, as the firewall's status tells them."""
    for answer in book.parts("Firewall"):
        try:
            status = answer.member("FirewallStatus")
            states: Json = states_of.data if status and (states_of := status.member("SyncStates")) else {}
            for zone in states:
                holder = Record(states, answer.where).member(zone)
                attachment = holder.member("Attachment") if holder else None
                endpoint = attachment.text("EndpointId") if attachment else None
                if attachment and endpoint and (attachment.text("Status") or "READY").upper() in ("READY", "SCALING"):
                    yield endpoint, (zone, attachment.text("SubnetId"))
        except MalformedError as error:
            book.lose("Firewall", error)


def read_endpoint_services(book: Book) -> tuple[EndpointService, ...]:
    """Read the services of one's own that network load balancers serve ("Create a service powered by PrivateLink")."""
    found: dict[str, EndpointService] = {}
    for record in book.parts("ServiceConfigurations"):
        try:
            name, balancers = record.required("ServiceName"), record.texts("NetworkLoadBalancerArns")
            state = (record.text("ServiceState") or "Available").lower()
            if state not in ABSENT | {"available"}:
                raise record.bad("ServiceState", "is not a state that AWS prints")
            if balancers and state == "available":
                found[name] = EndpointService(**common(record, name), service=name, balancers=refs(book, balancers))
        except MalformedError as error:
            book.lose("ServiceConfigurations", error)
    return tuple(found.values())
