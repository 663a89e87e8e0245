"""A dashboard of what inspection sees: how much passes each AZ's endpoint, and what is stopped there. Pure.

Everything is found by names that are known before anything exists: a search takes up the AZs that come later.
Sources: https://docs.aws.amazon.com/network-firewall/latest/developerguide/monitoring-cloudwatch.html,
https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-cloudwatch-metrics.html,
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from components.inspection.plan import InspectionPlan

PERIOD_SECONDS = 300
WIDTH, HEIGHT = 12, 6
"""Of a widget, on a grid of 24 columns."""
BLOCKED_NAMESPACE = "SecureRoom/Inspection"
_FIREWALL = "{AWS/NetworkFirewall,AvailabilityZone,Engine,FirewallName}"
_ENDPOINT = '{AWS/PrivateLinkEndpoints,"Endpoint Type","Service Name","VPC Endpoint Id","VPC Id"}'

Widget = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Watched:
    """What is inspected: by the names of the firewall, of the metric of what it blocks, and of its flow log."""

    region: str
    firewall: str
    blocked: str
    flow_log: str


def dashboard_body(plan: InspectionPlan, watched: Watched) -> str:
    """The dashboard as CloudWatch takes it."""
    engines = {"network_firewall": _of_firewall, "gateway_load_balancer": _of_vendor}
    widgets = [
        {"x": WIDTH * (place % 2), "y": HEIGHT * (place // 2), "width": WIDTH, "height": HEIGHT, **widget}
        for place, widget in enumerate(engines[plan.engine](plan, watched))
    ]
    return json.dumps({"widgets": widgets}, separators=(",", ":"))


def _of_firewall(plan: InspectionPlan, watched: Watched) -> Iterator[Widget]:
    for title, metric in (
        ("Packets received, by AZ", "ReceivedPackets"),
        ("Packets passed, by AZ", "PassedPackets"),
        ("Packets dropped, by AZ", "DroppedPackets"),
    ):
        yield _searched(title, watched, f'{_FIREWALL} FirewallName="{watched.firewall}" MetricName="{metric}"')
    yield _metric("Connections that were blocked", watched, [[BLOCKED_NAMESPACE, watched.blocked]])
    yield _query(
        "Bytes inspected, by AZ", watched, "stats sum(event.netflow.bytes) as bytes by availability_zone, bin(1h)"
    )
    yield _query(
        "Bytes inspected, by source",
        watched,
        "stats sum(event.netflow.bytes) as bytes by event.src_ip | sort bytes desc | limit 20",
    )


def _of_vendor(plan: InspectionPlan, watched: Watched) -> Iterator[Widget]:
    for title, metric in (
        ("Bytes inspected, by endpoint", "BytesProcessed"),
        ("New connections, by endpoint", "NewConnections"),
        ("Packets dropped, by endpoint", "PacketsDropped"),
    ):
        yield _searched(title, watched, f'{_ENDPOINT} "Service Name"="{plan.service_name}" MetricName="{metric}"')


def _searched(title: str, watched: Watched, search: str) -> Widget:
    return _metric(title, watched, [[{"expression": f"SEARCH('{search}', 'Sum', {PERIOD_SECONDS})"}]])


def _metric(title: str, watched: Watched, metrics: list[list[Any]]) -> Widget:
    shown = {"view": "timeSeries", "stat": "Sum", "period": PERIOD_SECONDS, "region": watched.region}
    return {"type": "metric", "properties": {"title": title, "metrics": metrics, **shown}}


def _query(title: str, watched: Watched, query: str) -> Widget:
    text = f"SOURCE '{watched.flow_log}' | {query}"
    return {"type": "log", "properties": {"title": title, "query": text, "region": watched.region, "view": "table"}}
