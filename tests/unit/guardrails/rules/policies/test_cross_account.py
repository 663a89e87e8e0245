from __future__ import annotations

import pytest

from guardrails.rules.fail_closed.opaque_document import OpaqueDocument
from guardrails.rules.policies.cross_account import CrossAccount
from tests.unit.guardrails.rules.rule_cases import ELSEWHERE, Case, cases, swap

AVOID, PREFER = CrossAccount.avoid, CrossAccount.prefer


OPAQUE = swap(AVOID, '"999988887777"', '"${role.arn}"') + '  role: {type: "aws:iam:Role"}\n'
EVERYBODY_OF = swap(
    AVOID,
    '{AWS: ["111122223333", "999988887777"]}',
    '"*", Condition: {StringEquals: {"aws:PrincipalAccount": "999988887777"}}',
)
test_cases = cases(
    CrossAccount,
    unresolved=Case(OPAQUE, "unresolved policy.policy", also=(OpaqueDocument,)),
    boundary=Case(EVERYBODY_OF, "fail policy.policy.Statement[0]"),
)


def test_an_arn_of_a_foreign_account_is_the_same(judge):
    for name in ("root", "role/app", "user/me"):
        assert judge(CrossAccount, swap(AVOID, '"999988887777"', f'"arn:aws:iam::999988887777:{name}"')) != []


def test_aws_may_write_load_balancers_logs_and_do_no_more(judge):
    policy = swap(AVOID, "999988887777", "582318560864")
    assert judge(CrossAccount, policy) == ["fail policy.policy.Statement[0]"]
    assert judge(CrossAccount, swap(policy, "s3:GetObject", "s3:PutObject")) == []


def test_a_declared_external_account_passes(judge):
    intent = CrossAccount.example_intent + 'externals: [{id: team, account: "999988887777"}]\n'
    assert judge(CrossAccount, AVOID, intent=intent) == []


def test_a_trust_policy_is_judged_too_and_a_deny_is_not(judge):
    role = """
resources:
  role:
    type: aws:iam:Role
    properties:
      assumeRolePolicy:
        fn::toJSON: {Statement: [{Effect: Allow, Principal: {AWS: "999988887777"}, Action: "sts:AssumeRole"}]}
"""
    assert judge(CrossAccount, role) == ["fail role.assumeRolePolicy.Statement[0]"]
    assert judge(CrossAccount, swap(role, "Effect: Allow", "Effect: Deny")) == []
    provider = '{Federated: "arn:aws:iam::999988887777:saml-provider/theirs"}'
    assert judge(CrossAccount, swap(role, '{AWS: "999988887777"}', provider)) == [
        "fail role.assumeRolePolicy.Statement[0]"
    ]


@pytest.mark.parametrize(
    ("resource", "found"),
    [
        (
            '{type: "aws:guardduty:OrganizationAdminAccount", properties: {adminAccountId: "999988887777"}}',
            ["fail one.adminAccountId"],
        ),
        (
            '{type: "aws:s3control:AccessGrant", properties: {grantee: {granteeIdentifier: '
            '"arn:aws:iam::999988887777:role/a"}}}',
            ["fail one.grantee.granteeIdentifier"],
        ),
        ('{type: "aws:lambda:Permission", properties: {principal: "999988887777"}}', ["fail one.principal"]),
        (
            '{type: "aws:kms:Grant", properties: {granteePrincipal: "arn:aws:iam::999988887777:role/a"}}',
            ["fail one.granteePrincipal"],
        ),
        (
            '{type: "aws:ssm:Document", properties: {permissions: {accountIds: "111122223333,999988887777"}}}',
            ["fail one.permissions.accountIds"],
        ),
        (
            '{type: "aws:rds:Snapshot", properties: {sharedAccounts: ["999988887777"]}}',
            ["fail one.sharedAccounts"],
        ),
        ('{type: "aws:ec2:AmiLaunchPermission", properties: {accountId: "999988887777"}}', ["fail one.accountId"]),
        (
            '{type: "aws:ec2:SnapshotCreateVolumePermission", properties: {accountId: "999988887777"}}',
            ["fail one.accountId"],
        ),
        (
            '{type: "aws:ram:ResourceShareAssociationsExclusive", properties: {principals: ["999988887777"]}}',
            ["fail one.principals"],
        ),
        (
            '{type: "aws:lambda:Permission", properties: {principal: s3.amazonaws.com, sourceAccount: "999988887777"}}',
            ["fail one.sourceAccount"],
        ),
        ('{type: "aws:kms:Grant", properties: {granteePrincipal: "${elsewhere.arn}"}}', []),
        (
            '{type: "aws:kms:Grant", properties: {granteePrincipal: {"fn::unknown": true}}}',
            ["unresolved one.granteePrincipal"],
        ),
    ],
)
def test_what_is_shared_without_a_policy_names_accounts_too(judge, resource, found):
    assert judge(CrossAccount, f"resources:\n  one: {resource}\n{ELSEWHERE}") == found


def test_a_service_that_acts_for_a_foreign_account_lets_that_account_in(judge):
    program = swap(
        AVOID,
        '{AWS: ["111122223333", "999988887777"]}',
        '{Service: cloudtrail.amazonaws.com}, Condition: {ArnLike: {"aws:SourceArn": "arn:aws:s3:*:999988887777:*"}}',
    )
    assert judge(CrossAccount, program) == ["fail policy.policy.Statement[0]"]
    assert judge(CrossAccount, swap(program, "999988887777", "111122223333")) == []


def test_a_canonical_user_may_be_of_any_account(judge):
    program = swap(AVOID, '{AWS: ["111122223333", "999988887777"]}', "{CanonicalUser: 79a59df900b949e55d96a1e698fba}")
    assert judge(CrossAccount, program) == ["unresolved policy.policy.Statement[0]"]


ORGANIZATION = swap(EVERYBODY_OF, '"aws:PrincipalAccount": "999988887777"', '"aws:PrincipalOrgID": o-stranger0001')


@pytest.mark.parametrize(
    ("program", "found"),
    [
        (ORGANIZATION, ["fail policy.policy.Statement[0]"]),
        (swap(ORGANIZATION, "OrgID", "OrgPaths"), ["fail policy.policy.Statement[0]"]),
        (
            'resources: {one: {type: "aws:ec2:AmiLaunchPermission", properties: {organizationArn: '
            '"arn:aws:organizations::111122223333:organization/o-stranger0001"}}}',
            ["fail one.organizationArn"],
        ),
        (
            'resources: {one: {type: "aws:lambda:LayerVersionPermission", properties: {principal: "*", '
            "organizationId: o-stranger0001}}}",
            ["fail one.organizationId"],
        ),
        (
            'resources: {one: {type: "aws:ram:PrincipalAssociation", properties: {principal: '
            '"arn:aws:organizations::111122223333:ou/o-stranger0001/ou-1"}}}',
            ["fail one.principal"],
        ),
    ],
)
def test_an_organisation_is_foreign_where_the_intent_names_others(judge, program, found):
    declared = CrossAccount.example_intent + "organizations: [o-ourselves0001]\n"
    assert judge(CrossAccount, program, intent=declared) == found
    assert judge(CrossAccount, program.replace("o-stranger0001", "o-ourselves0001"), intent=declared) == []
    assert judge(CrossAccount, program) == []


ENDPOINT = """
resources:
  logs:
    type: aws:ec2:VpcEndpoint
    properties:
      vpcId: vpc-1
      policy:
        fn::toJSON:
          Statement:
            - {Effect: Allow, Principal: "*", Action: "*", Resource: "*", Condition: {StringEquals: {KEY: VALUE}}}
"""


@pytest.mark.parametrize("key", ["aws:ResourceAccount", "aws:PrincipalAccount", "s3:ResourceAccount"])
def test_an_endpoint_leads_to_declared_accounts_alone(judge, key):
    program = swap(ENDPOINT, "KEY", f'"{key}"')
    assert judge(CrossAccount, swap(program, "VALUE", '["111122223333", "999988887777"]')) == [
        "fail logs.policy.Statement[0]"
    ]
    assert judge(CrossAccount, swap(program, "VALUE", '"111122223333"')) == []


def test_an_endpoint_leads_to_declared_organisations_alone(judge):
    declared = CrossAccount.example_intent + "organizations: [o-ourselves0001]\n"
    program = swap(ENDPOINT, "KEY", '"aws:ResourceOrgID"')
    assert judge(CrossAccount, swap(program, "VALUE", "o-stranger0001"), intent=declared) != []
    assert judge(CrossAccount, swap(program, "VALUE", "o-ourselves0001"), intent=declared) == []
