"""What the provider would not take in a place is not known there, wherever the program's values are read."""

from __future__ import annotations

import pytest

from guardrails.facts.from_pulumi.read import View, from_state
from guardrails.facts.from_pulumi.shapes import in_shape, shapes_of
from guardrails.facts.resource import Value
from guardrails.facts.values import Unknown

GROUP = "ec2.SecurityGroup"


def ingress(**changes: Value) -> Value:
    rule: dict[str, Value] = {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["10.0.0.0/8"]}
    rule.update(changes)
    found = in_shape(GROUP, {"ingress": [rule]}, "urn")["ingress"]
    return found[0] if isinstance(found, list) else found


@pytest.mark.parametrize("fits", [443, 443.0, "443", "-1", None])
def test_what_the_provider_takes_stays(fits: Value) -> None:
    assert ingress(fromPort=fits) == {"protocol": "tcp", "fromPort": fits, "toPort": 443, "cidrBlocks": ["10.0.0.0/8"]}


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("fromPort", 3.5, "not a number"),
        ("fromPort", True, "not a number"),
        ("fromPort", "many", "not a number"),
        ("fromPort", [443], "not a number"),
        ("self", "sometimes", "not a Boolean"),
        ("self", {}, "not a Boolean"),
        ("protocol", ["tcp"], "not a text"),
        ("cidrBlocks", "10.0.0.0/8", "not a list"),
        ("cidrBlocks", {"0": "10.0.0.0/8"}, "not a list"),
    ],
)
def test_what_it_does_not_take_is_not_known(name: str, value: Value, why: str) -> None:
    found = ingress(**{name: value})
    assert isinstance(found, dict)
    assert found[name] == Unknown(f"urn.ingress[0].{name}", why)


@pytest.mark.parametrize(
    ("props", "path", "why"),
    [
        ({"ingress": "none"}, "ingress", "not a list"),
        ({"ingress": {"protocol": "-1"}}, "ingress", "not a list"),
        ({"tags": ["Zone"]}, "tags", "not an object"),
        ({"vpcId": {"id": "vpc-1"}}, "vpcId", "not a text"),
    ],
)
def test_whole_properties_are_held_to_their_shape(props: dict[str, Value], path: str, why: str) -> None:
    assert in_shape(GROUP, props, "urn") == {path: Unknown(f"urn.{path}", why)}


def test_members_are_held_to_it_as_well() -> None:
    found = in_shape(GROUP, {"ingress": ["all"], "tags": {"Zone": ["a"], "Name": 7}}, "urn")
    assert found["ingress"] == [Unknown("urn.ingress[0]", "not an object")]
    assert found["tags"] == {"Zone": Unknown("urn.tags.Zone", "not a text"), "Name": 7}


def test_what_no_table_tells_of_is_left_alone() -> None:
    odd: dict[str, Value] = {"anything": [{"at": "all"}]}
    assert in_shape(GROUP, odd, "urn") == odd
    assert in_shape("later.Kind", odd, "urn") == odd


def test_a_policy_may_be_a_text_or_an_object() -> None:
    assert "policy" not in shapes_of("iam.Policy")


@pytest.mark.parametrize("view", View)
def test_a_state_file_is_read_so(view: View) -> None:
    raw = {"urn": "urn:pulumi:a::b::c::d", "type": "aws:ec2/subnet:Subnet", "custom": True, "inputs": {"vpcId": []}}
    (resource,) = from_state([{**raw, "outputs": raw["inputs"]}], view)
    assert isinstance(resource.get("vpcId"), Unknown)
