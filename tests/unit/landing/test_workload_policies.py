"""Who reads the workload's bucket and secret, by an evaluation that knows nothing of how policies are made."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from ipaddress import IPv4Address, IPv4Network, ip_address
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from components.iam.place import Place
from components.iam.policy import Policy
from components.settings.landing import DataBucket, WorkloadSecret
from components.vocabulary import Environment
from components.workload import policies
from components.workload.policies import Keepers

ACCOUNT = "111122223333"
PLACE = Place(ACCOUNT, "ap-northeast-1", Environment.DEV)
ROLE = f"arn:aws:iam::{ACCOUNT}:role/"
DEPLOYER, EMERGENCY, ROTATION = (f"{ROLE}{name}" for name in ("deployer", "break-glass", "rotation"))
READER, STRANGER = f"{ROLE}secure-room-dev-workload-reader", f"{ROLE}somebody"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
KEEPERS = Keepers(PLACE, (DEPLOYER, EMERGENCY))
HOSTS = IPv4Network("10.80.0.0/21")
VPC, ENDPOINT = "vpc-0123456789abcdef0", "vpce-0123456789abcdef0"

Context = dict[str, str]


def holds(operator: str, key: str, values: list[str], context: Context) -> bool:
    """One condition, as the IAM user guide says: a negated operator holds where the key is absent."""
    plain = operator.removesuffix("IfExists")
    given_value = context.get(key)
    if given_value is None:
        return operator.endswith("IfExists") or plain in ("StringNotEquals", "ArnNotLike", "NotIpAddress")
    match plain:
        case "StringNotEquals":
            return given_value not in values
        case "ArnNotLike":
            return not any(fnmatchcase(given_value, value) for value in values)
        case "NotIpAddress":
            return not any(ip_address(given_value) in IPv4Network(value) for value in values)
        case "Bool":
            return given_value in values
        case _:
            raise AssertionError(operator)


def listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else value


def denied(policy: Policy, action: str, context: Context) -> bool:
    """Whether some Deny is about everybody, the action, and this request."""
    for statement in json.loads(policy.json())["Statement"]:
        assert statement["Effect"] == "Deny", "whoever is let in is let in by the account's own policies"
        assert statement["Principal"] == "*"
        named = any(fnmatchcase(action, pattern) for pattern in listed(statement["Action"]))
        conditions = [
            holds(operator, key, listed(values), context)
            for operator, keys in statement["Condition"].items()
            for key, values in keys.items()
        ]
        if named and all(conditions):
            return True
    return False


def request(principal: str, *, through: bool, vpc: str = VPC, endpoint: str = ENDPOINT, source: str) -> Context:
    """A request as AWS describes it: through an endpoint there is no public address, without one no private one."""
    account = principal.split(":")[4]
    said = {"aws:PrincipalArn": principal, "aws:PrincipalAccount": account, "aws:SecureTransport": "true"}
    if through:
        return {**said, "aws:SourceVpc": vpc, "aws:SourceVpce": endpoint, "aws:VpcSourceIp": source}
    return {**said, "aws:SourceIp": source}


PRINCIPALS = st.sampled_from([DEPLOYER, EMERGENCY, ROTATION, READER, ROOT, STRANGER])
ADDRESSES = st.one_of(
    st.integers(0, HOSTS.num_addresses - 1).map(lambda offset: HOSTS[offset]),
    st.integers(0, 2**32 - 1).map(IPv4Address),
)


@given(PRINCIPALS, st.booleans(), st.sampled_from([VPC, "vpc-0fedcba9876543210"]), ADDRESSES)
def test_the_secret_is_for_hosts_of_the_vpc_within_the_range_or_for_the_roles(
    principal: str, through: bool, vpc: str, source: IPv4Address
) -> None:
    wanted = WorkloadSecret(vpc_id=VPC, rotation_role_arn=ROTATION)
    policy = policies.secret_policy(PLACE, wanted, KEEPERS, HOSTS)
    context = request(principal, through=through, vpc=vpc, source=str(source))
    placed = through and vpc == VPC and source in HOSTS
    expected = placed or principal in {READER, ROTATION, DEPLOYER, EMERGENCY, ROOT}
    for action in policies.DATA_IN_SECRET:
        assert denied(policy, action, context) == (not expected)


@given(PRINCIPALS, st.booleans(), ADDRESSES)
def test_until_its_vpc_is_named_the_secret_is_for_the_roles_alone(
    principal: str, through: bool, source: IPv4Address
) -> None:
    policy = policies.secret_policy(PLACE, WorkloadSecret(), KEEPERS, HOSTS)
    context = request(principal, through=through, source=str(source))
    assert denied(policy, "secretsmanager:GetSecretValue", context) == (principal in {STRANGER, ROTATION})


@given(PRINCIPALS, st.booleans(), st.sampled_from([ENDPOINT, "vpce-0fedcba9876543210"]), st.booleans())
def test_the_bucket_s_data_goes_through_the_named_endpoints_alone(
    principal: str, through: bool, endpoint: str, named: bool
) -> None:
    wanted = DataBucket(endpoint_ids=(ENDPOINT,) if named else ())
    policy = policies.data_bucket_policy(PLACE, wanted, KEEPERS)
    context = request(principal, through=through, endpoint=endpoint, source="10.80.0.9")
    placed = named and through and endpoint == ENDPOINT
    for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObjectVersion", "s3:ListBucket"):
        assert denied(policy, action, context) == (not placed and principal not in {DEPLOYER, EMERGENCY, ROOT})


@given(PRINCIPALS, ADDRESSES)
def test_nobody_of_the_account_is_kept_from_mending_a_policy(principal: str, source: IPv4Address) -> None:
    context = request(principal, through=False, source=str(source))
    bucket = policies.data_bucket_policy(PLACE, DataBucket(endpoint_ids=(ENDPOINT,)), KEEPERS)
    secret = policies.secret_policy(PLACE, WorkloadSecret(vpc_id=VPC), KEEPERS, HOSTS)
    for action in ("s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:GetBucketPolicy"):
        assert not denied(bucket, action, context)
    for action in ("secretsmanager:PutResourcePolicy", "secretsmanager:DeleteResourcePolicy"):
        assert not denied(secret, action, context)


@given(st.booleans())
def test_another_account_is_always_kept_out(through: bool) -> None:
    foreign = request("arn:aws:iam::999999999999:role/deployer", through=through, source="10.80.0.9")
    bucket = policies.data_bucket_policy(PLACE, DataBucket(endpoint_ids=(ENDPOINT,)), KEEPERS)
    secret = policies.secret_policy(PLACE, WorkloadSecret(vpc_id=VPC), KEEPERS, HOSTS)
    assert denied(bucket, "s3:GetObject", foreign)
    assert denied(secret, "secretsmanager:GetSecretValue", foreign)


def test_the_reader_reads_one_secret_with_its_key_and_its_boundary_allows_no_more() -> None:
    exact = f"arn:aws:secretsmanager:ap-northeast-1:{ACCOUNT}:secret:secure-room-dev/workload-??????"
    reading = json.loads(policies.reader_policy(PLACE).json())["Statement"]
    resources = {statement["Sid"]: statement["Resource"] for statement in reading}
    assert resources["ReadItsSecret"] == exact
    (decrypting,) = [statement for statement in reading if "kms:Decrypt" in listed(statement["Action"])]
    assert decrypting["Condition"] == {
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/secure-room-dev-workload-secret"},
        "StringEquals": {"kms:ViaService": "secretsmanager.ap-northeast-1.amazonaws.com"},
    }
    bounded = json.loads(policies.reader_boundary(PLACE).json())["Statement"]
    assert [statement for statement in bounded if statement["Effect"] == "Allow"] == reading
