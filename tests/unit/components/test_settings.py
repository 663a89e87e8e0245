"""Settings: what is refused, and that all of it is told at once."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.settings import Problem, Settings, SettingsError, from_mapping
from tests.support.settings import put, stack_settings

Raw = dict[str, Any]


def problems(raw: Raw) -> tuple[Problem, ...]:
    with pytest.raises(SettingsError) as caught:
        from_mapping(raw)
    return caught.value.problems


def ranges(*cidrs: str) -> list[dict[str, str]]:
    return [{"cidr": cidr, "description": "an office"} for cidr in cidrs]


def subnet(cidr: str, name: str = "app", zone: str = "ap-northeast-1a") -> dict[str, str]:
    return {"name": name, "cidr": cidr, "zone": zone}


REFUSED: list[tuple[str, str, object, str]] = [
    # what is wrong, where, the value, where the problem must be told
    ("a room that overlaps production", "network.room_cidr", "10.30.0.0/18", "network.room_cidr"),
    ("a range with host bits", "network.room_cidr", "10.20.0.1/20", "network.room_cidr"),
    ("a range with a leading zero", "network.room_cidr", "10.020.0.0/20", "network.room_cidr"),
    ("an address without a length", "network.room_cidr", "10.20.0.0", "network.room_cidr"),
    ("an IPv6 range", "network.room_cidr", "fd00::/48", "network.room_cidr"),
    ("a public range", "network.room_cidr", "11.20.0.0/20", "network.room_cidr"),
    ("a range larger than a VPC's", "network.room_cidr", "10.20.0.0/14", "network.room_cidr"),
    ("the container hosts' range", "network.room_cidr", "172.17.0.0/20", "network.room_cidr"),
    ("the management interfaces' range", "network.room_cidr", "198.19.0.0/20", "network.room_cidr"),
    ("subnets smaller than AWS allows", "network.room_cidr", "10.20.0.0/23", "network.room_cidr"),
    ("a production subnet outside of its VPC", "network.production.subnets", [subnet("10.31.0.0/24")],
     "network.production.subnets[0].cidr"),
    ("overlapping production subnets", "network.production.subnets",
     [subnet("10.30.0.0/24"), subnet("10.30.0.128/25", "db")], "network.production.subnets[1].cidr"),
    ("two production subnets of one name", "network.production.subnets",
     [subnet("10.30.0.0/24"), subnet("10.30.1.0/24")], "network.production.subnets[1]"),
    ("a production subnet in an unknown zone", "network.production.subnets",
     [subnet("10.30.0.0/24", zone="ap-northeast-1d")], "network.production.subnets[0].zone"),
    ("access to a created VPC", "network.production.access", {"role_arn": "arn:aws:iam::111122223333:role/x"},
     "network.production.access"),
    ("no production subnet", "network.production.subnets", [], "network.production.subnets"),
    ("a created VPC with an id", "network.production.vpc_id", "vpc-0a1b2c3d", "network.production.vpc_id"),
    ("a port beyond 65535", "network.production.ports.0.port", 65536, "network.production.ports[0].port"),
    ("port zero", "network.production.ports.0.port", 0, "network.production.ports[0].port"),
    ("a protocol without ports", "network.production.ports.0.protocol", "icmp", "network.production.ports[0].protocol"),
    ("an AZ where WorkSpaces is not", "account.zones.1.id", "apne1-az2", "account.zones[1].id"),
    ("the same AZ twice", "account.zones.1.id", "apne1-az4", "account.zones[1]"),
    ("an AZ of another region", "account.zones.1.name", "us-east-1a", "account.zones[1].name"),
    ("one AZ only", "account.zones", [{"name": "ap-northeast-1a", "id": "apne1-az4"}], "account.zones"),
    ("an account that is not allowed", "account.id", "999988887777", "account.id"),
    ("an account as a number", "account.id", 111122223333, "account.id"),
    ("a short account", "account.id", "11112222333", "account.id"),
    ("digits that are not ASCII", "account.id", "１１１１２２２２３３３３", "account.id"),
    ("a region that is not allowed", "account.region", "us-east-1", "account.region"),
    ("auto-stop at 90 minutes", "desktops.auto_stop_minutes", 90, "desktops.auto_stop_minutes"),
    ("auto-stop at zero", "desktops.auto_stop_minutes", 0, "desktops.auto_stop_minutes"),
    ("nobody may connect", "desktops.ip_ranges", [], "desktops.ip_ranges"),
    ("the world may connect", "desktops.ip_ranges", ranges("0.0.0.0/0"), "desktops.ip_ranges"),
    ("two halves of the world", "desktops.ip_ranges", ranges("0.0.0.0/1", "128.0.0.0/1"), "desktops.ip_ranges"),
    ("the world in sixteen pieces", "desktops.ip_ranges", ranges(*(f"{n * 16}.0.0.0/4" for n in range(16))),
     "desktops.ip_ranges"),
    ("all but a little of the world", "desktops.ip_ranges", ranges("128.0.0.0/2", "32.0.0.0/3"), "desktops.ip_ranges"),
    ("a private origin", "desktops.ip_ranges", ranges("192.168.1.0/24"), "desktops.ip_ranges[0].cidr"),
    ("the same origin twice", "desktops.ip_ranges", ranges("203.0.113.0/28", "203.0.113.0/28"),
     "desktops.ip_ranges[1]"),
    ("two users of one name", "desktops.users", [{"name": "Hanako"}, {"name": "hanako"}], "desktops.users[1]"),
    ("a user name with a space", "desktops.users.0.name", "hanako sato", "desktops.users[0].name"),
    ("no device at all", "desktops.device_types", [], "desktops.device_types"),
    ("an unknown device", "desktops.device_types", ["fridge"], "desktops.device_types[0]"),
    ("a tag for a digest", "proxy.image_digest", "latest", "proxy.image_digest"),
    ("every bucket of the world", "proxy.allow_list", {"extra": [".amazonaws.com"]}, "proxy.allow_list"),
    ("every distribution of the world", "proxy.allow_list", {"extra": [".cloudfront.net"]}, "proxy.allow_list"),
    ("everybody's pages", "proxy.allow_list", {"extra": [".github.io"]}, "proxy.allow_list"),
    ("everything", "proxy.allow_list", {"extra": ["*"]}, "proxy.allow_list"),
    ("an address for a name", "proxy.allow_list", {"extra": ["203.0.113.7"]}, "proxy.allow_list"),
    ("what Squid finds redundant", "proxy.allow_list", {"extra": ["eu.signin.aws.amazon.com"]}, "proxy.allow_list"),
    ("an empty allow-list", "proxy.allow_list", {"aws": False, "extra": []}, "proxy.allow_list"),
    ("memory that Fargate does not give", "proxy.memory", 4096, "proxy.memory"),
    ("a log retention that AWS does not know", "evidence.log_retention_days", 31, "evidence.log_retention_days"),
    ("a session without end", "bastion.max_session_minutes", 1441, "bastion.max_session_minutes"),
    ("a domain without a dot", "directory.domain", "corp", "directory.domain"),
    ("an unknown environment", "environment", "staging", "environment"),
    ("an unknown key", "internet", "yes", "internet"),
    ("an unknown key inside", "network.natt", "single", "network.natt"),
    ("an unknown key in a list", "desktops.users.0.admin", True, "desktops.users[0].admin"),
    ("a missing section", "network", ..., "network"),
    ("a missing key", "directory.domain", ..., "directory.domain"),
    ("an organisation's perimeter without its id", "network.endpoints", {"perimeter": "organization"},
     "account.organization_id"),
    ("a vendor without its endpoint service", "network.inspection", {"engine": "gateway_load_balancer"},
     "network.inspection.service_name"),
    ("an endpoint service without a vendor", "network.inspection",
     {"service_name": "com.amazonaws.vpce.ap-northeast-1.vpce-svc-0123456789abcdef0"},
     "network.inspection.service_name"),
    ("a second block that overlaps the room", "network.desktop_cidr", "10.20.8.0/22", "network.desktop_cidr"),
    ("a second block that overlaps production", "network.desktop_cidr", "10.30.0.0/22", "network.desktop_cidr"),
    ("a second block of another private range", "network.desktop_cidr", "192.168.0.0/22", "network.desktop_cidr"),
    ("a second block in public space", "network.desktop_cidr", "8.8.8.0/24", "network.desktop_cidr"),
    ("a second block that is too small", "network.desktop_cidr", "100.64.0.0/27", "network.desktop_cidr"),
    ("a section that is text", "network", "10.20.0.0/20", "network"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "key"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refuses(dev: Raw, path: str, value: object, key: str) -> None:
    found = problems(put(dev, path, value))
    assert key in {problem.key for problem in found}
    assert all(problem.rule and problem.remedy and problem.value for problem in found)


PRODUCTION: list[tuple[str, str, object, str]] = [
    ("no protection", "protect", False, "protect"),
    ("one NAT gateway", "network.nat", "single", "network.nat"),
    ("one proxy task", "proxy.tasks", 1, "proxy.tasks"),
    ("an existing VPC without its owner", "network.production.owner_id", None, "network.production.owner_id"),
    ("an existing VPC without its id", "network.production.vpc_id", None, "network.production.vpc_id"),
    ("an existing VPC without its region", "network.production.region", ..., "network.production.region"),
    (
        "a role of another account than the owner's",
        "network.production.access",
        {"role_arn": "arn:aws:iam::111122223333:role/x"},
        "network.production.access.role_arn",
    ),
    ("a malformed VPC id", "network.production.vpc_id", "vpc-XYZ", "network.production.vpc_id"),
]


@pytest.mark.parametrize(("path", "value", "key"), [row[1:] for row in PRODUCTION], ids=[row[0] for row in PRODUCTION])
def test_refuses_in_production(prod: Raw, path: str, value: object, key: str) -> None:
    assert key in {problem.key for problem in problems(put(prod, path, value))}


def test_refuses_more_ports_than_a_security_group_takes(dev: Raw) -> None:
    ports = [{"protocol": "tcp", "port": 8000 + n, "description": "service"} for n in range(42)]
    (problem,) = problems(put(dev, "network.production.ports", ports))
    assert problem.key == "network.production"
    assert "desktop group would have 61 egress rules" in problem.rule
    assert from_mapping(put(dev, "network.production.ports", ports[:41]))


def test_refuses_more_subnets_than_an_acl_takes(dev: Raw) -> None:
    apart = [subnet(f"10.30.{n}.0/24", f"app-{n}") for n in range(0, 16, 1) if n % 2 == 0]
    ports = [
        {"protocol": protocol, "port": port, "description": "service"} for protocol in ("tcp", "udp") for port in (1, 2)
    ]
    put(dev, "network.production.ports", ports)
    (problem,) = problems(put(dev, "network.production.subnets", apart))
    assert "desktop tier needs" in problem.rule


def test_the_stack_files_are_sound_and_differ_in_earnest(dev: Raw, prod: Raw) -> None:
    small, real = from_mapping(dev), from_mapping(prod)
    assert (small.network.nat, real.network.nat) == ("single", "per_zone")
    assert (small.network.production.mode, real.network.production.mode) == ("create", "existing")
    assert (small.protect, real.protect) == (False, True)
    assert len(real.desktops.users) > len(small.desktops.users)
    assert not small.network.room_cidr.overlaps(real.network.room_cidr)


def test_tells_every_problem_at_once(dev: Raw) -> None:
    put(dev, "network.room_cidr", "10.20.0.1/20")
    put(dev, "account.zones.1.id", "apne1-az2")
    put(dev, "desktops.auto_stop_minutes", 45)
    put(dev, "desktops.ip_ranges", ranges("0.0.0.0/1", "128.0.0.0/1"))
    put(dev, "proxy.allow_list", {"extra": [".amazonaws.com", ".github.io"]})
    put(dev, "surprise", 1)
    put(dev, "directory.short_name", ...)
    keys = [problem.key for problem in problems(dev)]
    # A field's own error hides no problem of the fields beside it: desktops has one of each kind.
    assert {"network.room_cidr", "account.zones[1].id", "desktops.auto_stop_minutes", "surprise"} <= set(keys)
    assert {"directory.short_name", "desktops.ip_ranges"} <= set(keys)
    assert keys.count("proxy.allow_list") == 2


def test_says_key_value_rule_and_remedy(dev: Raw) -> None:
    put(dev, "network.room_cidr", "10.20.0.1/20")
    with pytest.raises(SettingsError, match=r"1 problem\(s\)") as caught:
        from_mapping(dev)
    text = str(caught.value)
    assert "network.room_cidr = 10.20.0.1/20" in text
    assert "canonical" in text
    assert "write 10.20.0.0/20" in text


def test_never_shows_a_secret(dev: Raw) -> None:
    put(dev, "directory.domain", "hunter2")
    put(dev, "password", "hunter3")
    with pytest.raises(SettingsError) as caught:
        from_mapping(dev, secrets={"directory", "password"})
    assert "hunter" not in str(caught.value)
    assert {problem.value for problem in caught.value.problems} == {"[secret]"}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_whatever_is_written_is_refused_in_order_and_never_crashes(anything: object) -> None:
    raw = dict.fromkeys(Settings.model_fields, anything)
    with pytest.raises(SettingsError):
        from_mapping(raw)


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(9, 32)), min_size=1, max_size=40))
def test_origins_that_add_up_to_more_than_a_sixteen_million_addresses_are_refused(pairs: list[tuple[int, int]]) -> None:

    cidrs = {IPv4Network((address & (0xFFFFFFFF << (32 - length)), length)) for address, length in pairs}
    raw = stack_settings("dev")
    raw["desktops"] = {**raw["desktops"], "ip_ranges": ranges(*map(str, cidrs))}
    told = set()
    try:
        from_mapping(raw)
    except SettingsError as error:
        told = {problem.rule for problem in error.problems}
    outer = [cidr for cidr in cidrs if not any(cidr != other and cidr.subnet_of(other) for other in cidrs)]
    too_many = sum(cidr.num_addresses for cidr in outer) > 2**24
    assert any("the world in pieces" in rule for rule in told) == too_many
