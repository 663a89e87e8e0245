"""What rules see of a live account besides its network: flow logs, and who holds which policy in IAM.

Each object becomes a resource of the kind that a stack would declare it with, so that a rule is written once. Roles
that AWS services make for themselves (`/aws-service-role/`) are nobody's to change and are left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from guardrails.facts.from_aws.live import LiveError
from guardrails.facts.resource import Provider, Resource, frozen

_SERVICE_ROLES = "/aws-service-role/"
_FLOW_LOG_TARGETS = {
    "vpc-": "vpcId",
    "subnet-": "subnetId",
    "eni-": "eniId",
    "tgw-attach-": "transitGatewayAttachmentId",
}
_FLOW_LOG = {
    "trafficType": "TrafficType",
    "logDestinationType": "LogDestinationType",
    "logDestination": "LogDestination",
    "iamRoleArn": "DeliverLogsPermissionArn",
    "logFormat": "LogFormat",
    "maxAggregationInterval": "MaxAggregationInterval",
}


@dataclass(frozen=True, slots=True)
class _Holder:
    """How IAM lists a kind of identity, and the kinds that declare it, its policies and its attachments."""

    listed: str
    name: str
    policies: str
    kind: str
    inline: str
    attachment: str
    field: str


_HOLDERS = (
    _Holder("RoleDetailList", "RoleName", "RolePolicyList", "Role", "RolePolicy", "RolePolicyAttachment", "role"),
    _Holder("UserDetailList", "UserName", "UserPolicyList", "User", "UserPolicy", "UserPolicyAttachment", "user"),
    _Holder(
        "GroupDetailList", "GroupName", "GroupPolicyList", "Group", "GroupPolicy", "GroupPolicyAttachment", "group"
    ),
)


SEEN = frozenset(
    {
        "ec2.FlowLog",
        "iam.Policy",
        *(f"iam.{kind}" for holder in _HOLDERS for kind in (holder.kind, holder.inline, holder.attachment)),
    }
)
"""The kinds of which `read_resources` gives every object of an account."""


def read_resources(regions: Sequence[str], endpoint_url: str | None = None) -> tuple[Resource, ...]:
    """Ask one account for its flow logs in the given regions (or the session's own) and for its IAM policies.

    Raises:
        LiveError: the account cannot be asked, or refuses one of these calls: what it hides cannot be judged.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 (slow to import, and needed here only)

    session, wanted = _session(regions)
    found: list[Resource] = []
    try:
        account = str(session.client("sts", wanted[0], endpoint_url=endpoint_url).get_caller_identity()["Account"])
        for region in wanted:
            ec2: Any = session.client("ec2", region_name=region, endpoint_url=endpoint_url)
            for page in ec2.get_paginator("describe_flow_logs").paginate():
                found.extend(replace(_flow_log(one), provider=_provider(account, region)) for one in page["FlowLogs"])
        iam: Any = session.client("iam", region_name=wanted[0], endpoint_url=endpoint_url)
        wished = ["Role", "User", "Group", "LocalManagedPolicy"]
        for page in iam.get_paginator("get_account_authorization_details").paginate(Filter=wished):
            found.extend(replace(one, provider=_provider(account, wanted[0])) for one in _identities(page))
    except (BotoCoreError, ClientError) as error:
        raise LiveError(f"AWS cannot be asked for flow logs and IAM policies: {error}") from error
    return tuple(found)


def read_group_rules(regions: Sequence[str], endpoint_url: str | None = None) -> tuple[Resource, ...]:
    """Ask one account for every rule of its security groups, each with its own id.

    Raises:
        LiveError: the account cannot be asked, or refuses the call.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 (as above)

    session, wanted = _session(regions)
    found: list[Resource] = []
    try:
        for region in wanted:
            ec2: Any = session.client("ec2", region_name=region, endpoint_url=endpoint_url)
            for page in ec2.get_paginator("describe_security_group_rules").paginate():
                found.extend(_group_rule(one) for one in page["SecurityGroupRules"])
    except (BotoCoreError, ClientError) as error:
        raise LiveError(f"AWS cannot be asked for the rules of security groups: {error}") from error
    return tuple(found)


def _group_rule(one: Mapping[str, Any]) -> Resource:
    peer = cast("Mapping[str, Any]", one.get("ReferencedGroupInfo") or {})
    props = {ours: one.get(theirs) for ours, theirs in _GROUP_RULE.items()}
    way = "Egress" if one["IsEgress"] else "Ingress"
    key = str(one["SecurityGroupRuleId"])
    return _resource(
        f"SecurityGroup{way}Rule", "vpc", key, key, {**props, "referencedSecurityGroupId": peer.get("GroupId")}
    )


_GROUP_RULE = {
    "securityGroupId": "GroupId",
    "ipProtocol": "IpProtocol",
    "fromPort": "FromPort",
    "toPort": "ToPort",
    "cidrIpv4": "CidrIpv4",
    "cidrIpv6": "CidrIpv6",
    "prefixListId": "PrefixListId",
}


def _session(regions: Sequence[str]) -> tuple[Any, list[str]]:
    import boto3  # noqa: PLC0415 (as above)

    session = boto3.Session()
    wanted = list(regions) or ([session.region_name] if session.region_name else [])
    if not wanted:
        raise LiveError("no region is given, and the AWS configuration names none")
    return session, wanted


def _provider(account: str, region: str) -> Provider:
    """Give the provider that a stack would need to reach this account and region and no other."""
    props = {"region": frozen(region), "allowedAccountIds": frozen([account])}
    return Provider(f"{account}/{region}", account, "aws", props)


def _resource(kind: str, module: str, key: str, name: str, props: Mapping[str, Any]) -> Resource:
    token = f"aws:{module}/{kind[0].lower()}{kind[1:]}:{kind}"
    values = {field: frozen(value) for field, value in props.items() if value is not None}
    return Resource(urn=key, type=token, kind=f"{module}.{kind}", name=name, props=values, id=key)


def _flow_log(one: Mapping[str, Any]) -> Resource:
    props = {ours: one.get(theirs) for ours, theirs in _FLOW_LOG.items()}
    target = str(one.get("ResourceId", ""))
    for prefix, field in _FLOW_LOG_TARGETS.items():
        if target.startswith(prefix):
            props[field] = target
    return _resource("FlowLog", "ec2", str(one["FlowLogId"]), str(one["FlowLogId"]), {**props, "tags": _tags(one)})


def _tags(one: Mapping[str, Any]) -> dict[str, str]:
    listed = cast("list[dict[str, str]]", one.get("Tags") or [])
    return {tag["Key"]: tag["Value"] for tag in listed}


def _identities(page: Mapping[str, Any]) -> Iterator[Resource]:
    for holder in _HOLDERS:
        for one in page.get(holder.listed, ()):
            if not str(one.get("Path", "")).startswith(_SERVICE_ROLES):
                yield from _identity(holder, one)
    for one in page.get("Policies", ()):
        current = next(
            (item["Document"] for item in one.get("PolicyVersionList", ()) if item["IsDefaultVersion"]), None
        )
        props = {"name": one.get("PolicyName"), "path": one.get("Path"), "policy": _text(current)}
        yield _resource("Policy", "iam", str(one["Arn"]), str(one.get("PolicyName", "")), {**props, "arn": one["Arn"]})


def _identity(holder: _Holder, one: Mapping[str, Any]) -> Iterator[Resource]:
    name, arn = str(one[holder.name]), str(one["Arn"])
    boundary = cast("Mapping[str, Any]", one.get("PermissionsBoundary") or {})
    props = {
        "name": name,
        "path": one.get("Path"),
        "arn": arn,
        "assumeRolePolicy": _text(one.get("AssumeRolePolicyDocument")),
        "permissionsBoundary": boundary.get("PermissionsBoundaryArn"),
        "tags": _tags(one),
    }
    yield _resource(holder.kind, "iam", arn, name, props)
    for policy in one.get(holder.policies, ()):
        inline = {holder.field: name, "name": policy["PolicyName"], "policy": _text(policy["PolicyDocument"])}
        yield _resource(holder.inline, "iam", f"{arn}:{policy['PolicyName']}", str(policy["PolicyName"]), inline)
    for policy in one.get("AttachedManagedPolicies", ()):
        attached = {holder.field: name, "policyArn": policy["PolicyArn"]}
        key = f"{arn}/{policy['PolicyArn']}"
        yield _resource(holder.attachment, "iam", key, str(policy["PolicyName"]), attached)


def _text(document: object) -> str | None:
    """Give a document as the text that a stack holds; botocore has decoded it already."""
    return None if document is None else document if isinstance(document, str) else json.dumps(document)
