"""Names that may be looked up: those that the proxy may reach and AWS' own, and no other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.network.names import allowed_names
from components.secure_room import allow_list
from components.settings import Settings


def answers(names: tuple[str, ...], host: str) -> bool:
    """What the firewall does: a leading asterisk stands for one or more labels."""
    return any(host == name or (name.startswith("*.") and host.endswith(name[1:])) for name in names)


LABEL = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)
HOSTS = st.lists(LABEL, min_size=2, max_size=4).map(".".join)


@given(st.lists(st.tuples(st.booleans(), HOSTS), max_size=6), HOSTS)
def test_a_name_that_the_proxy_may_reach_is_answered(entries: list[tuple[bool, str]], host: str) -> None:
    written = [f".{name}" if below else name for below, name in entries]
    names = allowed_names(written, "ap-northeast-1")
    inside = host.endswith((".ap-northeast-1.amazonaws.com", ".internal"))
    assert answers(names, host) == (allow_list.permits(written, host) or inside)


def test_what_the_room_needs_is_answered(settings: Settings) -> None:
    wanted = settings.proxy.allow_list
    names = allowed_names(allow_list.compose(wanted.extra, aws_console=wanted.aws), settings.account.region)
    region = settings.account.region
    for host in (
        "ap-northeast-1.signin.aws.amazon.com",
        "signin.aws.amazon.com",
        f"ssm.{region}.amazonaws.com",
        f"111122223333.dkr.ecr.{region}.amazonaws.com",
        f"prod-{region}-starport-layer-bucket.s3.{region}.amazonaws.com",
        "proxy.dev.secure-room.internal",
        f"ip-10-20-9-10.{region}.compute.internal",
    ):
        assert answers(names, host), host


@pytest.mark.parametrize("host", ["secret.tunnel.example.com", "7.113.0.203.in-addr.arpa", "evil.cloudfront.net"])
def test_what_a_stranger_s_name_server_would_hear_is_not(settings: Settings, host: str) -> None:
    names = allowed_names(allow_list.compose(settings.proxy.allow_list.extra), settings.account.region)
    assert not answers(names, host)
