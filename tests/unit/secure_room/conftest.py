"""The secure room of the two stacks, as a plan and as what its components register."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Network

import pulumi
import pytest

from components.evidence.log_group import LogGroups
from components.iam.place import Place
from components.secure_room.plan import RoomPlan, plan_room
from components.secure_room.room import SecureRoom, SecureRoomArgs
from components.settings import Settings, from_mapping
from components.tags import Tags
from tests.support.component import build
from tests.support.recorder import Recording
from tests.support.settings import stack_settings

DESKTOPS = (IPv4Network("10.20.0.0/22"),)
DIGEST = "sha256:" + "0123456789abcdef" * 4


def settings_of(stack: str, **proxy: object) -> Settings:
    """The settings of a stack file, some of the proxy's changed."""
    raw = stack_settings(stack)
    return from_mapping({**raw, "proxy": {**raw["proxy"], **proxy}})


@pytest.fixture(scope="module")
def settings(stack: str) -> Settings:
    return settings_of(stack, image_digest=DIGEST)


@pytest.fixture(scope="module")
def plan(settings: Settings, place: Place) -> RoomPlan:
    return plan_room(settings, place, DESKTOPS)


@pytest.fixture(scope="module")
def made(settings: Settings, place: Place, stack: str) -> Callable[..., Recording]:
    """Builds the room with a plan, as a preview unless `known`."""

    def make(plan: RoomPlan, *, known: bool = False) -> Recording:
        tags = Tags(settings.environment, settings.owner, settings.cost_center)

        def program(opts: pulumi.ResourceOptions) -> None:
            args = SecureRoomArgs(
                place=place,
                tags=tags,
                plan=plan,
                vpc_id="vpc-1",
                directory_subnet_ids=["subnet-1", "subnet-2"],
                desktop_subnet_ids=["subnet-3", "subnet-4"],
                proxy_subnet_ids=["subnet-5", "subnet-6"],
                desktop_group_id="sg-desktop",
                proxy_group_id="sg-proxy",
                key_arn="arn:aws:kms:ap-northeast-1:111122223333:key/1",
                boundary_arn="arn:aws:iam::111122223333:policy/boundary",
                logs=LogGroups(place=place, tags=tags, key_arn="key", retention_days=30),
                ready=[],
            )
            SecureRoom("room", args, opts)

        return build(program, stack, known=known)

    return make


@pytest.fixture(scope="module")
def room(made: Callable[..., Recording], plan: RoomPlan) -> Recording:
    return made(plan)


@pytest.fixture(scope="module")
def room_without_image(made: Callable[..., Recording], plan: RoomPlan) -> Recording:
    return made(replace(plan, proxy=replace(plan.proxy, containers=None)))
