"""VPC endpoints: gateway endpoints by their prefix lists, interface endpoints by groups and names."""

from __future__ import annotations

from tests.unit.guardrails.reach_cases import described_transit as lb
from tests.unit.guardrails.reach_cases.common_networks import app_and_db, second, tiers, with_exit
from tests.unit.guardrails.reach_cases.described_account import Account
from tests.unit.guardrails.reach_cases.questions import case

S3 = "com.amazonaws.eu-west-1.s3"
GATEWAY = "AWS PrivateLink: Gateway endpoints"
INTERFACE = "AWS PrivateLink: Access an AWS service using an interface VPC endpoint"


@case(
    GATEWAY, "i-app > vpce-s3 = yes", "i-db > vpce-s3 = no", "i-app > 52.218.0.9 = yes", "i-app > 52.219.0.9 = no",
    "i-app > internet = no", "i-app > vpce-s3 tcp 80 = yes", "i-app > s3.eu-west-1.amazonaws.com = yes",
    "i-app > bucket.s3.eu-west-1.amazonaws.com = yes", "i-app > sts.eu-west-1.amazonaws.com = no",
    "i-db > s3.eu-west-1.amazonaws.com = no",
)  # fmt: skip
def gateway_endpoint_serves_its_list(account: Account) -> None:
    app_and_db(account)
    account.prefix_list("pl-s3", "52.218.0.0/17", name=S3)
    account.endpoint("vpce-s3", "vpc-a", "Gateway", S3)
    account.table("rtb-app", "vpc-a", {"pl-s3": "vpce-s3"}, subnets="subnet-app")


@case(
    GATEWAY,
    "i-app > vpce-s3 = yes",
    "i-app > pl-s3 = yes",
    "i-app > 52.218.0.9 = unknown",
    "i-app > internet = no",
    "i-app > i-db = yes",
)
def gateway_endpoint_whose_list_is_not_spelled_out(account: Account) -> None:
    app_and_db(account)
    account.prefix_list("pl-s3", name=S3, entries=False)
    account.endpoint("vpce-s3", "vpc-a", "Gateway", S3)
    account.table("rtb-app", "vpc-a", {"pl-s3": "vpce-s3"}, subnets="subnet-app")


@case(GATEWAY, "i-app > vpce-s3 = yes", "i-app > vpce-s3 tcp 80 = no")
def group_towards_a_gateway_endpoint(account: Account) -> None:
    tiers(account)
    account.prefix_list("pl-s3", name=S3, entries=False)
    account.endpoint("vpce-s3", "vpc-a", "Gateway", S3)
    account.group("sg-s3", "vpc-a", "out tcp 443 pl-s3")
    account.instance("i-app", "subnet-app", "10.0.1.10", groups="sg-s3")
    account.table("rtb-app", "vpc-a", {"pl-s3": "vpce-s3"}, subnets="subnet-app")


@case(GATEWAY + " (own VPC only)", "i-b > vpce-s3 = no", "i-b > 52.218.0.9 = no", "i-app > vpce-s3 = yes")
def gateway_endpoint_over_a_peering(account: Account) -> None:
    gateway_endpoint_serves_its_list(account)
    second(account)
    account.peering("pcx-ab", "vpc-a", "vpc-b")
    account.table("rtb-b", "vpc-b", {"0.0.0.0/0": "pcx-ab"}, main=True)


@case(
    INTERFACE, "i-app > vpce-ssm = yes", "i-app > vpce-ssm tcp 80 = no", "i-db > vpce-ssm = no",
    "i-app > 10.0.2.77 = yes",
    "i-app > ssm.eu-west-1.amazonaws.com = yes", "i-app > com.amazonaws.eu-west-1.ssm = yes",
    "i-db > ssm.eu-west-1.amazonaws.com = no",
)  # fmt: skip
def interface_endpoint_has_groups_and_names(account: Account) -> None:
    app_and_db(account)
    account.group("sg-endpoint", "vpc-a", "in tcp 443 10.0.1.0/24")
    service = "com.amazonaws.eu-west-1.ssm"
    names = [
        {"DnsName": "vpce-ssm-abc.ssm.eu-west-1.vpce.amazonaws.com", "HostedZoneId": "Z7"},
        {"DnsName": "ssm.eu-west-1.amazonaws.com", "HostedZoneId": "ZP"},
    ]
    account.endpoint(
        "vpce-ssm", "vpc-a", "Interface", service, subnets="subnet-db", groups="sg-endpoint", addresses="10.0.2.77",
        PrivateDnsEnabled=True, DnsEntries=names,
    )  # fmt: skip


@case(
    INTERFACE + " (private DNS names)", "i-app > ssm.eu-west-1.amazonaws.com = no",
    "i-app > vpce-ssm-abc.ssm.eu-west-1.vpce.amazonaws.com = yes", "i-web > ssm.eu-west-1.amazonaws.com = yes",
)  # fmt: skip
def public_name_of_a_service_without_private_dns(account: Account) -> None:
    with_exit(account)
    service = "com.amazonaws.eu-west-1.ssm"
    names = [{"DnsName": "vpce-ssm-abc.ssm.eu-west-1.vpce.amazonaws.com", "HostedZoneId": "Z7"}]
    account.endpoint(
        "vpce-ssm",
        "vpc-a",
        "Interface",
        service,
        subnets="subnet-db",
        groups="sg-open",
        addresses="10.0.2.77",
        DnsEntries=names,
    )


@case(INTERFACE, "i-b > vpce-ssm = yes", "i-b > vpce-ssm tcp 80 = no")
def interface_endpoint_over_a_peering(account: Account) -> None:
    app_and_db(account)
    second(account)
    account.group("sg-endpoint", "vpc-a", "in tcp 443 10.1.0.0/16")
    account.endpoint(
        "vpce-ssm",
        "vpc-a",
        "Interface",
        "com.amazonaws.eu-west-1.ssm",
        subnets="subnet-db",
        groups="sg-endpoint",
        addresses="10.0.2.77",
    )
    account.peering("pcx-ab", "vpc-a", "vpc-b")
    account.table("rtb-a", "vpc-a", {"10.1.0.0/16": "pcx-ab"}, main=True)
    account.table("rtb-b", "vpc-b", {"10.0.0.0/16": "pcx-ab"}, main=True)


@case(INTERFACE + " (states)", "i-app > vpce-ssm = no")
def interface_endpoint_that_waits_for_acceptance(account: Account) -> None:
    app_and_db(account)
    account.endpoint(
        "vpce-ssm",
        "vpc-a",
        "Interface",
        "com.amazonaws.vpce.eu-west-1.vpce-svc-1",
        subnets="subnet-db",
        groups="sg-open",
        State="pendingAcceptance",
    )


OWN = "com.amazonaws.vpce.eu-west-1.vpce-svc-1"


def provider(account: Account, target: str, *, groups: str = "", **more: object) -> None:
    """An endpoint in one VPC to a service that a network load balancer of another VPC serves."""
    app_and_db(account)
    second(account)
    account.group("sg-target", "vpc-b", target)
    account.instance("i-target", "subnet-b", "10.1.1.30", groups="sg-target")
    arn = lb.balancer(account, "front", "network", "vpc-b", {"subnet-b": "10.1.1.5"}, groups=groups, **more)
    lb.targets(account, arn, "back", "TCP 80", "TCP 8080", "i-target")
    account.endpoint(
        "vpce-own", "vpc-a", "Interface", OWN, subnets="subnet-db", groups="sg-open", addresses="10.0.2.77"
    )
    account.answers["ServiceConfigurations"] = [
        {
            "ServiceId": "vpce-svc-1",
            "ServiceName": OWN,
            "ServiceState": "Available",
            "ServiceType": [{"ServiceType": "Interface"}],
            "AvailabilityZones": ["eu-west-1a"],
            "NetworkLoadBalancerArns": [arn],
        }
    ]


LINK = "AWS PrivateLink: Create a service powered by AWS PrivateLink"


@case(
    LINK, "i-app > vpce-own tcp 80 = yes", "i-app > vpce-own tcp 443 = no", "i-app > i-target tcp 8080 = no",
    "i-app > 10.1.1.5 tcp 80 = no",
)  # fmt: skip
def endpoint_to_a_service_of_ones_own(account: Account) -> None:
    provider(account, "in tcp 8080 10.1.1.5/32")


@case(LINK, "i-app > vpce-own tcp 80 = no")
def service_whose_target_admits_the_client_only(account: Account) -> None:
    provider(account, "in tcp 8080 10.0.0.0/16")


@case(LINK + " (security groups of the balancer)", "i-app > vpce-own tcp 80 = yes", "i-db > vpce-own tcp 80 = no")
def service_whose_balancer_has_groups(account: Account) -> None:
    provider(account, "in tcp 8080 sg-front", groups="sg-front")
    account.group("sg-front", "vpc-b", "in tcp 80 10.0.1.0/24", "out tcp 8080 10.1.0.0/16")


@case(LINK + " (security groups of the balancer)", "i-db > vpce-own tcp 80 = yes")
def service_whose_balancers_groups_spare_endpoints(account: Account) -> None:
    service_whose_balancer_has_groups(account)
    account.answers["LoadBalancers"][0]["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] = "off"


@case(LINK, "i-app > vpce-own tcp 80 = unknown", "i-app > i-db = yes")
def service_whose_balancer_is_not_listed(account: Account) -> None:
    provider(account, "in tcp 8080 10.1.1.5/32")
    account.answers["LoadBalancers"] = []
