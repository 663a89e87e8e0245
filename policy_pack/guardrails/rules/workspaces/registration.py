"""WSP002: a registration that leaves desktops loose."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity

_CREATION = "workspaceCreationProperties"
_SELF_SERVICE = ("changeComputeType", "increaseVolumeSize", "rebuildWorkspace", "restartWorkspace", "switchRunningMode")
_SWITCHES: tuple[tuple[str, bool, bool, str], ...] = (
    (f"{_CREATION}.enableInternetAccess", False, False, "gives every desktop a public address"),
    (f"{_CREATION}.userEnabledAsLocalAdministrator", True, False, "makes users administrators of their desktops"),
    *(
        (f"selfServicePermissions.{name}", name == "restartWorkspace", False, "lets users change their desktops")
        for name in _SELF_SERVICE
    ),
)
"""Property, what AWS takes when it is omitted, what is wanted, and what the other value does."""


class Registration(ResourceRule):
    """Requires the safe value of every switch of a registration, omitted ones at AWS's default."""

    id: ClassVar[str] = "WSP002"
    slug: ClassVar[str] = "desktops-sealed"
    title: ClassVar[str] = "Desktops have no internet access, no local administrator, no self-service and an own group"
    rationale: ClassVar[str] = (
        "By default WorkSpaces makes the user a local administrator and lets the user restart the desktop; a local "
        "administrator can undo the proxy settings and every agent."
    )
    fix: ClassVar[str] = (
        "Set enableInternetAccess and userEnabledAsLocalAdministrator to false, every selfServicePermissions entry to "
        "false, and customSecurityGroupId to a group of your own."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    kinds: ClassVar[frozenset[str]] = frozenset({"workspaces.Directory"})
    covers: ClassVar[tuple[int, ...]] = (110, 111)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/workspaces/latest/api/API_WorkspaceCreationProperties.html",
        "https://docs.aws.amazon.com/workspaces/latest/adminguide/enable-user-self-service-workspace-management.html",
        "https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/r/workspaces_directory.html.markdown",
    )
    avoid: ClassVar[str] = """
resources:
  group: {type: "aws:ec2:SecurityGroup", properties: {vpcId: vpc-1}}
  room:
    type: aws:workspaces:Directory
    properties:
      directoryId: d-1
      selfServicePermissions: {restartWorkspace: false}
      workspaceCreationProperties: {customSecurityGroupId: "${group.id}", enableInternetAccess: false}
"""
    prefer: ClassVar[str] = """
resources:
  group: {type: "aws:ec2:SecurityGroup", properties: {vpcId: vpc-1}}
  room:
    type: aws:workspaces:Directory
    properties:
      directoryId: d-1
      selfServicePermissions: {restartWorkspace: false}
      workspaceCreationProperties:
        customSecurityGroupId: ${group.id}
        enableInternetAccess: false
        userEnabledAsLocalAdministrator: false
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one registration."""
        for path, default, wanted, why in _SWITCHES:
            value = resource.flag(path, default=default)
            if isinstance(value, Unknown):
                yield self.unresolved(resource, path, value)
            elif value is not wanted:
                shown = "omitted" if resource.get(path) is None else value
                yield self.fail(resource, path, why, shown)
        group = resource.get(f"{_CREATION}.customSecurityGroupId")
        if group is None or group == "":
            yield self.fail(
                resource, f"{_CREATION}.customSecurityGroupId", "names no security group of its own", "omitted"
            )
