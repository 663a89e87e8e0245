"""Route tables: which one holds, which route wins, and what gateway tables do."""

from __future__ import annotations

from tests.unit.guardrails.reach_cases.common_networks import app_and_db, tiers, with_exit
from tests.unit.guardrails.reach_cases.described_account import Account
from tests.unit.guardrails.reach_cases.questions import case

ROUTES = "Amazon VPC User Guide: "


@case(
    ROUTES + "Subnet route tables (main route table)",
    "i-app > internet = yes",
    "i-db > internet = no",
    "i-db > i-app = yes",
)
def main_table_holds_where_nothing_is_associated(account: Account) -> None:
    with_exit(account)
    account.table("rtb-main", "vpc-a", {"0.0.0.0/0": "nat-a"}, main=True)
    account.table("rtb-db", "vpc-a", {}, subnets="subnet-db")


@case(
    ROUTES + "Route priority (longest prefix match)",
    "i-app > 198.51.100.7 = no",
    "i-app > 198.51.100.130 = yes",
    "i-app > 192.0.2.9 = yes",
)
def longest_prefix_wins(account: Account) -> None:
    with_exit(account)
    routes = {"0.0.0.0/0": "nat-a", "198.51.100.0/25": "vpce-gone blackhole"}
    account.table("rtb-app", "vpc-a", routes, subnets="subnet-app")


@case(ROUTES + "Route priority (propagated and static routes)", "i-app > 192.168.1.1 = no", "i-db > 192.168.1.1 = yes")
def static_route_wins_over_propagated_one_of_the_same_prefix(account: Account) -> None:
    from tests.unit.guardrails.reach_cases.described_transit import vpn, vpn_gateway

    app_and_db(account)
    vpn_gateway(account, "vgw-a", "vpc-a")
    vpn(account, "vpn-a", "vgw-a", "192.168.0.0/16")
    for name in ("app", "db"):
        routes = {"192.168.0.0/16": "vgw-a propagated"}
        account.table(f"rtb-{name}", "vpc-a", routes, subnets=f"subnet-{name}", propagating="vgw-a")
    held = account.find("RouteTables", "RouteTableId", "rtb-app")["Routes"]
    held.append(
        {
            "DestinationCidrBlock": "192.168.0.0/16",
            "NetworkInterfaceId": "eni-i-db",
            "State": "active",
            "Origin": "CreateRoute",
        }
    )


@case(
    ROUTES + "Route priority and prefix lists",
    "i-app > 198.51.100.7 = yes",
    "i-app > 192.0.2.9 = no",
    "i-app > 198.51.100.200 = no",
)
def prefix_list_routes_count_entry_by_entry(account: Account) -> None:
    with_exit(account)
    account.prefix_list("pl-partners", "198.51.100.0/25", "203.0.113.0/28")
    account.table("rtb-app", "vpc-a", {"pl-partners": "nat-a"}, subnets="subnet-app")


@case(ROUTES + "Route priority and prefix lists", "i-app > 198.51.100.7 = no")
def static_route_wins_over_a_prefix_list_of_the_same_prefix(account: Account) -> None:
    with_exit(account)
    account.prefix_list("pl-partners", "198.51.100.0/24")
    routes = {"pl-partners": "nat-a", "198.51.100.0/24": "pcx-gone blackhole"}
    account.table("rtb-app", "vpc-a", routes, subnets="subnet-app")


@case("EC2 API Reference: Route (State)", "i-app > internet = no", "i-app > i-db = yes")
def blackhole_drops(account: Account) -> None:
    with_exit(account)
    account.table("rtb-app", "vpc-a", {"0.0.0.0/0": "nat-gone blackhole"}, subnets="subnet-app")


@case(ROUTES + "Customer-managed prefix lists", "i-app > 198.51.100.7 = unknown", "i-app > i-db = yes")
def prefix_list_without_entries_may_send_anything_away(account: Account) -> None:
    with_exit(account)
    account.prefix_list("pl-partners", entries=False)
    account.table("rtb-app", "vpc-a", {"pl-partners": "nat-a"}, subnets="subnet-app")


@case(
    ROUTES + "Gateway route tables", "internet > i-web = no", "internet > i-web one-way = no", "i-web > internet = no"
)
def edge_table_sends_what_enters_to_an_appliance_that_drops_it(account: Account) -> None:
    with_exit(account)
    account.instance("i-box", "subnet-app", "10.0.1.50", groups="sg-open")
    account.table("rtb-edge", "vpc-a", {"10.0.0.0/24": "eni-i-box"}, gateways="igw-a")


@case(ROUTES + "Gateway route tables", "internet > i-web = yes", "i-web > internet = yes")
def edge_table_through_an_appliance_both_ways(account: Account) -> None:
    tiers(account)
    account.instance("i-web", "subnet-public", "10.0.0.10", groups="sg-open", public="203.0.113.10")
    account.instance("i-box", "subnet-app", "10.0.1.50", groups="sg-open", SourceDestCheck=False)
    account.table("rtb-edge", "vpc-a", {"10.0.0.0/24": "eni-i-box"}, gateways="igw-a")
    account.table("rtb-public", "vpc-a", {"0.0.0.0/0": "eni-i-box"}, subnets="subnet-public")
    account.table("rtb-app", "vpc-a", {"0.0.0.0/0": "igw-a"}, subnets="subnet-app")


@case(
    "Gateway Load Balancers: Getting started (routing)",
    "internet > i-web = yes",
    "i-web > internet = yes",
    "internet > i-one-sided = no",
)
def gateway_load_balancer_endpoint_both_ways(account: Account) -> None:
    tiers(account)
    account.instance("i-web", "subnet-public", "10.0.0.10", groups="sg-open", public="203.0.113.10")
    account.instance("i-one-sided", "subnet-db", "10.0.2.20", groups="sg-open", public="203.0.113.11")
    service = "com.amazonaws.vpce.eu-west-1.vpce-svc-1"
    account.endpoint("vpce-fw", "vpc-a", "GatewayLoadBalancer", service, subnets="subnet-app", addresses="10.0.1.60")
    account.table("rtb-edge", "vpc-a", {"10.0.0.0/24": "vpce-fw"}, gateways="igw-a")
    account.table("rtb-public", "vpc-a", {"0.0.0.0/0": "vpce-fw"}, subnets="subnet-public")
    account.table("rtb-db", "vpc-a", {"0.0.0.0/0": "vpce-fw"}, subnets="subnet-db")
    account.table("rtb-app", "vpc-a", {"0.0.0.0/0": "igw-a"}, subnets="subnet-app")


@case(
    "Gateway Load Balancers: Getting started (endpoints)",
    "i-app > vpce-fw = no",
    "i-app > 10.0.0.60 = no",
)
def nothing_connects_to_a_middlebox_endpoint_itself(account: Account) -> None:
    app_and_db(account)
    service = "com.amazonaws.vpce.eu-west-1.vpce-svc-1"
    account.endpoint("vpce-fw", "vpc-a", "GatewayLoadBalancer", service, subnets="subnet-public", addresses="10.0.0.60")


@case("Gateway Load Balancers: Getting started (routing)", "i-web > internet = no", "i-db > i-web = yes")
def rejected_middlebox_endpoint_is_a_blackhole(account: Account) -> None:
    app_and_db(account)
    account.instance("i-web", "subnet-public", "10.0.0.10", groups="sg-open", public="203.0.113.10")
    service = "com.amazonaws.vpce.eu-west-1.vpce-svc-1"
    account.endpoint("vpce-fw", "vpc-a", "GatewayLoadBalancer", service, subnets="subnet-app", State="rejected")
    account.table("rtb-public", "vpc-a", {"0.0.0.0/0": "vpce-fw"}, subnets="subnet-public")


@case(
    ROUTES + "Middlebox routing (routes more specific than local)",
    "i-app > i-db = no",
    "i-db > i-app = no",
    "i-app > i-web = yes",
)
def route_more_specific_than_local_to_an_appliance_on_one_side(account: Account) -> None:
    with_exit(account)
    account.endpoint(
        "vpce-fw",
        "vpc-a",
        "GatewayLoadBalancer",
        "com.amazonaws.vpce.eu-west-1.vpce-svc-1",
        subnets="subnet-public",
        addresses="10.0.0.60",
    )
    account.table("rtb-app", "vpc-a", {"10.0.2.0/24": "vpce-fw"}, subnets="subnet-app")


@case(ROUTES + "Middlebox routing (routes more specific than local)", "i-app > i-db = yes", "i-db > i-app = yes")
def route_more_specific_than_local_on_both_sides(account: Account) -> None:
    with_exit(account)
    account.endpoint(
        "vpce-fw",
        "vpc-a",
        "GatewayLoadBalancer",
        "com.amazonaws.vpce.eu-west-1.vpce-svc-1",
        subnets="subnet-public",
        addresses="10.0.0.60",
    )
    account.table("rtb-app", "vpc-a", {"10.0.2.0/24": "vpce-fw"}, subnets="subnet-app")
    account.table("rtb-db", "vpc-a", {"10.0.1.0/24": "vpce-fw"}, subnets="subnet-db")


@case(
    "EC2 User Guide: Elastic network interfaces (source/destination checking)",
    "i-app > 192.168.7.7 = no",
    "i-app > i-router = yes",
)
def instance_that_checks_forwards_nothing(account: Account) -> None:
    app_and_db(account)
    account.instance("i-router", "subnet-db", "10.0.2.50", groups="sg-open")
    account.table("rtb-app", "vpc-a", {"0.0.0.0/0": "i-router"}, subnets="subnet-app")


@case(ROUTES + "NAT instances", "i-app > internet = yes", "internet > i-app = no", "i-db > internet = no")
def nat_instance_is_a_way_out(account: Account) -> None:
    app_and_db(account)
    account.instance(
        "i-nat", "subnet-public", "10.0.0.20", groups="sg-open", public="203.0.113.20", SourceDestCheck=False
    )
    account.table("rtb-public", "vpc-a", {"0.0.0.0/0": "igw-a"}, subnets="subnet-public")
    account.table("rtb-app", "vpc-a", {"0.0.0.0/0": "eni-i-nat"}, subnets="subnet-app")


@case(ROUTES + "NAT instances (security group)", "i-app > internet = no", "i-app > internet tcp 80 = yes")
def nat_instances_group_holds_for_what_it_forwards(account: Account) -> None:
    app_and_db(account)
    account.group("sg-nat", "vpc-a", "in tcp 80 10.0.0.0/16", "out tcp 80 0.0.0.0/0")
    account.instance(
        "i-nat", "subnet-public", "10.0.0.20", groups="sg-nat", public="203.0.113.20", SourceDestCheck=False
    )
    account.table("rtb-public", "vpc-a", {"0.0.0.0/0": "igw-a"}, subnets="subnet-public")
    account.table("rtb-app", "vpc-a", {"0.0.0.0/0": "eni-i-nat"}, subnets="subnet-app")


@case("EC2 API Reference: NetworkInterface (Status)", "i-app > internet = no")
def route_to_an_interface_that_is_attached_to_nothing(account: Account) -> None:
    app_and_db(account)
    account.interface(
        "eni-spare",
        "subnet-public",
        "10.0.0.20",
        groups="sg-open",
        public="203.0.113.20",
        SourceDestCheck=False,
        Status="available",
    )
    account.table("rtb-public", "vpc-a", {"0.0.0.0/0": "igw-a"}, subnets="subnet-public")
    account.table("rtb-app", "vpc-a", {"0.0.0.0/0": "eni-spare"}, subnets="subnet-app")


@case(ROUTES + "IP addressing (secondary blocks)", "i-app > i-far = yes", "i-far > internet = yes")
def secondary_block_is_local_too(account: Account) -> None:
    account.vpc("vpc-a", "10.0.0.0/16", "100.64.0.0/16")
    account.subnet("subnet-app", "vpc-a", "10.0.1.0/24")
    account.subnet("subnet-far", "vpc-a", "100.64.1.0/24")
    account.group("sg-open", "vpc-a", "in all 0.0.0.0/0", "out all 0.0.0.0/0")
    account.internet_gateway("igw-a", "vpc-a")
    account.instance("i-app", "subnet-app", "10.0.1.10", groups="sg-open")
    account.instance("i-far", "subnet-far", "100.64.1.10", groups="sg-open", public="203.0.113.10")
    account.table("rtb-far", "vpc-a", {"0.0.0.0/0": "igw-a"}, subnets="subnet-far")
