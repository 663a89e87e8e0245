"""Tags and names of one stack.

Tags are written on every resource instead of the provider's `default_tags`, which a policy pack does not see.
"""

from __future__ import annotations

from dataclasses import dataclass

from components.vocabulary import PROJECT, Environment, Tag, Zone


@dataclass(frozen=True, slots=True)
class Tags:
    """What the tags of one stack have in common."""

    environment: Environment
    owner: str
    cost_center: str

    @property
    def prefix(self) -> str:
        """The prefix of physical names that are unique per account: `secure-room-dev`."""
        return f"{PROJECT}-{self.environment}"

    def named(self, name: str, zone: Zone | None = None) -> dict[str, str]:
        """The tags of one resource; `name` is `<purpose>-<resource>-<number>`, such as `desktop-subnet-1`."""
        tags = {
            Tag.NAME.value: name,
            Tag.PROJECT.value: PROJECT,
            Tag.ENVIRONMENT.value: self.environment.value,
            Tag.OWNER.value: self.owner,
            Tag.COST_CENTER.value: self.cost_center,
            Tag.MANAGED_BY.value: "pulumi",
        }
        return tags if zone is None else {**tags, Tag.ZONE.value: zone.value}
