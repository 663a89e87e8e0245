"""Intent files: what may be written, what each mistake is answered with, and the published schema of both."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
import yaml

from guardrails.facts.intent import Demand, IntentError, parse_intent, read_intent
from guardrails.facts.intent_schema import SCHEMA, schema
from tests.support.recorder import ROOT

FILES = sorted([*ROOT.glob("policy_pack/intents/*.yaml"), *ROOT.glob("examples/*/intent.yaml")])
ZONES = {"desk": {"cidrs": ["10.0.0.0/24"]}, "data": {"tags": {"Zone": "data"}}}
FLOW = {"name": "store", "from": "desk", "to": "data"}


def intent(**flow: Any) -> dict[str, Any]:
    return {"version": 1, "zones": ZONES, "flows": [{**FLOW, **flow}]}


@pytest.mark.parametrize(
    ("written", "demand"),
    [(True, Demand.ANY), (False, Demand.NONE), ("any-host", Demand.ANY), ("each-az", Demand.EACH_AZ),
     ("each-subnet", Demand.EACH_SUBNET), ("each-host", Demand.EACH_HOST)],
)  # fmt: skip
def test_what_is_required_is_written_in_a_word(written: Any, demand: Demand) -> None:
    (flow,) = parse_intent(intent(required=written), "test").flows
    assert flow.required is demand
    assert bool(flow.required) is (written is not False)


def test_a_flow_demands_nothing_unless_it_says_so() -> None:
    assert parse_intent(intent(), "test").demands() == []


@pytest.mark.parametrize(
    ("flow", "told"),
    [
        ({"required": "each"}, "flows.0.required: 'each' is none of true, false, any-host, each-az, each-subnet"),
        ({"required": "no"}, "flows.0.required: 'no' is none of"),
        ({"required": None}, "flows.0.required: None is none of"),
        ({"ports": ["https"]}, "flows.0.ports.0: 'https' is no port and no range of ports such as 443 or 1024-65535"),
        ({"ports": ["443-"]}, "flows.0.ports.0: '443-' is no port"),
        ({"ports": [70000]}, "flows.0.ports: ports 70000-70000 are not a range within 0-65535"),
        ({"ports": ["90-80"]}, "flows.0.ports: ports 90-80 are not a range within 0-65535"),
        ({"protocol": "http"}, "flows.0.protocol"),
        ({"protocol": 256}, "flows.0.protocol"),
        ({"to": "dta"}, "flows.store.to: 'dta' is no zone, no CIDR, not `internet` and no service such as `aws:s3`"),
        ({"via": "natt"}, "flows.store.via: 'natt' is neither `nat` nor `firewall` nor a zone"),
        ({"to": "internet", "required": "each-az"}, "flows.store.required: each-az: its target 'internet' is no zone"),
        ({"to": "aws:s3", "services": ["s3"]}, "flows.store.services: its target 'aws:s3' is no zone"),
        ({"services": ["aws:ssm"]}, "flows.0.services: 'aws:ssm' is no name of a service such as ssm, ecr.api or logs"),
        ({"port": 443}, "flows.0.port: there is no such key"),
    ],
)
def test_a_mistake_is_answered_with_its_place_and_what_would_be_right(flow: dict[str, Any], told: str) -> None:
    with pytest.raises(IntentError) as error:
        parse_intent(intent(**flow), "room.yaml")
    assert str(error.value).startswith("room.yaml is not an intent:\n  ")
    assert told in str(error.value)


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(IntentError) as error:
        parse_intent({**intent(required="each", protocol="http"), "zone": {}}, "room.yaml")
    assert len(str(error.value).splitlines()) >= 4


def test_a_key_that_is_written_twice_is_a_mistake(tmp_path: Any) -> None:
    path = tmp_path / "room.yaml"
    path.write_text("version: 1\nzones:\n  a: {cidrs: [10.0.0.0/24]}\n  a: {cidrs: [10.0.1.0/24]}\n")
    with pytest.raises(IntentError, match="line 4: 'a' is written twice"):
        read_intent(path)


# -- the published schema ---------------------------------------------------------------------------------------------


def test_the_published_schema_is_the_models_own() -> None:
    assert json.loads(SCHEMA.read_text()) == schema()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_our_intents_hold_to_the_schema(path: Any) -> None:
    jsonschema.validate(yaml.safe_load(path.read_text()), schema())
    read_intent(path)


@pytest.mark.parametrize(
    "flow", [{"required": "each"}, {"ports": ["https"]}, {"protocol": "http"}, {"port": 443}, {"protocol": 256}]
)
def test_the_schema_refuses_what_the_reader_refuses(flow: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(intent(**flow), schema())
