from __future__ import annotations

import pytest

from guardrails.rules.policies.shared_with_everybody import SharedWithEverybody
from tests.unit.guardrails.rules.rule_cases import Case, cases, one, swap

AVOID, PREFER = SharedWithEverybody.avoid, SharedWithEverybody.prefer

test_cases = cases(
    SharedWithEverybody,
    unresolved=Case(
        swap(PREFER, "authorizationType: AWS_IAM", 'authorizationType: {"fn::unknown": true}'),
        "unresolved address.authorizationType",
    ),
    boundary=Case(swap(PREFER, "organizationId: o-abc123, ", ""), "fail layer.principal"),
)


def test_each_is_told(judge):
    assert judge(SharedWithEverybody, AVOID) == ["fail address.authorizationType", "fail copy.sharedAccounts"]


@pytest.mark.parametrize(
    ("kind", "properties", "found"),
    [
        ("aws:ec2:AmiLaunchPermission", "imageId: ami-1, group: all", ["fail one.group"]),
        ("aws:ec2:AmiLaunchPermission", 'imageId: ami-1, accountId: "111122223333"', []),
        ("aws:rds:ClusterSnapshot", "sharedAccounts: [all]", ["fail one.sharedAccounts"]),
        ("aws:rds:SnapshotCopy", "sharedAccounts: [all]", ["fail one.sharedAccounts"]),
        ("aws:ec2:ImageBlockPublicAccess", "state: unblocked", ["fail one.state"]),
        ("aws:ebs:SnapshotBlockPublicAccess", "state: unblocked", ["fail one.state"]),
        ("aws:ebs:SnapshotBlockPublicAccess", "state: block-new-sharing", []),
        ("aws:codebuild:Project", "projectVisibility: PUBLIC_READ", ["fail one.projectVisibility"]),
        (
            "aws:cognito:IdentityPool",
            "allowUnauthenticatedIdentities: true",
            ["fail one.allowUnauthenticatedIdentities"],
        ),
        (
            "aws:cognito:IdentityPool",
            'allowUnauthenticatedIdentities: "true"',
            ["fail one.allowUnauthenticatedIdentities"],
        ),
        ("aws:cognito:IdentityPool", "allowUnauthenticatedIdentities: false", []),
        ("aws:ecrpublic:Repository", "repositoryName: tools", ["fail one"]),
        ("aws:rds:Snapshot", 'sharedAccounts: [{"fn::unknown": true}]', ["unresolved one.sharedAccounts"]),
    ],
)
def test_images_and_snapshots(judge, kind, properties, found):
    assert judge(SharedWithEverybody, one(kind, properties)) == found
