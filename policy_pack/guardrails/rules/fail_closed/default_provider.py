"""FCL009: resources that could end up in any account or region."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, ClassVar, cast

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity

_PROVIDER = "pulumi:providers:aws"
_SHOWN = 5
"""As many of a default provider's resources are named."""


class DefaultProvider(ResourceRule):
    """Requires an explicit provider with an allowed account and a region, both within the intent."""

    id: ClassVar[str] = "FCL009"
    slug: ClassVar[str] = "explicit-provider"
    title: ClassVar[str] = "Every resource is made by an explicit provider with an allowed account and a region"
    rationale: ClassVar[str] = (
        "The default provider takes whatever credentials and region it finds: a room meant for one account is built in "
        "another. An allowed account makes the provider refuse."
    )
    fix: ClassVar[str] = (
        "Make one provider with region and allowedAccountIds, pass it to every resource, and switch default providers "
        "off (pulumi:disable-default-providers)."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    exemptible: ClassVar[bool] = False
    covers: ClassVar[tuple[int, ...]] = (9,)
    references: ClassVar[tuple[str, ...]] = (
        "https://www.pulumi.com/docs/iac/concepts/resources/providers/#disabling-default-providers",
        "https://www.pulumi.com/docs/iac/concepts/resources/providers/",
    )
    avoid: ClassVar[str] = """
resources:
  bucket: {type: "aws:s3:Bucket"}
"""
    prefer: ClassVar[str] = """
resources:
  tokyo:
    type: pulumi:providers:aws
    properties: {region: ap-northeast-1, allowedAccountIds: ["111122223333"]}
  bucket: {type: "aws:s3:Bucket", options: {provider: "${tokyo}"}}
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one AWS provider, or one AWS resource."""
        if resource.type == _PROVIDER:
            yield from self._default(resource, facts) if _is_default(resource.name) else self._provider(resource, facts)
        elif resource.type.startswith("aws:") and resource.custom:
            yield from self._resource(resource, facts)

    def _default(self, provider: Resource, facts: Facts) -> Iterator[Finding]:
        """A default provider is told once, not with each of its resources: the engine makes it before all of them."""
        made = [item.name for item in facts.resources if item.provider and item.provider.urn == provider.urn]
        more = f" and {len(made) - _SHOWN} more" if len(made) > _SHOWN else ""
        witness = f"{', '.join(made[:_SHOWN])}{more}" if made else ""
        if made or facts.partial:
            yield self.fail(provider, "", "the default provider makes resources of this stack", "", witness)

    def _resource(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        if resource.provider is None:
            yield self.fail(resource, "", "names no provider")
            return
        region = resource.get("region")
        allowed = facts.intent.regions if facts.intent else ()
        if isinstance(region, str) and region and allowed and region not in allowed:
            yield self.fail(resource, "region", "is made in a region that the intent does not allow", region)
        elif isinstance(region, Unknown) and allowed:
            yield self.unresolved(resource, "region", region, "whether the intent allows the region")

    def _provider(self, provider: Resource, facts: Facts) -> Iterator[Finding]:
        yield from self._region(provider, facts)
        accounts = provider.get("allowedAccountIds")
        if isinstance(accounts, str):
            accounts = _listed(accounts)
        if isinstance(accounts, Unknown):
            yield self.unresolved(provider, "allowedAccountIds", accounts)
        elif not isinstance(accounts, list) or not accounts:
            yield self.fail(provider, "allowedAccountIds", "allows every account")
        elif facts.intent and facts.intent.accounts:
            for account in accounts:
                if isinstance(account, Unknown):
                    yield self.unresolved(provider, "allowedAccountIds", account)
                elif account not in facts.intent.accounts:
                    yield self.fail(
                        provider, "allowedAccountIds", "allows an account that the intent does not", account
                    )

    def _region(self, provider: Resource, facts: Facts) -> Iterator[Finding]:
        region = provider.get("region")
        if region is None or region == "":
            yield self.fail(provider, "region", "names no region")
        elif isinstance(region, Unknown):
            yield self.unresolved(provider, "region", region)
        elif facts.intent and facts.intent.regions and region not in facts.intent.regions:
            yield self.fail(provider, "region", "names a region that the intent does not allow", region)


def _is_default(name: str) -> bool:
    """Tell the engine's own providers (`default`, `default_7_51_1`) by the name that it gives them."""
    return name == "default" or name.startswith("default_")


def _listed(text: str) -> list[str] | None:
    """Read the JSON text in which the engine keeps a provider's lists."""
    try:
        found: Any = json.loads(text)
    except ValueError:
        return None
    return [str(item) for item in cast("list[Any]", found)] if isinstance(found, list) else None
