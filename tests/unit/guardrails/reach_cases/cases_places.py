"""What can be asked for: ids, names, addresses, blocks, zones; interfaces of every state; several accounts."""

from __future__ import annotations

from tests.unit.guardrails.reach_cases import described_transit as transit
from tests.unit.guardrails.reach_cases.common_networks import OPEN, app_and_db, second, with_exit
from tests.unit.guardrails.reach_cases.described_account import Account
from tests.unit.guardrails.reach_cases.questions import case


@case(
    "design: WHERE",
    "i-app > eni-i-db = yes", "eni-i-app > i-db = yes", "subnet-app > subnet-db = yes", "vpc-a > i-db = yes",
    "sg-open > i-db = yes", "i-app > 10.0.2.0/24 = yes", "10.0.1.0/24 > 10.0.2.10 = yes", "the-i-app > the-i-db = yes",
    "i-app > igw-a = yes", "igw-a > i-web = yes", "i-app > nat-a = no", "i-app > 10.0.2.200 = no",
    "i-app > i-app = yes",
    "i-app > 0.0.0.0/0 = yes", "i-web > the-subnet-db = yes", "10.0.1.10/32 > 10.0.2.10/32 = yes",
)  # fmt: skip
def every_kind_of_place(account: Account) -> None:
    with_exit(account)
    account.table("rtb-app", "vpc-a", {"0.0.0.0/0": "nat-a"}, subnets="subnet-app")


@case("design: zones", "desktop > directory = yes", "directory > desktop = yes", "desktop > internet = no")
def zones_by_their_tag(account: Account) -> None:
    app_and_db(account)
    for key, zone in (("subnet-app", "desktop"), ("subnet-db", "directory")):
        account.find("Subnets", "SubnetId", key)["Tags"].append({"Key": "Zone", "Value": zone})


def in_state(account: Account, state: str) -> None:
    app_and_db(account)
    account.instance("i-old", "subnet-db", "10.0.2.20", groups="sg-open", state=state)


@case("EC2 User Guide: Instance lifecycle", "i-app > i-old = no", "i-old > i-app = no", "i-app > 10.0.2.20 = no")
def terminated_instance(account: Account) -> None:
    in_state(account, "terminated")


@case("EC2 User Guide: Instance lifecycle", "i-app > i-old = no")
def instance_that_is_shutting_down(account: Account) -> None:
    in_state(account, "shutting-down")


@case("EC2 User Guide: Instance lifecycle (configuration counts)", "i-app > i-old = yes", "i-old > i-app = yes")
def stopped_instance(account: Account) -> None:
    in_state(account, "stopped")


@case("EC2 API Reference: NetworkInterface", "i-app > eni-spare = no", "eni-spare > i-app = no")
def interface_that_is_attached_to_nothing(account: Account) -> None:
    app_and_db(account)
    account.interface("eni-spare", "subnet-db", "10.0.2.20", groups="sg-open", Status="available")


@case(
    "EC2 User Guide: Elastic network interfaces", "i-app > 10.0.2.99 = no", "i-app > 10.0.1.99 = yes",
    "i-app > i-two = yes", "i-app > eni-two = no", "i-app > eni-i-two = yes",
)  # fmt: skip
def second_interface_has_its_own_groups(account: Account) -> None:
    app_and_db(account)
    account.group("sg-shut", "vpc-a", "out all 0.0.0.0/0")
    account.instance("i-two", "subnet-app", "10.0.1.99", groups="sg-open")
    attachment = {"InstanceId": "i-two", "DeviceIndex": 1, "Status": "attached"}
    account.interface("eni-two", "subnet-db", "10.0.2.99", groups="sg-shut", Attachment=attachment)


@case(
    "Amazon VPC User Guide: Subnet sizing (reserved addresses)",
    "i-app > 10.0.2.1 = no",
    "i-app > 10.0.2.255 = no",
    "i-app > 10.0.77.7 = no",
)
def addresses_that_nobody_has(account: Account) -> None:
    app_and_db(account)


@case("design: two sources list one instance", "i-app > i-db = yes", "i-db > internet = no", "internet > i-db = no")
def instances_alone_without_interfaces(account: Account) -> None:
    app_and_db(account)
    interfaces = {one["NetworkInterfaceId"]: one for one in account.answers["NetworkInterfaces"]}
    for reservation in account.answers["Reservations"]:
        for one in reservation["Instances"]:
            own = interfaces[f"eni-{one['InstanceId']}"]
            kept = (
                "NetworkInterfaceId",
                "SubnetId",
                "VpcId",
                "Groups",
                "PrivateIpAddress",
                "PrivateIpAddresses",
                "Status",
            )
            one["NetworkInterfaces"] = [{name: own[name] for name in kept}]
            one["SourceDestCheck"] = True
    del account.answers["NetworkInterfaces"]


@case(
    "Amazon RDS; AWS Lambda: VPC configuration",
    "i-app > orders tcp 5432 = yes",
    "handler > orders tcp 5432 = yes",
    "i-app > orders tcp 22 = no",
    "i-app > handler = no",
)
def databases_and_functions(account: Account) -> None:
    app_and_db(account)
    account.group("sg-db", "vpc-a", "in tcp 5432 10.0.0.0/16")
    account.group("sg-handler", "vpc-a", "out all 0.0.0.0/0")
    zone = account.zone("b")["AvailabilityZone"]
    account.answers["DBInstances"] = [
        {
            "DBInstanceIdentifier": "orders",
            "DBInstanceArn": f"arn:aws:rds:eu-west-1:{account.number}:db:orders",
            "DBInstanceStatus": "available",
            "Endpoint": {"Address": "orders.abc.eu-west-1.rds.amazonaws.com", "Port": 5432},
            "AvailabilityZone": zone,
            "MultiAZ": False,
            "PubliclyAccessible": False,
            "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-db", "Status": "active"}],
            "DBSubnetGroup": {
                "VpcId": "vpc-a",
                "Subnets": [{"SubnetIdentifier": "subnet-db", "SubnetAvailabilityZone": {"Name": zone}}],
            },
        }
    ]
    account.answers["Functions"] = [
        {
            "FunctionName": "handler",
            "FunctionArn": f"arn:aws:lambda:eu-west-1:{account.number}:function:handler",
            "VpcConfig": {"SubnetIds": ["subnet-app"], "SecurityGroupIds": ["sg-handler"], "VpcId": "vpc-a"},
        }
    ]


# -- several accounts and regions -------------------------------------------------------------------------------------


@case(
    "Amazon VPC Peering Guide: Peering with a VPC in another account",
    "i-app > i-b = yes",
    "i-b > i-app = yes",
    "i-b > internet = no",
)
def peering_that_both_accounts_list(account: Account) -> list[Account]:
    other = Account("444455556666", "eu-west-1")
    app_and_db(account)
    second(other)
    ends = {
        "requester_info": {"VpcId": "vpc-a", "OwnerId": account.number, "CidrBlock": "10.0.0.0/16"},
        "accepter_info": {"VpcId": "vpc-b", "OwnerId": other.number, "CidrBlock": "10.1.0.0/16"},
    }
    for one in (account, other):
        one.peering("pcx-ab", "vpc-a", "vpc-b", **ends)
    account.table("rtb-a", "vpc-a", {"10.1.0.0/16": "pcx-ab"}, main=True)
    other.table("rtb-b", "vpc-b", {"10.0.0.0/16": "pcx-ab"}, main=True)
    return [account, other]


@case(
    "Amazon VPC User Guide: Shared subnets",
    "i-guest > i-db = yes",
    "i-guest > internet = yes",
    "i-db > internet = no",
    "i-db > i-guest = yes",
)
def subnet_that_is_shared_with_another_account(account: Account) -> list[Account]:
    """The guest sees the shared subnet with its table and ACL, but only its own association of them."""
    with_exit(account)
    account.table("rtb-app", "vpc-a", {"0.0.0.0/0": "nat-a"}, subnets="subnet-app")
    account.complete()
    account.bare |= {"vpc-a/table", "vpc-a/acl"}
    guest = Account("444455556666")
    for kind, member, keys in (
        ("Vpcs", "VpcId", {"vpc-a"}),
        ("Subnets", "SubnetId", {"subnet-app"}),
        ("RouteTables", "RouteTableId", {"rtb-app"}),
        ("NetworkAcls", "NetworkAclId", {"acl-vpc-a"}),
    ):
        guest.answers[kind] = [dict(one) for one in account.answers[kind] if one[member] in keys]
    guest.bare |= {"vpc-a/table", "vpc-a/acl"}
    for acl in guest.answers["NetworkAcls"]:
        acl["Associations"] = [one for one in acl["Associations"] if one["SubnetId"] == "subnet-app"]
    guest.group("sg-guest", "vpc-a", *OPEN)
    guest.instance("i-guest", "subnet-app", "10.0.1.77", groups="sg-guest")
    guest.number, account.number = "guest", "host"
    return [guest, account]


@case("Amazon VPC Transit Gateways: sharing", "i-app > i-b = yes", "i-b > i-app = yes")
def transit_gateway_that_is_shared(account: Account) -> list[Account]:
    app_and_db(account)
    second(account)
    transit.gateway(account, "tgw-1")
    transit.attach(account, "tgw-attach-a", "tgw-1", "vpc-a", "subnet-app subnet-db")
    transit.attach(account, "tgw-attach-b", "tgw-1", "vpc-b", "subnet-b")
    transit.join(account, "tgw-1", "tgw-attach-a", "tgw-attach-b")
    for name in "ab":
        account.table(f"rtb-{name}", f"vpc-{name}", {"10.0.0.0/8": "tgw-1"}, main=True)
    account.complete()
    guest = Account("444455556666")
    moved = {"Vpcs", "Subnets", "RouteTables", "SecurityGroups", "NetworkAcls", "NetworkInterfaces"}
    for kind in moved:
        guest.answers[kind] = [one for one in account.answers[kind] if "vpc-b" in str(one)]
        account.answers[kind] = [one for one in account.answers[kind] if "vpc-b" not in str(one)]
    guest.answers["Reservations"] = [one for one in account.answers["Reservations"] if "i-b" in str(one)]
    account.answers["Reservations"] = [one for one in account.answers["Reservations"] if "i-b" not in str(one)]
    for kind in ("TransitGateways", "TransitGatewayVpcAttachments", "TransitGatewayAttachments"):
        guest.answers[kind] = [dict(one) for one in account.answers[kind]]
    guest.bare |= {"vpc-b/table", "vpc-b/acl"}
    account.bare |= {"vpc-a/table", "vpc-a/acl"}
    return [account, guest]
