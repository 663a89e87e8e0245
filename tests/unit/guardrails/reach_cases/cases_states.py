"""Objects that are listed and yet serve nobody: refused, failed, without what they need."""

from __future__ import annotations

from tests.unit.guardrails.reach_cases import described_transit as lb
from tests.unit.guardrails.reach_cases.cases_balancers import behind
from tests.unit.guardrails.reach_cases.cases_exits import exclusion
from tests.unit.guardrails.reach_cases.common_networks import app_and_db, with_exit
from tests.unit.guardrails.reach_cases.described_account import Account
from tests.unit.guardrails.reach_cases.questions import case

NAT = "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html"
ENDPOINT = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpoint.html"
BALANCER = "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html"


@case(NAT + " (a public NAT gateway has an Elastic IP)", "i-app > internet = no", "i-app > i-db = yes")
def public_nat_gateway_without_its_elastic_ip(account: Account) -> None:
    with_exit(account)
    account.table("rtb-app", "vpc-a", {"0.0.0.0/0": "nat-a"}, subnets="subnet-app")
    account.answers["NatGateways"][0]["NatGatewayAddresses"][0].pop("PublicIp")
    interface = account.find("NetworkInterfaces", "NetworkInterfaceId", "eni-nat-a")
    interface.pop("Association")
    interface["PrivateIpAddresses"][0].pop("Association")


@case(NAT, "i-app > internet = yes")
def nat_gateway_whose_elastic_ip_only_addresses_tell(account: Account) -> None:
    public_nat_gateway_without_its_elastic_ip(account)
    found = {"PublicIp": "203.0.113.200", "NetworkInterfaceId": "eni-nat-a", "PrivateIpAddress": "10.0.0.200"}
    account.answers["Addresses"].append({**found, "AllocationId": "eipalloc-1", "Domain": "vpc"})


@case(NAT, "i-app > internet = yes")
def nat_gateway_without_its_addresses_in_the_answer(account: Account) -> None:
    with_exit(account)
    account.table("rtb-app", "vpc-a", {"0.0.0.0/0": "nat-a"}, subnets="subnet-app")
    del account.answers["NatGateways"][0]["NatGatewayAddresses"]


def refused(account: Account, **interface: object) -> None:
    app_and_db(account)
    account.endpoint(
        "vpce-ssm", "vpc-a", "Interface", "com.amazonaws.eu-west-1.ssm", subnets="subnet-app", groups="sg-open",
        addresses="10.0.1.50", State="rejected", PrivateDnsEnabled=True,
    )  # fmt: skip
    account.find("NetworkInterfaces", "NetworkInterfaceId", "eni-vpce-ssm-0").update(interface)


@case(ENDPOINT + " (State)", "i-app > vpce-ssm = no", "i-app > 10.0.1.50 = no", "i-app > eni-vpce-ssm-0 = no")
def refused_endpoint_whose_interface_is_still_listed(account: Account) -> None:
    refused(account)


@case(ENDPOINT + " (State)", "i-app > vpce-ssm = no", "i-app > 10.0.1.50 = no")
def refused_endpoint_whose_interface_does_not_say_whose_it_is(account: Account) -> None:
    refused(account, Description="", InterfaceType="interface")


@case("Elastic Load Balancing API Reference: LoadBalancerState", "i-app > 10.0.0.5 tcp 80 = no")
def address_of_a_balancer_that_failed(account: Account) -> None:
    behind(account, "in all 0.0.0.0/0")
    account.answers["LoadBalancers"][0]["State"] = {"Code": "failed"}


def guarded(account: Account, *egress: str, keep: bool) -> None:
    app_and_db(account)
    account.group("sg-front", "vpc-a", "in tcp 80 0.0.0.0/0", *egress)
    account.group("sg-server", "vpc-a", "in tcp 8080 0.0.0.0/0")
    account.instance("i-server", "subnet-public", "10.0.0.30", groups="sg-server")
    arn = lb.balancer(account, "front", "network", "vpc-a", {"subnet-public": "10.0.0.5"}, groups="sg-front")
    lb.targets(account, arn, "back", "TCP 80", "TCP 8080", "i-server", keep=keep)


@case(BALANCER, "i-app > front tcp 80 = no")
def group_of_a_network_balancer_that_lets_nothing_out(account: Account) -> None:
    guarded(account, keep=True)


@case(BALANCER, "i-app > front tcp 80 = no")
def group_of_a_network_balancer_that_lets_another_port_out(account: Account) -> None:
    guarded(account, "out tcp 80 0.0.0.0/0", keep=True)


@case(BALANCER, "i-app > front tcp 80 = yes")
def group_of_a_network_balancer_that_names_its_targets(account: Account) -> None:
    guarded(account, "out tcp 8080 sg-server", keep=True)


@case(BALANCER, "i-app > front tcp 80 = no")
def group_of_a_network_balancer_that_hides_its_clients_and_lets_nothing_out(account: Account) -> None:
    guarded(account, keep=False)


BLOCK = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcBlockPublicAccessExclusion.html"


@case(BLOCK + " (applies only where access is blocked)", "internet > i-web = yes", "i-web > internet = yes")
def exclusion_of_a_subnet_where_nothing_is_blocked(account: Account) -> None:
    with_exit(account)
    exclusion(account, "subnet-public", "allow-egress")


@case(BLOCK + " (applies only where access is blocked)", "internet > i-web = yes", "i-web > internet = yes")
def exclusion_of_a_vpc_where_nothing_is_blocked(account: Account) -> None:
    with_exit(account)
    exclusion(account, "vpc-a", "allow-egress")


@case(BLOCK + " (applies only where access is blocked)", "internet > i-web = unknown")
def exclusion_of_a_subnet_whose_account_cannot_be_read(account: Account) -> None:
    with_exit(account)
    exclusion(account, "subnet-public", "allow-egress")
    (subnet,) = (one for one in account.answers["Subnets"] if one["SubnetId"] == "subnet-public")
    subnet["OwnerId"] = {"x": 1}
