"""What a real Squid does with the generated configuration. Every verdict asserted here is Squid's own, from its log."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.secure_room import allow_list
from components.secure_room.squid import SquidPlan
from tests.lab.room_client import IMAGE, METADATA, PRIVATE, PUBLIC, Room, every_denied_block

pytestmark = pytest.mark.lab


def refused(answer: dict[str, Any], reason: str) -> None:
    """Squid refused, for this reason, and nobody was connected to."""
    assert answer["status"] == 403
    assert answer["log"] is not None
    assert answer["log"]["verdict"] == "TCP_DENIED"
    assert answer["log"]["reason"] == reason
    assert answer["visits"] == []


@pytest.mark.parametrize(
    "host",
    [
        "signin.aws.amazon.com",
        "ap-northeast-1.console.aws.amazon.com",
        "a.b.signin.aws.amazon.com",
        "docs.aws.amazon.com",
    ],
)
def test_a_listed_name_gets_an_untouched_tls_connection(room: Room, host: str) -> None:
    answer = room.connect(f"{host}:443", tls_name=host)
    assert answer["status"] == 200
    assert answer["greeting"] == f"hello from {PUBLIC}"
    assert answer["log"]["verdict"] == "TCP_TUNNEL"
    assert answer["log"]["destination"] == PUBLIC
    assert answer["visits"] == [f"{PUBLIC}:443"]


def test_names_are_compared_without_regard_to_case(room: Room) -> None:
    assert room.connect("SignIn.AWS.amazon.com:443", tls_name="signin.aws.amazon.com")["greeting"]


@pytest.mark.parametrize(
    "host",
    [
        "www.example.com",
        "notsignin.aws.amazon.com",
        "evil-signin.aws.amazon.com.attacker.example",
        "signin.aws.amazon.com.attacker.example",
        "aws.amazon.com",
        "amazonaws.com",
        "x.docs.aws.amazon.com",
        "attacker.s3.amazonaws.com",
        "x.opfcaptcha-prod.s3.amazonaws.com",
        "localhost",
    ],
)
def test_any_other_name_is_refused_and_never_looked_up(room: Room, host: str) -> None:
    answer = room.connect(f"{host}:443")
    refused(answer, "not-listed")
    assert answer["dns"] == []


@pytest.mark.parametrize(
    "target", [PUBLIC, PRIVATE, METADATA, "127.0.0.1", "10.77.1.10", "[::1]", "[::ffff:10.9.9.9]", "[fd00:ec2::254]"]
)
def test_an_address_is_refused_even_a_public_one(room: Room, target: str) -> None:
    answer = room.connect(f"{target}:443")
    refused(answer, "ip-literal")
    assert answer["dns"] == []


@pytest.mark.parametrize("target", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0xa9.0xfe.0xa9.0xfe"])
def test_an_address_in_disguise_is_refused(room: Room, target: str) -> None:
    answer = room.connect(f"{target}:443")
    assert answer["status"] in {400, 403}
    assert answer["visits"] == []
    assert answer["dns"] == []


def test_a_host_with_an_escape_in_it_is_no_host(room: Room) -> None:
    answer = room.connect("signin.aws.amazon.com%2eattacker.example:443")
    assert answer["status"] == 400
    assert answer["visits"] == answer["dns"] == []


@pytest.mark.parametrize("name", ["private", "metadata", "both", "mapped"])
def test_a_listed_name_that_resolves_to_a_private_address_is_refused(room: Room, name: str) -> None:
    refused(room.connect(f"{name}.console.aws.amazon.com:443"), "private-destination")


@pytest.mark.parametrize(("name", "address"), every_denied_block().items(), ids=every_denied_block().values())
def test_a_listed_name_in_any_special_block_is_refused(room: Room, name: str, address: str) -> None:
    refused(room.connect(f"{name}:443"), "private-destination")


def test_a_name_that_turns_private_between_two_answers_gains_nothing(room: Room) -> None:
    """DNS rebinding: the answers have a lifetime of zero and alternate between public and private."""
    answers = [room.connect("rebind.console.aws.amazon.com:443") for _ in range(10)]
    assert {visit for answer in answers for visit in answer["visits"]} <= {f"{PUBLIC}:443"}
    assert {answer["status"] for answer in answers} <= {200, 403}


def test_a_listed_name_without_an_address_fails_closed(room: Room) -> None:
    answer = room.connect("nowhere.console.aws.amazon.com:443")
    assert answer["status"] in {500, 503}
    assert answer["visits"] == []


@pytest.mark.parametrize("port", [22, 80, 8443])
def test_no_port_but_443(room: Room, port: int) -> None:
    refused(room.connect(f"signin.aws.amazon.com:{port}"), "not-tls-port")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "HEAD", "OPTIONS", "TRACE", "PURGE"])
@pytest.mark.parametrize(
    "url", ["http://signin.aws.amazon.com/", f"http://{METADATA}/latest/meta-data/", "https://signin.aws.amazon.com/"]
)
def test_no_method_but_connect(room: Room, method: str, url: str) -> None:
    refused(room.call("request", head=f"{method} {url} HTTP/1.1\r\nHost: signin.aws.amazon.com\r\n\r\n"), "not-connect")


def test_the_host_header_decides_nothing(room: Room) -> None:
    head = "CONNECT www.example.com:443 HTTP/1.1\r\nHost: signin.aws.amazon.com:443\r\n\r\n"
    refused(room.call("request", head=head), "not-listed")


def test_who_is_no_desktop_is_refused(room: Room) -> None:
    refused(room.connect("signin.aws.amazon.com:443", client="10.88.0.10"), "not-a-client")


@pytest.mark.parametrize("path", ["squid-internal-mgr/menu", "squid-internal-mgr/config"])
def test_the_cache_manager_answers_nobody(room: Room, path: str) -> None:
    answer = room.call("request", head=f"GET http://egress-proxy:3128/{path} HTTP/1.1\r\nHost: egress-proxy\r\n\r\n")
    assert answer["status"] == 403
    assert answer["log"]["verdict"] == "TCP_DENIED"


def test_the_log_keeps_no_query(room: Room) -> None:
    head = (
        "GET http://signin.aws.amazon.com/path?token=s3cret-value HTTP/1.1\r\nHost: x\r\nCookie: s3cret-value\r\n\r\n"
    )
    answer = room.call("request", head=head)
    assert "s3cret-value" not in str(answer["log"])


def test_what_a_client_writes_cannot_forge_a_log_entry(room: Room) -> None:
    answer = room.connect('a","status":200,"x":"b.example:443')
    assert answer["status"] in {400, 403}
    assert answer["log"] is not None
    assert answer["log"]["status"] == answer["status"]
    assert "x" not in answer["log"]


def test_squid_does_not_tell_its_version(room: Room) -> None:
    assert "squid/" not in room.connect("www.example.com:443")["head"].lower()


def test_the_health_check_passes_while_the_proxy_refuses(room: Room) -> None:
    assert room.call("run", command=[str(IMAGE / "healthcheck.sh")])["code"] == 0


labels = st.sampled_from(["signin", "console", "docs", "aws", "amazon", "com", "evil", "s3", "amazonaws", "x1", "a-b"])
near_hosts = st.lists(labels, min_size=1, max_size=6).map(".".join)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    host=st.one_of(
        near_hosts,
        near_hosts.map(lambda host: f"{host}.aws.amazon.com"),
        st.from_regex(r"[a-z]{1,4}signin\.aws\.amazon\.com", fullmatch=True),
    )
)
def test_squid_and_the_list_agree_on_every_host(room: Room, plan: SquidPlan, host: str) -> None:
    answer = room.connect(f"{host}:443")
    if allow_list.permits(plan.allow_list, host):
        assert answer["status"] == 200
    else:
        refused(answer, "not-listed")


def test_squid_asks_dns_for_listed_names_and_nothing_else(room: Room, plan: SquidPlan) -> None:
    """Whatever the tests before have done: no reverse lookup, no unlisted name, no name of a client."""
    room.connect("signin.aws.amazon.com:443", tls_name="signin.aws.amazon.com")
    asked = room.call("names_asked")
    assert "signin.aws.amazon.com" in asked
    assert [name for name in asked if not allow_list.permits(plan.allow_list, name)] == []


pieces = st.sampled_from(
    ["signin.aws.amazon.com", "console.aws.amazon.com", "evil.example", "10.9.9.9", ":443", ":80", ":", ".", "@", "/",
     "%2e", "%00", "\\", "#", "?", "[", "]", "*", "x", " ", "\t", ";", ",", "http://", "https://", "0443", "443"]
)  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    target=st.one_of(st.lists(pieces, min_size=1, max_size=5).map("".join), st.text(st.characters(max_codepoint=255)))
)
def test_nothing_but_a_listed_host_and_443_is_ever_connected_to(room: Room, plan: SquidPlan, target: str) -> None:
    """Whatever a client writes after CONNECT: a connection is made to 443 of a listed host alone."""
    answer = room.call("request", head=f"CONNECT {target} HTTP/1.1\r\nHost: signin.aws.amazon.com\r\n\r\n")
    if answer["visits"] or answer["status"] == 200:
        host, _, port = target.split(maxsplit=1)[0].partition(":")
        assert allow_list.permits(plan.allow_list, host.lower().removesuffix("."))
        # Squid reads the digits that a port begins with and leaves the rest.
        digits = port[: len(port) - len(port.lstrip("0123456789"))]
        assert int(digits or 443) == 443
        assert answer["visits"] == [f"{PUBLIC}:443"]


def test_the_proxy_is_alive_after_all_that(room: Room) -> None:
    assert room.connect("signin.aws.amazon.com:443", tls_name="signin.aws.amazon.com")["greeting"]
