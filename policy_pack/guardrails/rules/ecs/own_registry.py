"""ECS003: an image from somebody else's registry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity
from guardrails.rules.ecs.containers import containers, setting

_ECR = re.compile(r"^(\d{12})\.dkr[.-]ecr(-fips)?\.[a-z0-9-]+\.(amazonaws\.com(\.cn)?|on\.aws)/")
"""A private registry's host names: IPv4, and dual stack (ECR user guide, "Private registry")."""


@dataclass(frozen=True, slots=True)
class Options:
    """`registries`: what other images may begin with, such as `public.ecr.aws/amazonlinux/`."""

    registries: tuple[str, ...] = ()


class OwnRegistry(ResourceRule):
    """Requires images from the private registry of an account that the intent declares."""

    id: ClassVar[str] = "ECS003"
    slug: ClassVar[str] = "image-from-own-registry"
    title: ClassVar[str] = "Every image comes from a registry of a declared account"
    rationale: ClassVar[str] = (
        "Somebody else's registry can be gone when the task must start again, is reached over the internet, and shows "
        "its owner who runs what."
    )
    fix: ClassVar[str] = (
        "Copy the image into an ECR repository of a declared account (a pull-through cache does it), or declare the "
        "registry in the option `registries`."
    )
    severity: ClassVar[Severity] = Severity.MEDIUM
    kinds: ClassVar[frozenset[str]] = frozenset({"ecs.TaskDefinition"})
    needs_intent: ClassVar[bool] = True
    covers: ClassVar[tuple[int, ...]] = (104,)
    options_type: ClassVar[type[Options]] = Options
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html",
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html",
    )
    example_intent: ClassVar[str] = """
version: 1
accounts: ["111122223333"]
"""
    avoid: ClassVar[str] = """
resources:
  task:
    type: aws:ecs:TaskDefinition
    properties:
      family: proxy
      containerDefinitions:
        fn::toJSON: [{name: proxy, image: "999988887777.dkr.ecr.ap-northeast-1.amazonaws.com/proxy:1"}]
"""
    prefer: ClassVar[str] = """
resources:
  task:
    type: aws:ecs:TaskDefinition
    properties:
      family: proxy
      containerDefinitions:
        fn::toJSON: [{name: proxy, image: "111122223333.dkr.ecr.ap-northeast-1.amazonaws.com/proxy:1"}]
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every task definition, where the intent names the accounts."""
        if facts.intent is None or not facts.intent.accounts:
            yield self.not_applicable("no intent names accounts: which registries are own ones is not known")
            return
        yield from super().check(facts)

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge the images of one task definition."""
        declared = {*facts.intent.accounts, *(item.account for item in facts.intent.externals)} if facts.intent else ()
        for where, container in containers(resource):
            path = f"{where}.image"
            image = container if isinstance(container, Unknown) else setting(container, "image")
            if isinstance(image, Unknown):
                yield self.unresolved(resource, path, image, "where the image comes from cannot be told")
                continue
            found = _ECR.match(image) if isinstance(image, str) else None
            if found is not None and found.group(1) in declared:
                continue
            if not (isinstance(image, str) and image.startswith(self.options.registries)):
                yield self.fail(resource, path, "comes from a registry of no declared account", image or "")
