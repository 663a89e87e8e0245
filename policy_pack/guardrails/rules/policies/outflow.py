"""RPL008: something that is copied, sent or subscribed to an account that nobody declared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource, Value
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Scope, Severity
from guardrails.rules.policies.common import declared_accounts, elsewhere

_ACCOUNTS = re.compile(
    r"(?<![\w:-])arn:[\w-]*:[\w-]*:[\w-]*:(\d{12}):"  # an ARN, also within a document
    r"|^https://[\w.-]+\.amazonaws\.com(?:\.cn)?/(\d{12})/"  # a queue's URL
)

_NUMBER = re.compile(r"^\d{12}$")
_NAMES_ACCOUNT = re.compile(r"(accounts?|accountIds?|registryId|owner|masterId|userIds)$", re.IGNORECASE)
"""Properties whose value is an account's number by itself: elsewhere twelve digits may be a telephone's."""

_SENT_TO: dict[str, tuple[str, ...]] = {
    "backup.Plan": ("rules.copyActions.destinationVaultArn",),
    "backup.VaultNotifications": ("snsTopicArn",),
    "cfg.AggregateAuthorization": ("accountId",),
    "cfg.DeliveryChannel": ("snsTopicArn", "s3KmsKeyArn"),
    "cloudtrail.Trail": ("snsTopicName", "cloudWatchLogsGroupArn", "kmsKeyId"),
    "cloudwatch.EventTarget": ("arn", "deadLetterConfig.arn"),
    "cloudwatch.LogAccountPolicy": ("policyDocument",),
    "cloudwatch.LogDeliveryDestination": ("deliveryDestinationConfiguration.destinationResourceArn",),
    "cloudwatch.LogDestination": ("targetArn",),
    "cloudwatch.LogSubscriptionFilter": ("destinationArn",),
    "cloudwatch.MetricStream": ("firehoseArn",),
    "detective.InvitationAccepter": ("graphArn",),
    "dynamodb.KinesisStreamingDestination": ("streamArn",),
    "dynamodb.TableExport": ("s3BucketOwner", "s3SseKmsKeyId"),
    "ec2.FlowLog": ("logDestination",),
    "ecr.ReplicationConfiguration": ("replicationConfiguration.rules.destinations.registryId",),
    "guardduty.InviteAccepter": ("masterAccountId",),
    "guardduty.PublishingDestination": ("destinationArn", "kmsKeyArn"),
    "imagebuilder.DistributionConfiguration": (
        "distributions.amiDistributionConfiguration.targetAccountIds",
        "distributions.amiDistributionConfiguration.launchPermission.userIds",
    ),
    "lambda.EventSourceMapping": ("destinationConfig.onFailure.destinationArn",),
    "lambda.Function": ("deadLetterConfig.targetArn",),
    "lambda.FunctionEventInvokeConfig": (
        "destinationConfig.onSuccess.destination", "destinationConfig.onFailure.destination",
    ),
    "macie2.InvitationAccepter": ("administratorAccountId",),
    "oam.Link": ("sinkIdentifier",),
    "pipes.Pipe": ("target", "enrichment"),
    "rds.ExportTask": ("kmsKeyId",),
    "route53.ResolverQueryLogConfig": ("destinationArn",),
    "s3.AnalyticsConfiguration": (
        "storageClassAnalysis.dataExport.destination.s3BucketDestination.bucketAccountId",
    ),
    "s3.Bucket": ("replicationConfiguration.rules.destinations.accountId",),
    "s3.BucketNotification": ("lambdaFunctions.lambdaFunctionArn", "queues.queueArn", "topics.topicArn"),
    "s3.BucketReplicationConfig": (
        "rules.destination.account", "rules.destination.encryptionConfiguration.replicaKmsKeyId",
    ),
    "s3.Inventory": ("destination.bucket.accountId",),
    "s3control.StorageLensConfiguration": ("storageLensConfiguration.dataExport.s3BucketDestination.accountId",),
    "s3tables.TableBucketReplication": ("rule.destinations.destinationTableBucketArn",),
    "scheduler.Schedule": ("target.arn", "target.deadLetterConfig.arn"),
    "securityhub.InviteAccepter": ("masterId",),
    "sns.TopicSubscription": ("endpoint",),
    "wafv2.WebAclLoggingConfiguration": ("logDestinationConfigs",),
}  # fmt: skip
"""Where resources name who gets copies, events, records or findings; lists on the way are gone through."""


class Outflow(ResourceRule):
    """Refuses copies, events and records for accounts that the intent does not name."""

    id: ClassVar[str] = "RPL008"
    slug: ClassVar[str] = "nothing-sent-to-undeclared-account"
    title: ClassVar[str] = "Copies, events, records and findings go to declared accounts only"
    rationale: ClassVar[str] = (
        "A replication rule, an event target, a log subscription or a flow log's destination needs no policy on this "
        "side: one ARN carries data out for as long as the rule is there, and the network never sees it. A bucket's "
        "ARN tells no account: say it beside the ARN where the kind has a place for it, as replication does."
    )
    fix: ClassVar[str] = (
        "Send it to an account of one's own, or declare the other one in the intent (`accounts`, or an external with "
        "`account`)."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    scope: ClassVar[Scope] = Scope.EARLY
    kinds: ClassVar[frozenset[str]] = frozenset(_SENT_TO)
    needs_intent: ClassVar[bool] = True
    covers: ClassVar[tuple[int, ...]] = (96,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-walkthrough-2.html",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CrossAccountSubscriptions.html",
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html",
    )
    example_intent: ClassVar[str] = """
version: 1
accounts: ["111122223333"]
zones:
  desktop: {tags: {Zone: desktop}, protected: true}
"""
    avoid: ClassVar[str] = """
resources:
  copies:
    type: aws:s3:BucketReplicationConfig
    properties:
      bucket: room-logs
      role: arn:aws:iam::111122223333:role/copy
      rules:
        - {status: Enabled, destination: {bucket: "arn:aws:s3:::elsewhere", account: "999988887777"}}
  events:
    type: aws:cloudwatch:EventTarget
    properties: {rule: findings, arn: "arn:aws:events:ap-northeast-1:999988887777:event-bus/default"}
"""
    prefer: ClassVar[str] = """
resources:
  copies:
    type: aws:s3:BucketReplicationConfig
    properties:
      bucket: room-logs
      role: arn:aws:iam::111122223333:role/copy
      rules:
        - {status: Enabled, destination: {bucket: "arn:aws:s3:::room-copies", account: "111122223333"}}
  queue: {type: "aws:sqs:Queue", properties: {name: findings}}
  events:
    type: aws:cloudwatch:EventTarget
    properties: {rule: findings, arn: "${queue.arn}"}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every destination, where the intent names the accounts."""
        if facts.intent is None or not facts.intent.accounts:
            yield self.not_applicable("no intent names accounts: which ones are foreign is not known")
            return
        yield from super().check(facts)

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge where one resource sends what it has."""
        declared = declared_accounts(facts.intent)
        for path in _SENT_TO[resource.kind]:
            foreign: set[str] = set()
            for value in _leaves(dict(resource.props), path.split(".")):
                if isinstance(value, Unknown):
                    if not elsewhere(resource, path.split(".", maxsplit=1)[0]):
                        yield self.unresolved(resource, path, value, "to which account it is sent cannot be told")
                elif isinstance(value, str):
                    foreign |= _accounts(path, value) - declared
            if foreign:
                why = "sends it to another account, which the intent does not name"
                yield self.fail(resource, path, why, ", ".join(sorted(foreign)))


def _accounts(path: str, text: str) -> set[str]:
    if _NUMBER.match(text.strip()):
        return {text.strip()} if _NAMES_ACCOUNT.search(path) else set()
    return {account for match in _ACCOUNTS.finditer(text.strip()) for account in match.groups() if account}


def _leaves(value: Value, steps: list[str]) -> Iterator[Value]:
    """Give every value at the end of a path, through lists as well."""
    if isinstance(value, list):
        for item in value:
            yield from _leaves(item, steps)
    elif isinstance(value, Unknown) or not steps:
        yield value
    elif isinstance(value, dict):
        yield from _leaves(value.get(steps[0]), steps[1:])
