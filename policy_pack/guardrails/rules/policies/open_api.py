"""RPL005: an API that answers whoever calls it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, cast

from guardrails.facts.resource import Resource, unknown_leaves
from guardrails.facts.roles import Role
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, Rule, Severity

_REST, _METHOD = "apigateway.RestApi", "apigateway.Method"
_HTTP, _ROUTE = "apigatewayv2.Api", "apigatewayv2.Route"
_GRAPHQL, _EVENTS = "appsync.GraphQLApi", "appsync.Api"
_WAYS = {_GRAPHQL: ("authenticationType", "additionalAuthenticationProviders"), _EVENTS: ("eventConfig",)}
"""Where AppSync's APIs say by which ways they let callers in."""
_KEY = "API_KEY"
_VERBS = frozenset({"get", "put", "post", "delete", "patch", "head", "x-amazon-apigateway-any-method"})
"""Operations of an OpenAPI description; OPTIONS is asked by browsers before they log in, and gives nothing."""
_OPEN = "answers whoever calls it"


class OpenApi(Rule):
    """Requires authorization on every method and route of APIs that are reached from the internet."""

    id: ClassVar[str] = "RPL005"
    slug: ClassVar[str] = "api-asks-who-calls"
    title: ClassVar[str] = "Every method and route of a public API asks who calls"
    rationale: ClassVar[str] = (
        "API Gateway's and AppSync's addresses are on the internet whatever the network looks like. A method with "
        "authorization NONE, and a route of an HTTP API that leaves it out, hand every stranger's request to what is "
        "behind; so does AppSync's API key, which stands in every client."
    )
    fix: ClassVar[str] = (
        "Set authorization (AWS_IAM, CUSTOM, COGNITO_USER_POOLS; of a route authorizationType AWS_IAM, JWT or CUSTOM), "
        "or make the API private."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    covers: ClassVar[tuple[int, ...]] = (93, 94)
    controls: ClassVar[tuple[str, ...]] = ("CKV_AWS_59", "CKV_AWS_309", "SH APIGateway.8", "SH AppSync.5")
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-to-api.html",
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/apigateway-controls.html",
        "https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html",
    )
    avoid: ClassVar[str] = """
resources:
  api: {type: "aws:apigateway:RestApi", properties: {name: orders}}
  read:
    type: aws:apigateway:Method
    properties: {restApi: "${api.id}", resourceId: "r1", httpMethod: GET, authorization: none}
"""
    prefer: ClassVar[str] = """
resources:
  api: {type: "aws:apigateway:RestApi", properties: {name: orders}}
  inner: {type: "aws:apigateway:RestApi", properties: {name: stock, endpointConfiguration: {types: PRIVATE}}}
  ask:
    type: aws:apigateway:Method
    properties: {restApi: "${api.id}", resourceId: "r1", httpMethod: OPTIONS, authorization: NONE}
  read:
    type: aws:apigateway:Method
    properties: {restApi: "${api.id}", resourceId: "r1", httpMethod: GET, authorization: AWS_IAM}
  count:
    type: aws:apigateway:Method
    properties: {restApi: "${inner.id}", resourceId: "r1", httpMethod: GET, authorization: NONE}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge methods by their API, routes by themselves, and the descriptions of APIs that have one."""
        private = {item.urn: _private(item) for item in facts.of(_REST)}
        for item in facts.of(_METHOD):
            owner = facts.ref(item, "restApi", Role.REST_API)
            hidden = private.get(getattr(owner, "key", None) or "", False)
            yield from self._operation(item, "authorization", item.get("httpMethod"), hidden)
        for item in facts.of(_ROUTE):
            verb = str(item.get("routeKey", "")).partition(" ")[0]
            yield from self._operation(item, "authorizationType", verb, hidden=False)
        for item in facts.of(_HTTP):
            if item.get("target") not in (None, ""):
                yield self.fail(item, "target", f"its default route {_OPEN}")
        for item in (*facts.of(_GRAPHQL), *facts.of(_EVENTS)):
            yield from self._keyed(item)
        for item in (*facts.of(_REST), *facts.of(_HTTP)):
            if private.get(item.urn) is not True:
                yield from self._described(item)

    def _operation(self, item: Resource, path: str, verb: object, hidden: bool | Unknown) -> Iterator[Finding]:
        if hidden is True or str(verb).upper() == "OPTIONS":
            return
        stated = item.get(path, "NONE")
        keyed = item.flag("apiKeyRequired", default=False)
        missing = next((one for one in (stated, keyed, hidden) if isinstance(one, Unknown)), None)
        if stated in {"AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS", "JWT"} or keyed is True:
            return
        if missing is not None:
            yield self.unresolved(item, path, missing, "whether it asks who calls")
        else:
            yield self.fail(item, path, _OPEN, stated)

    def _keyed(self, item: Resource) -> Iterator[Finding]:
        """Judge the ways by which AppSync lets callers in: one that is the key alone asks nobody who calls."""
        if item.get("visibility") == "PRIVATE":
            return
        path = _WAYS[item.kind][0]
        ways = {way: item.get(way) for way in _WAYS[item.kind]}
        if any(value == _KEY for value in _texts(ways)):
            yield self.fail(item, path, "lets in whoever has the key that all clients share", _KEY)
            return
        for where, unknown in unknown_leaves(ways):
            if where in ways or where.lower().endswith("type"):
                yield self.unresolved(item, path, unknown, "whether it asks who calls")
                return

    def _described(self, item: Resource) -> Iterator[Finding]:
        body = item.get("body")
        if isinstance(body, str) and body:
            try:
                body = json.loads(body)
            except (ValueError, RecursionError):
                yield self.unresolved(item, "body", "it is no JSON", "which of its operations ask who calls")
                return
        for _, unknown in unknown_leaves(body):
            yield self.unresolved(item, "body", unknown, "which of its operations ask who calls")
            return
        for where in _unasked(body):
            yield self.fail(item, "body", f"{where} {_OPEN}")


def _private(api: Resource) -> bool | Unknown:
    """Tell whether a REST API is reached through endpoints of a VPC only."""
    kind = api.get("endpointConfiguration.types")
    return kind if isinstance(kind, Unknown) else kind == "PRIVATE"


def _unasked(body: object) -> Iterator[str]:
    """Give the operations of an OpenAPI description for which neither they nor the API ask for anything."""
    api = _fields(body)
    for path, operations in _fields(api.get("paths")).items():
        for verb, operation in _fields(operations).items():
            stated = _fields(operation)
            signed = _fields(stated.get("x-amazon-apigateway-auth")).get("type") == "AWS_IAM"
            if verb.lower() in _VERBS and not signed and not stated.get("security", api.get("security")):
                yield f"{verb} {path}"


def _fields(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in cast("Mapping[str, Any]", value).values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in cast("list[Any]", value):
            yield from _texts(item)
