"""EVD003: records that are deleted before anybody may need them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar

from guardrails.facts.resource import Resource, Value, as_int, frozen
from guardrails.facts.roles import Role
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.companions import companions

_GROUP, _BUCKET = "cloudwatch.LogGroup", "s3.Bucket"
_WRITERS: dict[str, tuple[str, ...]] = {
    "cloudtrail.Trail": ("s3BucketName", "cloudWatchLogsGroupArn"),
    "directoryservice.LogSubscription": ("logGroupName",),
    "ec2.FlowLog": ("logDestination",),
    "ecs.Cluster": ("configuration",),
    "networkfirewall.LoggingConfiguration": ("loggingConfiguration",),
    "route53.ResolverQueryLogConfig": ("destinationArn",),
    "s3.BucketLogging": ("targetBucket",),
    "ssm.Document": ("content",),
}
"""What records, and the properties that say where to; log groups and buckets that a program names for itself are not
judged: how long an application's logs are kept is its owners' choice."""
_NAME = re.compile(r"^arn:[\w-]+:(?:s3:::([^/]+).*|logs:[^:]*:\d*:log-group:([^:]+).*)$")
_LIFECYCLE, _VERSIONS = "s3.BucketLifecycleConfiguration", "s3.BucketVersioning"
_DELIVERED = "AWSLogs"
"""The folder into which AWS's services write, below the prefix that they are given."""


@dataclass(frozen=True, slots=True)
class Options:
    """`days`: the fewest days that records are kept."""

    days: int = 7


class RecordsKept(Rule):
    """Requires that log groups and buckets which hold records of the network and the account keep them for a while."""

    id: ClassVar[str] = "EVD003"
    slug: ClassVar[str] = "records-are-kept"
    title: ClassVar[str] = "Records of the network and the account are kept, and not deleted with their bucket"
    rationale: ClassVar[str] = (
        "A break-in is found weeks later. Records that expire within days, whose bucket keeps no versions of what is "
        "overwritten, or that go with the bucket in one `pulumi destroy`, are not there when they are asked for."
    )
    fix: ClassVar[str] = (
        "Raise retentionInDays or the lifecycle rule's days (none keeps for ever), leave versioning on, and do not set "
        "forceDestroy."
    )
    severity: ClassVar[Severity] = Severity.MEDIUM
    controls: ClassVar[tuple[str, ...]] = ("CKV_AWS_66", "CKV_AWS_338", "SH CloudWatch.16")
    options_type: ClassVar[type[Options]] = Options
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-16",
    )
    avoid: ClassVar[str] = """
resources:
  group: {type: "aws:cloudwatch:LogGroup", properties: {name: /room/dns, retentionInDays: 3}}
  names: {type: "aws:route53:ResolverQueryLogConfig", properties: {name: dns, destinationArn: "${group.arn}"}}
"""
    prefer: ClassVar[str] = """
resources:
  group: {type: "aws:cloudwatch:LogGroup", properties: {name: /room/dns, retentionInDays: 365}}
  names: {type: "aws:route53:ResolverQueryLogConfig", properties: {name: dns, destinationArn: "${group.arn}"}}
  debug: {type: "aws:cloudwatch:LogGroup", properties: {name: /app/debug, retentionInDays: 3}}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge whatever the stack's recorders write to."""
        lifecycles = companions(facts, (_LIFECYCLE,), "bucket", Role.BUCKET)
        versions = companions(facts, (_VERSIONS,), "bucket", Role.BUCKET)
        for item in _written(facts):
            if item.kind == _GROUP:
                yield from self._group(item)
                continue
            if facts.environment != "dev" and item.flag("forceDestroy", default=False) is True:
                yield self.fail(item, "forceDestroy", "deletes the records in it with the bucket", value=True)
            for versioning in versions.of(item.urn):
                status = versioning.get("versioningConfiguration.status")
                if isinstance(status, Unknown):
                    path = "versioningConfiguration.status"
                    yield self.unresolved(versioning, path, status, "whether overwritten records are kept")
                elif status != "Enabled":
                    yield self.fail(versioning, "versioningConfiguration.status", "keeps no overwritten record", status)
            for owner, path in ((item, "lifecycleRules"), *((one, "rules") for one in lifecycles.of(item.urn))):
                yield from self._lifecycle(owner, path)

    def _group(self, group: Resource) -> Iterator[Finding]:
        days = group.number("retentionInDays", 0)
        if isinstance(days, Unknown):
            yield self.unresolved(group, "retentionInDays", days, "for how long its records are kept")
        elif days and days < self.options.days:
            yield self.fail(group, "retentionInDays", f"keeps its records for {days} days", days)

    def _lifecycle(self, owner: Resource, path: str) -> Iterator[Finding]:
        listed = owner.items(path)
        for index, rule in enumerate([listed] if isinstance(listed, Unknown) else listed):
            where = f"{path}[{index}]"
            told = rule if isinstance(rule, Unknown) else _expires(rule)
            if isinstance(told, Unknown):
                yield self.unresolved(owner, where, told, "for how long its records are kept")
            elif told is not None and told < self.options.days:
                yield self.fail(owner, where, f"keeps its records for {told} days", told)


def _written(facts: Facts) -> list[Resource]:
    """Give the log groups and buckets of the stack that recorders write to."""
    found: dict[str, Resource] = {}
    for kind, paths in _WRITERS.items():
        for writer in facts.of(kind):
            for path in paths:
                for urn in (*(writer.edges or {}).get(path, ()), *_named(writer.get(path), facts)):
                    item = facts.by_urn.get(urn)
                    if item is not None and item.kind in {_GROUP, _BUCKET}:
                        found[urn] = item
    return [found[urn] for urn in sorted(found)]


def _named(value: Value, facts: Facts) -> Iterator[str]:
    """Give the log groups and buckets that the texts of a value name, by ARN or by name."""
    for text in _texts(value):
        match = _NAME.match(text)
        name = (match.group(1) or match.group(2)) if match else text
        for role in (Role.BUCKET, Role.LOG_GROUP):
            key = facts.lookup(name, role).key
            if key is not None:
                yield key


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        if value.lstrip().startswith("{"):  # Session Manager's preferences are a document of their own
            with suppress(ValueError, RecursionError):
                yield from _texts(frozen(json.loads(value)))
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def _expires(rule: Value) -> Unknown | int | None:
    """Give after how many days a lifecycle rule deletes records, None where it deletes none; a date is zero days."""
    fields: Mapping[str, Value] = rule if isinstance(rule, dict) else {}
    if fields.get("status") == "Disabled" or fields.get("enabled") is False:
        return None
    prefix = _prefix(fields)
    expiration = fields.get("expiration")
    unknown = next((item for item in (prefix, expiration) if isinstance(item, Unknown)), None)
    if unknown is not None:
        return unknown
    if not isinstance(expiration, dict) or (prefix and _DELIVERED not in str(prefix)):
        return None
    if expiration.get("date"):
        return 0
    days = as_int(expiration.get("days") or 0, "expiration.days")
    return days if isinstance(days, Unknown) else (days or None)


def _prefix(fields: Mapping[str, Value]) -> Value:
    limits = fields.get("filter")
    if isinstance(limits, dict):
        both = limits.get("and")
        return limits.get("prefix") or (both.get("prefix") if isinstance(both, dict) else None) or fields.get("prefix")
    return limits if isinstance(limits, Unknown) else fields.get("prefix")
