"""What a change of the settings comes to: recorded before and after, and compared as the simulated account compares.

Which change of an input makes a new object is decided where the simulated account decides it: by the provider's
create-only properties. No engine runs.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from simulator.changes import changes
from tests.support.recorder import Recording, Registration

IRREPLACEABLE = frozenset(
    {
        "aws:directoryservice/directory:Directory",
        "aws:kms/key:Key",
        "aws:s3/bucket:Bucket",
        "aws:workspaces/workspace:Workspace",
        "aws:ec2/vpc:Vpc",
        "aws:ec2/subnet:Subnet",
    }
)
"""What cannot be had back, or takes everything in it along."""


@dataclass(frozen=True)
class Plan:
    """What the engine would do, each resource as `Subnet desktop-1`: the last part of its type, and its name."""

    created: frozenset[str] = frozenset()
    updated: frozenset[str] = frozenset()
    replaced: frozenset[str] = frozenset()
    deleted: frozenset[str] = frozenset()

    def kinds(self, of: str) -> Counter[str]:
        """How many of each type are `created`, `updated`, `replaced` or `deleted`."""
        names: frozenset[str] = getattr(self, of)
        return Counter(name.split()[0] for name in names)


def planned(before: Recording, after: Recording) -> Plan:
    """Compare two runs with known ids; AssertionError where something irreplaceable would be lost or changed."""
    old, new = _own(before), _own(after)
    found: dict[str, set[str]] = {"updated": set(), "replaced": set()}
    for urn in old.keys() & new.keys():
        what = _change(old[urn], new[urn])
        if what is not None:
            found[what].add(_short(old[urn]))
            assert old[urn].type not in IRREPLACEABLE, f"{old[urn].name} would be {what}"
    for urn in old.keys() - new.keys():
        assert old[urn].type not in IRREPLACEABLE, f"{old[urn].name} would be deleted"
    return Plan(
        created=frozenset(_short(new[urn]) for urn in new.keys() - old.keys()),
        updated=frozenset(found["updated"]),
        replaced=frozenset(found["replaced"]),
        deleted=frozenset(_short(old[urn]) for urn in old.keys() - new.keys()),
    )


def _own(recording: Recording) -> dict[str, Registration]:
    return {
        urn: item
        for urn, item in recording.by_urn().items()
        if item.custom and not item.type.startswith("pulumi:providers:")
    }


def _change(old: Registration, new: Registration) -> str | None:
    """`updated` or `replaced`; None where the resource stays as it is."""
    kept = {key: value for key, value in old.inputs.items() if key in new.ignore_changes}
    differs = changes(old.type, old.inputs, {**new.inputs, **kept})
    if not differs:
        return None
    return "replaced" if any(change.replaces for change in differs.values()) else "updated"


def _short(item: Registration) -> str:
    return f"{item.type.rsplit(':', 1)[-1]} {item.name}"
