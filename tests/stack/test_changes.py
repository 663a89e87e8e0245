"""What a change of the settings changes, and nothing else: recorded before and after, compared resource by resource."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.stack.conftest import cached
from tests.support.plans import Plan, planned
from tests.support.recorder import record, stack_config

Config = dict[str, Any]


def apply(stack: str, change: Callable[[Config], None]) -> Plan:
    config = copy.deepcopy(stack_config(stack))
    change(config)
    return planned(cached(stack, known=True), record(stack, known=True, config=config))


def network(config: Config) -> Config:
    return config["secure-room:network"]


def test_nothing_changed_changes_nothing(stack: str) -> None:
    assert apply(stack, lambda _: None) == Plan()


def test_a_user_adds_one_desktop(stack: str) -> None:
    def add(config: Config) -> None:
        config["secure-room:desktops"]["users"].append({"name": "kenji.ito"})

    assert apply(stack, add) == Plan(created=frozenset({"Workspace room-desktops-kenji.ito"}))


NAMES = "ResolverFirewallDomainList network-resolver-allowed"


@pytest.mark.parametrize(
    ("stack", "updated", "replaced"),
    [
        ("dev", {NAMES}, set()),  # no proxy runs before its image is pushed
        # A task's definition is never changed: the service goes over to a new revision.
        ("prod", {NAMES, "RuleGroup network-inspection-rules"}, {"TaskDefinition room-proxy-task"}),
    ],
)
def test_an_allow_list_entry_changes_the_proxy_the_firewall_and_the_names_that_are_answered(
    stack: str, updated: set[str], replaced: set[str]
) -> None:
    def add(config: Config) -> None:
        wanted = config["secure-room:proxy"].setdefault("allow_list", {})
        wanted.setdefault("extra", []).append("status.aws.amazon.com")

    found = apply(stack, add)
    # The service names its task's definition by an id that recorded runs do not change.
    assert found == Plan(updated=frozenset(updated), replaced=frozenset(replaced))


@pytest.mark.parametrize(
    ("stack", "created"),
    [
        (
            "dev",
            {
                "SecurityGroupEgressRule network-groups-desktop-egress-10-30-1-0-24-tcp-8443",
                "SecurityGroupIngressRule network-groups-production-ingress-desktop-tcp-8443",
                "NetworkAclRule network-room-desktop-acl-egress-6001",
                "NetworkAclRule network-production-production-acl-ingress-2001",
                "NetworkAclRule network-production-production-acl-ingress-2011",
            },
        ),
        (
            "prod",
            {
                "SecurityGroupEgressRule network-groups-desktop-egress-10-60-16-0-24-tcp-8443",
                "SecurityGroupEgressRule network-groups-desktop-egress-10-60-17-0-24-tcp-8443",
                "NetworkAclRule network-room-desktop-acl-egress-6002",
                "NetworkAclRule network-room-desktop-acl-egress-6012",
            },
        ),
    ],
)
def test_a_production_port_adds_its_rules_and_entries(stack: str, created: set[str]) -> None:
    def add(config: Config) -> None:
        network(config)["production"]["ports"].append({"protocol": "tcp", "port": 8443, "description": "Console"})

    assert apply(stack, add) == Plan(created=frozenset(created))


def test_a_production_subnet_adds_its_routes_and_rules_alone() -> None:
    def add(config: Config) -> None:
        network(config)["production"]["subnets"].append({"name": "app-d", "cidr": "10.60.20.0/24"})

    assert apply("prod", add) == Plan(
        created=frozenset(
            {
                *(f"Route network-peering-desktop-{number}-10-60-20-0-24" for number in (1, 2)),
                *(f"SecurityGroupEgressRule network-groups-desktop-egress-10-60-20-0-24-tcp-{p}" for p in (443, 5432)),
                *(f"NetworkAclRule network-room-desktop-acl-egress-{number}" for number in (6020, 6021)),
                "NetworkAclRule network-room-desktop-acl-ingress-6020",
            }
        ),
        # What the browser reaches without the proxy.
        updated=frozenset({"Parameter room-proxy-browser-policy", "Parameter room-proxy-proxy-auto-config"}),
    )


def test_an_office_changes_the_ip_group_alone(stack: str) -> None:
    def add(config: Config) -> None:
        office = {"cidr": "192.0.2.0/28", "description": "Osaka office"}
        config["secure-room:desktops"]["ip_ranges"].append(office)

    assert apply(stack, add) == Plan(updated=frozenset({"IpGroup room-desktops-ip-group-1"}))


ZONES = ({"name": "ap-northeast-1d", "id": "apne1-az2"}, {"name": "ap-northeast-1b", "id": "apne1-az3"})


@pytest.mark.parametrize("more", [1, 2])
def test_an_az_more_adds_its_part_of_every_tier_and_moves_nothing(more: int) -> None:
    found = apply("prod", lambda config: config["secure-room:account"]["zones"].extend(ZONES[:more]))
    assert (found.replaced, found.deleted) == (frozenset(), frozenset())
    tiers = ("proxy", "public", "endpoint", "inspection")
    assert {name for name in found.created if name.startswith("Subnet ")} == {
        f"Subnet network-room-{tier}-{number}" for tier in tiers for number in range(3, 3 + more)
    }
    created = found.kinds("created")
    assert created.pop("NetworkAclRule") > 0
    assert created == {
        **dict.fromkeys(("Subnet", "RouteTable", "RouteTableAssociation", "NetworkAclAssociation"), 4 * more),
        # proxy aside, inspection to NAT, public to the internet and back aside
        "Route": 4 * more,
        "NatGateway": more,
        "Eip": more,
    }
    # Endpoints, firewall and proxy spread to the new subnets, and the firewall's rules know the new proxies.
    assert found.kinds("updated") == {"VpcEndpoint": 13, "Firewall": 1, "RuleGroup": 1, "Service": 1}


def test_an_az_that_no_tier_uses_yet_changes_nothing() -> None:
    assert apply("dev", lambda config: config["secure-room:account"]["zones"].append(ZONES[0])) == Plan()


@pytest.mark.parametrize("owner", ["security-team"])
def test_another_owner_changes_tags_alone(owner: str) -> None:
    config = copy.deepcopy(stack_config("dev"))
    config["secure-room:owner"] = owner
    before, after = cached("dev", known=True).by_urn(), record("dev", known=True, config=config).by_urn()
    assert set(before) == set(after)
    for urn, item in after.items():
        inputs = {key: value for key, value in item.inputs.items() if key not in ("tags", "rootBlockDevice")}
        same = {key: value for key, value in before[urn].inputs.items() if key not in ("tags", "rootBlockDevice")}
        assert inputs == same, item.name
