from __future__ import annotations

import pytest

from guardrails.rules.buckets.access_lists import AccessLists
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

PREFER = AccessLists.prefer


GRANTS = """
resources:
  acl:
    type: aws:s3:BucketAcl
    properties:
      bucket: room-logs
      accessControlPolicy:
        owner: {id: "1"}
        grants:
          - {permission: FULL_CONTROL, grantee: {type: CanonicalUser, id: "1"}}
          - {permission: READ, grantee: GRANTEE}
"""
test_cases = cases(
    AccessLists,
    unresolved=Case(
        swap(PREFER, "BucketOwnerEnforced", '{"fn::unknown": true}'), "unresolved ownership.rule.objectOwnership"
    ),
    boundary=Case(
        swap(GRANTS, "GRANTEE", '{type: Group, uri: "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"}'),
        "fail acl.accessControlPolicy.grants[1]",
    ),
)


@pytest.mark.parametrize("ownership", ["ObjectWriter", "BucketOwnerPreferred"])
def test_both_other_kinds_of_ownership_switch_acls_on(judge, ownership):
    program = swap(PREFER, "BucketOwnerEnforced", ownership)
    assert judge(AccessLists, program) == ["fail ownership.rule.objectOwnership"]


@pytest.mark.parametrize("acl", ["public-read", "public-read-write", "authenticated-read", "log-delivery-write"])
def test_an_acl_that_gives_access_is_refused(judge, acl):
    assert judge(AccessLists, swap(PREFER, "acl: private", f"acl: {acl}")) == ["fail bucket.acl"]


@pytest.mark.parametrize(
    ("grantee", "outcome"),
    [
        ('{type: CanonicalUser, id: "1"}', None),
        ('{type: CanonicalUser, id: "2"}', "fail"),
        ("{type: AmazonCustomerByEmail, emailAddress: a@example.com}", "fail"),
        ('{type: Group, uri: "http://acs.amazonaws.com/groups/s3/LogDelivery"}', "fail"),
        ('{type: CanonicalUser, id: {"fn::unknown": true}}', "unresolved"),
        ('{"fn::unknown": true}', "unresolved"),
    ],
)
def test_only_the_owner_has_a_grant(judge, grantee, outcome):
    expected = [] if outcome is None else [f"{outcome} acl.accessControlPolicy.grants[1]"]
    assert judge(AccessLists, swap(GRANTS, "GRANTEE", grantee)) == expected


def test_an_acl_that_is_not_known_is_unresolved(judge):
    assert judge(AccessLists, swap(PREFER, "acl: private", 'acl: {"fn::unknown": true}')) == ["unresolved bucket.acl"]
