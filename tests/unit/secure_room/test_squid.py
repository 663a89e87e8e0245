"""The generated squid.conf, as text; what Squid makes of it is the laboratory's matter."""

from __future__ import annotations

import ipaddress
import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from components.secure_room import squid
from components.secure_room.squid import SquidPlan, render

CLIENTS = (IPv4Network("10.20.0.0/22"),)
LIST = (".console.aws.amazon.com", "docs.aws.amazon.com")
PLAN = SquidPlan(LIST, CLIENTS)


def denied(address: IPv4Address | IPv6Address, internal: tuple[IPv4Network, ...] = ()) -> bool:
    return any(address in block for block in squid.denied_destinations(internal))


def access_rules(text: str) -> list[str]:
    return re.findall(r"^http_access (.*)$", text, flags=re.MULTILINE)


def values(text: str, acl: str) -> list[str]:
    return re.findall(rf"^acl {acl} (?:src|dst|dstdomain -n) (.*)$", text, flags=re.MULTILINE)


@given(st.ip_addresses(v=4))
def test_every_address_that_is_not_globally_reachable_is_refused(address: IPv4Address) -> None:
    """Oracle: the standard library's copy of the IANA registries. Only 192.0.0.9 and .10 are refused though global."""
    if not address.is_global or address.is_multicast:
        assert denied(address)
    elif not IPv4Address("192.0.0.0") <= address <= IPv4Address("192.0.0.255"):
        assert denied(address) == (address in IPv4Network("192.88.99.0/24"))


@given(st.ip_addresses(v=6))
def test_every_ipv6_address_that_is_not_global_unicast_is_refused(address: IPv6Address) -> None:
    assume(address not in ipaddress.ip_network("::/8"))
    if not address.is_global or address not in ipaddress.ip_network("2000::/3"):
        assert denied(address)


@pytest.mark.parametrize(
    "address",
    [
        "::",
        "::1",
        "::10.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "fd00:ec2::254",
        "fe80::1",
        "ff02::1",
        "2002:a00:1::",
    ],
)
def test_ipv6_forms_that_lead_inside_are_refused(address: str) -> None:
    assert denied(IPv6Address(address))


def test_ipv4_as_squid_keeps_it_is_not_refused_as_a_whole() -> None:
    """Squid holds IPv4 as ::ffff:0:0/96: a block that covers it would refuse everything."""
    mapped = ipaddress.ip_network("::ffff:0:0/96")
    assert not any(block.overlaps(mapped) for block in squid.denied_destinations() if block.version == 6)


@pytest.mark.parametrize("address", ["169.254.169.254", "169.254.170.2", "169.254.169.253", "10.20.0.2", "127.0.0.1"])
def test_metadata_resolver_and_loopback_are_refused(address: str) -> None:
    assert denied(IPv4Address(address))


def test_the_rooms_networks_are_refused_even_where_they_look_public() -> None:
    production = IPv4Network("13.64.0.0/16")
    assert not denied(IPv4Address("13.64.1.1"))
    assert denied(IPv4Address("13.64.1.1"), (production,))


@given(st.lists(st.tuples(st.ip_addresses(v=4), st.integers(8, 32)), max_size=4))
def test_refused_blocks_never_overlap(internal: list[tuple[IPv4Address, int]]) -> None:
    networks = tuple(IPv4Network((address, length), strict=False) for address, length in internal)
    blocks = [block for block in squid.denied_destinations(networks) if isinstance(block, IPv4Network)]
    assert not any(one.overlaps(other) for i, one in enumerate(blocks) for other in blocks[:i])
    assert all(any(network.subnet_of(block) for block in blocks) for network in networks)


def test_the_last_word_is_no_and_there_is_one_yes() -> None:
    rules = access_rules(render(PLAN))
    assert rules[-1] == "deny all"
    assert [rule for rule in rules if rule.startswith("allow")] == ["allow clients CONNECT tls_port listed"]
    assert rules.index("allow clients CONNECT tls_port listed") == len(rules) - 2


def test_nothing_is_looked_up_before_the_name_is_known_to_be_listed() -> None:
    text = render(PLAN)
    rules = access_rules(text)
    first_lookup = next(index for index, rule in enumerate(rules) if "not_public" in rule)
    assert next(index for index, rule in enumerate(rules) if "!listed" in rule) < first_lookup
    assert set(re.findall(r"^acl \w+ (?:dstdomain|dstdom_regex) (\S+)", text, flags=re.MULTILINE)) == {"-n"}


def test_every_refusal_says_why() -> None:
    text = render(PLAN)
    for rule in squid.RULES:
        assert f"annotate_transaction reason={rule.reason}" in text


def test_only_443_is_opened() -> None:
    assert re.findall(r"^acl tls_port port (.*)$", render(PLAN), flags=re.MULTILINE) == ["443"]


def test_clients_and_list_are_those_of_the_plan() -> None:
    text = render(PLAN)
    assert values(text, "clients") == ["10.20.0.0/22"]
    assert values(text, "listed") == sorted(LIST)


hosts = st.from_regex(r"[.]?[a-z]{1,8}([.][a-z]{1,8}){1,3}", fullmatch=True)


@given(st.lists(hosts, min_size=1, unique=True), st.randoms())
def test_the_order_of_the_settings_changes_nothing(entries: list[str], random: object) -> None:
    shuffled = list(entries)
    random.shuffle(shuffled)
    assert render(SquidPlan(tuple(entries), CLIENTS)) == render(SquidPlan(tuple(shuffled), CLIENTS))


def test_adding_an_entry_changes_one_line() -> None:
    before, after = render(PLAN).splitlines(), render(SquidPlan((*LIST, "health.aws.amazon.com"), CLIENTS)).splitlines()
    assert [line for line in after if line not in before] == ["acl listed dstdomain -n health.aws.amazon.com"]
    assert len(after) == len(before) + 1


def test_dns_servers_are_the_containers_unless_given() -> None:
    assert "dns_nameservers" not in render(PLAN)
    assert "dns_nameservers 10.20.0.2\n" in render(SquidPlan(LIST, CLIENTS, dns_servers=(IPv4Address("10.20.0.2"),)))


@pytest.mark.parametrize(
    "arguments",
    [
        {"allow_list": ()},
        {"clients": ()},
        {"clients": (IPv4Network("0.0.0.0/0"),)},
        {"port": 443},
        {"port": 70000},
        {"allow_list": ("a.example\nhttp_access allow all",)},
        {"allow_list": ('"/etc/passwd"',)},
        {"allow_list": ("",)},
        {"allow_list": ("#",)},
    ],
)
def test_a_plan_that_would_open_or_break_the_proxy_is_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"egress proxy|allow-list|internet"):
        SquidPlan(**{"allow_list": LIST, "clients": CLIENTS, **arguments})
