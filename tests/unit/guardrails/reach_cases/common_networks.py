"""Networks that several cases begin with."""

from __future__ import annotations

from tests.unit.guardrails.reach_cases.described_account import Account

OPEN = ("in all 0.0.0.0/0", "in all ::/0", "out all 0.0.0.0/0", "out all ::/0")


def tiers(account: Account) -> None:
    """A VPC of a public, an application and a database subnet; an unused internet gateway; an open group."""
    account.vpc("vpc-a", "10.0.0.0/16")
    account.subnet("subnet-public", "vpc-a", "10.0.0.0/24")
    account.subnet("subnet-app", "vpc-a", "10.0.1.0/24")
    account.subnet("subnet-db", "vpc-a", "10.0.2.0/24", az="b")
    account.group("sg-open", "vpc-a", *OPEN)
    account.internet_gateway("igw-a", "vpc-a")


def app_and_db(account: Account) -> None:
    """The same with an instance in each of the two inner subnets."""
    tiers(account)
    account.instance("i-app", "subnet-app", "10.0.1.10", groups="sg-open")
    account.instance("i-db", "subnet-db", "10.0.2.10", groups="sg-open")


def with_exit(account: Account) -> None:
    """The same with a public subnet that holds a web server and a NAT gateway."""
    app_and_db(account)
    account.instance("i-web", "subnet-public", "10.0.0.10", groups="sg-open", public="203.0.113.10")
    account.nat("nat-a", "subnet-public", "10.0.0.200", "203.0.113.200")
    account.table("rtb-public", "vpc-a", {"0.0.0.0/0": "igw-a"}, subnets="subnet-public")


def second(account: Account, cidr: str = "10.1.0.0/16", name: str = "b") -> None:
    """Another VPC with one open instance."""
    first = cidr.rsplit(".", 2)[0]
    account.vpc(f"vpc-{name}", cidr)
    account.subnet(f"subnet-{name}", f"vpc-{name}", f"{first}.1.0/24")
    account.group(f"sg-{name}", f"vpc-{name}", *OPEN)
    account.instance(f"i-{name}", f"subnet-{name}", f"{first}.1.10", groups=f"sg-{name}")
