"""Answers of the AWS API, taken apart into records by their top-level keys; the same for a snapshot and a live account.

`Answers.accept` takes whatever one document holds: one answer, several merged, a list of answers, or answers under the
names of accounts, regions or objects. Where an answer does not say whose it is, the names on its way are kept as hints.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from guardrails.facts.from_aws.kinds import KINDS, PAGING, PARTS, SILENT, WRAPPED
from guardrails.facts.from_aws.record import Json, Record, Scope
from guardrails.facts.values import Unknown

ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
REGION = re.compile(
    r"(?<![a-z])(?:af|ap|ca|cn|eu|il|me|mx|sa|us)(?:-gov|-iso[a-z]?)?"
    r"-(?:north|south|east|west|central|northeast|northwest|southeast|southwest)-\d(?!\d)"
)
_TOKENS = ("NextToken", "nextToken", "NextMarker", "Marker")
_WHOLE = frozenset(PARTS) - {
    "Tags",
    "TagDescriptions",
    "ServiceConfigurations",
    "VpcEndpointConnections",
    "TransitGatewayPrefixListReferences",
    "directConnectGatewayAssociations",
    "directConnectGatewayAttachments",
}
"""Answers that are kept as one record: what they are about stands beside the list, or in the name of the file."""


def narrow(scope: Scope, name: str) -> Scope:
    """Take a folder's, file's or member's name into a scope: the innermost account and region win."""
    account = ACCOUNT.search(name)
    region = REGION.search(name)
    inner = replace(
        scope,
        account=account.group() if account else scope.account,
        region=region.group() if region else scope.region,
        hints=(name, *scope.hints),
    )
    return replace(inner, unit=f"{inner.account or ''}/{inner.region or ''}")


@dataclass(slots=True)
class Answers:
    """Everything that was read, before any of it is understood."""

    records: defaultdict[str, list[Record]] = field(default_factory=lambda: defaultdict[str, list[Record]](list))
    asked: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict[str, set[str]](set))
    """For each kind the units in which it was asked for, also when the answer was empty."""
    broken: set[str] = field(default_factory=set[str])
    """Kinds of which objects may be missing."""
    gaps: list[Unknown] = field(default_factory=list[Unknown])
    strange: list[tuple[str, str, object]] = field(default_factory=list[tuple[str, str, object]])
    """Kinds that no reader knows: where they were printed, the kind, and what was printed."""
    notes: list[str] = field(default_factory=list[str])
    not_offered: set[str] = field(default_factory=set[str])
    """Kinds that the asked Region does not have: that there are none is no assumption."""
    cut: bool = False
    """Whether a broken file may have held any kind."""
    _pages: defaultdict[tuple[str, str], list[bool]] = field(
        default_factory=lambda: defaultdict[tuple[str, str], list[bool]](list)
    )

    @property
    def recognised(self) -> bool:
        """Tell whether any answer was recognised at all."""
        return bool(self.asked)

    def gap(self, what: str, why: str) -> None:
        """Note something that is there and cannot be used."""
        self.gaps.append(Unknown(what, why))

    def lose(self, kind: str, what: str, why: str) -> None:
        """Note that objects of a kind may be missing."""
        self.broken.add(kind)
        self.gap(what, why)

    def refuse(self, kinds: tuple[str, ...], scope: Scope, what: str, why: str) -> None:
        """Note that a call for some kinds was made and brought nothing."""
        for kind in kinds:
            self.asked[kind].add(scope.unit)
            self.lose(kind, what, why)

    def accept(self, document: object, scope: Scope, where: str) -> None:
        """Take in one JSON document."""
        if isinstance(document, list):
            for number, part in enumerate(cast("list[object]", document)):
                self.accept(part, scope, f"{where}[{number}]")
        elif isinstance(document, dict):
            self._accept_object(cast("Json", document), scope, where)
        else:
            self.gap(where, "is not an answer of AWS")

    def _accept_object(self, answer: Json, scope: Scope, where: str) -> None:
        beside = {key: value for key, value in answer.items() if isinstance(value, str | int | bool)}
        known = [key for key in answer if key in KINDS or key in PARTS or key in WRAPPED]
        silent = [key for key in answer if key in SILENT]
        more = any(answer.get(token) for token in _TOKENS)
        for key in known:
            kind = WRAPPED.get(key, key)
            self.asked[kind].add(scope.unit)
            self._pages[kind, scope.unit].append(more)
            self._accept_kind(key, Record(answer, f"{where}: {key}", scope, beside))
        for key in silent:
            self.asked[key].add(scope.unit)
        rest = [key for key in answer if key not in known and key not in silent and key not in PAGING]
        nested = [key for key in rest if key not in beside and self._accept_nested(key, answer[key], scope, where)]
        for key in rest:
            if key not in nested and key not in beside and answer[key] and not (known and _small(answer[key])):
                self.gap(f"{where}: {key}", "is not modelled")
                self.strange.append((f"{where}: {key}", key, answer[key]))
        if answer and not known and not silent and not nested and len(beside) == len(answer):
            self.gap(where, "is not an answer of AWS")

    def _accept_nested(self, key: str, value: object, scope: Scope, where: str) -> bool:
        """Take answers under the name of an account, a region or an object; False if there are none under this key."""
        parts: list[object] = cast("list[object]", value) if isinstance(value, list) else [value]
        if not parts or not all(_holds_answers(part) for part in parts):
            return False
        for part in parts:
            self.accept(part, narrow(scope, key), f"{where}: {key}")
        return True

    def _accept_kind(self, key: str, answer: Record) -> None:
        kind = WRAPPED.get(key, key)
        value = answer.data[key]
        if kind in _WHOLE:
            for name, part in _by_subject(value):
                scope = narrow(answer.scope, name) if name else answer.scope
                self.records[kind].append(replace(answer, data={**answer.data, kind: part}, scope=scope))
        elif isinstance(value, dict):
            self._add(kind, cast("object", value), answer)
        elif not isinstance(value, list):
            self.lose(kind, answer.where, "is not a list")
        else:
            for number, item in enumerate(cast("list[object]", value)):
                place = replace(answer, where=f"{answer.where}[{number}]")
                if key == "Reservations":
                    self._accept_reservation(item, place)
                else:
                    self._add(kind, item, place)

    def _accept_reservation(self, item: object, place: Record) -> None:
        reservation: Json = cast("Json", item) if isinstance(item, dict) else {}
        instances = reservation.get("Instances")
        if not isinstance(instances, list):
            self.lose("Instances", place.where, "holds no list of instances")
            return
        beside = {"OwnerId": reservation.get("OwnerId")}
        for number, instance in enumerate(cast("list[object]", instances)):
            self._add("Instances", instance, replace(place, where=f"{place.where}.Instances[{number}]", beside=beside))

    def _add(self, kind: str, item: object, place: Record) -> None:
        if isinstance(item, dict):
            self.records[kind].append(replace(place, data=cast("Json", item)))
        else:
            self.lose(kind, place.where, "is not an object")

    def close(self) -> None:
        """Find the kinds that may be missing: what no answer tells beside a broken file, and lists without an end.

        A list has no end where every answer of a unit holds a token for more: its last page was never fetched.
        """
        if self.cut:
            self.broken |= {kind for kind in (*KINDS, *PARTS) if kind not in self.asked}
        for (kind, unit), more in sorted(self._pages.items()):
            if all(more):
                place = f" of {unit.strip('/')}" if unit.strip("/") else ""
                self.lose(kind, f"{kind}{place}", "the last page is missing: every answer holds a token for more")


def _by_subject(value: object) -> list[tuple[str, object]]:
    """Give the parts of an answer that was collected under the names of what it is about, else the answer itself."""
    if isinstance(value, dict):
        parts = cast("Json", value)
        if parts and all(isinstance(part, list) for part in parts.values()):
            return list(parts.items())
    return [("", value)]


def _small(value: object) -> bool:
    """Tell whether a member beside recognised ones is a detail of them (`FirewallStatus`) and no list of objects."""
    return not isinstance(value, list)


def _holds_answers(value: object, depth: int = 3) -> bool:
    """Tell whether answers are found in a value, directly or under further names."""
    if not depth or not isinstance(value, Mapping):
        return False
    inner = cast("Json", value)
    if any(key in KINDS or key in PARTS or key in WRAPPED or key in SILENT for key in inner):
        return True
    return any(
        _holds_answers(part, depth - 1)
        for child in inner.values()
        for part in (cast("list[object]", child) if isinstance(child, list) else [child])
    )
