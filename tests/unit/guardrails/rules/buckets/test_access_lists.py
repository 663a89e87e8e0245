from __future__ import annotations

import pytest

from guardrails.rules.buckets.access_lists import AccessLists
from tests.unit.guardrails.rules.rule_cases import swap

PREFER = AccessLists.prefer


def test_acls_that_are_off_pass(judge):
    assert judge(AccessLists, PREFER) == []


@pytest.mark.parametrize("ownership", ["ObjectWriter", "BucketOwnerPreferred"])
def test_both_other_kinds_of_ownership_switch_acls_on(judge, ownership):
    program = swap(PREFER, "BucketOwnerEnforced", ownership)
    assert judge(AccessLists, program) == ["fail ownership.rule.objectOwnership"]


@pytest.mark.parametrize("acl", ["public-read", "public-read-write", "authenticated-read", "log-delivery-write"])
def test_an_acl_that_gives_access_is_refused(judge, acl):
    assert judge(AccessLists, swap(PREFER, "acl: private", f"acl: {acl}")) == ["fail bucket.acl"]


def test_a_grant_to_all_users_is_found_inside_an_acl_resource(judge):
    program = """
resources:
  acl:
    type: aws:s3:BucketAcl
    properties:
      bucket: room-logs
      accessControlPolicy:
        owner: {id: "1"}
        grants:
          - {permission: READ, grantee: {type: Group, uri: "http://acs.amazonaws.com/groups/global/AllUsers"}}
          - {permission: WRITE, grantee: {type: Group, uri: "http://acs.amazonaws.com/groups/s3/LogDelivery"}}
"""
    assert judge(AccessLists, program) == ["fail acl.accessControlPolicy.grants[0]"]


def test_unknown_values_are_unresolved(judge):
    assert judge(AccessLists, swap(PREFER, "acl: private", 'acl: {"fn::unknown": true}')) == ["unresolved bucket.acl"]
    assert judge(AccessLists, swap(PREFER, "BucketOwnerEnforced", '{"fn::unknown": true}')) == [
        "unresolved ownership.rule.objectOwnership"
    ]
