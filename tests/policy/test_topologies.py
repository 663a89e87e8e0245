"""The guard passes every example, before and after its deployment, and refuses each with one way opened."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from tests.policy.support.pack import Pack, started
from tests.policy.support.wire import Raw, raw_of
from tests.support.examples import EXAMPLES, example_config, example_guardrails
from tests.support.recorder import record

ALL_PORTS = {"fromPort": 0, "toPort": 65535}
UNFILTERED = "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic"
CALLERS = "landing-workload-groups-provider-ingress-10-140-0-0-24-tcp-8443"
STRANGER = "arn:aws:iam::123456789012:root"
_TLS_ONLY = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
OPEN_BUCKET = json.dumps(
    {"Version": "2012-10-17", "Statement": [{**_TLS_ONLY, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}
)
ANY_SECRET = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}]}
)
STAGES = pytest.mark.parametrize("known", [False, True], ids=["preview", "deployed"])


@cache
def _recorded(name: str, known: bool) -> str:
    return json.dumps(raw_of(record(name, known=known, config=example_config(name)), known=known))


def example(name: str, *, known: bool = False) -> list[Raw]:
    return json.loads(_recorded(name, known))


@pytest.fixture(scope="module")
def guard() -> Iterator[Callable[[str], Pack]]:
    """The pack, configured for an example."""
    with started() as pack:

        def configured(name: str) -> Pack:
            pack.configure(example_guardrails(name))
            return pack

        yield configured


def named(raw: list[Raw], name: str) -> Raw:
    (found,) = (item for item in raw if item["custom"] and item["urn"].endswith(f"::{name}"))
    return found


@STAGES
@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_passes(guard: Callable[[str], Pack], name: str, known: bool) -> None:
    told = [item for item in guard(name).judge(example(name, known=known)) if item.mandatory]
    assert told == [], [f"{item.rule} {item.subject.rsplit('::', 1)[-1]}: {item.message}" for item in told]


@pytest.mark.parametrize(
    ("name", "resource", "change", "rule"),
    [
        ("relay", "landing-relay-groups-relay-management-ingress-bastion-tcp-22", ALL_PORTS, "SEG"),
        ("relay", "landing-hosts-nss-web", {"metadataOptions": {"httpTokens": "optional"}}, "CMP"),
        ("inline", "landing-workload-groups-instance-egress-0-0-0-0-0-tcp-443", ALL_PORTS, "SEG003"),
        ("hub", "landing-transit-gateway", {"autoAcceptSharedAttachments": "enable"}, "GWY"),
        ("single", "landing-parts-provider-service", {"acceptanceRequired": False}, "END012"),
        ("single", "landing-parts-provider-service", {"allowedPrincipals": ["*"]}, "END012"),
        ("single", "landing-parts-provider-service", {"allowedPrincipals": [STRANGER]}, "RPL002"),
        ("single", "landing-parts-provider-balancer", {UNFILTERED: "off"}, "END013"),
        ("single", CALLERS, {"cidrIpv4": "10.0.0.0/8"}, "SEG"),
        ("single", CALLERS, ALL_PORTS, "SEG"),
        ("single", "landing-parts-bucket-data-policy", {"policy": OPEN_BUCKET}, "BKT004"),
        ("single", "landing-parts-secret-policy", {"policy": OPEN_BUCKET}, "RPL006"),
        ("single", "landing-parts-secret-reader-secret", {"policy": ANY_SECRET}, "IAM"),
        ("attach", "landing-workload-groups-list-branches", {"entries": [{"cidr": "10.0.0.0/8"}]}, "SEG"),
    ],
)  # fmt: skip
def test_one_way_opened_is_refused(
    guard: Callable[[str], Pack], name: str, resource: str, change: dict[str, Any], rule: str
) -> None:
    raw = example(name)
    for side in ("inputs", "outputs"):
        named(raw, resource)[side].update(change)
    rules = {item.rule for item in guard(name).judge(raw) if item.mandatory}
    assert any(found.startswith(rule) for found in rules), rules
