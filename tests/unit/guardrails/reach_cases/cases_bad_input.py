"""Snapshots that are cut, incomplete, of another form, or hold what is not modelled: never a confident wrong answer."""

from __future__ import annotations

import json

from tests.unit.guardrails.reach_cases.common_networks import app_and_db, second, with_exit
from tests.unit.guardrails.reach_cases.described_account import Account
from tests.unit.guardrails.reach_cases.questions import case

PAGE = "issue: Bad input"


def routed(account: Account) -> None:
    with_exit(account)
    account.table("rtb-app", "vpc-a", {"0.0.0.0/0": "nat-a"}, subnets="subnet-app")


def without(account: Account, *kinds: str) -> None:
    routed(account)
    account.complete()
    account.bare |= {"vpc-a/table", "vpc-a/acl"}
    for kind in kinds:
        del account.answers[kind]


@case(PAGE, "i-app > i-db = yes", "i-app > internet = yes", "internet > i-web = yes", "i-db > internet = no")
def no_acl_file(account: Account) -> None:
    without(account, "NetworkAcls")


@case(PAGE, "i-app > i-db = yes", "i-app > internet = no", "internet > i-web = no")
def no_route_table_file(account: Account) -> None:
    without(account, "RouteTables")


@case(PAGE, "i-app > i-db = unknown", "i-app > internet = unknown", "internet > i-web = unknown")
def no_security_group_file(account: Account) -> None:
    without(account, "SecurityGroups")


@case(PAGE, "i-app > i-db = yes", "i-app > internet = unknown", "i-web > internet = yes")
def no_nat_gateway_file(account: Account) -> None:
    without(account, "NatGateways")


@case(PAGE, "i-app > i-db = unknown", "i-app > internet = unknown", "internet > i-web = unknown")
def no_subnet_file(account: Account) -> None:
    without(account, "Subnets")


@case(PAGE, "i-app > i-db = yes", "i-app > internet = yes", "internet > i-web = yes")
def no_vpc_file(account: Account) -> None:
    without(account, "Vpcs")


@case(PAGE, "i-app > i-db = yes", "i-app > internet = yes", "internet > i-web = yes")
def no_internet_gateway_file(account: Account) -> None:
    without(account, "InternetGateways")


@case(PAGE, "i-app > 10.1.1.10 = unknown", "i-app > i-db = yes")
def no_peering_file(account: Account) -> None:
    app_and_db(account)
    account.table("rtb-a", "vpc-a", {"10.1.0.0/16": "pcx-ab"}, main=True)
    del account.answers["VpcPeeringConnections"]


def cut(account: Account, kind: str, share: float = 0.6) -> None:
    """Cut the file of one kind off in the middle."""
    routed(account)
    account.complete()
    account.bare |= {"vpc-a/table", "vpc-a/acl"}
    text = json.dumps({kind: account.answers.pop(kind)}, indent=4)
    account.texts[f"{kind}.json"] = text[: int(len(text) * share)].encode()


@case(PAGE, "i-app > i-db = unknown", "i-app > internet = unknown")
def acl_file_that_is_cut(account: Account) -> None:
    cut(account, "NetworkAcls")


@case(PAGE, "i-app > internet = unknown", "i-app > i-db = unknown", "i-app > i-app = yes")
def route_table_file_that_is_cut(account: Account) -> None:
    cut(account, "RouteTables", 0.3)


@case(PAGE, "i-app > i-db = unknown")
def security_group_file_that_is_cut(account: Account) -> None:
    cut(account, "SecurityGroups")


@case(PAGE, "i-app > internet = unknown", "i-app > i-db = yes")
def nat_gateway_file_that_is_cut(account: Account) -> None:
    cut(account, "NatGateways")


@case(PAGE, "i-app > internet = unknown", "i-app > i-db = yes", "i-web > internet = yes")
def nat_gateway_file_that_is_not_json(account: Account) -> None:
    routed(account)
    del account.answers["NatGateways"]
    account.texts["NatGateways.json"] = b"An error occurred (UnauthorizedOperation) when calling DescribeNatGateways"


@case(PAGE, "i-app > i-db = yes", "i-app > internet = yes")
def files_in_utf_16(account: Account) -> None:
    routed(account)
    account.complete()
    account.bare |= {"vpc-a/table", "vpc-a/acl"}
    for kind in list(account.answers):
        text = json.dumps({kind: account.answers.pop(kind)}, indent=4)
        account.texts[f"{kind}.json"] = text.encode("utf-16")


@case(PAGE, "i-app > i-db = yes", "i-app > internet = yes", "i-db > internet = no")
def pages_of_one_kind(account: Account) -> None:
    routed(account)
    account.complete()
    account.bare |= {"vpc-a/table", "vpc-a/acl"}
    pages = account.answers.pop("NetworkInterfaces")
    for number, one in enumerate(pages):
        token = {"NextToken": f"token-{number}"} if number + 1 < len(pages) else {}
        account.beside[f"page-{number}.json"] = {"NetworkInterfaces": [one], **token}


@case(PAGE, "i-app > i-db = yes", "i-app > 10.0.2.99 = unknown")
def last_page_that_was_never_fetched(account: Account) -> None:
    routed(account)
    pages = account.answers.pop("NetworkInterfaces")
    account.beside["interfaces.json"] = {"NetworkInterfaces": pages, "NextToken": "more"}


@case(PAGE, "i-app > i-db = yes", "i-app > internet = yes", "internet > i-web = yes")
def everything_in_one_file(account: Account) -> None:
    routed(account)
    account.complete()
    account.bare |= {"vpc-a/table", "vpc-a/acl"}
    account.texts["all.txt.json"] = json.dumps(account.answers).encode()
    account.answers = {}


@case(PAGE, "i-app > internet = unknown", "i-app > i-db = yes", "i-db > internet = no")
def route_to_an_object_that_is_not_listed(account: Account) -> None:
    app_and_db(account)
    account.table("rtb-app", "vpc-a", {"0.0.0.0/0": "nat-lost"}, subnets="subnet-app")


@case(PAGE, "i-app > internet = unknown", "i-app > i-db = yes")
def route_to_a_target_that_is_not_modelled(account: Account) -> None:
    app_and_db(account)
    account.table("rtb-app", "vpc-a", {}, subnets="subnet-app")
    account.answers["RouteTables"][-1]["Routes"].append(
        {
            "DestinationCidrBlock": "0.0.0.0/0",
            "OdbNetworkArn": "arn:aws:odb:eu-west-1:1:odb-network/1",
            "State": "active",
            "Origin": "CreateRoute",
        }
    )


@case(PAGE, "i-app > i-b = unknown", "i-app > i-db = yes", "i-b > i-db = unknown")
def kind_that_is_not_modelled_between_two_vpcs(account: Account) -> None:
    app_and_db(account)
    second(account)
    account.answers["WormholeAttachments"] = [
        {"WormholeAttachmentId": "wh-1", "VpcId": "vpc-a"},
        {"WormholeAttachmentId": "wh-2", "VpcId": "vpc-b"},
    ]


@case(PAGE, "i-app > i-db = yes", "i-db > internet = no")
def file_of_another_kind_without_any_bearing(account: Account) -> None:
    routed(account)
    account.answers["Volumes"] = [{"VolumeId": "vol-1", "State": "in-use"}]
    account.answers["Widgets"] = [{"WidgetId": "w-1"}]
    account.texts["README.txt"] = b"Taken on Monday."


@case(PAGE, "i-app > i-db = unknown", "i-app > i-web = yes")
def interface_without_its_groups(account: Account) -> None:
    routed(account)
    del account.find("NetworkInterfaces", "NetworkInterfaceId", "eni-i-db")["Groups"]


@case(PAGE, "i-app > i-db = unknown")
def two_answers_that_contradict_each_other(account: Account) -> None:
    routed(account)
    group = json.loads(json.dumps(account.answers["SecurityGroups"][0]))
    group["IpPermissions"] = []
    account.beside["again.json"] = {"SecurityGroups": [group]}


@case(PAGE, "i-app > i-db = unknown")
def rule_that_cannot_be(account: Account) -> None:
    routed(account)
    account.answers["SecurityGroups"][0]["IpPermissions"].append(
        {"IpProtocol": "tcp", "FromPort": 99999, "ToPort": 99999, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    )
