"""ECS001: an image that can change under its name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.resource import Resource, Value, frozen
from guardrails.facts.stack import Facts
from guardrails.facts.values import Maybe, Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity

_DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")


def container_definitions(resource: Resource) -> Maybe[list[Value]]:
    """Give the container definitions of a task definition, which the provider keeps as JSON text."""
    value = resource.get("containerDefinitions")
    what = f"{resource.urn}.containerDefinitions"
    if isinstance(value, str):
        try:
            value = frozen(json.loads(value))
        except (ValueError, RecursionError):
            return Unknown(what, "not JSON")
    if isinstance(value, Unknown):
        return value
    return value if isinstance(value, list) else Unknown(what, "not a list")


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
        definitions = container_definitions(resource)
        if isinstance(definitions, Unknown):
            yield self.unresolved(resource, "containerDefinitions", definitions, "which images run cannot be told")
            return
        for index, item in enumerate(definitions):
            path = f"containerDefinitions[{index}].image"
            image = item.get("image") if isinstance(item, dict) else item
            if isinstance(image, Unknown):
                yield self.unresolved(resource, path, image)
            elif not isinstance(image, str) or not _DIGEST.search(image):
                yield self.fail(resource, path, "names an image by a tag, which can be moved", image or "")
