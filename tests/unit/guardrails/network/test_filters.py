"""Security groups and network ACLs, alone and together, within one VPC."""

from __future__ import annotations

import pytest

from guardrails.network import reach
from guardrails.sets import IntervalSet
from tests.unit.guardrails.network.build_network import Build, two_subnets

HTTPS = IntervalSet.of(443)


def pair(inbound: list[str], outbound: list[str], *, near: bool = False) -> Build:
    """Two hosts whose groups have these rules: `sg-client` on the source, `sg-server` on the destination."""
    return (
        Build()
        .vpc("vpc-a", "10.0.0.0/16")
        .subnet("subnet-1", "vpc-a", "10.0.1.0/24")
        .subnet("subnet-2", "vpc-a", "10.0.2.0/24")
        .group("sg-client", "vpc-a", *outbound)
        .group("sg-server", "vpc-a", *inbound)
        .host("client", "subnet-1", "10.0.1.10", groups=("sg-client",))
        .host("server", "subnet-1" if near else "subnet-2", "10.0.1.20" if near else "10.0.2.20", groups=("sg-server",))
    )


@pytest.mark.parametrize(
    ("inbound", "outbound", "works"),
    [
        (["in tcp 443 10.0.1.0/24"], ["out tcp 443 10.0.2.0/24"], True),
        (["in tcp 443 10.0.1.0/24"], [], False),
        ([], ["out any - 0.0.0.0/0"], False),
        (["in tcp 443 10.0.2.0/24"], ["out any - 0.0.0.0/0"], False),
        (["in tcp 400-500 10.0.1.10/32"], ["out any - 0.0.0.0/0"], True),
        (["in udp 443 10.0.1.0/24"], ["out any - 0.0.0.0/0"], False),
        (["in any - 10.0.1.0/24"], ["out tcp 443 10.0.2.0/24"], True),
        (["in tcp 443 sg-client"], ["out tcp 443 sg-server"], True),
        (["in tcp 443 sg-server"], ["out any - 0.0.0.0/0"], False),
        (["in any - ::/0"], ["out any - ::/0"], False),
        (["in tcp 443 10.0.1.0/25", "in tcp 443 10.0.1.128/25"], ["out any - 0.0.0.0/0"], True),
    ],
)
def test_groups_allow_the_union_of_their_rules_and_nothing_else(
    inbound: list[str], outbound: list[str], works: bool
) -> None:
    answer = reach(pair(inbound, outbound).network(), "client", "server", ports=HTTPS)
    assert answer.reachable is works
    if not works:
        assert answer.blocked_by is not None
        assert answer.blocked_by.hop.kind == "security-group"


def test_the_union_over_all_groups_of_an_interface_counts() -> None:
    network = (
        pair([], ["out any - 0.0.0.0/0"])
        .group("sg-extra", "vpc-a", "in tcp 443 10.0.1.0/24")
        .host("both", "subnet-2", "10.0.2.30", groups=("sg-server", "sg-extra"))
        .network()
    )
    assert reach(network, "client", "both", ports=HTTPS).reachable is True
    assert reach(network, "client", "server", ports=HTTPS).reachable is False


def test_replies_need_no_group_rule() -> None:
    network = pair(["in tcp 443 10.0.1.0/24"], ["out tcp 443 10.0.2.0/24"]).network()
    assert reach(network, "server", "client", ports=HTTPS).reachable is False
    assert reach(network, "client", "server", ports=HTTPS).reachable is True


OPEN = ["in any - 0.0.0.0/0", "out any - 0.0.0.0/0"]


@pytest.mark.parametrize(
    ("first", "second", "works"),
    [
        (["100 allow in any - 0.0.0.0/0", "100 allow out any - 0.0.0.0/0"], None, True),
        (["100 allow out any - 0.0.0.0/0"], None, False),
        (["100 allow out tcp 443 10.0.2.0/24", "100 allow in tcp 1024-65535 10.0.2.0/24"], None, True),
        (["100 allow out tcp 443 10.0.2.0/24", "100 allow in tcp 443 10.0.2.0/24"], None, False),
        (
            ["90 deny out tcp 443 10.0.2.20/32", "100 allow out any - 0.0.0.0/0", "100 allow in any - 0.0.0.0/0"],
            None,
            False,
        ),
        (
            ["110 deny out tcp 443 10.0.2.20/32", "100 allow out any - 0.0.0.0/0", "100 allow in any - 0.0.0.0/0"],
            None,
            True,
        ),
        (None, ["100 allow in tcp 443 10.0.1.0/24", "100 allow out tcp 32768-65535 10.0.1.0/24"], True),
        (None, ["100 allow in tcp 443 10.0.1.0/24", "100 allow out tcp 443 10.0.1.0/24"], False),
        (None, ["100 allow in udp 443 10.0.1.0/24", "100 allow out any - 0.0.0.0/0"], False),
        (None, ["100 allow in 0 - 0.0.0.0/0", "100 allow out any - 0.0.0.0/0"], False),
    ],
)
def test_acls_are_stateless_and_their_first_match_decides(
    first: list[str] | None, second: list[str] | None, works: bool
) -> None:
    build = pair(OPEN, OPEN)
    if first is not None:
        build.nacl("acl-1", "vpc-a", *first, subnets=("subnet-1",))
    if second is not None:
        build.nacl("acl-2", "vpc-a", *second, subnets=("subnet-2",))
    assert reach(build.network(), "client", "server", ports=HTTPS).reachable is works


def test_one_way_asks_for_the_forward_packet_alone() -> None:
    build = pair(OPEN, OPEN).nacl("acl-2", "vpc-a", "100 allow in tcp 443 0.0.0.0/0", subnets=("subnet-2",))
    answer = reach(build.network(), "client", "server", ports=HTTPS)
    assert answer.reachable is False
    assert answer.blocked_by is not None
    assert answer.blocked_by.reply
    assert answer.blocked_by.hop.table == "acl-2"
    assert reach(build.network(), "client", "server", ports=HTTPS, one_way=True).reachable is True


def test_within_a_subnet_no_acl_applies() -> None:
    build = pair(OPEN, OPEN, near=True).nacl("acl-1", "vpc-a", subnets=("subnet-1",))
    assert reach(build.network(), "client", "server", ports=HTTPS).reachable is True


def test_a_source_port_that_the_acl_does_not_answer_to_is_refused() -> None:
    build = pair(OPEN, OPEN).nacl(
        "acl-1", "vpc-a", "1 allow out any - 0.0.0.0/0", "1 allow in tcp 49152-65535 0.0.0.0/0", subnets=("subnet-1",)
    )
    network = build.network()
    assert reach(network, "client", "server", ports=HTTPS, source_ports=IntervalSet.of(33000)).reachable is False
    assert reach(network, "client", "server", ports=HTTPS, source_ports=IntervalSet.of(50000)).reachable is True
    flows = reach(network, "client", "server", ports=HTTPS).to_json()["flows"]
    assert [flow["source_ports"] for flow in flows] == ["49152-65535"]


@pytest.mark.parametrize(
    ("rule", "protocol", "ports", "works"),
    [
        ("in icmp - 0.0.0.0/0", "icmp", None, True),
        ("in icmp 8 0.0.0.0/0", "icmp", None, True),
        ("in icmp 3 0.0.0.0/0", "icmp", None, False),
        ("in icmp 8 0.0.0.0/0", "icmp", IntervalSet.of(13), False),
        ("in tcp 443 0.0.0.0/0", "icmp", None, False),
        ("in 50 - 0.0.0.0/0", "esp", None, True),
        ("in 50 - 0.0.0.0/0", "50", None, True),
        ("in 50 - 0.0.0.0/0", "51", None, False),
        ("in 0 - 0.0.0.0/0", "0", None, True),
        ("in tcp 0-65535 0.0.0.0/0", "0", None, False),
        ("in udp 53 0.0.0.0/0", "any", None, True),
        ("in any - 0.0.0.0/0", "132", None, True),
    ],
)
def test_protocols_are_exact(rule: str, protocol: str, ports: IntervalSet | None, works: bool) -> None:
    network = pair([rule], ["out any - 0.0.0.0/0"]).network()
    assert reach(network, "client", "server", protocol=protocol, ports=ports).reachable is works


def test_a_stranger_protocol_is_refused() -> None:
    with pytest.raises(ValueError, match="is no protocol"):
        reach(two_subnets().network(), "eni-1", "eni-2", protocol="tcpp")


def test_icmp_replies_must_pass_the_acls_too() -> None:
    build = pair(OPEN, OPEN).nacl(
        "acl-1", "vpc-a", "1 allow out icmp 8 0.0.0.0/0", "1 allow in icmp 0 0.0.0.0/0", subnets=("subnet-1",)
    )
    assert reach(build.network(), "client", "server", protocol="icmp").reachable is True
    build = pair(OPEN, OPEN).nacl(
        "acl-1", "vpc-a", "1 allow out icmp 8 0.0.0.0/0", "1 allow in icmp 8 0.0.0.0/0", subnets=("subnet-1",)
    )
    assert reach(build.network(), "client", "server", protocol="icmp").reachable is False


def test_metadata_time_and_the_resolver_are_outside_of_all_filters() -> None:
    build = pair([], []).nacl("acl-1", "vpc-a", subnets=("subnet-1",))
    network = build.network()
    served = [
        ("169.254.169.254", "tcp", 80),
        ("169.254.169.123", "udp", 123),
        ("169.254.169.253", "tcp", 53),
        ("10.0.0.2", "udp", 53),
    ]
    for place, protocol, port in served:
        assert reach(network, "client", place, protocol=protocol, ports=IntervalSet.of(port)).reachable is True
        assert reach(network, "client", place, protocol=protocol, ports=IntervalSet.of(port + 1)).reachable is False


def test_the_witness_names_the_rules_that_admit_it() -> None:
    network = pair(["in tcp 22 10.9.0.0/16", "in tcp 443 sg-client"], ["out tcp 443 10.0.2.0/24"]).network()
    answer = reach(network, "client", "server", ports=HTTPS)
    rules = [hop.rule for hop in answer.path if hop.kind == "security-group"]
    assert rules == ["egress tcp 443 to 10.0.2.0/24", "ingress tcp 443 from sg-client"]
