from __future__ import annotations

import pytest

from guardrails.rules.policies.open_api import OpenApi
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = OpenApi.avoid, OpenApi.prefer
HIDDEN = '{"fn::unknown": true}'
test_cases = cases(
    OpenApi,
    unresolved=Case(swap(PREFER, "types: PRIVATE", f"types: {HIDDEN}"), "unresolved count.authorization"),
    boundary=Case(swap(PREFER, "authorization: AWS_IAM", "authorization: none"), "fail read.authorization"),
)


def test_a_method_that_asks_for_a_key_is_not_for_everybody(judge):
    assert judge(OpenApi, swap(AVOID, "authorization: none", "authorization: NONE, apiKeyRequired: true")) == []


def test_authorization_that_is_not_known_is_told(judge):
    assert judge(OpenApi, swap(AVOID, "authorization: none", f"authorization: {HIDDEN}")) == [
        "unresolved read.authorization"
    ]


@pytest.mark.parametrize(
    ("properties", "found"),
    [
        ('routeKey: "GET /a"', ["fail route.authorizationType"]),
        ("routeKey: $default, authorizationType: NONE", ["fail route.authorizationType"]),
        ('routeKey: "GET /a", authorizationType: JWT', []),
        ('routeKey: "OPTIONS /a"', []),
    ],
)
def test_a_route_of_an_http_api_is_open_where_it_leaves_it_out(judge, properties, found):
    program = f'resources: {{route: {{type: "aws:apigatewayv2:Route", properties: {{apiId: a, {properties}}}}}}}'
    assert judge(OpenApi, program) == found


def test_the_route_that_is_made_with_an_api_is_open(judge):
    program = 'resources: {api: {type: "aws:apigatewayv2:Api", properties: {protocolType: HTTP, target: "arn:f"}}}'
    assert judge(OpenApi, program) == ["fail api.target"]


@pytest.mark.parametrize(
    ("operation", "found"),
    [
        ("{get: {}}", ["fail api.body"]),
        ("{options: {}}", []),
        ("{get: {security: [{key: []}]}}", []),
        ("{get: {x-amazon-apigateway-auth: {type: AWS_IAM}}}", []),
        ("{get: {x-amazon-apigateway-auth: {type: NONE}}}", ["fail api.body"]),
    ],
)
def test_a_description_says_it_for_each_operation(judge, operation, found):
    program = """
resources:
  api: {type: "aws:apigateway:RestApi", properties: {body: {"fn::toJSON": {paths: {/a: OPERATION}}}}}
"""
    assert judge(OpenApi, swap(program, "OPERATION", operation)) == found
    secured = swap(program, "paths:", "security: [{key: []}], paths:")
    assert judge(OpenApi, swap(secured, "OPERATION", operation)) == []


def test_a_description_that_cannot_be_read_is_told(judge):
    for body in (HIDDEN, "openapi"):
        program = f'resources: {{api: {{type: "aws:apigateway:RestApi", properties: {{body: {body}}}}}}}'
        assert judge(OpenApi, program) == ["unresolved api.body"]


GRAPHQL = 'resources: {api: {type: "aws:appsync:GraphQLApi", properties: {name: a, WAYS}}}'


@pytest.mark.parametrize(
    ("ways", "found"),
    [
        ("authenticationType: API_KEY", ["fail api.authenticationType"]),
        ("authenticationType: API_KEY, visibility: PRIVATE", []),
        ("authenticationType: AWS_IAM", []),
        (
            "authenticationType: AWS_IAM, additionalAuthenticationProviders: [{authenticationType: API_KEY}]",
            ["fail api.authenticationType"],
        ),
        (f"authenticationType: {HIDDEN}", ["unresolved api.authenticationType"]),
        (f"authenticationType: OPENID_CONNECT, additionalAuthenticationProviders: [{{a: {HIDDEN}}}]", []),
    ],
)
def test_a_key_that_all_clients_share_asks_nobody(judge, ways, found):
    assert judge(OpenApi, swap(GRAPHQL, "WAYS", ways)) == found


def test_events_are_let_in_by_the_same_ways(judge):
    events = """
resources:
  api:
    type: aws:appsync:Api
    properties:
      eventConfig: {authProviders: [{authType: AWS_IAM}], connectionAuthModes: [{authType: API_KEY}]}
"""
    assert judge(OpenApi, events) == ["fail api.eventConfig"]
    assert judge(OpenApi, swap(events, "API_KEY", "AWS_IAM")) == []
