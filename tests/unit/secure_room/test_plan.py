"""The secure room's plan: desktops, where they connect from, and the proxy's task."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from components.iam.place import Place
from components.secure_room import plan as planning
from components.secure_room.plan import RoomPlan
from components.settings import Settings
from components.settings.model import IpRange

ranges = st.lists(st.integers(0, 2**24 - 1).map(lambda n: f"{n >> 16}.{n >> 8 & 255}.{n & 255}.0/24"), unique=True)


def container(plan: RoomPlan) -> dict[str, Any]:
    assert plan.proxy.containers
    (only,) = json.loads(plan.proxy.containers)
    return only


@given(ranges)
def test_ip_groups_hold_every_range_once_in_order_and_at_most_ten(cidrs: list[str]) -> None:
    entries = [IpRange(cidr=cidr, description="office") for cidr in cidrs]
    groups = list(planning._ip_groups(entries))
    assert [rule.source for group in groups for rule in group] == cidrs
    assert all(0 < len(group) <= 10 for group in groups)
    assert all(len(group) == 10 for group in groups[:-1])


@given(ranges.filter(bool))
def test_a_range_that_is_appended_moves_no_other(cidrs: list[str]) -> None:
    entries = [IpRange(cidr=cidr, description="office") for cidr in cidrs]
    before, after = list(planning._ip_groups(entries[:-1])), list(planning._ip_groups(entries))
    assert all(one == other[: len(one)] for one, other in zip(before, after, strict=False))


def test_every_device_type_is_decided(settings: Settings, plan: RoomPlan) -> None:
    assert set(plan.desktops.devices) == set(planning.DEVICE_TYPES)
    allowed = {device for device, verdict in plan.desktops.devices.items() if verdict == "ALLOW"}
    assert allowed == set(settings.desktops.device_types)


def test_browsers_are_no_desktop_client_unless_declared() -> None:
    assert planning.device_access(["windows"])["web"] == "DENY"


def test_one_desktop_a_user(settings: Settings, plan: RoomPlan) -> None:
    assert [desktop.user for desktop in plan.desktops.desktops] == [user.name for user in settings.desktops.users]


def test_the_image_is_of_the_own_account_and_by_digest(plan: RoomPlan, place: Place) -> None:
    registry, _, rest = container(plan)["image"].partition("/")
    assert registry == f"{place.account}.dkr.ecr.{place.region}.amazonaws.com"
    assert rest.startswith(f"{plan.proxy.repository}@sha256:")


def test_the_container_has_no_rights(plan: RoomPlan) -> None:
    made = container(plan)
    assert made["user"] == "10001:10001"
    assert made["readonlyRootFilesystem"] is True
    assert made["privileged"] is False
    assert made["linuxParameters"]["capabilities"] == {"drop": ["ALL"]}
    assert [mount["containerPath"] for mount in made["mountPoints"]] == ["/run/squid"]


def test_the_container_gets_the_generated_configuration(plan: RoomPlan) -> None:
    assert container(plan)["environment"] == [{"name": "SQUID_CONF", "value": plan.proxy.squid_conf}]


def test_task_definitions_stay_below_the_size_that_ecs_takes(plan: RoomPlan) -> None:
    """64 KiB: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html"""
    assert plan.proxy.containers
    assert len(plan.proxy.containers.encode()) < 32 * 1024


def test_what_cannot_be_logged_does_not_pass(plan: RoomPlan) -> None:
    assert container(plan)["logConfiguration"]["options"]["mode"] == "blocking"


def test_squid_stops_before_fargate_kills_it(plan: RoomPlan) -> None:
    assert "shutdown_lifetime 20 seconds" in plan.proxy.squid_conf
    assert container(plan)["stopTimeout"] == 30


def test_the_proxy_refuses_the_room_and_production(settings: Settings, plan: RoomPlan) -> None:
    """Both are private today, so their ranges vanish in the private blocks."""
    assert settings.network.room_cidr.is_private
    assert settings.network.production.cidr.is_private
    assert "acl not_public dst 10.0.0.0/8" in plan.proxy.squid_conf


def test_the_proxys_name_is_not_the_directorys_to_answer(settings: Settings, plan: RoomPlan) -> None:
    """Below its own domain the directory answers that a name does not exist."""
    assert not plan.proxy.dns_name.endswith(settings.directory.domain)


def test_without_a_digest_there_are_no_containers(settings: Settings, place: Place) -> None:
    unbuilt = settings.model_copy(update={"proxy": settings.proxy.model_copy(update={"image_digest": None})})
    assert planning.plan_room(unbuilt, place, [settings.network.room_cidr]).proxy.containers is None


def test_what_has_an_endpoint_goes_there_and_not_to_the_proxy(settings: Settings, plan: RoomPlan) -> None:
    services = ("ssm", "kms", "logs", *settings.network.endpoints.extra)
    for service in services:
        assert f'"{service}.{settings.account.region}.amazonaws.com"' in plan.proxy.pac_file
