"""ECS001: an image that can change under its name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity
from guardrails.rules.ecs.containers import containers, setting

_DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")


class ImageDigest(ResourceRule):
    """Requires images by digest."""

    id: ClassVar[str] = "ECS001"
    slug: ClassVar[str] = "image-by-digest"
    title: ClassVar[str] = "Every container runs an image named by its digest"
    rationale: ClassVar[str] = (
        "A tag can be moved to another image; the proxy that decides what may leave the room would then be somebody "
        "else's program."
    )
    fix: ClassVar[str] = "Name the image as <repository>@sha256:<digest>."
    severity: ClassVar[Severity] = Severity.HIGH
    kinds: ClassVar[frozenset[str]] = frozenset({"ecs.TaskDefinition"})
    covers: ClassVar[tuple[int, ...]] = (104,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html",
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-tasks-containers.html",
    )
    avoid: ClassVar[str] = """
resources:
  task:
    type: aws:ecs:TaskDefinition
    properties:
      family: proxy
      containerDefinitions:
        fn::toJSON: [{name: proxy, image: "111122223333.dkr.ecr.ap-northeast-1.amazonaws.com/proxy:latest"}]
"""
    prefer: ClassVar[str] = """
resources:
  task:
    type: aws:ecs:TaskDefinition
    properties:
      family: proxy
      containerDefinitions:
        fn::toJSON:
          - name: proxy
            image: 111122223333.dkr.ecr.ap-northeast-1.amazonaws.com/proxy@sha256:\
0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one task definition."""
        for where, container in containers(resource):
            path = f"{where}.image"
            image = container if isinstance(container, Unknown) else setting(container, "image")
            if isinstance(container, Unknown):
                yield self.unresolved(resource, where, container, "which images run cannot be told")
            elif isinstance(image, Unknown):
                yield self.unresolved(resource, path, image)
            elif not isinstance(image, str) or not _DIGEST.search(image):
                yield self.fail(resource, path, "names an image by a tag, which can be moved", image or "")
