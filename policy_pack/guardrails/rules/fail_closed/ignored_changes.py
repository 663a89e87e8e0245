"""FCL008: changes to a security property that Pulumi is told to ignore."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.rules.base import Finding, ResourceRule, Severity

_HARMLESS = {
    "ecs.Service": {"desiredCount", "taskDefinition"},
    "autoscaling.Group": {"desiredCapacity"},
    "directoryservice.Directory": {"password"},
    "secretsmanager.SecretVersion": {"secretString", "secretStringWo", "versionStages"},
    "rds.Instance": {"password", "engineVersion", "snapshotIdentifier"},
    "rds.Cluster": {"masterPassword", "engineVersion"},
    "ec2.Instance": {"ami"},
    "ssm.Parameter": {"value"},
}
"""Properties that something else rightly changes, by kind."""
_TAG = re.compile(r"""^tags(?:All)?(?:\.|\[["']?)?(?P<key>[^"'\]]*)""")
_ALWAYS_HARMLESS = re.compile(r"^(tags|tagsAll)(\.|\[|$)|^description$")


class IgnoredChanges(ResourceRule):
    """Refuses `ignoreChanges` on what decides who may do or reach what."""

    id: ClassVar[str] = "FCL008"
    slug: ClassVar[str] = "no-ignored-security-change"
    title: ClassVar[str] = "No change of a security property is ignored"
    rationale: ClassVar[str] = (
        "With ignoreChanges the engine keeps the deployed value and shows the guard the old one: somebody opens a "
        "group by hand and neither preview nor gate ever sees it again."
    )
    fix: ClassVar[str] = "Take the property out of ignoreChanges; bring the outside change into the program instead."
    severity: ClassVar[Severity] = Severity.HIGH
    exemptible: ClassVar[bool] = False
    covers: ClassVar[tuple[int, ...]] = (8,)
    references: ClassVar[tuple[str, ...]] = ("https://www.pulumi.com/docs/iac/concepts/options/ignorechanges/",)
    avoid: ClassVar[str] = """
resources:
  group:
    type: aws:ec2:SecurityGroup
    properties: {vpcId: vpc-1}
    options: {ignoreChanges: [ingress]}
"""
    prefer: ClassVar[str] = """
resources:
  group:
    type: aws:ec2:SecurityGroup
    properties: {vpcId: vpc-1, tags: {Name: web}}
    options: {ignoreChanges: ["tags.CreatedBy"]}
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one resource."""
        if not resource.type.startswith("aws:"):
            return
        harmless = _HARMLESS.get(resource.kind, set())
        keys = {key for zone in facts.intent.zones.values() for key in zone.tags} if facts.intent else set[str]()
        for path in resource.ignore_changes:
            top = re.split(r"[.\[]", path, maxsplit=1)[0]
            if _ALWAYS_HARMLESS.match(path):
                if _decides_the_zone(path, resource, keys):
                    yield self.fail(
                        resource, path, "changes of the tag that says its zone are ignored", "ignoreChanges"
                    )
            elif top not in harmless:
                yield self.fail(resource, path, "changes of this property are ignored", "ignoreChanges")


def _decides_the_zone(path: str, resource: Resource, keys: set[str]) -> bool:
    """Tell whether a path names a tag by which the intent finds zones, or all tags of a resource that has one."""
    tag = _TAG.match(path)
    if tag is None:
        return False
    return tag["key"] in keys if tag["key"] else bool(keys & set(resource.tags))
