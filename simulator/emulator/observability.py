"""The calls of CloudWatch, CloudWatch Logs and SNS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from simulator.emulator.model import Emulated, Step, listed, picked, plus_tags, step, tag_list
from simulator.model import Values
from simulator.types import observability

if TYPE_CHECKING:
    from simulator.creation import Creation


def _retention(creation: Creation) -> Values | None:
    days = creation.get("retentionInDays", 0)
    return {"logGroupName": creation.id, "retentionInDays": days} if days else None


def _alarm(creation: Creation) -> Values:
    values = picked(
        AlarmName="name",
        AlarmDescription="alarmDescription",
        ActionsEnabled="actionsEnabled",
        AlarmActions="alarmActions",
        OKActions="okActions",
        MetricName="metricName",
        Namespace="namespace",
        Statistic="statistic",
        Period="period",
        EvaluationPeriods="evaluationPeriods",
        DatapointsToAlarm="datapointsToAlarm",
        Threshold="threshold",
        ComparisonOperator="comparisonOperator",
        TreatMissingData="treatMissingData",
    )(creation)
    dimensions: Values = creation.get("dimensions", {})
    if dimensions:
        values["Dimensions"] = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    return values


def _metric_filter(creation: Creation) -> Values:
    given: Values = creation.get("metricTransformation", {})
    names = {"metricName": "name", "metricNamespace": "namespace", "metricValue": "value"}
    metric = {name: given[field] for name, field in names.items() if given.get(field) is not None}
    if given.get("defaultValue") is not None:
        metric["defaultValue"] = float(given["defaultValue"])
    return {
        "logGroupName": creation.get("logGroupName"),
        "filterName": creation.get("name"),
        "filterPattern": creation.get("pattern", ""),
        "metricTransformations": [metric],
    }


def _topic_attribute(name: str, field: str, identity: str) -> Step:
    def parameters(creation: Creation) -> Values | None:
        value = creation.get(field)
        arn = creation.id if identity == "@id" else creation.get(identity)
        return {"TopicArn": arn, "AttributeName": name, "AttributeValue": value} if value else None

    return Step("set_topic_attributes", parameters)


def _topic(creation: Creation) -> Values:
    key: Any = creation.get("kmsMasterKeyId")
    attributes: Values = {"KmsMasterKeyId": key} if key else {}
    return {"Name": creation.get("name"), **({"Attributes": attributes} if attributes else {})}


def _log_tags(creation: Creation) -> Values:
    values = picked(logGroupName="name", kmsKeyId="kmsKeyId")(creation)
    tags = {item["Key"]: item["Value"] for item in tag_list(creation)}
    return {**values, "tags": tags} if tags else values


ENTRIES: Final = (
    Emulated(
        observability.LOG_GROUP,
        "logs",
        Step("create_log_group", _log_tags),
        then=(Step("put_retention_policy", _retention),),
        delete=(step("delete_log_group", logGroupName="@id"),),
        alive=step("describe_log_groups", logGroupNamePrefix="@id"),
        alive_at="logGroups.0",
    ),
    Emulated(
        "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
        "logs",
        step("put_resource_policy", policyName="policyName", policyDocument="policyDocument"),
        update=(step("put_resource_policy", policyName="policyName", policyDocument="policyDocument"),),
        delete=(step("delete_resource_policy", policyName="policyName"),),
    ),
    Emulated(
        "aws:cloudwatch/logMetricFilter:LogMetricFilter",
        "logs",
        Step("put_metric_filter", _metric_filter),
        update=(Step("put_metric_filter", _metric_filter),),
        delete=(step("delete_metric_filter", logGroupName="logGroupName", filterName="name"),),
    ),
    Emulated(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        "cloudwatch",
        Step("put_metric_alarm", _alarm),
        update=(Step("put_metric_alarm", _alarm),),
        delete=(Step("delete_alarms", lambda c: {"AlarmNames": [c.id]}),),
        alive=Step("describe_alarms", lambda c: {"AlarmNames": [c.id]}),
        alive_at="MetricAlarms.0",
    ),
    Emulated(
        observability.DASHBOARD,
        "cloudwatch",
        step("put_dashboard", DashboardName="dashboardName", DashboardBody="dashboardBody"),
        update=(step("put_dashboard", DashboardName="dashboardName", DashboardBody="dashboardBody"),),
        delete=(listed("delete_dashboards", "DashboardNames"),),
        alive=step("get_dashboard", DashboardName="@id"),
    ),
    Emulated(
        observability.TOPIC,
        "sns",
        plus_tags(Step("create_topic", _topic)),
        then=(_topic_attribute("Policy", "policy", "@id"),),
        delete=(step("delete_topic", TopicArn="@id"),),
        alive=step("get_topic_attributes", TopicArn="@id"),
    ),
    Emulated(
        "aws:sns/topicPolicy:TopicPolicy",
        "sns",
        _topic_attribute("Policy", "policy", "arn"),
        update=(_topic_attribute("Policy", "policy", "arn"),),
    ),
)
