"""Load balancers: listeners, client addresses, groups, zones, targets."""

from __future__ import annotations

from tests.unit.guardrails.reach_cases import described_transit as lb
from tests.unit.guardrails.reach_cases.common_networks import app_and_db, tiers
from tests.unit.guardrails.reach_cases.described_account import Account
from tests.unit.guardrails.reach_cases.questions import case

NETWORK = "Elastic Load Balancing: Network Load Balancers, "
APPLICATION = "Elastic Load Balancing: Application Load Balancers, "


def behind(
    account: Account,
    target: str,
    *,
    protocol: str = "TCP",
    keep: bool | None = None,
    kind: str = "instance",
    **more: object,
) -> None:
    """A network load balancer in the public subnet before a server whose group has one rule."""
    app_and_db(account)
    account.group("sg-server", "vpc-a", target)
    account.instance("i-server", "subnet-public", "10.0.0.30", groups="sg-server")
    arn = lb.balancer(account, "front", "network", "vpc-a", {"subnet-public": "10.0.0.5"}, **more)
    member = "i-server" if kind == "instance" else "10.0.0.30"
    lb.targets(account, arn, "back", f"{protocol} 80", f"{protocol} 8080", member, kind=kind, keep=keep)


@case(
    NETWORK + "client IP preservation",
    "i-app > front tcp 80 = yes",
    "i-db > front tcp 80 = no",
    "i-app > front tcp 81 = no",
    "i-app > front udp 80 = no",
)
def instance_targets_see_the_client(account: Account) -> None:
    behind(account, "in tcp 8080 10.0.1.0/24")


@case(NETWORK + "client IP preservation", "i-app > front tcp 80 = no")
def instance_targets_do_not_see_the_balancer(account: Account) -> None:
    behind(account, "in tcp 8080 10.0.0.5/32")


@case(NETWORK + "client IP preservation", "i-app > front tcp 80 = yes", "i-db > front tcp 80 = yes")
def address_targets_see_the_balancer(account: Account) -> None:
    behind(account, "in tcp 8080 10.0.0.5/32", kind="ip")


@case(NETWORK + "client IP preservation", "i-app > front tcp 80 = no")
def address_targets_do_not_see_the_client(account: Account) -> None:
    behind(account, "in tcp 8080 10.0.1.0/24", kind="ip")


@case(NETWORK + "client IP preservation", "i-app > front tcp 80 = yes")
def address_targets_see_the_client_where_it_is_set_so(account: Account) -> None:
    behind(account, "in tcp 8080 10.0.1.0/24", kind="ip", keep=True)


@case(NETWORK + "client IP preservation", "i-app > front tcp 80 = no", "i-db > front tcp 80 = no")
def preservation_that_is_off_for_instances(account: Account) -> None:
    behind(account, "in tcp 8080 10.0.1.0/24", keep=False)


@case(NETWORK + "client IP preservation (UDP always)", "i-app > front udp 80 = yes", "i-db > front udp 80 = no")
def udp_always_shows_the_client(account: Account) -> None:
    behind(account, "in udp 8080 10.0.1.0/24", protocol="UDP", kind="ip")


@case(NETWORK + "security groups", "i-app > front tcp 80 = yes", "i-db > front tcp 80 = no")
def balancers_own_group(account: Account) -> None:
    app_and_db(account)
    account.group("sg-front", "vpc-a", "in tcp 80 10.0.1.0/24", "out tcp 8080 10.0.0.0/24")
    account.group("sg-server", "vpc-a", "in tcp 8080 sg-front")
    account.instance("i-server", "subnet-public", "10.0.0.30", groups="sg-server")
    arn = lb.balancer(account, "front", "network", "vpc-a", {"subnet-public": "10.0.0.5"}, groups="sg-front")
    lb.targets(account, arn, "back", "TCP 80", "TCP 8080", "i-server")


@case(NETWORK + "target groups", "i-app > front tcp 80 = no")
def no_registered_target(account: Account) -> None:
    app_and_db(account)
    arn = lb.balancer(account, "front", "network", "vpc-a", {"subnet-public": "10.0.0.5"})
    lb.targets(account, arn, "back", "TCP 80", "TCP 8080")


@case(NETWORK + "target groups (deregistration)", "i-app > front tcp 80 = no")
def only_a_draining_target(account: Account) -> None:
    behind(account, "in all 0.0.0.0/0")
    account.beside["health-back.json"]["TargetHealthDescriptions"][0]["TargetHealth"]["State"] = "draining"


@case(NETWORK + "target health is telemetry", "i-app > front tcp 80 = yes")
def unhealthy_target_counts(account: Account) -> None:
    behind(account, "in all 0.0.0.0/0")
    account.beside["health-back.json"]["TargetHealthDescriptions"][0]["TargetHealth"]["State"] = "unhealthy"


@case("EC2 API Reference: terminated instances", "i-app > front tcp 80 = no")
def terminated_target(account: Account) -> None:
    app_and_db(account)
    account.instance("i-server", "subnet-public", "10.0.0.30", groups="sg-open", state="terminated")
    arn = lb.balancer(account, "front", "network", "vpc-a", {"subnet-public": "10.0.0.5"})
    lb.targets(account, arn, "back", "TCP 80", "TCP 8080", "i-server")


@case(NETWORK + "listeners", "i-app > front tcp 80 = no", "i-app > front = no")
def no_listener(account: Account) -> None:
    app_and_db(account)
    lb.balancer(account, "front", "network", "vpc-a", {"subnet-public": "10.0.0.5"})


def zoned(account: Account, *, cross_zone: bool) -> None:
    tiers(account)
    account.instance("i-app", "subnet-app", "10.0.1.10", groups="sg-open")
    account.instance("i-server", "subnet-db", "10.0.2.30", groups="sg-open")
    nodes = {"subnet-public": "10.0.0.5", "subnet-db": "10.0.2.5"}
    arn = lb.balancer(account, "front", "network", "vpc-a", nodes, cross_zone=cross_zone)
    lb.targets(account, arn, "back", "TCP 80", "TCP 8080", "i-server")


@case(
    NETWORK + "cross-zone load balancing",
    "i-app > 10.0.0.5 tcp 80 = no",
    "i-app > 10.0.2.5 tcp 80 = yes",
    "i-app > front tcp 80 = yes",
)
def without_cross_zone_a_node_uses_its_own_zone(account: Account) -> None:
    zoned(account, cross_zone=False)


@case(NETWORK + "cross-zone load balancing", "i-app > 10.0.0.5 tcp 80 = yes", "i-app > 10.0.2.5 tcp 80 = yes")
def with_cross_zone_a_node_uses_every_zone(account: Account) -> None:
    zoned(account, cross_zone=True)


@case(
    NETWORK + "internet-facing",
    "internet > front tcp 80 = yes",
    "internet > i-server tcp 8080 = no",
    "internet > front tcp 81 = no",
)
def internet_facing_network_balancer(account: Account) -> None:
    behind(account, "in tcp 8080 0.0.0.0/0", public="203.0.113.5")
    account.table("rtb-public", "vpc-a", {"0.0.0.0/0": "igw-a"}, subnets="subnet-public")


@case(NETWORK + "internet-facing", "internet > front tcp 80 = no")
def internal_balancer_from_the_internet(account: Account) -> None:
    behind(account, "in tcp 8080 0.0.0.0/0")
    account.table("rtb-public", "vpc-a", {"0.0.0.0/0": "igw-a"}, subnets="subnet-public")


@case(
    NETWORK + "target groups (no answer tells the targets)",
    "i-app > front tcp 80 = unknown",
    "i-app > front tcp 81 = no",
)
def targets_that_nobody_listed(account: Account) -> None:
    behind(account, "in all 0.0.0.0/0")
    del account.beside["health-back.json"]


@case(NETWORK + "attributes (no answer tells them)", "i-app > front tcp 80 = yes")
def attributes_that_nobody_listed(account: Account) -> None:
    behind(account, "in all 0.0.0.0/0")
    del account.beside["attributes-back.json"]
    del account.beside["attributes-front.json"]


def web(account: Account, *, target: str = "in tcp 8080 sg-front") -> str:
    app_and_db(account)
    account.group("sg-front", "vpc-a", "in tcp 443 10.0.1.0/24", "out tcp 8080 10.0.0.0/16")
    account.group("sg-server", "vpc-a", target)
    account.instance("i-server", "subnet-public", "10.0.0.30", groups="sg-server")
    arn = lb.balancer(
        account,
        "front",
        "application",
        "vpc-a",
        {"subnet-public": "10.0.0.5", "subnet-db": "10.0.2.5"},
        groups="sg-front",
    )
    lb.targets(account, arn, "back", "HTTPS 443", "HTTP 8080", "i-server")
    return arn


@case(
    APPLICATION + "listeners and security groups", "i-app > front = yes", "i-app > front tcp 80 = no",
    "i-db > front = no",
    "front > i-server tcp 8080 = yes", "i-app > i-server tcp 8080 = no", "front > i-server tcp 8081 = no",
)  # fmt: skip
def application_balancer_shows_its_own_address(account: Account) -> None:
    web(account)


@case(APPLICATION + "DNS name", "i-app > front-50dc6c495c0c9188.elb.eu-west-1.amazonaws.com = yes")
def balancer_by_its_dns_name(account: Account) -> None:
    web(account)


@case(APPLICATION + "state", "i-app > front = no")
def balancer_that_failed(account: Account) -> None:
    web(account)
    account.answers["LoadBalancers"][0]["State"]["Code"] = "failed"
    account.answers["NetworkInterfaces"] = [
        one for one in account.answers["NetworkInterfaces"] if "front" not in one["NetworkInterfaceId"]
    ]


@case(
    NETWORK + "Application Load Balancers as targets",
    "i-app > outer tcp 443 = yes",
    "i-db > outer tcp 443 = no",
    "i-app > outer tcp 444 = no",
)
def application_balancer_behind_a_network_balancer(account: Account) -> None:
    inner = web(account)
    outer = lb.balancer(account, "outer", "network", "vpc-a", {"subnet-public": "10.0.0.6"})
    lb.targets(account, outer, "alb", "TCP 443", "TCP 443", inner, kind="alb")


@case(NETWORK + "Application Load Balancers as targets", "i-app > outer tcp 80 = no")
def application_balancer_that_does_not_listen_behind_a_network_balancer(account: Account) -> None:
    inner = web(account)
    account.find("SecurityGroups", "GroupId", "sg-front")["IpPermissions"][0] |= {"FromPort": 80}
    outer = lb.balancer(account, "outer", "network", "vpc-a", {"subnet-public": "10.0.0.6"})
    lb.targets(account, outer, "alb", "TCP 80", "TCP 80", inner, kind="alb")


@case(NETWORK + "subnets", "i-app > front tcp 80 = unknown")
def node_whose_subnet_is_not_listed(account: Account) -> None:
    behind(account, "in all 0.0.0.0/0", kind="ip")
    account.answers["Subnets"] = [one for one in account.answers["Subnets"] if one["SubnetId"] != "subnet-public"]
    for acl in account.answers["NetworkAcls"]:
        acl["Associations"] = []


@case(
    NETWORK + "register targets (client security groups)",
    "i-client > front tcp 80 = no",
    "i-client > i-server tcp 8080 = yes",
)
def clients_group_does_not_count_through_a_network_balancer(account: Account) -> None:
    behind(account, "in tcp 8080 sg-client")
    account.group("sg-client", "vpc-a", "out all 0.0.0.0/0")
    account.instance("i-client", "subnet-app", "10.0.1.40", groups="sg-client")


@case(NETWORK + "troubleshooting (hairpinning)", "i-server > front tcp 80 = no", "i-app > front tcp 80 = yes")
def target_is_no_client_of_itself(account: Account) -> None:
    behind(account, "in tcp 8080 0.0.0.0/0")
    account.find("SecurityGroups", "GroupId", "sg-server")["IpPermissionsEgress"] = [
        {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ]


@case(
    NETWORK + "internet-facing (private targets)",
    "internet > front tcp 80 = yes",
    "198.51.100.7 > 203.0.113.5 tcp 80 = yes",
    "internet > 10.0.0.5 tcp 80 = no",
)
def internet_facing_balancer_with_a_target_in_a_private_subnet(account: Account) -> None:
    app_and_db(account)
    account.group("sg-server", "vpc-a", "in tcp 8080 0.0.0.0/0")
    account.instance("i-server", "subnet-app", "10.0.1.30", groups="sg-server")
    arn = lb.balancer(account, "front", "network", "vpc-a", {"subnet-public": "10.0.0.5"}, public="203.0.113.5")
    lb.targets(account, arn, "back", "TCP 80", "TCP 8080", "i-server")
    account.table("rtb-public", "vpc-a", {"0.0.0.0/0": "igw-a"}, subnets="subnet-public")


@case(NETWORK + "internet-facing (client addresses)", "internet > front tcp 80 = no")
def target_that_admits_private_clients_only(account: Account) -> None:
    behind(account, "in tcp 8080 10.0.0.0/8", public="203.0.113.5")
    account.table("rtb-public", "vpc-a", {"0.0.0.0/0": "igw-a"}, subnets="subnet-public")


@case(APPLICATION + "internet-facing (public subnets)", "internet > front = no", "i-app > front = yes")
def internet_facing_balancer_in_a_subnet_without_a_way_out(account: Account) -> None:
    app_and_db(account)
    arn = lb.balancer(
        account, "front", "application", "vpc-a", {"subnet-public": "10.0.0.5"}, groups="sg-open", public="203.0.113.5"
    )
    lb.targets(account, arn, "back", "HTTPS 443", "HTTP 8080", "i-db")


@case(NETWORK + "network ACLs", "i-app > front tcp 80 = no", "i-app > front tcp 80 one-way = yes")
def acl_of_the_nodes_subnet_without_the_return(account: Account) -> None:
    behind(account, "in all 0.0.0.0/0")
    account.acl("acl-public", "vpc-a", "100 allow in all 0.0.0.0/0", subnets="subnet-public")


@case(
    NETWORK + "network ACLs (between node and target)", "i-app > front tcp 80 = no", "i-app > front tcp 80 one-way = no"
)
def acl_of_the_targets_subnet(account: Account) -> None:
    app_and_db(account)
    arn = lb.balancer(account, "front", "network", "vpc-a", {"subnet-public": "10.0.0.5"}, cross_zone=True)
    lb.targets(account, arn, "back", "TCP 80", "TCP 8080", "i-db")
    account.acl("acl-db", "vpc-a", "100 allow in tcp 80 0.0.0.0/0", "100 allow out all 0.0.0.0/0", subnets="subnet-db")
