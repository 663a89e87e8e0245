"""Rules that name a group: along which ways they hold, for clients and for servers."""

from __future__ import annotations

from tests.unit.guardrails.reach_cases import described_transit as transit
from tests.unit.guardrails.reach_cases.cases_vpcs import hub, peered
from tests.unit.guardrails.reach_cases.common_networks import OPEN, app_and_db
from tests.unit.guardrails.reach_cases.described_account import Account
from tests.unit.guardrails.reach_cases.questions import case

REFERENCE = "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html#security-group-referencing"
PEERING = "https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html"
TRANSIT = (
    "https://aws.amazon.com/blogs/networking-and-content-delivery/"
    "introducing-security-group-referencing-for-aws-transit-gateway"
)


def carry(account: Account, **groups: str) -> None:
    """Let instances, by the end of their ids, carry one group each."""
    for name, group in groups.items():
        interface = account.find("NetworkInterfaces", "NetworkInterfaceId", f"eni-i-{name}")
        interface["Groups"] = [{"GroupId": group, "GroupName": group}]


def names_its_server(account: Account, client: str, server: str, vpc: str) -> None:
    """A client that may connect to one group only, and the open server that carries it."""
    account.group("sg-client", "vpc-a", "out tcp 443 sg-server")
    account.group("sg-server", vpc, *OPEN)
    carry(account, **{client: "sg-client", server: "sg-server"})


def through_a_router(account: Account) -> None:
    app_and_db(account)
    account.instance("i-router", "subnet-public", "10.0.0.9", groups="sg-open", SourceDestCheck=False)
    account.table("rtb-app", "vpc-a", {"10.0.2.0/24": "eni-i-router"}, subnets="subnet-app")
    account.table("rtb-db", "vpc-a", {"10.0.1.0/24": "eni-i-router"}, subnets="subnet-db")


@case(REFERENCE, "i-app > i-db = yes", "i-app > i-db tcp 80 = no")
def egress_rule_that_names_the_servers_group(account: Account) -> None:
    app_and_db(account)
    names_its_server(account, "app", "db", "vpc-a")


@case(REFERENCE + " (through a middlebox)", "i-app > i-db = no", "i-app > i-db one-way = no", "i-db > i-app = no")
def references_end_at_a_middlebox(account: Account) -> None:
    through_a_router(account)
    account.group("sg-client", "vpc-a", "in all sg-server", "out all 0.0.0.0/0")
    account.group("sg-server", "vpc-a", "in all sg-client", "out all 0.0.0.0/0")
    carry(account, app="sg-client", db="sg-server")


@case(REFERENCE + " (through a middlebox)", "i-app > i-db = no", "i-app > i-db one-way = no")
def egress_reference_ends_at_a_middlebox(account: Account) -> None:
    through_a_router(account)
    names_its_server(account, "app", "db", "vpc-a")


@case(PEERING, "i-app > i-b = yes", "i-app > i-b tcp 80 = no")
def egress_reference_over_a_peering(account: Account) -> None:
    peered(account)
    names_its_server(account, "app", "b", "vpc-b")


@case(PEERING + " (same Region only)", "i-app > i-b = no")
def egress_reference_over_a_peering_between_regions(account: Account) -> None:
    egress_reference_over_a_peering(account)
    account.answers["VpcPeeringConnections"][0]["AccepterVpcInfo"]["Region"] = "us-east-1"


def referring_hub(account: Account) -> None:
    hub(account)
    account.answers["TransitGateways"][0]["Options"]["SecurityGroupReferencingSupport"] = "enable"
    for one in account.answers["TransitGatewayVpcAttachments"]:
        one["Options"]["SecurityGroupReferencingSupport"] = "enable"
    transit.join(account, "tgw-1", "tgw-attach-a", "tgw-attach-b")


@case(TRANSIT, "i-app > i-b = yes", "i-db > i-b = no")
def ingress_reference_over_a_transit_gateway(account: Account) -> None:
    referring_hub(account)
    account.group("sg-client", "vpc-a", *OPEN)
    account.group("sg-server", "vpc-b", "in tcp 443 sg-client")
    carry(account, app="sg-client", b="sg-server")


@case(TRANSIT, "i-app > i-b = no")
def ingress_reference_over_a_transit_gateway_that_one_attachment_does_not_support(account: Account) -> None:
    ingress_reference_over_a_transit_gateway(account)
    account.answers["TransitGatewayVpcAttachments"][0]["Options"]["SecurityGroupReferencingSupport"] = "disable"


@case(TRANSIT + " (outbound rules are not supported)", "i-app > i-b = no", "i-app > i-b one-way = no")
def egress_reference_over_a_transit_gateway(account: Account) -> None:
    referring_hub(account)
    names_its_server(account, "app", "b", "vpc-b")
