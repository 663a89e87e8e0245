"""What a change of the settings changes, and nothing else: recorded before and after, compared resource by resource."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.stack.conftest import cached
from tests.support.recorder import Recording, record, stack_config

Config = dict[str, Any]
KEPT = (
    "aws:directoryservice/directory:Directory",
    "aws:kms/key:Key",
    "aws:s3/bucket:Bucket",
    "aws:workspaces/workspace:Workspace",
    "aws:ec2/vpc:Vpc",
    "aws:ec2/subnet:Subnet",
)


@dataclass(frozen=True)
class Difference:
    created: frozenset[str]
    deleted: frozenset[str]
    changed: frozenset[str]


def short(urn: str) -> str:
    """`Subnet desktop-1` rather than a URN: the last part of the type, and the name."""
    return f"{urn.split('::')[2].rsplit(':', 1)[-1]} {urn.rsplit('::', 1)[-1]}"


def difference(before: Recording, after: Recording) -> Difference:
    old, new = before.by_urn(), after.by_urn()
    changed = {urn for urn in old.keys() & new.keys() if old[urn].inputs != new[urn].inputs}
    return Difference(
        created=frozenset(short(urn) for urn in new.keys() - old.keys() if new[urn].custom),
        deleted=frozenset(short(urn) for urn in old.keys() - new.keys() if old[urn].custom),
        changed=frozenset(short(urn) for urn in changed if new[urn].custom),
    )


def apply(stack: str, change: Callable[[Config], None]) -> Difference:
    config = copy.deepcopy(stack_config(stack))
    change(config)
    before = cached(stack, known=True)
    after = record(stack, known=True, config=config)
    found = difference(before, after)
    old, new = before.by_urn(), after.by_urn()
    for item in before.registrations:
        if item.type in KEPT:
            assert item.urn in new, f"{item.name} would be deleted"
            assert old[item.urn].inputs == new[item.urn].inputs, f"{item.name} would change"
    return found


def network(config: Config) -> Config:
    return config["secure-room:network"]


def test_nothing_changed_changes_nothing(stack: str) -> None:
    assert apply(stack, lambda _: None) == Difference(frozenset(), frozenset(), frozenset())


def test_a_user_adds_one_desktop(stack: str) -> None:
    def add(config: Config) -> None:
        config["secure-room:desktops"]["users"].append({"name": "kenji.ito"})

    assert apply(stack, add) == Difference(
        created=frozenset({"Workspace room-desktops-kenji.ito"}), deleted=frozenset(), changed=frozenset()
    )


def test_an_allow_list_entry_changes_the_proxy_s_task_and_the_names_that_are_answered() -> None:
    def add(config: Config) -> None:
        config["secure-room:proxy"]["allow_list"]["extra"].append("status.aws.amazon.com")

    found = apply("prod", add)
    assert (found.created, found.deleted) == (frozenset(), frozenset())
    assert found.changed >= {"TaskDefinition room-proxy-task", "ResolverFirewallDomainList network-resolver-allowed"}
    assert len(found.changed) <= 4, found.changed


def test_a_production_port_adds_a_rule_on_each_side_and_acl_entries() -> None:
    def add(config: Config) -> None:
        network(config)["production"]["ports"].append({"protocol": "tcp", "port": 8443, "description": "Console"})

    found = apply("dev", add)
    assert (found.deleted, found.changed) == (frozenset(), frozenset())
    assert found.created == {
        "SecurityGroupEgressRule network-groups-desktop-egress-10-30-1-0-24-tcp-8443",
        "SecurityGroupIngressRule network-groups-production-ingress-desktop-tcp-8443",
        "NetworkAclRule network-room-desktop-acl-egress-601",
        "NetworkAclRule network-production-production-acl-ingress-201",
    }


def test_a_production_subnet_adds_its_routes_and_rules_alone() -> None:
    def add(config: Config) -> None:
        network(config)["production"]["subnets"].append({"name": "app-d", "cidr": "10.60.20.0/24"})

    found = apply("prod", add)
    assert found.deleted == frozenset()
    assert {name for name in found.created if name.startswith("Route ")} == {
        "Route network-peering-desktop-1-10-60-20-0-24",
        "Route network-peering-desktop-2-10-60-20-0-24",
    }
    kinds = {name.split()[0] for name in found.created | found.changed}
    assert kinds <= {"Route", "SecurityGroupEgressRule", "NetworkAclRule", "TaskDefinition", "Parameter"}


def test_an_office_changes_the_ip_group_alone(stack: str) -> None:
    def add(config: Config) -> None:
        office = {"cidr": "192.0.2.0/28", "description": "Osaka office"}
        config["secure-room:desktops"]["ip_ranges"].append(office)

    found = apply(stack, add)
    assert found == Difference(frozenset(), frozenset(), frozenset({"IpGroup room-desktops-ip-group-1"}))


def test_a_third_zone_moves_nothing_that_is_there() -> None:
    def add(config: Config) -> None:
        config["secure-room:account"]["zones"].append({"name": "ap-northeast-1d", "id": "apne1-az2"})

    found = apply("prod", add)
    assert found.deleted == frozenset()
    for tier in ("proxy", "public", "endpoint"):
        assert f"Subnet network-room-{tier}-3" in found.created
    assert "NatGateway network-egress-nat-3" in found.created
    changed = {name.split()[0] for name in found.changed}
    # Endpoints, firewall and proxy spread to the new subnet; entries that name a tier's range gain a range.
    assert changed <= {"VpcEndpoint", "Service", "NetworkAclRule", "TaskDefinition", "Firewall", "RuleGroup"}


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
