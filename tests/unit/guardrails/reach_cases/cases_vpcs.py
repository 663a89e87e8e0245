"""Between VPCs: peering and transit gateways."""

from __future__ import annotations

from tests.unit.guardrails.reach_cases import described_transit as transit
from tests.unit.guardrails.reach_cases.common_networks import OPEN, app_and_db, second
from tests.unit.guardrails.reach_cases.described_account import Account
from tests.unit.guardrails.reach_cases.questions import case

PEERING = "Amazon VPC Peering Guide: "


def peered(account: Account, **more: dict[str, object]) -> None:
    app_and_db(account)
    second(account)
    account.peering("pcx-ab", "vpc-a", "vpc-b", **more)
    account.table("rtb-a", "vpc-a", {"10.1.0.0/16": "pcx-ab"}, main=True)
    account.table("rtb-b", "vpc-b", {"10.0.0.0/16": "pcx-ab"}, main=True)


@case(PEERING + "Update your route tables", "i-app > i-b = yes", "i-b > i-db = yes", "i-app > 10.1.1.99 = no")
def peering_with_routes_on_both_sides(account: Account) -> None:
    peered(account)


@case(PEERING + "Update your route tables", "i-app > i-b = no", "i-app > i-b one-way = yes", "i-b > i-app = no")
def peering_without_a_route_back(account: Account) -> None:
    app_and_db(account)
    second(account)
    account.peering("pcx-ab", "vpc-a", "vpc-b")
    account.table("rtb-a", "vpc-a", {"10.1.0.0/16": "pcx-ab"}, main=True)


@case(PEERING + "Limitations (no transitive peering)", "i-app > i-c = no", "i-app > i-b = yes", "i-b > i-c = yes")
def peering_is_not_transitive(account: Account) -> None:
    app_and_db(account)
    second(account)
    second(account, "10.2.0.0/16", "c")
    account.peering("pcx-ab", "vpc-a", "vpc-b")
    account.peering("pcx-bc", "vpc-b", "vpc-c")
    account.table("rtb-a", "vpc-a", {"10.0.0.0/8": "pcx-ab"}, main=True)
    account.table("rtb-b", "vpc-b", {"10.0.0.0/16": "pcx-ab", "10.2.0.0/16": "pcx-bc"}, main=True)
    account.table("rtb-c", "vpc-c", {"10.0.0.0/8": "pcx-bc"}, main=True)


@case(
    PEERING + "Limitations (no edge to edge routing)",
    "i-b > internet = no",
    "i-b > 192.168.1.1 = no",
    "192.168.1.1 > i-b = no",
)
def no_edge_to_edge_over_a_peering(account: Account) -> None:
    peered(account)
    transit.vpn_gateway(account, "vgw-a", "vpc-a")
    transit.vpn(account, "vpn-a", "vgw-a", "192.168.0.0/16")
    for one in account.answers["RouteTables"]:
        if one["RouteTableId"] == "rtb-b":
            one["Routes"].append(account.route("0.0.0.0/0", "pcx-ab"))
        else:
            one["Routes"] += [account.route("0.0.0.0/0", "igw-a"), account.route("192.168.0.0/16", "vgw-a")]


def in_state(account: Account, code: str) -> None:
    app_and_db(account)
    second(account)
    account.peering("pcx-ab", "vpc-a", "vpc-b", code=code)
    account.table("rtb-a", "vpc-a", {"10.1.0.0/16": "pcx-ab"}, main=True)
    account.table("rtb-b", "vpc-b", {"10.0.0.0/16": "pcx-ab"}, main=True)


STATES = PEERING + "VPC peering connection lifecycle"


@case(STATES, "i-app > i-b = no", "i-b > i-app = no", "i-app > i-db = yes")
def peering_that_waits_for_acceptance(account: Account) -> None:
    in_state(account, "pending-acceptance")


@case(STATES, "i-app > i-b = no")
def peering_that_was_deleted(account: Account) -> None:
    in_state(account, "deleted")


@case(STATES, "i-app > i-b = no")
def peering_that_was_rejected(account: Account) -> None:
    in_state(account, "rejected")


@case(PEERING + "Reference peer security groups", "i-app > i-b = yes", "i-db > i-b = no")
def group_reference_over_a_peering(account: Account) -> None:
    peered(account)
    account.group("sg-app", "vpc-a", *OPEN)
    account.group("sg-only", "vpc-b", "in tcp 443 sg-app")
    account.find("NetworkInterfaces", "NetworkInterfaceId", "eni-i-app")["Groups"] = [{"GroupId": "sg-app"}]
    account.find("NetworkInterfaces", "NetworkInterfaceId", "eni-i-b")["Groups"] = [{"GroupId": "sg-only"}]
    pair = account.find("SecurityGroups", "GroupId", "sg-only")["IpPermissions"][0]["UserIdGroupPairs"][0]
    pair |= {"VpcId": "vpc-a", "VpcPeeringConnectionId": "pcx-ab", "PeeringStatus": "active"}


@case(PEERING + "Reference peer security groups (same region only)", "i-app > i-b = no")
def group_reference_over_a_peering_between_regions(account: Account) -> None:
    group_reference_over_a_peering(account)
    account.answers["VpcPeeringConnections"][0]["AccepterVpcInfo"]["Region"] = "us-east-1"


@case(PEERING + "Basics", "i-app > 10.1.1.10 = unknown", "i-app > 10.2.1.10 = no", "i-app > i-db = yes")
def peer_vpc_that_is_not_in_the_snapshot(account: Account) -> None:
    app_and_db(account)
    info = {"VpcId": "vpc-b", "OwnerId": "444455556666", "CidrBlock": "10.1.0.0/16"}
    account.peering("pcx-ab", "vpc-a", "vpc-b", accepter_info=info)
    account.table("rtb-a", "vpc-a", {"10.0.0.0/8": "pcx-ab"}, main=True)


@case("EC2 API Reference: Route", "i-app > 10.1.1.10 = unknown", "i-app > i-db = yes")
def route_to_a_peering_that_is_not_listed(account: Account) -> None:
    app_and_db(account)
    account.table("rtb-a", "vpc-a", {"10.1.0.0/16": "pcx-lost"}, main=True)


# -- transit gateways -------------------------------------------------------------------------------------------------

TGW = "Amazon VPC Transit Gateways: "


def hub(account: Account) -> None:
    """Two VPCs attached to one gateway, with default routes to it."""
    app_and_db(account)
    second(account)
    transit.gateway(account, "tgw-1")
    transit.attach(account, "tgw-attach-a", "tgw-1", "vpc-a", "subnet-app subnet-db")
    transit.attach(account, "tgw-attach-b", "tgw-1", "vpc-b", "subnet-b")
    for name in "ab":
        account.table(f"rtb-{name}", f"vpc-{name}", {"0.0.0.0/0": "tgw-1"}, main=True)


@case(TGW + "Routing", "i-app > i-b = yes", "i-b > i-db = yes", "i-app > internet = no", "i-app > 10.7.7.7 = no")
def attachments_in_one_table(account: Account) -> None:
    hub(account)
    transit.join(account, "tgw-1", "tgw-attach-a", "tgw-attach-b")


@case(
    TGW + "How transit gateways work (availability zones)",
    "i-app > i-b = yes",
    "i-db > i-b = no",
    "i-b > i-db = no",
    "i-b > i-db one-way = yes",
)
def only_zones_with_an_attachment_subnet_are_served(account: Account) -> None:
    hub(account)
    for kind in ("TransitGatewayVpcAttachments",):
        account.answers[kind][0]["SubnetIds"] = ["subnet-app"]
    transit.join(account, "tgw-1", "tgw-attach-a", "tgw-attach-b")


@case(TGW + "Route table associations", "i-app > i-b = no", "i-b > i-app = no", "i-b > i-app one-way = yes")
def attachment_that_is_associated_with_no_table(account: Account) -> None:
    hub(account)
    routes = {"10.0.0.0/16": "tgw-attach-a propagated", "10.1.0.0/16": "tgw-attach-b propagated"}
    transit.table(
        account, "tgw-rtb-1", "tgw-1", routes, associated="tgw-attach-b", propagating="tgw-attach-a tgw-attach-b"
    )


@case(
    TGW + "Route tables (association and propagation)",
    "i-app > i-b = yes",
    "i-b > i-app = yes",
    "i-app > i-c = no",
    "i-c > i-b = no",
)
def the_associated_table_decides(account: Account) -> None:
    hub(account)
    second(account, "10.2.0.0/16", "c")
    transit.attach(account, "tgw-attach-c", "tgw-1", "vpc-c", "subnet-c")
    account.table("rtb-c", "vpc-c", {"0.0.0.0/0": "tgw-1"}, main=True)
    routes = {"10.0.0.0/16": "tgw-attach-a propagated", "10.1.0.0/16": "tgw-attach-b propagated"}
    transit.table(
        account,
        "tgw-rtb-1",
        "tgw-1",
        routes,
        associated="tgw-attach-a tgw-attach-b",
        propagating="tgw-attach-a tgw-attach-b",
    )
    transit.table(
        account, "tgw-rtb-2", "tgw-1", routes, associated="tgw-attach-c", propagating="tgw-attach-a tgw-attach-b"
    )


@case(TGW + "Route evaluation order", "i-app > i-b = no", "i-app > i-b one-way = no")
def static_route_before_a_propagated_one(account: Account) -> None:
    hub(account)
    account.beside.clear()
    account.block_public_access("off")
    transit.join(account, "tgw-1", "tgw-attach-a", "tgw-attach-b", routes={"10.1.0.0/16": "tgw-attach-a"})


@case(TGW + "Blackhole routes", "i-app > i-b = no", "i-b > i-app = no", "i-b > i-app one-way = yes")
def blackhole_in_a_transit_table(account: Account) -> None:
    hub(account)
    transit.join(account, "tgw-1", "tgw-attach-a", "tgw-attach-b", routes={"10.1.1.0/24": "blackhole"})


@case(TGW + "VPC attachments (states)", "i-app > i-b = no")
def attachment_that_is_being_deleted(account: Account) -> None:
    app_and_db(account)
    second(account)
    transit.gateway(account, "tgw-1")
    transit.attach(account, "tgw-attach-a", "tgw-1", "vpc-a", "subnet-app subnet-db")
    transit.attach(account, "tgw-attach-b", "tgw-1", "vpc-b", "subnet-b", state="deleting")
    for name in "ab":
        account.table(f"rtb-{name}", f"vpc-{name}", {"0.0.0.0/0": "tgw-1"}, main=True)
    transit.join(account, "tgw-1", "tgw-attach-a", "tgw-attach-b")


@case(
    TGW + "How network ACLs work with transit gateways",
    "i-app > i-b = no",
    "i-db > i-b = yes",
    "i-app > i-b one-way = no",
)
def acl_of_the_attachments_own_subnet(account: Account) -> None:
    hub(account)
    account.acl("acl-app", "vpc-a", "100 allow out all 0.0.0.0/0", "100 deny in all 10.0.0.0/8", subnets="subnet-app")
    transit.join(account, "tgw-1", "tgw-attach-a", "tgw-attach-b")


@case(TGW + "Security group referencing", "i-app > i-b = no")
def group_reference_over_a_transit_gateway_is_off(account: Account) -> None:
    hub(account)
    account.group("sg-app", "vpc-a", *OPEN)
    account.group("sg-only", "vpc-b", "in tcp 443 sg-app")
    account.find("NetworkInterfaces", "NetworkInterfaceId", "eni-i-app")["Groups"] = [{"GroupId": "sg-app"}]
    account.find("NetworkInterfaces", "NetworkInterfaceId", "eni-i-b")["Groups"] = [{"GroupId": "sg-only"}]
    transit.join(account, "tgw-1", "tgw-attach-a", "tgw-attach-b")


@case(TGW + "Peering attachments (static routes only)", "i-app > i-b = yes", "i-b > i-app = yes")
def peered_gateways_with_static_routes(account: Account) -> None:
    peered_gateways(account, {"10.1.0.0/16": "tgw-attach-peer"}, {"10.0.0.0/16": "tgw-attach-peer"})


@case(TGW + "Peering attachments (static routes only)", "i-app > i-b = no", "i-app > i-b one-way = yes")
def peered_gateways_with_a_static_route_on_one_side(account: Account) -> None:
    peered_gateways(account, {"10.1.0.0/16": "tgw-attach-peer"}, {})


def peered_gateways(account: Account, first: dict[str, str], other: dict[str, str]) -> None:
    app_and_db(account)
    second(account)
    for number, name in enumerate("ab", 1):
        transit.gateway(account, f"tgw-{number}")
        subnets = "subnet-app subnet-db" if name == "a" else "subnet-b"
        transit.attach(account, f"tgw-attach-{name}", f"tgw-{number}", f"vpc-{name}", subnets)
        account.table(f"rtb-{name}", f"vpc-{name}", {"0.0.0.0/0": f"tgw-{number}"}, main=True)
    transit.peer(account, "tgw-attach-peer", "tgw-1", "tgw-2")
    for number, (name, block, routes) in enumerate((("a", "10.0.0.0/16", first), ("b", "10.1.0.0/16", other)), 1):
        shown = {block: f"tgw-attach-{name} propagated", **routes}
        held = f"tgw-attach-{name} tgw-attach-peer"
        transit.table(
            account, f"tgw-rtb-{number}", f"tgw-{number}", shown, associated=held, propagating=f"tgw-attach-{name}"
        )


@case("EC2 API Reference: DescribeTransitGatewayVpcAttachments", "i-app > i-b = unknown", "i-app > i-db = yes")
def transit_gateway_that_is_not_listed(account: Account) -> None:
    app_and_db(account)
    second(account)
    for name in "ab":
        account.table(f"rtb-{name}", f"vpc-{name}", {"0.0.0.0/0": "tgw-lost"}, main=True)


@case(
    "Transit Gateway Connect attachments",
    "i-app > 192.168.1.1 = unknown",
    "192.168.1.1 > i-app = unknown",
    "i-app > i-b = yes",
)
def connect_attachment_leads_to_what_is_not_told(account: Account) -> None:
    hub(account)
    transit.attachment(account, "tgw-attach-x", "tgw-1", "connect", "tgw-attach-b")
    transit.join(
        account,
        "tgw-1",
        "tgw-attach-a",
        "tgw-attach-b",
        "tgw-attach-x",
        routes={"192.168.0.0/16": "tgw-attach-x propagated"},
    )


@case("AWS Cloud WAN: core network routes", "i-app > 10.9.9.9 = unknown", "i-app > i-db = yes", "i-app > i-b = unknown")
def core_network(account: Account) -> None:
    app_and_db(account)
    second(account)
    core = "arn:aws:networkmanager::111122223333:core-network/core-network-1"
    account.table("rtb-a", "vpc-a", {"10.0.0.0/8": core}, main=True)
    account.table("rtb-b", "vpc-b", {"10.0.0.0/8": core}, main=True)


@case(TGW + "Peering attachments (three gateways)", "i-app > i-b = yes", "i-b > i-app = yes", "i-app > 10.9.9.9 = no")
def chain_of_peered_gateways(account: Account) -> None:
    app_and_db(account)
    second(account)
    for number in (1, 2, 3):
        transit.gateway(account, f"tgw-{number}")
    transit.attach(account, "tgw-attach-a", "tgw-1", "vpc-a", "subnet-app subnet-db")
    transit.attach(account, "tgw-attach-b", "tgw-3", "vpc-b", "subnet-b")
    account.table("rtb-a", "vpc-a", {"0.0.0.0/0": "tgw-1"}, main=True)
    account.table("rtb-b", "vpc-b", {"0.0.0.0/0": "tgw-3"}, main=True)
    transit.peer(account, "tgw-attach-12", "tgw-1", "tgw-2")
    transit.peer(account, "tgw-attach-23", "tgw-2", "tgw-3")
    ways = {
        "tgw-1": ("tgw-attach-a tgw-attach-12", {"10.0.0.0/16": "tgw-attach-a", "10.1.0.0/16": "tgw-attach-12"}),
        "tgw-2": ("tgw-attach-12 tgw-attach-23", {"10.0.0.0/16": "tgw-attach-12", "10.1.0.0/16": "tgw-attach-23"}),
        "tgw-3": ("tgw-attach-23 tgw-attach-b", {"10.0.0.0/16": "tgw-attach-23", "10.1.0.0/16": "tgw-attach-b"}),
    }
    for key, (held, routes) in ways.items():
        transit.table(account, f"tgw-rtb-{key}", key, routes, associated=held)


@case(
    PEERING + "Configurations with routes to specific subnets",
    "i-app > i-b = yes",
    "i-db > i-b = no",
    "i-app > 10.1.2.9 = no",
)
def peering_route_for_one_subnet(account: Account) -> None:
    app_and_db(account)
    second(account)
    account.peering("pcx-ab", "vpc-a", "vpc-b")
    account.table("rtb-app", "vpc-a", {"10.1.1.0/24": "pcx-ab"}, subnets="subnet-app")
    account.table("rtb-b", "vpc-b", {"10.0.1.0/24": "pcx-ab"}, main=True)


@case(
    PEERING + "One VPC peered with two VPCs with matching blocks",
    "i-app > 10.1.1.10 = yes",
    "i-app > i-b = yes",
    "i-app > i-c = no",
)
def two_peers_with_the_same_block(account: Account) -> None:
    app_and_db(account)
    second(account)
    second(account, "10.1.0.0/16", "c")
    account.peering("pcx-ab", "vpc-a", "vpc-b")
    account.peering("pcx-ac", "vpc-a", "vpc-c")
    account.table("rtb-a", "vpc-a", {"10.1.0.0/16": "pcx-ab"}, main=True)
    for name in "bc":
        account.table(f"rtb-{name}", f"vpc-{name}", {"10.0.0.0/16": f"pcx-a{name}"}, main=True)
