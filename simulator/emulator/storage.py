"""S3's calls: buckets and what is set on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from simulator.emulator.model import Emulated, Step, step, tag_list
from simulator.model import Values
from simulator.types import storage

if TYPE_CHECKING:
    from simulator.creation import Creation


def _bucket(creation: Creation) -> Values:
    values: Values = {"Bucket": creation.get("bucket")}
    if creation.get("objectLockEnabled"):
        values["ObjectLockEnabledForBucket"] = True
    place = (
        {} if creation.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": creation.region}}
    )
    return values | place


def _versioning(creation: Creation) -> Values:
    status = creation.get("versioningConfiguration", {}).get("status", "Suspended")
    return {
        "Bucket": creation.get("bucket"),
        "VersioningConfiguration": {"Status": status if status != "Disabled" else "Suspended"},
    }


def _access_block(creation: Creation) -> Values:
    names = {
        "BlockPublicAcls": "blockPublicAcls",
        "IgnorePublicAcls": "ignorePublicAcls",
        "BlockPublicPolicy": "blockPublicPolicy",
        "RestrictPublicBuckets": "restrictPublicBuckets",
    }
    return {
        "Bucket": creation.get("bucket"),
        "PublicAccessBlockConfiguration": {name: bool(creation.get(field, False)) for name, field in names.items()},
    }


def _encryption(creation: Creation) -> Values:
    rules: list[Values] = []
    for rule in creation.get("rules", []):
        given = rule.get("applyServerSideEncryptionByDefault", {})
        default = {"SSEAlgorithm": given.get("sseAlgorithm", "AES256")}
        default |= {"KMSMasterKeyID": given["kmsMasterKeyId"]} if given.get("kmsMasterKeyId") else {}
        rules.append(
            {
                "ApplyServerSideEncryptionByDefault": default,
                "BucketKeyEnabled": bool(rule.get("bucketKeyEnabled", False)),
            }
        )
    return {"Bucket": creation.get("bucket"), "ServerSideEncryptionConfiguration": {"Rules": rules}}


def _ownership(creation: Creation) -> Values:
    rule = {"ObjectOwnership": creation.get("rule", {}).get("objectOwnership")}
    return {"Bucket": creation.get("bucket"), "OwnershipControls": {"Rules": [rule]}}


def _of_bucket(operation: str) -> tuple[Step, ...]:
    return (step(operation, Bucket="bucket"),)


def _lifecycle(creation: Creation) -> Values:
    return {
        "Bucket": creation.get("bucket"),
        "LifecycleConfiguration": {"Rules": [_lifecycle_rule(rule) for rule in creation.get("rules", [])]},
    }


_DAYS: Final = {"Days": "days", "Date": "date", "ExpiredObjectDeleteMarker": "expiredObjectDeleteMarker"}
_MOVE: Final = {"Days": "days", "Date": "date", "StorageClass": "storageClass"}
_OLD: Final = {"NoncurrentDays": "noncurrentDays", "NewerNoncurrentVersions": "newerNoncurrentVersions"}


def _lifecycle_rule(rule: Values) -> Values:
    """Give one rule as S3 takes it (https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleRule.html)."""
    values: Values = {"ID": rule.get("id"), "Status": rule.get("status")}
    given: Values = rule.get("filter") or {}
    values["Filter"] = {"Prefix": given.get("prefix") or rule.get("prefix") or ""}
    parts = {
        "Expiration": ("expiration", _DAYS),
        "NoncurrentVersionExpiration": ("noncurrentVersionExpiration", _OLD),
        "AbortIncompleteMultipartUpload": (
            "abortIncompleteMultipartUpload",
            {"DaysAfterInitiation": "daysAfterInitiation"},
        ),
    }
    for name, (field, names) in parts.items():
        if rule.get(field):
            values[name] = _renamed(rule[field], names)
    lists = {
        "Transitions": ("transitions", _MOVE),
        "NoncurrentVersionTransitions": (
            "noncurrentVersionTransitions",
            {**_OLD, "StorageClass": "storageClass"},
        ),
    }
    for name, (field, names) in lists.items():
        if rule.get(field):
            values[name] = [_renamed(item, names) for item in rule[field]]
    return values


def _renamed(given: Values, names: Mapping[str, str]) -> Values:
    return {name: given[field] for name, field in names.items() if given.get(field)}


def _object_lock(creation: Creation) -> Values:
    rule: Values = creation.get("rule", {})
    given: Values = rule.get("defaultRetention", {})
    retention = _renamed(given, {"Mode": "mode", "Days": "days", "Years": "years"})
    configuration: Values = {"ObjectLockEnabled": "Enabled"}
    if retention:
        configuration["Rule"] = {"DefaultRetention": retention}
    return {"Bucket": creation.get("bucket"), "ObjectLockConfiguration": configuration}


def _bucket_tags(creation: Creation) -> Values | None:
    tags = tag_list(creation)
    return {"Bucket": creation.get("bucket"), "Tagging": {"TagSet": tags}} if tags else None


def _logging(creation: Creation) -> Values:
    target = {"TargetBucket": creation.get("targetBucket"), "TargetPrefix": creation.get("targetPrefix", "")}
    return {"Bucket": creation.get("bucket"), "BucketLoggingStatus": {"LoggingEnabled": target}}


def _setting(token: str, put: Step, **more: Any) -> Emulated:
    """Declare a setting of a bucket: what makes it changes it as well."""
    return Emulated(token, "s3", put, update=(put,), **more)


ENTRIES: Final = (
    Emulated(
        storage.BUCKET,
        "s3",
        Step("create_bucket", _bucket),
        then=(Step("put_bucket_tagging", _bucket_tags),),
        delete=_of_bucket("delete_bucket"),
        alive=step("head_bucket", Bucket="bucket"),
    ),
    _setting(
        storage.VERSIONING,
        Step("put_bucket_versioning", _versioning),
    ),
    _setting(
        storage.ACCESS_BLOCK,
        Step("put_public_access_block", _access_block),
        delete=_of_bucket("delete_public_access_block"),
    ),
    _setting(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        Step("put_bucket_encryption", _encryption),
        delete=_of_bucket("delete_bucket_encryption"),
    ),
    _setting(
        "aws:s3/bucketPolicy:BucketPolicy",
        step("put_bucket_policy", Bucket="bucket", Policy="policy"),
        delete=_of_bucket("delete_bucket_policy"),
        alive=step("get_bucket_policy", Bucket="bucket"),
    ),
    Emulated(
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        "s3",
        Step("put_bucket_ownership_controls", _ownership),
        delete=_of_bucket("delete_bucket_ownership_controls"),
    ),
    _setting(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        Step("put_bucket_lifecycle_configuration", _lifecycle),
        delete=_of_bucket("delete_bucket_lifecycle"),
        alive=step("get_bucket_lifecycle_configuration", Bucket="bucket"),
    ),
    _setting(
        "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        Step("put_object_lock_configuration", _object_lock),
    ),
    _setting(
        "aws:s3/bucketLogging:BucketLogging",
        Step("put_bucket_logging", _logging),
        delete=(Step("put_bucket_logging", lambda c: {"Bucket": c.get("bucket"), "BucketLoggingStatus": {}}),),
    ),
)
