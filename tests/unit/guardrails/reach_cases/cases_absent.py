"""Kinds of answer that nobody asked for, where another answer tells what is needed."""

from __future__ import annotations

from tests.unit.guardrails.reach_cases import described_transit as transit
from tests.unit.guardrails.reach_cases.common_networks import app_and_db, second, with_exit
from tests.unit.guardrails.reach_cases.described_account import Account
from tests.unit.guardrails.reach_cases.questions import case

PAGE = "issue: A kind of file that is absent altogether is taken at AWS's default"


@case(
    PAGE + " (transit gateways: every attachment is associated and propagates)",
    "i-app > i-b = yes",
    "i-b > i-app = yes",
    "i-app > 10.7.7.7 = no",
)
def transit_gateway_that_only_its_attachments_tell(account: Account) -> None:
    app_and_db(account)
    second(account)
    transit.attach(account, "tgw-attach-a", "tgw-1", "vpc-a", "subnet-app subnet-db")
    transit.attach(account, "tgw-attach-b", "tgw-1", "vpc-b", "subnet-b")
    for name in "ab":
        account.table(f"rtb-{name}", f"vpc-{name}", {"0.0.0.0/0": "tgw-1"}, main=True)
    for kind in ("TransitGateways", "TransitGatewayRouteTables"):
        del account.answers[kind]


@case(
    "EC2 API Reference: Instance (PublicIpAddress)",
    "internet > i-web = yes",
    "i-web > internet = yes",
    "internet > 203.0.113.10 = yes",
    "internet > 10.0.0.10 = no",
)
def public_address_that_only_the_instance_prints(account: Account) -> None:
    with_exit(account)
    interface = account.find("NetworkInterfaces", "NetworkInterfaceId", "eni-i-web")
    interface.pop("Association")
    interface["PrivateIpAddresses"][0].pop("Association")
    found = next(
        one for held in account.answers["Reservations"] for one in held["Instances"] if one["InstanceId"] == "i-web"
    )
    found |= {"PrivateIpAddress": "10.0.0.10", "PublicIpAddress": "203.0.113.10"}


@case("EC2 API Reference: Instance (PublicIpAddress)", "internet > i-two = yes", "internet > eni-second = no")
def public_address_of_an_instance_with_two_interfaces(account: Account) -> None:
    with_exit(account)
    account.instance("i-two", "subnet-public", "10.0.0.21", groups="sg-open")
    about = {"InstanceId": "i-two", "DeviceIndex": 1, "Status": "attached"}
    account.interface("eni-second", "subnet-public", "10.0.0.22", groups="sg-open", Attachment=about)
    account.answers["Reservations"][-1]["Instances"][0] |= {
        "PrivateIpAddress": "10.0.0.21",
        "PublicIpAddress": "203.0.113.21",
    }
