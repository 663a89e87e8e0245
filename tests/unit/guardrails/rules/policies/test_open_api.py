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
