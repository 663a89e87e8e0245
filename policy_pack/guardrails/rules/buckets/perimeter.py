"""BKT004: a bucket of a protected zone that can be used from anywhere."""

from __future__ import annotations

from typing import ClassVar

from guardrails.facts.documents import Statement
from guardrails.facts.roles import Role
from guardrails.rules.base import Severity
from guardrails.rules.buckets.common import denies_actions, hold_all
from guardrails.rules.protected_data import BoundDataRule, Keeping, Kept
from guardrails.rules.statements import PLACES, SPARED, denies_everybody_but

_DATA = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket")


class BucketPerimeter(BoundDataRule):
    """Requires a Deny for whoever comes from elsewhere, on buckets that carry a protected zone's tags."""

    id: ClassVar[str] = "BKT004"
    slug: ClassVar[str] = "bucket-bound-to-its-place"
    title: ClassVar[str] = "A bucket of a protected zone is bound to an endpoint, an account or an organisation"
    rationale: ClassVar[str] = (
        "An Allow with a condition binds only that Allow; identity policies of the account still let their holders in "
        "from anywhere. Only a Deny binds everybody."
    )
    fix: ClassVar[str] = (
        "Add a Deny for principal * with StringNotEquals on aws:SourceVpce, aws:SourceVpc, aws:PrincipalOrgID or "
        "aws:PrincipalAccount, with exceptions for the deployer's role and AWS services."
    )
    severity: ClassVar[Severity] = Severity.MEDIUM
    keeping: ClassVar[Keeping] = Keeping("buckets", "s3.Bucket", "s3.BucketPolicy", "bucket", Role.BUCKET)
    bound_to: ClassVar[str] = "a place"
    loose: ClassVar[str] = "can be used from anywhere by whoever has the permission"
    covers: ClassVar[tuple[int, ...]] = (97,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies-vpc-endpoint.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html",
    )
    avoid: ClassVar[str] = """
resources:
  bucket: {type: "aws:s3:Bucket", properties: {bucket: room-data, tags: {Zone: production}}}
  policy:
    type: aws:s3:BucketPolicy
    properties:
      bucket: ${bucket.id}
      policy:
        fn::toJSON:
          Version: "2012-10-17"
          Statement:
            - Effect: Allow
              Principal: {AWS: "arn:aws:iam::111122223333:role/app"}
              Action: "s3:GetObject"
              Resource: "arn:aws:s3:::room-data/*"
              Condition: {StringEquals: {"aws:SourceVpce": vpce-0a1b2c3d4e5f60718}}
"""
    prefer: ClassVar[str] = """
resources:
  bucket: {type: "aws:s3:Bucket", properties: {bucket: room-data, tags: {Zone: production}}}
  policy:
    type: aws:s3:BucketPolicy
    properties:
      bucket: ${bucket.id}
      policy:
        fn::toJSON:
          Version: "2012-10-17"
          Statement:
            - Effect: Deny
              Principal: "*"
              Action: "s3:*"
              Resource: ["arn:aws:s3:::room-data", "arn:aws:s3:::room-data/*"]
              Condition:
                StringNotEquals: {"aws:SourceVpce": vpce-0a1b2c3d4e5f60718}
                ArnNotLike: {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/deployer"}
"""

    def binds(self, item: Kept) -> bool:
        """Tell whether the bucket and all of its objects are bound."""
        return hold_all([statement for statement in item.statements if _binds(statement)], item.resource)


def _binds(statement: Statement) -> bool:
    """Tell whether a statement denies everybody who is not from a named place whatever concerns the data."""
    return denies_everybody_but(statement, PLACES, SPARED) and denies_actions(statement, _DATA)
