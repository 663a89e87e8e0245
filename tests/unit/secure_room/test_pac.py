"""The proxy auto-configuration file as text; what it decides is asked of an evaluator in the laboratory."""

from __future__ import annotations

import json
from ipaddress import IPv4Network

from components.secure_room.pac import PacPlan, browser_policy, render

PLAN = PacPlan(
    proxy_name="proxy.dev.secure-room.internal",
    proxy_port=3128,
    direct_domains=("room.dev.example.com",),
    direct_networks=(IPv4Network("10.20.0.0/20"), IPv4Network("10.30.1.0/24")),
)


def test_there_is_no_way_round_the_proxy() -> None:
    text = render(PLAN)
    assert 'var PROXY = "PROXY proxy.dev.secure-room.internal:3128";' in text
    assert "; DIRECT" not in text


def test_names_are_never_resolved() -> None:
    text = render(PLAN)
    for function in ("dnsResolve", "isResolvable", "dnsDomainLevels", "myIpAddress"):
        assert function not in text


def test_it_is_plain_ascii_whatever_the_settings() -> None:
    assert render(PLAN).isascii()
    assert render(PacPlan(proxy_name='x"</script>', proxy_port=1, direct_domains=("例",), direct_networks=())).isascii()


def test_the_browser_policy_says_the_same() -> None:
    policy = json.loads(browser_policy(PLAN))
    assert policy["ProxyMode"] == "fixed_servers"
    assert policy["ProxyServer"] == "http://proxy.dev.secure-room.internal:3128"
    assert policy["ProxyBypassList"].split(";") == [
        "<local>",
        "room.dev.example.com",
        "*.room.dev.example.com",
        "10.20.0.0/20",
        "10.30.1.0/24",
        "127.0.0.0/8",
        "169.254.0.0/16",
    ]
