"""Orders in which the engine may create what a program registers.

The engine starts a resource as soon as everything that it depends on is there, so whatever no dependency holds back may
come in any order: https://www.pulumi.com/docs/iac/concepts/resources/options/dependson/
"""

from __future__ import annotations

from dataclasses import replace

from tests.support.recorder import Recording, Registration


def latest(recording: Recording, urn: str) -> Recording:
    """The same registrations with one of them as late as may be: before it comes all that does not depend on it.

    Whatever needs the object and does not say so then finds it missing; and as a stack is deleted in the opposite
    order, whatever keeps the object in use and does not say so is still there when it is to go.
    """
    depends = {urn}
    for item in recording.registrations:
        if _needs(item) & depends:
            depends.add(item.urn)
    before = [item for item in recording.registrations if item.urn not in depends]
    after = [item for item in recording.registrations if item.urn in depends]
    return replace(recording, registrations=before + after)


def _needs(item: Registration) -> set[str]:
    return {item.parent, *item.depends_on, *(urn for urns in item.property_dependencies.values() for urn in urns)}
