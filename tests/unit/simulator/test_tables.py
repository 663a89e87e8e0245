"""Every declared type fits the installed pulumi_aws: a misspelt input in a table would silently check nothing."""

from __future__ import annotations

from pathlib import Path

import boto3
import pytest

from simulator import limits
from simulator.catalogue import document, markdown
from simulator.changes import cloudformation_schema, replacing_inputs
from simulator.emulator.making import emulated_types
from simulator.emulator.model import Emulated
from simulator.model import ResourceType
from simulator.schema import Kind, schema_of
from simulator.types import all_types, type_of

ENTRIES = pytest.mark.parametrize("entry", list(all_types().values()), ids=lambda entry: entry.token)


def _kind_at(fields: object, path: str) -> Kind | None:
    kind: Kind | None = None
    for step in path.split("."):
        field = fields.get(step)
        if field is None:
            return None
        kind = field.kind
        while kind.item is not None:
            kind = kind.item
        fields = kind.fields if kind.name == "object" else {}
    return kind


@ENTRIES
def test_paths_name_inputs(entry: ResourceType) -> None:
    inputs = schema_of(entry.token).inputs
    for path in [*entry.validate, *(reference.path for reference in entry.references)]:
        assert _kind_at(inputs, path) is not None, path


@ENTRIES
def test_names_are_inputs(entry: ResourceType) -> None:
    schema = schema_of(entry.token)
    assert set(entry.defaults) <= set(schema.inputs)
    assert entry.replace | entry.update <= set(schema.inputs)
    for rule in entry.unique:
        assert set(rule.fields + rule.optional) <= set(schema.inputs) | set(schema.outputs)


@ENTRIES
def test_a_declared_arn_is_an_output(entry: ResourceType) -> None:
    if entry.arn:
        assert "arn" in schema_of(entry.token).outputs


@ENTRIES
def test_something_replaces_every_object(entry: ResourceType) -> None:
    names = {name.lower() for name in schema_of(entry.token).inputs} - {"region"}
    only_in_place = {
        "aws:ec2/internetGateway:InternetGateway",
        "aws:ec2/managedPrefixList:ManagedPrefixList",
        "aws:ec2/vpcEndpointService:VpcEndpointService",
    }
    assert names & replacing_inputs(entry.token) or entry.token in only_in_place


def test_what_replaces_comes_from_the_cloudformation_schema() -> None:
    entry = type_of("aws:ec2/subnet:Subnet")
    assert cloudformation_schema(entry) is not None
    assert not entry.replace
    assert {"cidrblock", "vpcid", "availabilityzone"} <= replacing_inputs(entry.token)
    assert "tags" not in replacing_inputs(entry.token)


@pytest.mark.parametrize("emulated", list(emulated_types().values()), ids=lambda emulated: emulated.token)
def test_api_calls_exist(emulated: Emulated) -> None:
    steps = [emulated.create, *emulated.then, *emulated.update, *emulated.delete, *filter(None, [emulated.alive])]
    assert emulated.token in all_types()
    for one in steps:
        names = boto3.client(one.service or emulated.service, region_name="us-east-1").meta.method_to_api_mapping
        assert one.operation in names


def test_the_catalogue_lists_every_type_once() -> None:
    lines = markdown().splitlines()[2:]
    assert [line.split("`")[1] for line in lines] == sorted(all_types())


def test_the_page_in_the_documentation_is_the_tables() -> None:
    page = Path(__file__).parents[3] / "docs" / "simulator-types.md"
    assert page.read_text() == document(), "run: python -m simulator types --write docs/simulator-types.md"


def test_most_types_are_kept_by_moto() -> None:
    assert len(emulated_types()) > 0.8 * len(all_types())


@pytest.mark.parametrize(
    ("token", "values", "wrong"),
    [
        ("aws:networkfirewall/ruleGroup:RuleGroup", {"type": "STATEFULL"}, "type"),
        ("aws:networkfirewall/ruleGroup:RuleGroup", {"description": "x" * 513}, "description"),
        ("aws:ssm/association:Association", {"name": "a b"}, "name"),
        ("aws:route53/resolverFirewallRule:ResolverFirewallRule", {"action": "DROP"}, "action"),
    ],
)
def test_what_moto_lacks_is_held_against_the_models_of_aws(token: str, values: dict[str, str], wrong: str) -> None:
    assert [problem.path for problem in limits.problems(type_of(token), values)] == [wrong]


def test_what_the_models_allow_is_not_refused() -> None:
    values = {"type": "STATEFUL", "description": "what may leave", "capacity": 100}
    assert list(limits.problems(type_of("aws:networkfirewall/ruleGroup:RuleGroup"), values)) == []
