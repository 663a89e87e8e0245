"""Three ways to the same answer: the engine's requests, a state file, and the stock SDK's own server."""

from __future__ import annotations

import copy
import datetime
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi_policy import EnforcementLevel
from pulumi_policy import policy as sdk

from guardrails.config import Configuration, configure, parse_file
from guardrails.facts.from_pulumi.read import View, from_stack_request, from_state
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.findings.report import judge
from guardrails.pack import NAME, VERSION, Analyzer, analyzer_info, declare
from guardrails.rules.base import Level, Outcome
from guardrails.rules.catalogue import rule_types
from tests.mutation.breakages import BREAKAGES, Breakage
from tests.policy.support.programs import Program
from tests.policy.support.stacks import Stack
from tests.policy.support.wire import Raw, analyze_requests, stack_request
from tests.policy.test_strangers import EXAMPLES as STRANGERS_FOLDER
from tests.policy.test_strangers import NAMES as STRANGERS
from tests.policy.test_strangers import recorded
from tests.policy.test_topologies import example
from tests.support.examples import EXAMPLES, example_guardrails
from tests.support.recorder import ROOT

PROGRAMS = [rule for rule in rule_types() if rule.avoid]


@cache
def analyzer() -> Analyzer:
    return Analyzer()


def configured(configuration: Configuration) -> Analyzer:
    """A pack that was sent this configuration."""
    made = Analyzer()
    made._configured = configuration
    return made


def by_requests(raw: list[Raw], pack: Analyzer | None = None) -> set[tuple[str, str, str]]:
    """What the engine would be told: rule, subject and the line that says why."""
    pack = pack or analyzer()
    told = [
        (item, request.urn) for request in analyze_requests(raw) for item in pack.Analyze(request, None).diagnostics
    ]
    told += [(item, "") for item in pack.AnalyzeStack(stack_request(raw), None).diagnostics]
    return {(item.policyName.split("-")[0], item.urn or urn, item.message.splitlines()[1]) for item, urn in told}


def by_state(raw: list[Raw], configuration: Configuration | None = None) -> set[tuple[str, str, str]]:
    """What `guardrails check --state` says of the same stack."""
    configuration = configuration or configure({})
    urn = raw[0]["urn"].split("::")
    intent, _ = configuration.intent_of(urn[1], urn[0].removeprefix("urn:pulumi:"))
    environment = configuration.environment_of(intent)
    views = [
        Facts(from_state(raw, view), intent=intent, environment=environment) for view in (View.INPUTS, View.OUTPUTS)
    ]
    found = [
        entry
        for entry in judge(configuration.judgement, *views).findings
        if entry.finding.outcome in {Outcome.FAIL, Outcome.UNRESOLVED} and entry.level is not Level.DISABLED
    ]
    return {
        (item.finding.rule, item.finding.subject, item.finding.why[:1].upper() + item.finding.why[1:].rstrip(".") + ".")
        for item in found
    }


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda item: item.name)
def test_gate_and_state_agree_on_a_broken_stack(breakage: Breakage) -> None:
    stack = Stack(breakage.stack)
    breakage.change(stack)
    found = by_state(stack.raw)
    assert by_requests(stack.raw) == found
    assert found


@pytest.mark.parametrize("deployed", [False, True], ids=["preview", "deployed"])
@pytest.mark.parametrize("rule", PROGRAMS, ids=lambda rule: rule.id)
def test_gate_and_state_agree_on_every_example(rule: Any, *, deployed: bool) -> None:
    raw = Program(rule.avoid).state(deployed=deployed)
    assert by_requests(raw) == by_state(raw)


# -- whole stacks: our own, the examples', strangers' -----------------------------------------------------------------

STACKS = ("dev", "prod", *EXAMPLES, *STRANGERS)
OF_EACH_STACK = pytest.mark.parametrize("name", STACKS)
STAGES = pytest.mark.parametrize("known", [False, True], ids=["preview", "deployed"])


def whole(name: str, *, known: bool) -> list[Raw]:
    if name in STRANGERS:
        return recorded(name, known)
    return example(name, known=known) if name in EXAMPLES else Stack(name, known=known).raw


def configuration_of(name: str) -> Configuration:
    """What each stack is judged by: what lies beside it, or what the pack finds for it."""
    if name in STRANGERS:
        return configure({"guardrails": {"intent": str(STRANGERS_FOLDER / name / "intent.yaml")}})
    return parse_file(example_guardrails(name), name) if name in EXAMPLES else configure({})


@STAGES
@OF_EACH_STACK
def test_gate_and_state_agree_on_every_stack(name: str, *, known: bool) -> None:
    raw, configuration = whole(name, known=known), configuration_of(name)
    assert by_requests(raw, configured(configuration)) == by_state(raw, configuration)


@pytest.mark.parametrize("name", ["dev", "inline", "reports"])
def test_gate_and_state_agree_on_a_stack_without_labels_and_protection(name: str) -> None:
    raw = copy.deepcopy(whole(name, known=False))
    for item in raw:
        item["protect"] = False
        for side in (item["inputs"], item["outputs"]):
            side.pop("tags", None)
            side.pop("description", None)
    strict = parse_file({"all": "mandatory"}, name)
    found = by_state(raw, strict)
    assert by_requests(raw, configured(strict)) == found
    assert found


# -- facts ------------------------------------------------------------------------------------------------------------


def comparable(value: Any) -> Any:
    """The facts without what only a deployment tells: ids, owners, DNS names, and the wording of unknowns."""
    if isinstance(value, Unknown):
        return "unknown"
    if is_dataclass(value) and not isinstance(value, type):
        left_out = {"id", "owner_id", "account", "literal", "addresses", "public_addresses", "gaps"}
        left_out |= {"dns_name", "dns_names", "endpoint_services"}
        return {
            field.name: comparable(getattr(value, field.name)) for field in fields(value) if field.name not in left_out
        }
    if isinstance(value, tuple):
        return [comparable(item) for item in value]
    return value


@OF_EACH_STACK
def test_preview_and_deployment_make_the_same_network(name: str) -> None:
    before, after = (
        comparable(Facts(from_state(whole(name, known=known), View.OUTPUTS)).network) for known in (False, True)
    )
    assert before == after


@STAGES
@OF_EACH_STACK
def test_a_request_and_a_state_file_make_the_same_facts(name: str, *, known: bool) -> None:
    raw = whole(name, known=known)
    by_wire = Facts(from_stack_request(stack_request(raw)))
    by_file = Facts(from_state(raw, View.OUTPUTS))
    assert comparable(by_wire.network) == comparable(by_file.network)
    assert [(item.urn, item.props) for item in by_wire.resources] == [
        (item.urn, item.props) for item in by_file.resources if item.urn in by_wire.by_urn
    ]


# -- the stock server -------------------------------------------------------------------------------------------------


def test_the_pack_describes_itself_as_the_stock_server_would() -> None:
    servicer = sdk._PolicyAnalyzerServicer(
        NAME,
        VERSION,
        declare(),
        EnforcementLevel.MANDATORY,
        None,
        None,
        "Secure room guardrails",
        None,
        None,
        None,
        None,
    )
    stock = servicer.GetAnalyzerInfo(empty_pb2.Empty(), None)
    assert analyzer_info() == stock


def test_the_stock_server_would_report_the_same_names_and_levels() -> None:
    by_name = {item.name: item for item in analyzer_info().policies}
    for rule in rule_types():
        listed = by_name[f"{rule.id}-{rule.slug}"]
        assert listed.displayName == rule.title
        assert listed.remediation_steps == rule.fix


EXEMPTION = {"reason": "an appliance of a vendor", "owner": "net-team"}


def exempting(tmp_path: Path, rule: str, subject: str, path: str = "") -> Analyzer:
    """A pack whose intent is that of the dev stack with one exemption."""
    intent = yaml.safe_load((ROOT / "policy_pack" / "intents" / "dev.yaml").read_text(encoding="utf-8"))
    until = datetime.datetime.now(tz=datetime.UTC).date() + datetime.timedelta(days=30)
    named = {"rule": rule, "subject": subject, **({"path": path} if path else {})}
    intent["exemptions"] = [{**EXEMPTION, **named, "expires": str(until)}]
    file = tmp_path / "intent.yaml"
    file.write_text(yaml.safe_dump(intent), encoding="utf-8")
    return configured(parse_file({"guardrails": {"environment": "dev", "intent": str(file)}}, "test"))


def told_by(pack: Analyzer, raw: list[Raw]) -> list[tuple[str, str, str]]:
    """Rule, level and message of everything that a preview shows, but what is advised of the good stack."""
    told = [item for request in analyze_requests(raw) for item in pack.Analyze(request, None).diagnostics]
    told += pack.AnalyzeStack(stack_request(raw), None).diagnostics
    listed = [(one.policyName[:6], proto.EnforcementLevel.Name(one.enforcementLevel), one.message) for one in told]
    return [item for item in listed if item[0] != "SEG022"]


@pytest.mark.parametrize("path", ["", "keyName"])
@pytest.mark.parametrize("known", [False, True])
def test_the_gate_lists_what_is_exempt_at_every_run(tmp_path: Path, path: str, *, known: bool) -> None:
    stack = Stack("dev", known=known)
    stack.set("bastion-host", keyName="ops")
    ((rule, level, message),) = told_by(exempting(tmp_path, "CMP001", stack["bastion-host"]["urn"], path), stack.raw)
    assert (rule, level) == ("CMP001", "ADVISORY")
    assert "Exempt: an appliance of a vendor (owner net-team, until " in message


@pytest.mark.parametrize("rule", ["CMP001", "SEG004"])
def test_an_exemption_that_nothing_needs_stops_at_the_gate(tmp_path: Path, rule: str) -> None:
    stack = Stack("dev", known=True)
    ((told, level, message),) = told_by(exempting(tmp_path, rule, stack["bastion-host"]["urn"]), stack.raw)
    assert (told, level) == ("FCL005", "MANDATORY")
    assert "unused" in message
