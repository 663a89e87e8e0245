"""The policy pack as the engine sees it: Pulumi's `Analyzer` protocol, every rule with one decode of each request.

The stock server decodes the whole stack once for each policy and lets a rule pass that meets an unknown value. This
one keeps `pulumi_policy`'s types for declaring policies and their configuration, and serves the protocol itself.
"""

from __future__ import annotations

import gc
import sys
import threading
from concurrent import futures
from functools import cache
from typing import Any

import grpc
from google.protobuf import empty_pb2, json_format
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi.runtime.proto import analyzer_pb2_grpc, plugin_pb2
from pulumi_policy import EnforcementLevel, Policy, PolicyConfigSchema, ResourceValidationPolicy, StackValidationPolicy
from pulumi_policy import Severity as PolicySeverity

from guardrails.config import ENVIRONMENTS, PACK, Configuration, configure
from guardrails.facts.from_pulumi.read import from_request, from_stack_request, stack_of
from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.findings.report import Entry, Report, tell, told_before
from guardrails.findings.run import run_rules
from guardrails.findings.text import message
from guardrails.rules.base import Level, Outcome, Rule, Scope, option_names
from guardrails.rules.catalogue import rule_types

NAME = "secure-room-guardrails"
VERSION = "0.1.0"
"""The engine shows the version of PulumiPolicy.yaml; this one is told where there is none."""

_MESSAGE_LIMIT = 400 * 1024 * 1024
_COLLECT_AFTER = 50_000
"""New objects before the next collection of cycles; facts are trees, so there is next to nothing to collect."""
_LEVELS = {
    Level.ADVISORY: proto.ADVISORY,
    Level.MANDATORY: proto.MANDATORY,
    Level.DISABLED: proto.DISABLED,
}
_SEVERITIES = {
    PolicySeverity.LOW: proto.POLICY_SEVERITY_LOW,
    PolicySeverity.MEDIUM: proto.POLICY_SEVERITY_MEDIUM,
    PolicySeverity.HIGH: proto.POLICY_SEVERITY_HIGH,
    PolicySeverity.CRITICAL: proto.POLICY_SEVERITY_CRITICAL,
}
_ENFORCEMENT = {
    EnforcementLevel.ADVISORY: proto.ADVISORY,
    EnforcementLevel.MANDATORY: proto.MANDATORY,
    EnforcementLevel.DISABLED: proto.DISABLED,
    EnforcementLevel.REMEDIATE: proto.REMEDIATE,
}
_FROM_PROTO = {
    proto.ADVISORY: Level.ADVISORY,
    proto.MANDATORY: Level.MANDATORY,
    proto.REMEDIATE: Level.MANDATORY,
    proto.DISABLED: Level.DISABLED,
}


# -- declaration ------------------------------------------------------------------------------------------------------


def declare() -> list[Policy]:
    """Declare every rule as a policy of its own, and the pack's settings as one more."""
    return [_settings(), *(_policy(item) for item in rule_types())]


def _settings() -> Policy:
    schema = PolicyConfigSchema(
        properties={
            "intent": {"type": "string", "description": "Path of the intent file, from the pack's folder."},
            "environment": {"type": "string", "enum": list(ENVIRONMENTS)},
        }
    )
    return StackValidationPolicy(
        name=PACK,
        description="Settings of the pack: which intent and which environment hold.",
        validate=_nothing,
        enforcement_level=EnforcementLevel.MANDATORY,
        config_schema=schema,
    )


def _policy(rule: type[Rule]) -> Policy:
    kind = ResourceValidationPolicy if rule.scope is Scope.RESOURCE else StackValidationPolicy
    return kind(
        name=f"{rule.id}-{rule.slug}",
        description=rule.title,
        validate=_nothing,
        enforcement_level=EnforcementLevel(rule.enforcement.get("prod", Level.MANDATORY).value),
        config_schema=_schema(rule),
        display_name=rule.title,
        severity=PolicySeverity(rule.severity.value),
        tags=sorted(rule.controls) or None,
        remediation_steps=rule.fix,
        url=next(iter(rule.references), None),
    )


def _nothing(_args: object, _report: object) -> None:
    """Judge nothing: the pack's own server runs the rules."""


def _schema(rule: type[Rule]) -> PolicyConfigSchema | None:
    names = option_names(rule.options_type)
    if not names:
        return None
    defaults = rule.options_type()
    return PolicyConfigSchema(properties={name: _property(getattr(defaults, name)) for name in names})


def _property(default: object) -> dict[str, Any]:
    if isinstance(default, bool):
        return {"type": "boolean", "default": default}
    if isinstance(default, int):
        return {"type": "integer", "default": default}
    if isinstance(default, tuple):
        return {"type": "array", "items": {"type": "string"}, "default": list(default)}  # pyright: ignore[reportUnknownArgumentType]
    return {"type": "string", "default": default}


@cache
def analyzer_info() -> Any:
    """Describe the pack to the engine."""
    info = proto.AnalyzerInfo(name=NAME, version=VERSION, supportsConfig=True, displayName="Secure room guardrails")
    for policy in declare():
        info.policies.append(_info(policy))
    return info


def _info(policy: Policy) -> Any:
    info = proto.PolicyInfo(
        name=policy.name,
        description=policy.description,
        displayName=policy.display_name or "",
        enforcementLevel=_ENFORCEMENT[policy.enforcement_level or EnforcementLevel.MANDATORY],
        remediation_steps=policy.remediation_steps or "",
        url=policy.url or "",
    )
    stack = isinstance(policy, StackValidationPolicy)
    info.policy_type = proto.POLICY_TYPE_STACK if stack else proto.POLICY_TYPE_RESOURCE
    if policy.severity is not None:
        info.severity = _SEVERITIES[policy.severity]
    if policy.tags:
        info.tags.extend(policy.tags)
    if policy.config_schema is not None:
        info.configSchema.properties.update(policy.config_schema.properties)
        info.configSchema.required.extend(policy.config_schema.required or [])
    return info


# -- service ----------------------------------------------------------------------------------------------------------


class Analyzer(analyzer_pb2_grpc.AnalyzerServicer):
    """Serves the protocol. Holds the configuration and nothing of any request."""

    def __init__(self) -> None:
        self._configured: Configuration | None = None
        self._lock = threading.Lock()

    def _configuration(self) -> Configuration:
        """Give the configuration; until the engine sends one, the defaults hold."""
        with self._lock:
            if self._configured is None:
                self._configured = configure({})
            return self._configured

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: D102 - as the protocol says
        return proto.AnalyzerHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: D102 - as the protocol says
        return plugin_pb2.PluginInfo(version=VERSION)

    def GetAnalyzerInfo(self, request: Any, context: Any) -> Any:  # noqa: D102 - as the protocol says
        return analyzer_info()

    def ConfigureStack(self, request: Any, context: Any) -> Any:  # noqa: D102 - as the protocol says
        return proto.AnalyzerStackConfigureResponse()

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: D102 - as the protocol says
        return empty_pb2.Empty()

    def Configure(self, request: Any, context: Any) -> Any:
        """Take the configuration; what is wrong with it is told by every later answer."""
        properties: dict[str, dict[str, Any]] = {}
        levels: dict[str, Level] = {}
        for name, item in request.policyConfig.items():
            properties[name] = json_format.MessageToDict(item.properties)
            if name != PACK:
                levels[name] = _FROM_PROTO.get(item.enforcementLevel, Level.MANDATORY)
        configuration = configure(properties, levels)
        with self._lock:
            self._configured = configuration
        return empty_pb2.Empty()

    def Remediate(self, request: Any, context: Any) -> Any:
        """Change nothing: a guard that repairs would hide what it should refuse."""
        return proto.RemediateResponse()

    def Analyze(self, request: Any, context: Any) -> Any:
        """Judge one resource by its inputs, before it is made."""
        resource = from_request(request)
        return _answer(self._judge_resource(resource))

    def AnalyzeStack(self, request: Any, context: Any) -> Any:
        """Judge the whole stack by its outputs."""
        return _answer(self._judge_stack(from_stack_request(request)))

    def _judge_resource(self, resource: Resource) -> Report:
        configuration = self._configuration()
        stack, project = stack_of(resource.urn)
        intent, _problems = configuration.intent_of(project, stack)
        environment = configuration.environment_of(intent)
        rules = configuration.judgement.of_kind(environment, resource.kind)
        facts = Facts([resource], intent=intent, environment=environment, partial=True)
        return tell(configuration.judgement, run_rules(rules, facts), facts, [resource], whole=False)

    def _judge_stack(self, resources: list[Resource]) -> Report:
        configuration = self._configuration()
        judgement = configuration.judgement
        stack, project = next((stack_of(item.urn) for item in resources), ("", ""))
        intent, problems = configuration.intent_of(project, stack)
        environment = configuration.environment_of(intent)
        facts = Facts(resources, intent=intent, environment=environment)
        found = run_rules(judgement.active(environment, Scope.EARLY, Scope.STACK), facts)
        told = [*judgement.problems, *problems, *found]
        return tell(judgement, told, facts, resources, whole=True, before=told_before(judgement, facts))


def _answer(report: Report) -> Any:
    response = proto.AnalyzeResponse()
    for entry in report.entries:
        if entry.finding.outcome is Outcome.NOT_APPLICABLE:
            response.not_applicable.append(
                proto.PolicyNotApplicable(policy_name=_name(entry.rule), reason=entry.finding.why)
            )
        else:
            response.diagnostics.append(_diagnostic(entry))
    return response


def _diagnostic(entry: Entry) -> Any:
    level = Level.ADVISORY if entry.finding.outcome is Outcome.EXEMPT else entry.level
    return proto.AnalyzeDiagnostic(
        policyName=_name(entry.rule),
        policyPackName=NAME,
        policyPackVersion=VERSION,
        description=entry.rule.title,
        message=f"{entry.rule.title}\n{message(entry)}",
        enforcementLevel=_LEVELS[level],
        urn=entry.finding.subject,
        severity=_SEVERITIES[PolicySeverity(entry.rule.severity.value)],
    )


def _name(rule: type[Rule]) -> str:
    return f"{rule.id}-{rule.slug}"


def start() -> tuple[Any, int]:
    """Start the server on the loopback interface; give it with its port."""
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=4), options=[("grpc.max_receive_message_length", _MESSAGE_LIMIT)]
    )
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Analyzer(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def serve() -> None:
    """Serve until the engine ends the process; the port is the first and only line on stdout."""
    # What has been loaded so far stays: going through it again whenever rules or facts are made costs a third of them.
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER, 20, 20)
    server, port = start()
    sys.stdout.buffer.write(f"{port}\n".encode())
    sys.stdout.flush()
    try:
        server.wait_for_termination()
    except KeyboardInterrupt:
        server.stop(0)
