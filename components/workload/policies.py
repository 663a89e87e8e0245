"""Who may use the workload's bucket and secret, and from where: policies from values that are known. Pure.

What is denied from elsewhere is the data alone, never the policy itself: whoever administers the account can always
mend a policy, so that a wrong id in it locks nobody out for good. Roles that no place binds are named beside the
account's root user.
Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies-vpc-endpoint.html,
https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

from components.evidence.plan import KEY_ADMINISTRATION, KEY_USE, bucket_basics
from components.iam.place import Place
from components.iam.policy import Condition, Policy, Principals, Statement, allow, deny
from components.settings.landing import DataBucket, WorkloadSecret
from components.vocabulary import PARTITION

READER = "workload-reader"
SECRET_KEY = "workload-secret"  # noqa: S105 - a purpose
DATA_IN_BUCKET = (
    "s3:AbortMultipartUpload",
    "s3:DeleteObject*",
    "s3:GetObject*",
    "s3:ListBucket*",
    "s3:ListMultipartUploadParts",
    "s3:PutObject*",
    "s3:RestoreObject",
)
DATA_IN_SECRET = (
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutSecretValue",
    "secretsmanager:ReplicateSecretToRegions",
    "secretsmanager:UpdateSecret",
    "secretsmanager:UpdateSecretVersionStage",
)


@dataclass(frozen=True, slots=True)
class Keepers:
    """The roles that no place binds, by ARN; the account's root user is always one."""

    place: Place
    roles: tuple[str, ...]

    def others(self, *more: str) -> Condition:
        """The condition that holds for everybody but the keepers and `more`."""
        root = f"arn:{PARTITION}:iam::{self.place.account}:root"
        return Condition("ArnNotLike", "aws:PrincipalArn", tuple(dict.fromkeys((root, *self.roles, *more))))


def bucket_name(place: Place) -> str:
    """The bucket's name: unique in the world through the account's id."""
    return f"{place.prefix}-workload-{place.account}-{place.region}"


def secret_name(place: Place) -> str:
    """The secret's name."""
    return f"{place.prefix}/workload"


def secret_key_alias(place: Place) -> str:
    """The alias of the secret's own key."""
    return f"{place.key_alias}-{SECRET_KEY}"


def data_bucket_policy(place: Place, wanted: DataBucket, keepers: Keepers) -> Policy:
    """The bucket's policy: its data through the named endpoints alone. AWS' services need it not: none is spared."""
    bucket = place.bucket(bucket_name(place))
    everything = (bucket, f"{bucket}/*")
    through = (Condition("StringNotEquals", "aws:SourceVpce", wanted.endpoint_ids),) if wanted.endpoint_ids else ()
    elsewhere = deny(
        "ThroughItsEndpointsAlone",
        DATA_IN_BUCKET,
        everything,
        principals=Principals.anyone(),
        when=(*through, keepers.others()),
    )
    return Policy((*bucket_basics(place, everything), elsewhere))


def secret_policy(place: Place, wanted: WorkloadSecret, keepers: Keepers, hosts: IPv4Network) -> Policy:
    """The secret's policy: (this VPC and within `hosts`) or the reader's role.

    That neither holds is denied in two statements, since conditions of one must all hold. Through an endpoint there is
    no aws:SourceIp; a request that did not come through one has neither key, and a negated condition then holds.
    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    rotation = (wanted.rotation_role_arn,) if wanted.rotation_role_arn else ()
    others = keepers.others(place.role(READER), *rotation)
    account = Condition("StringNotEquals", "aws:PrincipalAccount", (place.account,))
    foreign = deny("ThisAccountOnly", ("secretsmanager:*",), ("*",), principals=Principals.anyone(), when=(account,))
    if wanted.vpc_id is None:
        return Policy((foreign, _withheld("ByItsRolesAlone", others)))
    of_vpc = Condition("StringNotEquals", "aws:SourceVpc", (wanted.vpc_id,))
    of_hosts = Condition("NotIpAddress", "aws:VpcSourceIp", (str(hosts),))
    return Policy((foreign, _withheld("FromItsNetworkAlone", of_vpc, others), _withheld("ByHosts", of_hosts, others)))


def _withheld(sid: str, *when: Condition) -> Statement:
    return deny(sid, DATA_IN_SECRET, ("*",), principals=Principals.anyone(), when=when)


def secret_key_policy(place: Place) -> Policy:
    """The secret's own key: administered by the account's policies, used through Secrets Manager alone."""
    account = Principals.account(place.account)
    ours = Condition("StringEquals", "kms:CallerAccount", (place.account,))
    via = _through_secrets_manager(place)
    return Policy(
        (
            allow("Administration", KEY_ADMINISTRATION, ("*",), principals=account),
            allow("UseThroughSecretsManager", KEY_USE, ("*",), principals=account, when=(ours, via)),
        )
    )


def reader_policy(place: Place) -> Policy:
    """What the workload's role may do: read this one secret, and have it decrypted."""
    return Policy(_reading(place))


def reader_boundary(place: Place) -> Policy:
    """The most that the role can do: the same, and nothing about identities."""
    never = deny("NoIdentityChange", ("iam:*", "organizations:*", "account:*", "sts:*"), ("*",))
    return Policy((*_reading(place), never))


def _reading(place: Place) -> tuple[Statement, ...]:
    actions = ("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue")
    its_key = Condition("ForAnyValue:StringEquals", "kms:ResourceAliases", (secret_key_alias(place),))
    return (
        allow("ReadItsSecret", actions, (place.secret(secret_name(place)),)),
        allow("DecryptIt", ("kms:Decrypt",), (place.any_key(),), when=(its_key, _through_secrets_manager(place))),
    )


def _through_secrets_manager(place: Place) -> Condition:
    return Condition("StringEquals", "kms:ViaService", (f"secretsmanager.{place.region}.amazonaws.com",))
