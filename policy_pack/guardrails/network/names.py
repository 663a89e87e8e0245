"""Names that resolve to addresses: load balancers, interface endpoints, and AWS's services.

A service's public name resolves to an interface endpoint only inside that endpoint's VPC, and only with private DNS on;
everywhere else it is a public address, of which the source does not say which one ("Private DNS names for interface
endpoints", AWS PrivateLink guide). A service's name (`com.amazonaws.<region>.<service>`) means its endpoints.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from guardrails.facts.network import Endpoint, EndpointKind
from guardrails.network.model import Model

_REGION = r"[a-z]{2}(?:-[a-z]+)+-\d"
_OF_AWS = re.compile(rf"^(?:[a-z0-9_*-]+\.){{1,3}}(?:{_REGION}\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws)$")
_PRIVATE = re.compile(r"\.(?:cache|compute|dax|efs|elb|kafka|memorydb|mq|rds|vpce)\.")
"""Where names of a customer's own objects end, which resolve to addresses in a VPC."""


def is_public_name(word: str) -> bool:
    """Tell whether a word is the public DNS name of a service of AWS's."""
    return _OF_AWS.match(word.lower()) is not None and not _PRIVATE.search(word.lower())


def named_by_dns(model: Model, word: str, vpcs: Collection[str | None]) -> list[str]:
    """Give the load balancers and endpoints that a name means, asked for from these VPCs (from none: from any)."""
    name = word.lower()
    balancers = [one.key for one in model.network.load_balancers if one.dns_name and one.dns_name.lower() == name]
    if balancers:
        return balancers
    meant = [one for one in model.network.endpoints if _is_meant(one, name)]
    near = [one.key for one in meant if not vpcs or model.key(one.vpc) in vpcs]
    if near or is_public_name(name):
        return near
    return [one.key for one in meant]


def _is_meant(endpoint: Endpoint, name: str) -> bool:
    service = endpoint.service.lower() if isinstance(endpoint.service, str) else ""
    if name == service:
        return True
    public = tuple(_public_names(service))
    if endpoint.kind is EndpointKind.GATEWAY:
        return any(name == one or name.endswith(f".{one}") for one in public)
    names = (*(one.lower() for one in endpoint.dns_names), *(public if endpoint.private_dns is True else ()))
    return any(name == one or (one.startswith("*.") and name.endswith(one[1:])) for one in names)


def _public_names(service: str) -> Iterator[str]:
    """Give the public name of a service: `com.amazonaws.eu-west-1.ecr.api` is `api.ecr.eu-west-1.amazonaws.com`."""
    start, _, rest = service.partition("com.amazonaws.")
    region, _, name = rest.partition(".")
    if name and not region.startswith("vpce"):
        ending = "amazonaws.com.cn" if start.startswith("cn.") else "amazonaws.com"
        yield f"{'.'.join(reversed(name.split('.')))}.{region}.{ending}"
