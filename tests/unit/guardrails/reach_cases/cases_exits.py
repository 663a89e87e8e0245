"""Ways to and from the internet and AWS's services: internet, NAT and egress-only gateways, endpoints, blocks."""

from __future__ import annotations

from tests.unit.guardrails.reach_cases import described_transit as transit
from tests.unit.guardrails.reach_cases.common_networks import OPEN, app_and_db, second, tiers, with_exit
from tests.unit.guardrails.reach_cases.described_account import Account
from tests.unit.guardrails.reach_cases.questions import case

IGW = "Amazon VPC User Guide: Internet gateways"
NAT = "Amazon VPC User Guide: NAT gateways"


@case(
    IGW, "internet > i-web = yes", "198.51.100.7 > 203.0.113.10 = yes", "198.51.100.7 > 10.0.0.10 = no",
    "internet > 10.0.0.10 = no", "internet > i-private = no", "i-private > internet = no", "i-web > internet = yes",
)  # fmt: skip
def internet_gateway_serves_public_addresses_only(account: Account) -> None:
    with_exit(account)
    account.instance("i-private", "subnet-public", "10.0.0.11", groups="sg-open")


@case(
    IGW, "i-app > 203.0.113.10 = no", "i-app > i-web = yes", "i-app > 10.0.0.10 = yes", "i-other > 203.0.113.10 = yes",
    "i-web > 203.0.113.10 = yes",
)  # fmt: skip
def public_address_asked_from_inside_follows_the_routes(account: Account) -> None:
    with_exit(account)
    account.instance("i-other", "subnet-public", "10.0.0.12", groups="sg-open", public="203.0.113.12")


@case(
    IGW, "i-app > 203.0.113.10 = no", "i-app > 203.0.113.10 tcp 22 = yes",
)  # fmt: skip
def own_public_address_over_nat_shows_the_nat_gateways_address(account: Account) -> None:
    app_and_db(account)
    account.nat("nat-a", "subnet-public", "10.0.0.200", "203.0.113.200")
    account.group("sg-web", "vpc-a", "in tcp 443 10.0.0.0/8", "in tcp 22 203.0.113.200/32")
    account.instance("i-web", "subnet-public", "10.0.0.10", groups="sg-web", public="203.0.113.10")
    account.table("rtb-public", "vpc-a", {"0.0.0.0/0": "igw-a"}, subnets="subnet-public")
    account.table("rtb-app", "vpc-a", {"0.0.0.0/0": "nat-a"}, subnets="subnet-app")


@case(IGW, "internet > i-web = no", "i-web > internet = no", "internet > i-web one-way = yes")
def internet_gateway_without_a_route_back(account: Account) -> None:
    tiers(account)
    account.instance("i-web", "subnet-public", "10.0.0.10", groups="sg-open", public="203.0.113.10")


@case(IGW, "internet > i-web = no", "i-web > internet = no")
def internet_gateway_that_is_detached(account: Account) -> None:
    account.vpc("vpc-a", "10.0.0.0/16")
    account.subnet("subnet-public", "vpc-a", "10.0.0.0/24")
    account.group("sg-open", "vpc-a", *OPEN)
    account.internet_gateway("igw-a")
    account.instance("i-web", "subnet-public", "10.0.0.10", groups="sg-open", public="203.0.113.10")
    account.table("rtb-public", "vpc-a", {"0.0.0.0/0": "igw-a blackhole"}, subnets="subnet-public")


@case(
    "EC2 User Guide: Multiple IP addresses",
    "internet > i-web = yes",
    "internet > 203.0.113.50 = yes",
    "i-web > internet = yes",
)
def elastic_address_on_a_secondary_private_address(account: Account) -> None:
    with_exit(account)
    held = account.find("NetworkInterfaces", "NetworkInterfaceId", "eni-i-app")
    account.answers["NetworkInterfaces"].remove(held)
    account.instance("i-two", "subnet-public", "10.0.0.31", groups="sg-open")
    two = account.find("NetworkInterfaces", "NetworkInterfaceId", "eni-i-two")
    two["PrivateIpAddresses"].append({"PrivateIpAddress": "10.0.0.32", "Primary": False})
    account.answers["Addresses"].append(
        {
            "PublicIp": "203.0.113.50",
            "AllocationId": "eipalloc-1",
            "AssociationId": "eipassoc-1",
            "Domain": "vpc",
            "NetworkInterfaceId": "eni-i-two",
            "PrivateIpAddress": "10.0.0.32",
            "InstanceId": "i-two",
        }
    )


@case(
    "EC2 User Guide: Multiple IP addresses", "internet > 203.0.113.50 = yes", "internet > i-two = yes",
    "i-app > 10.0.0.31 = yes", "i-app > 10.0.0.32 = yes", "10.0.0.31 > internet = no", "10.0.0.32 > internet = yes",
)  # fmt: skip
def addresses_of_one_interface_are_told_apart(account: Account) -> None:
    elastic_address_on_a_secondary_private_address(account)
    account.instance("i-app2", "subnet-app", "10.0.1.12", groups="sg-open")
    account.answers["Reservations"][-1]["Instances"][0]["Tags"] = []
    account.instance("i-app3", "subnet-app", "10.0.1.13", groups="sg-open")
    account.answers["Reservations"] = [
        one for one in account.answers["Reservations"] if one["Instances"][0]["InstanceId"] != "i-app"
    ]
    account.instance("i-app", "subnet-app", "10.0.1.10", groups="sg-open")


@case(
    NAT, "i-app > internet = yes", "i-app > 198.51.100.7 udp 53 = yes", "i-app > 198.51.100.7 icmp = yes",
    "i-app > 198.51.100.7 50 = no", "internet > i-app = no", "internet > nat-a = no", "internet > 203.0.113.200 = no",
    "i-db > internet = no",
)  # fmt: skip
def nat_gateway_opens_outwards_only(account: Account) -> None:
    with_exit(account)
    account.table("rtb-app", "vpc-a", {"0.0.0.0/0": "nat-a"}, subnets="subnet-app")


@case(NAT + " (must be in a public subnet)", "i-app > internet = no")
def nat_gateway_in_a_private_subnet(account: Account) -> None:
    app_and_db(account)
    account.nat("nat-a", "subnet-public", "10.0.0.200", "203.0.113.200")
    account.table("rtb-app", "vpc-a", {"0.0.0.0/0": "nat-a"}, subnets="subnet-app")


@case(NAT, "i-app > internet = no", "i-app > 192.168.9.9 = no")
def private_nat_gateway_is_no_way_to_the_internet(account: Account) -> None:
    app_and_db(account)
    account.nat("nat-a", "subnet-public", "10.0.0.200")
    account.table("rtb-public", "vpc-a", {"0.0.0.0/0": "igw-a"}, subnets="subnet-public")
    account.table("rtb-app", "vpc-a", {"0.0.0.0/0": "nat-a"}, subnets="subnet-app")


@case(NAT + " (states)", "i-app > internet = no", "i-app > i-db = yes")
def nat_gateway_that_failed(account: Account) -> None:
    app_and_db(account)
    account.nat("nat-a", "subnet-public", "10.0.0.200", "203.0.113.200", state="failed")
    account.table("rtb-public", "vpc-a", {"0.0.0.0/0": "igw-a"}, subnets="subnet-public")
    account.table("rtb-app", "vpc-a", {"0.0.0.0/0": "nat-a"}, subnets="subnet-app")


@case(
    NAT + " (network ACLs)", "i-app > internet = no", "i-app > internet tcp 80 = yes", "i-app > internet one-way = no"
)
def acl_of_the_nat_gateways_subnet(account: Account) -> None:
    with_exit(account)
    account.table("rtb-app", "vpc-a", {"0.0.0.0/0": "nat-a"}, subnets="subnet-app")
    account.acl(
        "acl-public", "vpc-a", "100 allow in all 10.0.0.0/8", "110 allow in tcp 1024-65535 0.0.0.0/0",
        "100 allow out tcp 80 0.0.0.0/0", "110 allow out tcp 1024-65535 10.0.0.0/8", subnets="subnet-public",
    )  # fmt: skip


@case(NAT + " (network ACLs)", "i-app > internet = no", "i-app > internet one-way = yes")
def acl_of_the_nat_gateways_subnet_without_the_return(account: Account) -> None:
    with_exit(account)
    account.table("rtb-app", "vpc-a", {"0.0.0.0/0": "nat-a"}, subnets="subnet-app")
    entries = ("100 allow in all 10.0.0.0/8", "100 allow out all 0.0.0.0/0")
    account.acl("acl-public", "vpc-a", *entries, subnets="subnet-public")


@case(NAT + " (cannot be reached over peering)", "i-b > internet = no", "i-b > i-web = yes")
def nat_gateway_over_a_peering(account: Account) -> None:
    with_exit(account)
    second(account)
    account.peering("pcx-ab", "vpc-b", "vpc-a")
    account.table("rtb-b", "vpc-b", {"0.0.0.0/0": "pcx-ab"}, main=True)
    account.find("RouteTables", "RouteTableId", "rtb-public")["Routes"].append(account.route("10.1.0.0/16", "pcx-ab"))


@case(NAT, "i-app > internet = no")
def route_to_a_nat_gateway_of_another_vpc(account: Account) -> None:
    app_and_db(account)
    second(account)
    account.internet_gateway("igw-b", "vpc-b")
    account.nat("nat-b", "subnet-b", "10.1.1.200", "203.0.113.200")
    account.table("rtb-b", "vpc-b", {"0.0.0.0/0": "igw-b"}, main=True)
    account.table("rtb-app", "vpc-a", {"0.0.0.0/0": "nat-b"}, subnets="subnet-app")


# -- IPv6 -------------------------------------------------------------------------------------------------------------

SIX = "Amazon VPC User Guide: Egress-only internet gateways"


def six(account: Account, route: str, **more: str) -> None:
    account.vpc("vpc-a", "10.0.0.0/16", "2600:1f18:1::/56")
    account.subnet("subnet-app", "vpc-a", "10.0.1.0/24", "2600:1f18:1:1::/64")
    account.group("sg-open", "vpc-a", *OPEN)
    account.internet_gateway("igw-a", "vpc-a")
    account.internet_gateway("eigw-a", "vpc-a", egress_only=True)
    account.instance("i-six", "subnet-app", "10.0.1.10", "2600:1f18:1:1::10", groups="sg-open")
    account.table("rtb-app", "vpc-a", {"::/0": route, **more}, subnets="subnet-app")


@case(
    SIX,
    "i-six > internet = yes",
    "i-six > 2001:4860:4860::8888 = yes",
    "internet > i-six = no",
    "i-six > 198.51.100.7 = no",
)
def egress_only_gateway(account: Account) -> None:
    six(account, "eigw-a")


@case(
    IGW + " (IPv6)",
    "i-six > internet = yes",
    "internet > i-six = yes",
    "2001:db8::1 > 2600:1f18:1:1::10 = yes",
    "internet > 10.0.1.10 = no",
)
def global_addresses_need_no_mapping(account: Account) -> None:
    six(account, "igw-a")


@case(
    "Amazon VPC User Guide: DNS64 and NAT64", "i-six > 64:ff9b::c633:6407 = yes", "i-six > internet = yes",
    "internet > i-six = no", "i-six > 2001:4860:4860::8888 = no",
)  # fmt: skip
def nat64_reaches_ipv4_only_servers(account: Account) -> None:
    account.vpc("vpc-a", "10.0.0.0/16", "2600:1f18:1::/56")
    account.subnet("subnet-app", "vpc-a", "10.0.1.0/24", "2600:1f18:1:1::/64")
    account.subnet("subnet-public", "vpc-a", "10.0.0.0/24")
    account.group("sg-open", "vpc-a", *OPEN)
    account.internet_gateway("igw-a", "vpc-a")
    account.interface("eni-six", "subnet-app", "2600:1f18:1:1::10", groups="sg-open", Description="i-six")
    account.answers["NetworkInterfaces"][-1]["TagSet"] = [{"Key": "Name", "Value": "i-six"}]
    account.nat("nat-a", "subnet-public", "10.0.0.200", "203.0.113.200")
    account.table("rtb-public", "vpc-a", {"0.0.0.0/0": "igw-a"}, subnets="subnet-public")
    account.table("rtb-app", "vpc-a", {"64:ff9b::/96": "nat-a"}, subnets="subnet-app")


@case("EC2 User Guide: Prefix delegation", "i-app > 10.0.2.65 = yes", "i-app > 2600:1f18:1:2:a::5 = yes")
def addresses_out_of_delegated_prefixes(account: Account) -> None:
    account.vpc("vpc-a", "10.0.0.0/16", "2600:1f18:1::/56")
    account.group("sg-open", "vpc-a", *OPEN)
    for number, name in enumerate(("app", "node"), 1):
        account.subnet(f"subnet-{name}", "vpc-a", f"10.0.{number}.0/24", f"2600:1f18:1:{number}::/64")
    account.instance("i-app", "subnet-app", "10.0.1.10", "2600:1f18:1:1::10", groups="sg-open")
    account.instance(
        "i-node", "subnet-node", "10.0.2.10", groups="sg-open", Ipv4Prefixes=[{"Ipv4Prefix": "10.0.2.64/28"}],
        Ipv6Prefixes=[{"Ipv6Prefix": "2600:1f18:1:2:a::/80"}],
    )  # fmt: skip


# -- Block Public Access ----------------------------------------------------------------------------------------------

BLOCK = "Amazon VPC User Guide: Block public access to VPCs and subnets"


@case(BLOCK, "internet > i-web = no", "i-web > internet = no", "i-app > internet = no", "i-app > i-web = yes")
def both_directions_blocked(account: Account) -> None:
    with_exit(account)
    account.table("rtb-app", "vpc-a", {"0.0.0.0/0": "nat-a"}, subnets="subnet-app")
    account.block_public_access("block-bidirectional")


@case(BLOCK, "internet > i-web = no", "i-web > internet = no", "i-app > internet = yes")
def ingress_blocked_spares_nat_gateways(account: Account) -> None:
    with_exit(account)
    account.table("rtb-app", "vpc-a", {"0.0.0.0/0": "nat-a"}, subnets="subnet-app")
    account.block_public_access("block-ingress")


def exclusion(account: Account, target: str, mode: str, state: str = "create-complete") -> None:
    kind = target.split("-", maxsplit=1)[0]
    account.answers["VpcBlockPublicAccessExclusions"].append(
        {
            "ExclusionId": f"vpcbpa-exclude-{target}",
            "InternetGatewayExclusionMode": mode,
            "ResourceArn": account.arn(kind, target),
            "State": state,
        }
    )


@case(BLOCK, "internet > i-web = yes", "i-web > internet = yes")
def excluded_subnet(account: Account) -> None:
    with_exit(account)
    account.block_public_access("block-bidirectional")
    exclusion(account, "subnet-public", "allow-bidirectional")


@case(BLOCK, "internet > i-web = no", "i-app > internet = yes")
def excluded_for_egress_only(account: Account) -> None:
    with_exit(account)
    account.table("rtb-app", "vpc-a", {"0.0.0.0/0": "nat-a"}, subnets="subnet-app")
    account.block_public_access("block-bidirectional")
    exclusion(account, "vpc-a", "allow-egress")


@case(BLOCK, "internet > i-web = no", "i-web > internet = no")
def exclusion_that_was_deleted(account: Account) -> None:
    with_exit(account)
    account.block_public_access("block-bidirectional")
    exclusion(account, "subnet-public", "allow-bidirectional", "delete-complete")


@case(BLOCK, "i-six > internet = yes", "internet > i-six = no")
def ingress_blocked_spares_egress_only_gateways(account: Account) -> None:
    six(account, "eigw-a")
    account.block_public_access("block-ingress")


@case(BLOCK, "i-six > internet = no")
def both_directions_blocked_for_egress_only_gateways(account: Account) -> None:
    six(account, "eigw-a")
    account.block_public_access("block-bidirectional")


@case(
    "Amazon VPC User Guide: Internet gateways (attached to one VPC)",
    "i-app > internet = no",
    "i-web > internet = no",
    "i-b > internet = no",
)
def internet_gateway_of_another_vpc_behind_a_transit_gateway(account: Account) -> None:
    with_exit(account)
    second(account)
    account.internet_gateway("igw-b", "vpc-b")
    transit.gateway(account, "tgw-1")
    transit.attach(account, "tgw-attach-a", "tgw-1", "vpc-a", "subnet-public subnet-db")
    transit.attach(account, "tgw-attach-b", "tgw-1", "vpc-b", "subnet-b")
    transit.join(account, "tgw-1", "tgw-attach-a", "tgw-attach-b", routes={"0.0.0.0/0": "tgw-attach-b"})
    account.table("rtb-app", "vpc-a", {"0.0.0.0/0": "nat-a"}, subnets="subnet-app")
    public = account.find("RouteTables", "RouteTableId", "rtb-public")
    public["Routes"] = [*public["Routes"][:1], account.route("0.0.0.0/0", "tgw-1")]
    account.table("rtb-b", "vpc-b", {"0.0.0.0/0": "igw-b", "10.0.0.0/16": "tgw-1"}, main=True)


@case(
    "Transit gateway: Centralized outbound routing to the internet", "i-b > internet = yes", "internet > i-b = no",
    "i-b > i-app = yes",
)  # fmt: skip
def nat_gateway_of_another_vpc_behind_a_transit_gateway(account: Account) -> None:
    with_exit(account)
    second(account)
    transit.gateway(account, "tgw-1")
    transit.attach(account, "tgw-attach-a", "tgw-1", "vpc-a", "subnet-app")
    transit.attach(account, "tgw-attach-b", "tgw-1", "vpc-b", "subnet-b")
    transit.join(account, "tgw-1", "tgw-attach-a", "tgw-attach-b", routes={"0.0.0.0/0": "tgw-attach-a"})
    account.table("rtb-app", "vpc-a", {"0.0.0.0/0": "nat-a", "10.1.0.0/16": "tgw-1"}, subnets="subnet-app")
    account.find("RouteTables", "RouteTableId", "rtb-public")["Routes"].append(account.route("10.1.0.0/16", "tgw-1"))
    account.table("rtb-b", "vpc-b", {"0.0.0.0/0": "tgw-1"}, main=True)
