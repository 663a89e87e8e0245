"""Inspection: Suricata's rules mean what the allow-list means, and endpoints are found by AZ."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from suricataparser import Rule, parse_rules

from components.inspection.inspection import find_endpoint
from components.inspection.plan import CAPACITY, FIRST_SID, suricata_rules
from components.secure_room import allow_list
from components.settings import Settings

LABEL = st.from_regex(r"[a-z][a-z0-9]{0,6}", fullmatch=True)
HOSTS = st.lists(LABEL, min_size=2, max_size=4).map(".".join)


def options(rule: Rule) -> dict[str, str | None]:
    return {option.name: option.value for option in rule.options}


def passes(rule: Rule, server_name: str) -> bool:
    """What Suricata does with the sticky buffer of the server name, for the keywords that we use."""
    found = options(rule)
    buffer = server_name.lower()
    if "dotprefix" in found:
        buffer = f".{buffer}"
    content = str(found["content"]).strip('"').lower()
    starts = "startswith" not in found or buffer.startswith(content)
    ends = "endswith" not in found or buffer.endswith(content)
    return content in buffer and starts and ends


@given(st.lists(st.tuples(st.booleans(), HOSTS), min_size=1, max_size=5), HOSTS)
def test_a_server_name_passes_if_the_allow_list_permits_it(entries: list[tuple[bool, str]], host: str) -> None:
    written = [f".{name}" if below else name for below, name in entries]
    rules = parse_rules(suricata_rules(written))
    listed = [rule for rule in rules if rule.action == "pass"]
    for name in (host, f"x.{host}", f"x{host}", *(name for _, name in entries), *(f"not{name}" for _, name in entries)):
        assert any(passes(rule, name) for rule in listed) == allow_list.permits(written, name), name


def test_every_rule_parses_and_has_its_own_number(settings: Settings) -> None:
    wanted = settings.proxy.allow_list
    text = suricata_rules(allow_list.compose(wanted.extra, aws_console=wanted.aws))
    rules = parse_rules(text)
    assert len(rules) == len(text.splitlines()) <= CAPACITY
    assert [int(rule.sid) for rule in rules] == list(range(FIRST_SID, FIRST_SID + len(rules)))
    assert all(rule.enabled for rule in rules)


def test_passes_come_before_drops_and_concern_tls_on_443_alone(settings: Settings) -> None:
    rules = parse_rules(suricata_rules(allow_list.compose(settings.proxy.allow_list.extra)))
    actions = [rule.action for rule in rules]
    assert actions == sorted(actions, reverse=True), "strict order takes the first rule that matches"
    assert {rule.header.split()[0] for rule in rules if rule.action == "pass"} == {"tls"}
    assert all(rule.header.endswith("443") for rule in rules if rule.action == "pass")
    dropped = {rule.header.split()[0] for rule in rules if rule.action == "drop"}
    assert dropped == {"tls", "http", "dns", "tcp", "udp", "icmp"}


# -- endpoints by AZ ---------------------------------------------------------------------------------------------------


@dataclass
class Attachment:
    endpoint_id: str | None


@dataclass
class State:
    availability_zone: str
    attachments: list[Attachment] | None


@dataclass
class Status:
    sync_states: list[State] | None


@given(st.permutations(["a", "c", "d"]))
def test_an_endpoint_is_found_by_its_zone_in_whatever_order(order: list[str]) -> None:
    status = Status([State(f"ap-northeast-1{zone}", [Attachment(f"vpce-{zone}")]) for zone in order])
    for zone in order:
        assert find_endpoint([status], f"ap-northeast-1{zone}") == f"vpce-{zone}"


@pytest.mark.parametrize(
    "status",
    [Status(None), Status([State("ap-northeast-1a", None)]), Status([State("ap-northeast-1a", [Attachment(None)])])],
)
def test_a_zone_without_an_endpoint_is_an_error_and_never_another_zone_s(status: Status) -> None:
    with pytest.raises(LookupError, match="ap-northeast-1c"):
        find_endpoint([status, Status([State("ap-northeast-1d", [Attachment("vpce-d")])])], "ap-northeast-1c")
