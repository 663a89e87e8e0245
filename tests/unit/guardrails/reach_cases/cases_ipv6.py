"""IPv6 between VPCs."""

from __future__ import annotations

from tests.unit.guardrails.reach_cases import described_transit as transit
from tests.unit.guardrails.reach_cases.described_account import Account
from tests.unit.guardrails.reach_cases.questions import case

SIX = "https://docs.aws.amazon.com/whitepapers/latest/ipv6-on-aws/amazon-vpc-connectivity-options-for-ipv6.html"


def two_vpcs(account: Account) -> None:
    """Two VPCs of both families; groups admit IPv6 only."""
    for name, four, six in (("a", "10.0", "2600:1f18:1"), ("b", "10.1", "2600:1f18:2")):
        account.vpc(f"vpc-{name}", f"{four}.0.0/16", f"{six}::/56")
        account.subnet(f"subnet-{name}", f"vpc-{name}", f"{four}.1.0/24", f"{six}:1::/64")
        account.group(f"sg-{name}", f"vpc-{name}", "in all ::/0", "out all ::/0")
        account.instance(f"i-{name}", f"subnet-{name}", f"{four}.1.10", f"{six}:1::10", groups=f"sg-{name}")


def hub(account: Account, support: str | None) -> None:
    two_vpcs(account)
    transit.gateway(account, "tgw-1")
    for name in "ab":
        transit.attach(account, f"tgw-attach-{name}", "tgw-1", f"vpc-{name}", f"subnet-{name}")
        account.table(f"rtb-{name}", f"vpc-{name}", {"::/0": "tgw-1", "0.0.0.0/0": "tgw-1"}, main=True)
    options = account.find("TransitGatewayVpcAttachments", "VpcId", "vpc-b")["Options"]
    account.find("TransitGatewayVpcAttachments", "VpcId", "vpc-a")["Options"]["Ipv6Support"] = "enable"
    options.pop("Ipv6Support")
    if support is not None:
        options["Ipv6Support"] = support
    routes = {"2600:1f18:1::/56": "tgw-attach-a", "2600:1f18:2::/56": "tgw-attach-b"}
    transit.table(account, "tgw-rtb-1", "tgw-1", routes, associated="tgw-attach-a tgw-attach-b")


@case(SIX, "i-a > i-b = yes", "i-b > i-a = yes", "i-a > internet = no")
def attachments_that_support_ipv6(account: Account) -> None:
    hub(account, "enable")


@case(SIX, "i-a > i-b = no", "i-b > i-a = no")
def attachment_that_does_not_support_ipv6(account: Account) -> None:
    hub(account, "disable")


@case(SIX, "i-a > i-b = unknown", "i-b > i-a = unknown", "i-a > i-a = yes")
def attachment_that_does_not_tell_whether_it_supports_ipv6(account: Account) -> None:
    hub(account, None)


@case("Amazon VPC Peering Guide: VPC peering with IPv6", "i-a > i-b = yes", "i-b > i-a = yes", "i-b > internet = no")
def peering_for_ipv6(account: Account) -> None:
    two_vpcs(account)
    account.peering("pcx-ab", "vpc-a", "vpc-b")
    account.table("rtb-a", "vpc-a", {"2600:1f18:2::/56": "pcx-ab"}, main=True)
    account.table("rtb-b", "vpc-b", {"2600:1f18:1::/56": "pcx-ab"}, main=True)
