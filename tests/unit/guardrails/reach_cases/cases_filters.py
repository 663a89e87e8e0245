"""Security groups and network ACLs."""

from __future__ import annotations

from tests.unit.guardrails.reach_cases.common_networks import OPEN, app_and_db, tiers, with_exit
from tests.unit.guardrails.reach_cases.described_account import Account
from tests.unit.guardrails.reach_cases.questions import case

GROUPS = "Amazon VPC User Guide: Security group rules"
ACLS = "Amazon VPC User Guide: Network ACL rules"


def pair(account: Account, *rules: str) -> None:
    """An open client and a server whose group has these rules."""
    tiers(account)
    account.group("sg-server", "vpc-a", *rules)
    account.instance("i-client", "subnet-app", "10.0.1.10", groups="sg-open")
    account.instance("i-server", "subnet-db", "10.0.2.10", groups="sg-server")


@case(
    GROUPS, "i-client > i-server = yes", "i-client > i-server tcp 444 = no", "i-client > i-server udp 443 = no",
    "i-server > i-client = no", "i-client > i-server any = yes",
)  # fmt: skip
def groups_are_stateful(account: Account) -> None:
    pair(account, "in tcp 443 10.0.1.0/24")


@case(GROUPS, "i-client > i-server = yes", "i-client > i-server tcp 22 = yes", "i-client > i-server tcp 80 = no")
def union_of_all_groups(account: Account) -> None:
    pair(account, "in tcp 443 10.0.1.0/24")
    account.group("sg-more", "vpc-a", "in tcp 20-22 10.0.1.10/32")
    account.answers["NetworkInterfaces"][-1]["Groups"].append({"GroupId": "sg-more", "GroupName": "sg-more"})


@case(GROUPS, "i-client > i-server = yes", "i-web > i-server = no", "203.0.113.10 > i-server = no")
def group_reference_means_private_addresses_of_members(account: Account) -> None:
    with_exit(account)
    account.group("sg-client", "vpc-a", *OPEN)
    account.group("sg-server", "vpc-a", "in tcp 443 sg-client")
    account.instance("i-client", "subnet-app", "10.0.1.11", groups="sg-client")
    account.instance("i-server", "subnet-db", "10.0.2.11", groups="sg-server")


@case(
    "EC2 User Guide: Security group rules (a reference is to private addresses)",
    "i-client > i-server = yes", "i-client > 203.0.113.40 = no",
)  # fmt: skip
def group_reference_does_not_cover_public_addresses(account: Account) -> None:
    tiers(account)
    account.group("sg-client", "vpc-a", *OPEN)
    account.group("sg-server", "vpc-a", "in tcp 443 sg-client")
    account.instance("i-client", "subnet-public", "10.0.0.10", groups="sg-client", public="203.0.113.30")
    account.instance("i-server", "subnet-public", "10.0.0.11", groups="sg-server", public="203.0.113.40")
    account.table("rtb-public", "vpc-a", {"0.0.0.0/0": "igw-a"}, subnets="subnet-public")


@case(GROUPS, "i-one > i-two = yes", "i-one > i-two tcp 22 = yes", "i-app > i-two = no")
def group_that_refers_to_itself(account: Account) -> None:
    app_and_db(account)
    account.group("sg-self", "vpc-a", "in all sg-self", "out all 0.0.0.0/0")
    account.instance("i-one", "subnet-app", "10.0.1.21", groups="sg-self")
    account.instance("i-two", "subnet-db", "10.0.2.21", groups="sg-self")


@case(GROUPS, "i-client > i-server = no", "i-server > i-client = no")
def egress_must_admit_too(account: Account) -> None:
    tiers(account)
    account.group("sg-mute", "vpc-a", "in all 0.0.0.0/0")
    account.instance("i-client", "subnet-app", "10.0.1.10", groups="sg-mute")
    account.instance("i-server", "subnet-db", "10.0.2.10", groups="sg-mute")


@case(GROUPS, "i-client > i-server = yes", "i-db > i-server = no")
def group_names_a_prefix_list(account: Account) -> None:
    app_and_db(account)
    account.prefix_list("pl-clients", "10.0.1.0/28", "10.9.0.0/16")
    account.group("sg-server", "vpc-a", "in tcp 443 pl-clients")
    account.instance("i-client", "subnet-app", "10.0.1.11", groups="sg-open")
    account.instance("i-server", "subnet-public", "10.0.0.10", groups="sg-server")


@case(GROUPS, "i-client > i-server = unknown", "i-client > i-server tcp 22 = yes", "i-client > i-server tcp 80 = no")
def group_names_a_prefix_list_without_entries(account: Account) -> None:
    account.prefix_list("pl-clients", entries=False)
    pair(account, "in tcp 443 pl-clients", "in tcp 22 10.0.0.0/8")


@case(
    "Amazon VPC User Guide: AWS-managed prefix lists",
    "198.51.100.7 > i-web = unknown", "i-app > i-web = no", "198.51.100.7 > i-web tcp 22 = no",
)  # fmt: skip
def group_names_an_aws_list_that_is_not_spelled_out(account: Account) -> None:
    app_and_db(account)
    account.prefix_list("pl-cdn", name="com.amazonaws.global.cloudfront.origin-facing", entries=False)
    account.group("sg-web", "vpc-a", "in tcp 443 pl-cdn")
    account.instance("i-web", "subnet-public", "10.0.0.10", groups="sg-web", public="203.0.113.10")
    account.table("rtb-public", "vpc-a", {"0.0.0.0/0": "igw-a"}, subnets="subnet-public")


@case(
    "Amazon VPC User Guide: AWS-managed prefix lists",
    "i-app > 52.218.0.9 = unknown",
    "i-app > 52.218.0.9 tcp 80 = no",
    "i-app > i-db = no",
)
def egress_to_an_aws_list_that_is_not_spelled_out(account: Account) -> None:
    with_exit(account)
    account.prefix_list("pl-s3", name="com.amazonaws.eu-west-1.s3", entries=False)
    account.group("sg-s3", "vpc-a", "out tcp 443 pl-s3")
    account.answers["NetworkInterfaces"][0]["Groups"] = [{"GroupId": "sg-s3", "GroupName": "sg-s3"}]
    account.table("rtb-app", "vpc-a", {"0.0.0.0/0": "nat-a"}, subnets="subnet-app")


@case(
    GROUPS + " (ICMP types)",
    "i-client > i-server icmp = yes", "i-client > i-server 1 = yes", "i-client > i-server tcp 443 = no",
    "i-client > i-server udp = no", "i-client > i-server 58 = no", "i-client > i-server 0 = no",
)  # fmt: skip
def echo_requests_alone(account: Account) -> None:
    pair(account, "in icmp 8 10.0.1.0/24")


@case(GROUPS + " (ICMP types)", "i-client > i-server icmp = no", "i-client > i-server icmp one-way = yes")
def icmp_that_draws_no_reply(account: Account) -> None:
    pair(account, "in icmp 3/4 10.0.1.0/24")


@case(
    GROUPS + " (protocol numbers)",
    "i-client > i-server esp = yes", "i-client > i-server 50 = yes", "i-client > i-server ah = no",
    "i-client > i-server 0 = no", "i-client > i-server any = yes", "i-client > i-server tcp = no",
)  # fmt: skip
def protocols_by_number(account: Account) -> None:
    pair(account, "in 50 0.0.0.0/0")


@case(
    GROUPS + " (protocol -1)",
    "i-client > i-server 0 = yes", "i-client > i-server -1 = yes", "i-client > i-server 132 = yes",
    "i-client > i-server gre = yes", "i-client > i-server icmp = yes",
)  # fmt: skip
def every_protocol(account: Account) -> None:
    pair(account, "in all 10.0.1.0/24")


@case(
    GROUPS, "i-client > i-server = no", "i-client > i-server 0 = yes", "i-client > i-server any = yes",
)  # fmt: skip
def protocol_zero_is_not_any(account: Account) -> None:
    pair(account, "in 0 10.0.1.0/24")


@case(GROUPS + " (stale rules)", "i-client > i-server = no")
def stale_reference_over_a_deleted_peering(account: Account) -> None:
    pair(account, "in tcp 443 sg-gone")
    permission = account.answers["SecurityGroups"][-1]["IpPermissions"][0]
    permission["UserIdGroupPairs"][0] |= {"VpcPeeringConnectionId": "pcx-1", "PeeringStatus": "deleted"}


@case(GROUPS, "i-client > i-server = unknown", "i-server > i-client = unknown", "i-client > i-app = yes")
def group_that_is_not_listed(account: Account) -> None:
    app_and_db(account)
    account.instance("i-client", "subnet-app", "10.0.1.11", groups="sg-open")
    account.instance("i-server", "subnet-db", "10.0.2.11", groups="sg-lost")


@case(
    GROUPS,
    "i-client > i-server any = yes",
    "i-client > i-server any 443 = no",
    "i-client > i-server any 8 one-way = no",
)
def a_port_speaks_of_protocols_that_have_ports(account: Account) -> None:
    pair(account, "in 50 10.0.1.0/24", "in icmp 8 10.0.1.0/24")


# -- network ACLs -----------------------------------------------------------------------------------------------------


def walled(account: Account, *entries: str) -> None:
    """An application subnet next to a database subnet whose ACL has these entries."""
    app_and_db(account)
    account.instance("i-near", "subnet-db", "10.0.2.20", groups="sg-open")
    account.acl("acl-db", "vpc-a", *entries, subnets="subnet-db")


@case(ACLS, "i-app > i-db = no", "i-app > i-db one-way = yes", "i-near > i-db = yes", "i-db > i-app = no")
def acl_without_a_return_entry(account: Account) -> None:
    walled(account, "100 allow in tcp 443 10.0.1.0/24")


@case(
    ACLS + "; Ephemeral ports",
    "i-app > i-db = yes", "i-app > i-db from 40000 = yes", "i-app > i-db from 1023 = no", "i-app > i-db tcp 80 = no",
    "i-app > i-db from 1023 one-way = yes",
)  # fmt: skip
def acl_with_ephemeral_return(account: Account) -> None:
    walled(account, "100 allow in tcp 443 10.0.1.0/24", "100 allow out tcp 1024-65535 10.0.1.0/24")


@case(ACLS, "i-app > i-db = no", "i-app > i-db tcp 80 = yes")
def lowest_number_decides(account: Account) -> None:
    walled(account, "200 allow in all 0.0.0.0/0", "90 deny in tcp 443 10.0.1.0/24", "100 allow out all 0.0.0.0/0")


@case(ACLS, "i-app > i-db = no", "i-app > i-db any = no", "i-near > i-db = yes")
def acl_without_entries_denies(account: Account) -> None:
    walled(account)


@case(ACLS, "i-app > i-db udp 443 = no", "i-app > i-db = yes", "i-app > i-db icmp = no", "i-app > i-db 50 = no")
def acl_protocols_are_exact(account: Account) -> None:
    walled(account, "100 allow in tcp 10.0.0.0/8", "100 allow out tcp 10.0.0.0/8")


@case(ACLS + " (ICMP)", "i-app > i-db icmp = yes", "i-db > i-app icmp = no", "i-app > i-db = no")
def acl_icmp_types(account: Account) -> None:
    walled(account, "100 allow in icmp 8/-1 0.0.0.0/0", "100 allow out icmp 0/-1 0.0.0.0/0")


@case(ACLS, "i-app > i-db = no", "i-six > i-other = yes")
def acl_for_one_family(account: Account) -> None:
    account.vpc("vpc-a", "10.0.0.0/16", "2600:1f18:1::/56")
    account.group("sg-open", "vpc-a", *OPEN)
    for number, name in enumerate(("app", "db"), 1):
        account.subnet(f"subnet-{name}", "vpc-a", f"10.0.{number}.0/24", f"2600:1f18:1:{number}::/64")
        account.instance(f"i-{name}", f"subnet-{name}", f"10.0.{number}.10", groups="sg-open")
    account.instance("i-six", "subnet-app", "10.0.1.11", "2600:1f18:1:1::11", groups="sg-open")
    account.instance("i-other", "subnet-db", "10.0.2.11", "2600:1f18:1:2::11", groups="sg-open")
    account.acl("acl-db", "vpc-a", "100 allow in all ::/0", "100 allow out all ::/0", subnets="subnet-db")


@case("Amazon VPC User Guide: Default network ACL", "i-app > i-db = no", "i-app > internet = no", "i-db > i-app = no")
def default_acl_that_was_emptied(account: Account) -> None:
    with_exit(account)
    account.acl("acl-default", "vpc-a", default=True, subnets="subnet-app subnet-db subnet-public")
    account.table("rtb-app", "vpc-a", {"0.0.0.0/0": "nat-a"}, subnets="subnet-app")


# -- what no filter sees ----------------------------------------------------------------------------------------------

LINK = "Amazon VPC User Guide: Control subnet traffic with network ACLs (what is not filtered)"


@case(
    LINK, "i-mute > 10.0.0.2 udp 53 = yes", "i-mute > 169.254.169.253 tcp 53 = yes",
    "i-mute > 169.254.169.254 tcp 80 = yes",
    "i-mute > 169.254.169.123 udp 123 = yes", "internet > 169.254.169.254 tcp 80 = no", "i-mute > 10.0.0.2 tcp 22 = no",
    "i-mute > 169.254.169.254 tcp 22 = no", "i-mute > 169.254.169.123 tcp 123 = no",
)  # fmt: skip
def resolver_metadata_and_time_are_outside_of_filters(account: Account) -> None:
    tiers(account)
    account.group("sg-mute", "vpc-a")
    account.instance("i-mute", "subnet-app", "10.0.1.10", groups="sg-mute")
    account.acl("acl-shut", "vpc-a", subnets="subnet-app subnet-public")


@case("Amazon VPC User Guide: Amazon DNS server", "i-far > 10.0.0.2 udp 53 = no", "i-app > 10.0.0.2 udp 53 = yes")
def resolver_serves_its_own_vpc(account: Account) -> None:
    app_and_db(account)
    account.vpc("vpc-b", "10.1.0.0/16")
    account.subnet("subnet-b", "vpc-b", "10.1.1.0/24")
    account.group("sg-b", "vpc-b", *OPEN)
    account.instance("i-far", "subnet-b", "10.1.1.10", groups="sg-b")
    account.peering("pcx-ab", "vpc-a", "vpc-b")
    account.table("rtb-b", "vpc-b", {"10.0.0.0/16": "pcx-ab"}, main=True)
