"""Rules that name groups, where the packets come another way than straight from the sender.

"Security group referencing", Amazon VPC Transit Gateways (both the gateway and the attachments must support it, inbound
rules only, not across peered gateways, nor for PrivateLink endpoints, nor through an inspection VPC's endpoints):
https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html#vpc-attachment-security
"Security group rules", Amazon VPC User Guide (not through a middlebox).
"""

from __future__ import annotations

from typing import Any

import pytest

from guardrails.facts.network import EndpointKind
from guardrails.facts.values import Unknown
from guardrails.network import reach
from guardrails.sets import IntervalSet
from tests.unit.guardrails.network.build_network import Build

OPEN_OUT = ("out any - 0.0.0.0/0",)
NAMES_B = ("in tcp 443 sg-b",)


def verdict(build: Build, source: str = "host-b", destination: str = "host-a") -> bool | None:
    return reach(build.network(), source, destination, ports=IntervalSet.of(443)).reachable


def spokes(*, gateway: Any = True, attachment: Any = True, out: str = OPEN_OUT[0], kind: str = "instance") -> Build:
    """Two VPCs on a transit gateway; host-a's group admits whoever carries host-b's."""
    build = Build().tgw("tgw-1", group_references=gateway)
    for number, name in enumerate(("a", "b")):
        build.vpc(f"vpc-{name}", f"10.{number}.0.0/16").subnet(name, f"vpc-{name}", f"10.{number}.1.0/24")
        build.table(f"rtb-{name}", f"vpc-{name}", "10.0.0.0/8 > tgw-1", main=True)
        build.attachment(f"att-{name}", "tgw-1", f"vpc-{name}", name, group_references=attachment)
    build.group("sg-a", "vpc-a", *NAMES_B).group("sg-b", "vpc-b", out)
    build.host("host-a", "a", "10.0.1.10", groups=("sg-a",), owner_kind=kind, owner="owner-a")
    build.host("host-b", "b", "10.1.1.10", groups=("sg-b",))
    return build.transit_table("t-1", "tgw-1", associated=("att-a", "att-b"), propagated=("att-a", "att-b"))


UNKNOWN = Unknown("securityGroupReferencingSupport")


@pytest.mark.parametrize(
    ("gateway", "attachment", "works"),
    [(True, True, True), (False, True, False), (True, False, False), (UNKNOWN, True, None), (True, UNKNOWN, None)],
)
def test_both_the_gateway_and_its_attachments_must_support_references(
    gateway: bool | Unknown, attachment: bool | Unknown, *, works: bool | None
) -> None:
    assert verdict(spokes(gateway=gateway, attachment=attachment)) is works
    assert verdict(spokes(gateway=UNKNOWN, attachment=False)) is False


def test_no_outbound_rule_names_groups_across_a_transit_gateway() -> None:
    assert verdict(spokes(out="out any - sg-a")) is False
    assert verdict(spokes(out="out any - 10.0.0.0/16")) is True


def test_an_outbound_rule_may_name_groups_within_a_vpc_and_across_a_peering() -> None:
    build = spokes(out="out any - sg-a")
    del build.parts["route_tables"]
    build.peering("pcx-ab", "vpc-a", "vpc-b")
    build.table("rtb-a", "vpc-a", "10.1.0.0/16 > pcx-ab", main=True)
    build.table("rtb-b", "vpc-b", "10.0.0.0/16 > pcx-ab", main=True)
    assert verdict(build) is True


def test_an_endpoints_group_names_no_groups_across_a_transit_gateway() -> None:
    assert verdict(spokes(kind="vpc-endpoint").endpoint("owner-a", "vpc-a", EndpointKind.INTERFACE, "a")) is False


def test_no_reference_holds_across_peered_gateways() -> None:
    build = spokes()
    for field in ("transit_tables", "transit_attachments"):
        del build.parts[field]
    build.tgw("tgw-2", group_references=True)
    build.attachment("att-a", "tgw-1", "vpc-a", "a").attachment("att-b", "tgw-2", "vpc-b", "b")
    build.attachment("att-p", "tgw-1", "tgw-2", kind="peering")
    build.transit_table("t-1", "tgw-1", "10.1.0.0/16 > att-p", associated=("att-a", "att-p"), propagated=("att-a",))
    build.transit_table("t-2", "tgw-2", "10.0.0.0/16 > att-p", associated=("att-b", "att-p"), propagated=("att-b",))
    del build.parts["route_tables"]
    build.table("rtb-a", "vpc-a", "10.1.0.0/16 > tgw-1", main=True)
    build.table("rtb-b", "vpc-b", "10.0.0.0/16 > tgw-2", main=True)
    assert verdict(build) is False
    build.group("sg-open", "vpc-a", "in tcp 443 10.1.0.0/16").host("host-c", "a", "10.0.1.11", groups=("sg-open",))
    assert verdict(build, "host-b", "host-c") is True


@pytest.mark.parametrize("kind", [EndpointKind.GATEWAY_LOAD_BALANCER, EndpointKind.FIREWALL])
def test_no_reference_holds_through_an_inspection_vpc(kind: EndpointKind) -> None:
    build = spokes().vpc("vpc-i", "10.2.0.0/16")
    build.subnet("in", "vpc-i", "10.2.1.0/24").subnet("out", "vpc-i", "10.2.2.0/24")
    build.endpoint("vpce-i", "vpc-i", kind, "out")
    build.table("rtb-in", "vpc-i", "10.0.0.0/8 > vpce-i", subnets=("in",))
    build.table("rtb-out", "vpc-i", "10.0.0.0/8 > tgw-1", subnets=("out",))
    build.attachment("att-i", "tgw-1", "vpc-i", "in", group_references=True, appliance_mode=True)
    del build.parts["transit_tables"]
    build.transit_table("t-1", "tgw-1", "0.0.0.0/0 > att-i", associated=("att-a", "att-b"))
    build.transit_table("t-2", "tgw-1", associated=("att-i",), propagated=("att-a", "att-b"))
    assert verdict(build) is False
    build.group("sg-open", "vpc-a", "in tcp 443 10.1.0.0/16").host("host-c", "a", "10.0.1.11", groups=("sg-open",))
    assert verdict(build, "host-b", "host-c") is True
