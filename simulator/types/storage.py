"""Buckets and what is set on them (Amazon S3 API reference)."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from simulator.documents import valid_policy
from simulator.errors import AwsError
from simulator.model import Check, Reference, Refusal, ResourceType, Unique, at
from simulator.shapes import is_map
from simulator.types.common import named, one_of
from simulator.types.keys import key_reference

if TYPE_CHECKING:
    from simulator.creation import Creation

BUCKET: Final = "aws:s3/bucket:Bucket"
ACCESS_BLOCK: Final = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
VERSIONING: Final = "aws:s3/bucketVersioning:BucketVersioning"
# Hosted zones of the S3 website endpoints: https://docs.aws.amazon.com/general/latest/gr/s3.html
_ZONES: Final = {"ap-northeast-1": "Z2M4EHUR26P7ZW", "us-east-1": "Z3AQBSTGFYJSTF", "us-west-2": "Z3BJ6K6RIION7M"}
_GONE: Final = Refusal("NoSuchBucket", "The specified bucket does not exist", 404)


def valid_bucket(_path: str, value: Any) -> str | None:
    """Refuse names that S3 refuses: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html."""
    name = str(value)
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name) or ".." in name:
        return f"invalid bucket name ({name}): 3 to 63 lower-case letters, digits, dots and hyphens"
    if name.startswith(("xn--", "sthree-", "amzn-s3-demo-")) or name.endswith(
        ("-s3alias", "--ol-s3", ".mrap", "--x-s3")
    ):
        return f"invalid bucket name ({name}): the prefix or suffix is reserved"
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return None
    return f"invalid bucket name ({name}): it must not be an IP address"


def _free_name(creation: Creation) -> None:
    # Names are one for all accounts and regions; the account can only know its own.
    for bucket in creation.account.of_type(BUCKET):
        if bucket.id == creation.get("bucket") and creation.old is None:
            raise AwsError(
                "BucketAlreadyOwnedByYou",
                "Your previous request to create the named bucket succeeded and you already own it.",
                409,
            )


def _bucket(creation: Creation) -> Mapping[str, Any]:
    name = creation.get("bucket")
    return {
        "arn": f"arn:aws:s3:::{name}",
        "bucketDomainName": f"{name}.s3.amazonaws.com",
        "bucketRegionalDomainName": f"{name}.s3.{creation.region}.amazonaws.com",
        "bucketRegion": creation.region,
        "hostedZoneId": _ZONES.get(creation.region, "Z2M4EHUR26P7ZW"),
        "requestPayer": "BucketOwner",
        "objectLockEnabled": creation.get("objectLockEnabled", False),
    }


def _not_public(creation: Creation) -> None:
    blocks = [o for o in creation.others(ACCESS_BLOCK) if o.inputs["bucket"] == creation.get("bucket")]
    # Since April 2023 new buckets block public policies unless told otherwise.
    if blocks and not blocks[0].outputs.get("blockPublicPolicy"):
        return
    for statement in at(json.loads(creation.get("policy")), "Statement"):
        principal = statement.get("Principal", {})
        wide = principal == "*" or (is_map(principal) and "*" in at(principal, "AWS"))
        if statement.get("Effect") == "Allow" and wide and not statement.get("Condition"):
            raise AwsError(
                "AccessDenied",
                "User is not authorized to perform: s3:PutBucketPolicy because public policies are prevented by "
                "the BlockPublicPolicy setting in S3 Block Public Access.",
                403,
            )


def _names_its_bucket(creation: Creation) -> None:
    arn = f"arn:aws:s3:::{creation.get('bucket')}"
    for statement in at(json.loads(creation.get("policy")), "Statement"):
        for resource in at(statement, "Resource"):
            if resource not in ("*", arn) and not str(resource).startswith(f"{arn}/"):
                raise AwsError("MalformedPolicy", "Policy has invalid resource")


def _lockable(creation: Creation) -> None:
    bucket = creation.require(BUCKET, creation.get("bucket"))
    versions = [o for o in creation.others(VERSIONING) if o.inputs["bucket"] == bucket.id]
    enabled = any(o.inputs["versioningConfiguration"]["status"] == "Enabled" for o in versions)
    if not (bucket.outputs.get("objectLockEnabled") or enabled):
        raise AwsError(
            "InvalidBucketState", "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration", 409
        )


def _grantable(creation: Creation) -> None:
    creation.require(BUCKET, creation.get("targetBucket"))


def _setting(noun: str, kind: str, operation: str, *checks: Check, **more: Any) -> ResourceType:
    references = (Reference("bucket", BUCKET, blocks=False), *more.pop("references", ()))
    refusal = Refusal("OperationAborted", f"{noun} of bucket {{bucket}} is already managed", 409)
    return ResourceType(
        f"aws:s3/{kind[0].lower()}{kind[1:]}:{kind}",
        "S3",
        noun,
        named("bucket"),
        create=f"Put{operation}",
        delete=f"Delete{operation}",
        references=references,
        unique=(Unique(("bucket",), refusal),),
        checks=checks,
        replace=frozenset({"bucket"}),
        **more,
    )


TYPES: Final = (
    ResourceType(
        BUCKET,
        "S3",
        "Bucket",
        named("bucket"),
        defaults={"acl": None, "bucketNamespace": None, "forceDestroy": False},
        validate={"bucket": valid_bucket, "policy": valid_policy(principal=True)},
        checks=(_free_name,),
        computed=_bucket,
        not_found=_GONE,
        in_use=Refusal("BucketNotEmpty", "The bucket you tried to delete is not empty", 409),
        replace=frozenset({"bucket", "objectLockEnabled"}),
    ),
    _setting(
        "Bucket Versioning",
        "BucketVersioning",
        "BucketVersioning",
        validate={"versioningConfiguration.status": one_of("Enabled", "Suspended", "Disabled")},
    ),
    _setting("Bucket Public Access Block", "BucketPublicAccessBlock", "PublicAccessBlock"),
    _setting(
        "Bucket Server-side Encryption Configuration",
        "BucketServerSideEncryptionConfiguration",
        "BucketEncryption",
        references=(key_reference("rules.applyServerSideEncryptionByDefault.kmsMasterKeyId"),),
    ),
    _setting(
        "Bucket Policy",
        "BucketPolicy",
        "BucketPolicy",
        _names_its_bucket,
        _not_public,
        validate={"policy": valid_policy(principal=True)},
    ),
    _setting(
        "Bucket Lifecycle Configuration",
        "BucketLifecycleConfiguration",
        "BucketLifecycleConfiguration",
        validate={"rules.status": one_of("Enabled", "Disabled")},
    ),
    _setting(
        "Bucket Ownership Controls",
        "BucketOwnershipControls",
        "BucketOwnershipControls",
        validate={"rule.objectOwnership": one_of("BucketOwnerPreferred", "ObjectWriter", "BucketOwnerEnforced")},
    ),
    _setting("Bucket Object Lock Configuration", "BucketObjectLockConfiguration", "ObjectLockConfiguration", _lockable),
    _setting("Bucket Logging", "BucketLogging", "BucketLogging", _grantable),
)
