"""SSM001: a Systems Manager document that everybody may run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity

_PATH = "permissions"
_SETTING = "ssm.ServiceSetting"
_SHARING = "/ssm/documents/console/public-sharing-permission"


class PublicDocument(ResourceRule):
    """Refuses sharing a document with every account."""

    id: ClassVar[str] = "SSM001"
    slug: ClassVar[str] = "no-public-document"
    title: ClassVar[str] = "No Systems Manager document is shared with everybody"
    rationale: ClassVar[str] = (
        "A public document shows every AWS account how the hosts are run: names, paths, and what else is in it."
    )
    fix: ClassVar[str] = "List the accounts in permissions.accountIds, or leave permissions out."
    severity: ClassVar[Severity] = Severity.HIGH
    kinds: ClassVar[frozenset[str]] = frozenset({"ssm.Document", _SETTING})
    controls: ClassVar[tuple[str, ...]] = ("CKV_AWS_303", "SH SSM.4", "SH SSM.7")
    covers: ClassVar[tuple[int, ...]] = (106,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-ssm-sharing.html",
    )
    avoid: ClassVar[str] = """
resources:
  document:
    type: aws:ssm:Document
    properties:
      {name: patch, documentType: Command, content: "{}", permissions: {type: Share, accountIds: "111122223333,ALL"}}
"""
    prefer: ClassVar[str] = """
resources:
  document:
    type: aws:ssm:Document
    properties:
      {name: patch, documentType: Command, content: "{}", permissions: {type: Share, accountIds: "111122223333"}}
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one document, or the account's setting about all of them."""
        if resource.kind == _SETTING:
            yield from self._setting(resource)
            return
        whole = resource.get(_PATH)
        if isinstance(whole, Unknown):
            yield self.unresolved(resource, _PATH, whole, "with whom it is shared cannot be told")
            return
        path = f"{_PATH}.accountIds"
        accounts = resource.items(path)
        for item in [accounts] if isinstance(accounts, Unknown) else accounts:
            if isinstance(item, Unknown):
                yield self.unresolved(resource, path, item, "with whom it is shared cannot be told")
            elif any(part.strip().lower() in {"all", "*"} for part in str(item).split(",")):
                yield self.fail(resource, path, "is shared with every AWS account", str(item))

    def _setting(self, resource: Resource) -> Iterator[Finding]:
        name, value = resource.get("settingId"), resource.get("settingValue")
        if isinstance(name, Unknown):
            yield self.unresolved(resource, "settingId", name, "whether it lets documents be public")
        elif isinstance(name, str) and name.endswith(_SHARING):
            if isinstance(value, Unknown):
                yield self.unresolved(resource, "settingValue", value, "whether it lets documents be public")
            elif str(value).lower() != "disable":
                yield self.fail(resource, "settingValue", "lets documents be shared with everybody", value)
