"""What the AWS CLI prints comes in many forms; all of them give the same network."""

from __future__ import annotations

import json
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from guardrails.facts.from_aws import SnapshotError, read_snapshot
from guardrails.facts.network import Network
from tests.unit.guardrails.from_aws.aws_answers import SUBNET, VPC, Read, Write, subnet, vpc

BOTH = {"Vpcs": [vpc()], "Subnets": [subnet()]}


def facts(network: Network) -> tuple[object, ...]:
    return (
        tuple((one.key, one.cidrs, one.account, one.region) for one in network.vpcs),
        tuple((one.key, one.cidrs, one.vpc, one.zone) for one in network.subnets),
    )


EXPECTED = (
    ((VPC, (ip_network("10.0.0.0/16"),), "111122223333", "eu-west-1"),),
    ((SUBNET, (ip_network("10.0.1.0/24"),), "vpc", "eu-west-1a"),),
)


def plain(network: Network) -> tuple[object, ...]:
    vpcs, subnets = facts(network)
    assert all(one.vpc.key == VPC for one in network.subnets)
    return vpcs, tuple((key, cidrs, "vpc", zone) for key, cidrs, _, zone in subnets)


FORMS: dict[str, dict[str, Any]] = {
    "one file a kind": {"a.json": {"Vpcs": [vpc()]}, "b.json": {"Subnets": [subnet()]}},
    "several answers merged in one file": {"all.json": BOTH},
    "a list of answers": {"all.json": [{"Vpcs": [vpc()]}, {"Subnets": [subnet()]}]},
    "answers one after another": {
        "all.json": json.dumps({"Vpcs": [vpc()]}) + "\n" + json.dumps({"Subnets": [subnet()]})
    },
    "JSON lines": {"all.jsonl": json.dumps({"Vpcs": [vpc()]}) + "\n" + json.dumps({"Subnets": [subnet()]}) + "\n"},
    "folders of accounts and regions": {
        "111122223333/eu-west-1/vpcs.json": {"Vpcs": [vpc()]},
        "111122223333/eu-west-1/deeper/subnets.json": {"Subnets": [subnet()]},
    },
    "under the names of regions": {"all.json": {"eu-west-1": BOTH}},
    "under the names of commands": {"all.json": {"vpcs": {"Vpcs": [vpc()]}, "subnets": [{"Subnets": [subnet()]}]}},
    "a name without an ending": {"vpcs": {"Vpcs": [vpc()]}, "subnets.txt": {"Subnets": [subnet()]}},
    "with a byte order mark": {"all.json": b"\xef\xbb\xbf" + json.dumps(BOTH).encode()},
    "as PowerShell redirects": {"all.json": json.dumps(BOTH).encode("utf-16")},
    "with empty answers beside": {"all.json": {**BOTH, "NatGateways": [], "ResponseMetadata": {"a": 200}}},
    "with files that are no answers": {
        "all.json": BOTH,
        "README.md": "# notes",
        "questions.yaml": "a: 1",
        ".x.json": "{",
    },
    "in pages": {
        "1.json": {"Vpcs": [vpc()], "NextToken": "eyJOZXh0"},
        "2.json": {"Vpcs": []},
        "3.json": {"Subnets": [subnet()]},
    },
    "the same object in overlapping pages": {"1.json": BOTH, "2.json": BOTH},
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_network(form: str, read: Read) -> None:
    network = read(FORMS[form])

    assert plain(network) == EXPECTED
    assert network.gaps == ()
    assert network.incomplete == ()


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({}, "no answer of AWS is recognised"),
        ({"a.json": ""}, "is empty"),
        ({"a.json": '{"Vpcs": [{'}, "truncated"),
        ({"a.json": {"greeting": "hello"}}, "is not an answer of AWS"),
        (
            {"a.json": "An error occurred (UnauthorizedOperation) when calling the DescribeVpcs operation"},
            "is not JSON",
        ),
        ({"a.json": b"\x00\xff\xfe\x01"}, "neither UTF-8 nor UTF-16"),
        ({"a.json": "[" * 100_000}, "is not JSON"),
    ],
)
def test_a_folder_without_a_readable_answer_is_an_error(files: dict[str, Any], reason: str, write: Write) -> None:
    with pytest.raises(SnapshotError, match=reason):
        read_snapshot(write(files))


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError):
        read_snapshot(tmp_path / "nowhere")


class TestBrokenFiles:
    """A file that cannot be read to its end costs what it began to tell, and nothing else."""

    def test_truncated_file_names_itself_and_its_kind(self, read: Read) -> None:
        text = json.dumps({"NetworkAcls": [{"NetworkAclId": "acl-1", "Associations": [], "Entries": []}]}, indent=4)

        network = read({"all.json": BOTH, "eu/acls.json": text[:60]})

        assert network.incomplete == ("nacls",)
        assert any(gap.what == "eu/acls.json" for gap in network.gaps)

    def test_nested_keys_are_not_taken_for_kinds(self, read: Read) -> None:
        text = json.dumps({"RouteTables": [{"RouteTableId": "rtb-1", "Associations": [], "Routes": [], "VpcId": VPC}]})

        network = read({"all.json": BOTH, "tables.json": text[:-2]})

        assert network.incomplete == ("route_tables",)

    def test_a_file_that_is_empty_is_known_by_its_name(self, read: Read) -> None:
        assert read({"all.json": BOTH, "describe-nat-gateways.json": ""}).incomplete == ("nat_gateways",)

    def test_a_file_that_could_be_anything_makes_everything_incomplete(self, read: Read) -> None:
        network = read({"all.json": BOTH, "output.json": "{"})

        assert {"groups", "interfaces", "nacls", "peerings", "route_tables", "transit_tables"} <= set(
            network.incomplete
        )

    def test_what_came_before_the_break_is_kept(self, read: Read) -> None:
        text = json.dumps({"Vpcs": [vpc()]}) + json.dumps({"Subnets": [subnet()]})

        network = read({"vpcs-and-subnets.json": text[:-5]})

        assert [one.key for one in network.vpcs] == [VPC]
        assert network.subnets == ()
        assert network.incomplete == ("subnets",)

    def test_the_last_page_is_missing(self, read: Read) -> None:
        network = read({"1.json": {"Vpcs": [vpc()], "NextToken": "more"}, "2.json": {"Subnets": [subnet()]}})

        assert network.incomplete == ("vpcs",)
        assert any("page" in gap.why for gap in network.gaps)

    def test_an_object_without_its_id_is_a_gap(self, read: Read) -> None:
        network = read({"all.json": {**BOTH, "SecurityGroups": [{"GroupName": "x"}]}})

        assert network.incomplete == ("groups",)
        assert [(gap.what, gap.why) for gap in network.gaps] == [("all.json: SecurityGroups[0].GroupId", "is missing")]

    @pytest.mark.parametrize(
        ("kind", "value"),
        [
            ("Vpcs", "none"),
            ("Vpcs", ["vpc-1"]),
            ("Subnets", [subnet(CidrBlock="10.0.0.0/99")]),
            ("Subnets", [subnet(Tags={"Name": "x"})]),
            ("Reservations", [{"ReservationId": "r-1"}]),
            ("NetworkInterfaces", [{"NetworkInterfaceId": "eni-1", "PrivateIpAddress": "10.0.0.256"}]),
        ],
    )
    def test_a_value_of_the_wrong_kind_is_a_gap(self, kind: str, value: object, read: Read) -> None:
        network = read({"all.json": {"InternetGateways": [], kind: value}})

        assert network.gaps
        assert network.incomplete

    def test_a_kind_that_is_not_modelled_is_named(self, read: Read) -> None:
        network = read({"all.json": {**BOTH, "ClientVpnEndpoints": [{"ClientVpnEndpointId": "cvpn-endpoint-1"}]}})

        assert [gap.what for gap in network.gaps] == ["all.json: ClientVpnEndpoints"]

    def test_no_value_is_repeated_in_a_gap(self, read: Read) -> None:
        network = read({"all.json": {"Vpcs": [], "Subnets": [subnet(CidrBlock="hunter2")]}})

        assert network.gaps
        assert not any("hunter2" in f"{gap.what}{gap.why}" for gap in network.gaps)
