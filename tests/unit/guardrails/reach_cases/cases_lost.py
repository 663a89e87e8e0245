"""Objects that a snapshot names and does not hold, asked for by their ids; and what tells about them elsewhere."""

from __future__ import annotations

import gzip
import json

from tests.unit.guardrails.reach_cases import described_transit as lb
from tests.unit.guardrails.reach_cases.cases_bad_input import cut
from tests.unit.guardrails.reach_cases.common_networks import OPEN, app_and_db, with_exit
from tests.unit.guardrails.reach_cases.described_account import Account
from tests.unit.guardrails.reach_cases.questions import case

PAGE = "issue: Bad input"


@case(PAGE, "i-app > vpc-b = unknown", "vpc-b > i-app = unknown", "i-app > i-db = yes")
def peer_vpc_asked_for_by_its_id(account: Account) -> None:
    app_and_db(account)
    info = {"VpcId": "vpc-b", "OwnerId": "444455556666", "CidrBlock": "10.1.0.0/16"}
    account.peering("pcx-ab", "vpc-a", "vpc-b", accepter_info=info)
    account.table("rtb-a", "vpc-a", {"10.1.0.0/16": "pcx-ab"}, main=True)


@case(PAGE, "i-app > eni-lost = unknown", "sg-lost > i-app = unknown", "i-app > i-db = yes")
def interface_and_group_that_only_others_name(account: Account) -> None:
    app_and_db(account)
    account.table("rtb-app", "vpc-a", {"192.0.2.0/24": "eni-lost"}, subnets="subnet-app")
    account.group("sg-db", "vpc-a", "in tcp 80 sg-lost")


@case(PAGE, "i-app > i-db = unknown", "i-db > i-app = unknown")
def instance_that_the_cut_file_may_have_held(account: Account) -> None:
    cut(account, "NetworkInterfaces", 0.3)
    del account.answers["Reservations"]


@case(PAGE, "i-app > i-db = yes", "i-app > internet = yes", "i-db > internet = no")
def compressed_files(account: Account) -> None:
    with_exit(account)
    account.table("rtb-app", "vpc-a", {"0.0.0.0/0": "nat-a"}, subnets="subnet-app")
    account.complete()
    account.bare |= {"vpc-a/table", "vpc-a/acl"}
    for kind in list(account.answers):
        account.texts[f"{kind}.json.gz"] = gzip.compress(json.dumps({kind: account.answers.pop(kind)}).encode())


@case(PAGE, "i-app > i-db = unknown")
def compressed_file_that_is_cut(account: Account) -> None:
    app_and_db(account)
    whole = gzip.compress(json.dumps({"SecurityGroups": account.answers.pop("SecurityGroups")}).encode())
    account.texts["SecurityGroups.json.gz"] = whole[: len(whole) // 2]


def firewalled(account: Account) -> None:
    """A web server behind a firewall of which only the firewall's own status tells the endpoint."""
    account.vpc("vpc-a", "10.0.0.0/16")
    account.subnet("subnet-web", "vpc-a", "10.0.1.0/24")
    account.subnet("subnet-fw", "vpc-a", "10.0.9.0/24")
    account.group("sg-open", "vpc-a", *OPEN)
    account.internet_gateway("igw-a", "vpc-a")
    account.instance("i-web", "subnet-web", "10.0.1.10", groups="sg-open", public="203.0.113.10")
    account.table("rtb-web", "vpc-a", {"0.0.0.0/0": "vpce-fw"}, subnets="subnet-web")
    account.table("rtb-fw", "vpc-a", {"0.0.0.0/0": "igw-a"}, subnets="subnet-fw")
    account.table("rtb-edge", "vpc-a", {"10.0.1.0/24": "vpce-fw"}, gateways="igw-a")
    attachment = {"SubnetId": "subnet-fw", "EndpointId": "vpce-fw", "Status": "READY"}
    account.beside["firewall.json"] = {
        "Firewall": {"FirewallName": "fw", "FirewallId": "1", "VpcId": "vpc-a"},
        "FirewallStatus": {"Status": "READY", "SyncStates": {"eu-west-1a": {"Attachment": attachment, "Config": {}}}},
    }


@case(
    "Network Firewall API Reference: DescribeFirewall (FirewallStatus)",
    "i-web > internet = yes",
    "internet > i-web = yes",
)
def firewall_endpoint_that_only_its_firewall_tells(account: Account) -> None:
    firewalled(account)


@case("Network Firewall API Reference: DescribeFirewall (FirewallStatus)", "i-web > internet = no")
def firewall_endpoint_that_is_being_deleted(account: Account) -> None:
    firewalled(account)
    account.endpoint("vpce-fw", "vpc-a", "GatewayLoadBalancer", subnets="subnet-fw", State="deleting")


def connect_endpoint(account: Account) -> None:
    app_and_db(account)
    account.group("sg-eice", "vpc-a", "out tcp 22 10.0.1.0/24")
    about = {"Description": "EC2 Instance Connect Endpoint", "InterfaceType": "ec2_instance_connect_endpoint"}
    account.interface("eni-eice", "subnet-app", "10.0.1.60", groups="sg-eice", RequesterManaged=True, **about)
    account.answers["InstanceConnectEndpoints"] = [
        {
            "InstanceConnectEndpointId": "eice-1",
            "State": "create-complete",
            "NetworkInterfaceIds": ["eni-eice"],
            "VpcId": "vpc-a",
            "SubnetId": "subnet-app",
            "SecurityGroupIds": ["sg-eice"],
        }
    ]


@case(
    "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/eice-security-groups.html",
    "eice-1 > i-app tcp 22 = yes",
    "eice-1 > i-app tcp 3389 = no",
    "eice-1 > i-db tcp 22 = no",
)
def connect_endpoint_whose_interface_is_listed(account: Account) -> None:
    connect_endpoint(account)


@case(
    "Amazon RDS API Reference: Endpoint (Address)",
    "i-app > orders.abc1.eu-west-1.rds.amazonaws.com tcp 5432 = yes",
    "i-app > orders.abc1.eu-west-1.rds.amazonaws.com tcp 22 = no",
)
def database_by_the_name_of_its_endpoint(account: Account) -> None:
    app_and_db(account)
    account.group("sg-rds", "vpc-a", "in tcp 5432 10.0.1.0/24")
    held = {"SubnetIdentifier": "subnet-db", "SubnetAvailabilityZone": {"Name": "eu-west-1b"}}
    account.answers["DBInstances"] = [
        {
            "DBInstanceIdentifier": "orders",
            "DBInstanceArn": "arn:aws:rds:eu-west-1:111122223333:db:orders",
            "DBInstanceStatus": "available",
            "Endpoint": {"Address": "orders.abc1.eu-west-1.rds.amazonaws.com", "Port": 5432},
            "DBSubnetGroup": {"VpcId": "vpc-a", "Subnets": [held]},
            "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-rds", "Status": "active"}],
        }
    ]


def front(account: Account, number: int, admitted: str) -> None:
    """A network balancer `front-N` before a server; its target group is called `back` in every account."""
    block = f"10.{number}"
    account.vpc(f"vpc-{number}", f"{block}.0.0/16")
    account.subnet(f"subnet-{number}", f"vpc-{number}", f"{block}.0.0/24")
    account.group(f"sg-client-{number}", f"vpc-{number}", *OPEN)
    account.group(f"sg-server-{number}", f"vpc-{number}", f"in tcp 8080 {admitted}")
    account.instance(f"i-client-{number}", f"subnet-{number}", f"{block}.0.10", groups=f"sg-client-{number}")
    account.instance(f"i-server-{number}", f"subnet-{number}", f"{block}.0.30", groups=f"sg-server-{number}")
    arn = lb.balancer(account, f"front-{number}", "network", f"vpc-{number}", {f"subnet-{number}": f"{block}.0.5"})
    lb.targets(account, arn, "back", "TCP 80", "TCP 8080", f"i-server-{number}")


@case(PAGE, "i-client-1 > front-1 tcp 80 = yes", "i-client-2 > front-2 tcp 80 = no")
def target_groups_of_one_name_in_two_folders(account: Account) -> list[Account]:
    other = Account("444455556666")
    front(account, 1, "10.1.0.0/16")
    front(other, 2, "192.0.2.0/24")
    return [account, other]
