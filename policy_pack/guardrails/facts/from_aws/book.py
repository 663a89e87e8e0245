"""The records of all answers, once each: duplicates merged, absent states taken out, references resolved.

An object that several accounts list is taken from its owner's answer where that can be told; members that only another
answer prints are filled in. Two answers that contradict each other about what forwards or filters are a gap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeVar, cast

from guardrails.facts.from_aws.answers import Answers
from guardrails.facts.from_aws.kinds import ABSENT, KINDS, Kind
from guardrails.facts.from_aws.record import Json, MalformedError, Record
from guardrails.facts.values import Ref, Unknown

T = TypeVar("T")

_DECISIVE: dict[str, tuple[str, ...]] = {
    "RouteTables": ("Routes",),
    "SecurityGroups": ("IpPermissions", "IpPermissionsEgress"),
    "NetworkAcls": ("Entries",),
}
"""Members of which two answers may not print different values."""

_JOINED = {"RouteTables": ("Associations",), "NetworkAcls": ("Associations",)}
"""Lists of which an account that shares a subnet is shown its own part only: what any answer prints counts."""

_OWNERS = ("OwnerId", "VpcOwnerId", "ownerAccount", "GroupOwnerId")


@dataclass(slots=True)
class Book:
    """All records by kind and identity."""

    answers: Answers
    pages: dict[str, dict[str, Record]] = field(default_factory=dict[str, dict[str, Record]])
    gone: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """Ids that are listed in a state that counts as absent, with the object's name and that state."""
    serving_nobody: set[str] = field(default_factory=set[str])
    """Those ids, what interfaces call such objects, and the interfaces that such objects list as theirs."""
    known: set[str] = field(default_factory=set[str])
    assumptions: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        for kind in KINDS.values():
            self.pages[kind.key] = self._enter(kind, self.answers.records[kind.key])
        self.known -= self.gone.keys()

    # -- entering -----------------------------------------------------------------------------------------------------

    def _enter(self, kind: Kind, records: list[Record]) -> dict[str, Record]:
        page: dict[str, Record] = {}
        states: dict[str, tuple[bool, str]] = {}
        for record in records:
            try:
                key = _identity(kind, record)
                present, state = _presence(kind, record)
            except MalformedError as error:
                self.lose(kind.key, error)
                continue
            earlier = states.get(key)
            if earlier is not None and earlier[0] != present:
                self.lose(kind.key, record.bad("State", f"{key} is listed twice, as {earlier[1]} and as {state}"))
                page.pop(key, None)
                continue
            states[key] = (present, state)
            if not present:
                self.gone[key] = (_name(record), state)
                interfaces = record.scan().texts("NetworkInterfaceIds")
                self.serving_nobody.update((key, key.rpartition(":loadbalancer/")[2], *interfaces))
            elif key in page:
                self._merge(kind, page, key, record)
            else:
                page[key] = record
        self.known |= page.keys()
        return page

    def _merge(self, kind: Kind, page: dict[str, Record], key: str, record: Record) -> None:
        first, second = sorted((page[key], record), key=lambda one: not _is_owners(one))
        contradicting = [
            name
            for name in _DECISIVE.get(kind.key, ())
            if first.has(name) and second.has(name) and not _same(first.data[name], second.data[name])
        ]
        if contradicting and _is_owners(first) == _is_owners(second):
            self.lose(kind.key, record.bad(contradicting[0], f"{key} is listed twice, differently"))
            del page[key]
            return
        data = dict(_filled(first.data, second.data))
        for name in _JOINED.get(kind.key, ()):
            data[name] = _joined(first.data.get(name), second.data.get(name))
        page[key] = replace(first, data=data)

    @property
    def incomplete(self) -> set[str]:
        """Kinds of which objects may be missing."""
        return self.answers.broken

    # -- reading ------------------------------------------------------------------------------------------------------

    def all(self, kind: str) -> tuple[Record, ...]:
        """Give the records of a kind that count as present."""
        return tuple(self.pages[kind].values())

    def scan(self, kind: str) -> tuple[Record, ...]:
        """Give the records of a kind for looking something up: malformed members count as missing (`Record.scan`)."""
        return tuple(record.scan() for record in self.pages[kind].values())

    def get(self, kind: str, key: str) -> Record | None:
        """Look one record up by its identity; malformed members count as missing."""
        record = self.pages[kind].get(key)
        return record.scan() if record else None

    def parts(self, kind: str) -> tuple[Record, ...]:
        """Give the records of an answer that tells about objects of other answers."""
        return tuple(self.answers.records[kind])

    def asked(self, kind: str, unit: str | None = None) -> bool:
        """Tell whether a kind was asked for at all, or in one unit; a kind that was lost was asked for."""
        units = self.answers.asked.get(kind, set[str]())
        return kind in self.incomplete or bool(units) if unit is None else kind in self.incomplete or unit in units

    def read(self, kind: str, build: Callable[[Record], T]) -> Iterator[T]:
        """Build a fact from each record of a kind; a malformed record is a gap and makes the kind incomplete."""
        for record in self.all(kind):
            try:
                yield build(record)
            except MalformedError as error:
                self.lose(kind, error)

    def lose(self, kind: str, error: MalformedError) -> None:
        """Note a record that cannot be used."""
        self.incomplete.add(kind)
        what, _, why = str(error).rpartition(": ")
        self.answers.gap(what, why)

    def gap(self, what: str, why: str) -> None:
        """Note something that is there and cannot be used."""
        self.answers.gap(what, why)

    def assume(self, kind: str, text: str) -> None:
        """Note a default of AWS that was taken because the kind is absent from the source."""
        line = f"{kind}: {text}"
        if kind not in self.answers.not_offered and line not in self.assumptions:
            self.assumptions.append(line)

    def ref(self, target: str | None, missing: str = "") -> Ref | Unknown:
        """Resolve an id: to its object, to a literal where it is not listed, to `Unknown` where it is None."""
        if target is None:
            return Unknown(missing, "is not in the answer")
        return Ref(target, target) if target in self.known else Ref(None, target)

    def learn(self, *keys: str) -> None:
        """Make known the keys of objects that no answer lists by themselves."""
        self.known.update(key for key in keys if key not in self.gone)


def _identity(kind: Kind, record: Record) -> str:
    if kind.key == "LoadBalancerDescriptions":
        return f"{record.text('VPCId') or 'classic'}/{record.required('LoadBalancerName')}"
    return "/".join(record.required(name) for name in kind.identity)


def _presence(kind: Kind, record: Record) -> tuple[bool, str]:
    if not kind.state:
        return True, "present"
    inner: Record | None = record
    for name in kind.state[:-1]:
        inner = inner.member(name) if inner else None
    state = inner.text(kind.state[-1]) if inner else None
    if state is not None and state.lower() not in kind.present | ABSENT:
        raise record.bad(".".join(kind.state), f"is {state}, of which it is open whether it counts")
    return state is None or state.lower() in kind.present, state or "present"


def _name(record: Record) -> str:
    try:
        return record.tag("Name") or record.text("LoadBalancerName") or ""
    except MalformedError:
        return ""


def _is_owners(record: Record) -> bool:
    """Tell whether a record was printed for the account that owns the object."""
    owner = next((record.data[name] for name in _OWNERS if record.has(name)), None)
    return owner is not None and owner == record.scope.account


def _filled(first: Json, second: Json) -> Json:
    """Fill in what only the second answer prints, in the objects within too; lists are not mixed."""
    whole = {**second, **{name: value for name, value in first.items() if value is not None}}
    for name, value in first.items():
        other = second.get(name)
        if isinstance(value, dict) and isinstance(other, dict):
            whole[name] = _filled(cast("Json", value), cast("Json", other))
    return whole


def _joined(first: object, second: object) -> object:
    """Join two lists, each entry once; what is no list is left for the reader to complain about."""
    if not isinstance(first, list) or not isinstance(second, list):
        return cast("object", first if second is None or isinstance(second, list) else second)
    held = cast("list[object]", first)
    return [*held, *(one for one in cast("list[object]", second) if one not in held)]


def _same(one: object, other: object) -> bool:
    """Compare two printed values without regard to the order of lists."""
    return _settle(one) == _settle(other)


def _settle(value: object) -> object:
    if isinstance(value, dict):
        return tuple(sorted((key, repr(_settle(inner))) for key, inner in cast("dict[str, object]", value).items()))
    if isinstance(value, list):
        return tuple(sorted(repr(_settle(inner)) for inner in cast("list[object]", value)))
    return value
