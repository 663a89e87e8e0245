"""Log groups, alarms and topics (CloudWatch Logs, CloudWatch and SNS API references)."""

from __future__ import annotations

from typing import Final

from simulator.documents import valid_policy
from simulator.model import Reference, Refusal, ResourceType, Unique
from simulator.types.common import arn_id, at_most, between, matching, named, one_of, valid_json
from simulator.types.keys import key_reference

LOG_GROUP: Final = "aws:cloudwatch/logGroup:LogGroup"
TOPIC: Final = "aws:sns/topic:Topic"
DASHBOARD: Final = "aws:cloudwatch/dashboard:Dashboard"
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html; 0 keeps for ever.
_RETENTION: Final = (
    0,
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)
_LOG_ARN: Final = "arn:{partition}:logs:{region}:{account}:log-group:{name}"

TYPES: Final = (
    ResourceType(
        LOG_GROUP,
        "CloudWatch Logs",
        "Log Group",
        named(),
        arn=_LOG_ARN,
        cloudformation="AWS::Logs::LogGroup",
        references=(key_reference("kmsKeyId"),),
        unique=(
            Unique(("name",), Refusal("ResourceAlreadyExistsException", "The specified log group already exists")),
        ),
        validate={
            "retentionInDays": one_of(*_RETENTION),
            "name": matching(r"[.\-_/#A-Za-z0-9]{1,512}", "letters, digits and .-_/#"),
        },
        computed=lambda c: {"logGroupClass": c.get("logGroupClass", "STANDARD")},
        defaults={"retentionInDays": 0, "skipDestroy": False},
        not_found=Refusal("ResourceNotFoundException", "The specified log group does not exist."),
        replace=frozenset({"name", "logGroupClass"}),
    ),
    ResourceType(
        "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
        "CloudWatch Logs",
        "Resource Policy",
        named("policyName"),
        create="PutResourcePolicy",
        validate={"policyDocument": valid_policy(5120, principal=True)},
        computed=lambda _c: {"policyScope": "ACCOUNT"},
        replace=frozenset({"policyName"}),
    ),
    ResourceType(
        "aws:cloudwatch/logMetricFilter:LogMetricFilter",
        "CloudWatch Logs",
        "Metric Filter",
        named(),
        create="PutMetricFilter",
        cloudformation="AWS::Logs::MetricFilter",
        references=(Reference("logGroupName", LOG_GROUP, by=("id",), blocks=False),),
        validate={"pattern": at_most(1024)},
        replace=frozenset({"name", "logGroupName"}),
    ),
    ResourceType(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        "CloudWatch",
        "Metric Alarm",
        named(),
        arn="arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}",
        create="PutMetricAlarm",
        cloudformation="AWS::CloudWatch::Alarm",
        references=(
            Reference(
                "alarmActions", TOPIC, by=("arn",), foreign=("arn:aws:automate:", "arn:aws:autoscaling:"), blocks=False
            ),
            Reference("okActions", TOPIC, by=("arn",), foreign=("arn:aws:automate:",), blocks=False),
        ),
        defaults={"evaluateLowSampleCountPercentiles": None},
        validate={"evaluationPeriods": between(1, 86400)},
        replace=frozenset({"name"}),
    ),
    ResourceType(
        DASHBOARD,
        "CloudWatch",
        "Dashboard",
        named("dashboardName"),
        create="PutDashboard",
        delete="DeleteDashboards",
        cloudformation="AWS::CloudWatch::Dashboard",
        validate={
            "dashboardName": matching(r"[A-Za-z0-9_-]{1,255}", "letters, digits, - and _"),
            "dashboardBody": valid_json,
        },
        computed=lambda c: {"dashboardArn": c.arn("arn:{partition}:cloudwatch::{account}:dashboard/{dashboardName}")},
        not_found=Refusal("ResourceNotFound", "Dashboard {value} does not exist", 404),
        replace=frozenset({"dashboardName"}),
    ),
    ResourceType(
        TOPIC,
        "SNS",
        "Topic",
        arn_id("arn:{partition}:sns:{region}:{account}:{name}"),
        arn="arn:{partition}:sns:{region}:{account}:{name}",
        references=(key_reference("kmsMasterKeyId"),),
        validate={
            "policy": valid_policy(30720, principal=True),
            "name": matching(r"[A-Za-z0-9_-]{1,256}(\.fifo)?", "letters, digits, - and _"),
        },
        computed=lambda c: {"owner": c.session.account},
        not_found=Refusal("NotFound", "Topic does not exist", 404),
        replace=frozenset({"name", "fifoTopic"}),
    ),
    ResourceType(
        "aws:sns/topicPolicy:TopicPolicy",
        "SNS",
        "Topic Policy",
        named("arn"),
        create="SetTopicAttributes",
        references=(Reference("arn", TOPIC, by=("arn",), blocks=False),),
        validate={"policy": valid_policy(30720, principal=True)},
        computed=lambda c: {"owner": c.session.account},
        replace=frozenset({"arn"}),
    ),
)
