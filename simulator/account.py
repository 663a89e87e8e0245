"""The objects of one simulated account, on disk.

A SQLite file holds them: every change is one transaction, so a process that is killed loses nothing that it
acknowledged and leaves nothing half-written. The whole account is also held in memory with an index of who refers to
whom.
"""

from __future__ import annotations

import fcntl
import json
import sqlite3
from collections import defaultdict
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TextIO

from simulator.errors import OutdatedStateError, StateLockedError
from simulator.model import Values

Key = tuple[str, str, str]
"""Type token, region (or `global`), id."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS object (token TEXT, region TEXT, id TEXT, sequence INTEGER, body TEXT, PRIMARY KEY
(token, region, id));
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS call (
    number INTEGER PRIMARY KEY AUTOINCREMENT, method TEXT, path TEXT, headers TEXT, body BLOB, seed TEXT);
CREATE TABLE IF NOT EXISTS birth (urn TEXT PRIMARY KEY, count INTEGER);
CREATE TABLE IF NOT EXISTS leaving (
    token TEXT, region TEXT, id TEXT, until INTEGER, body TEXT, PRIMARY KEY (token, region, id));
"""

_VERSION = 1
"""Which tables, and what in them: an account of another version cannot be read."""


@dataclass
class Object:
    """One object of the account."""

    token: str
    region: str
    id: str
    inputs: Values
    outputs: Values
    secrets: list[str] = field(default_factory=list[str])
    """Names of the properties that arrived as secrets."""
    owner: Key | None = None
    """The object that AWS made this one with, and with which it vanishes."""
    refers: list[str] = field(default_factory=list[str])
    """Values (ids, ARNs, names) by which it names other objects."""
    sequence: int = 0
    phase: str = ""
    """Which passing state it is in, `making` or `deleting` (`simulator/courses.py`); empty when it is in none."""
    due: int = 0
    """The virtual second at which that ends."""

    @property
    def key(self) -> Key:
        """Where it is kept."""
        return (self.token, self.region, self.id)


@dataclass(frozen=True)
class Leaving:
    """A deleted object that can still be brought back, and the virtual second at which it no longer can."""

    item: Object
    until: int


@dataclass(frozen=True)
class Call:
    """One HTTP request to an AWS API, and the seed from which the ids that it makes follow."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    seed: str = ""


class Account:
    """One account: objects by key, in order of creation. Not thread-safe by itself; `Operations` serialises access."""

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        """Open, or begin, the account kept in `folder`.

        Raises StateLockedError when another process has it open for writing, OutdatedStateError when another version
        has made it.
        """
        if not read_only:
            folder.mkdir(parents=True, exist_ok=True)
        self._lock: TextIO | None = None if read_only else _lock(folder / "lock")
        location = f"file:{folder / 'account.sqlite3'}?mode={'ro' if read_only else 'rwc'}"
        self._database = sqlite3.connect(location, uri=True, check_same_thread=False, isolation_level=None)
        if self._database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            self._refuse_other_versions(folder)
        if not read_only:
            # WAL with NORMAL survives the death of the process at any instruction; only a power cut may lose the
            # last commits.
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=NORMAL")
            # All or nothing: who reads meanwhile sees no account, or a whole one.
            self._database.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")
        self._objects: dict[str, dict[tuple[str, str], Object]] = defaultdict(dict)
        self._owned: dict[Key, set[Key]] = defaultdict(set)
        self._referrers: dict[str, set[Key]] = defaultdict(set)
        self._passing: set[Key] = set()
        self._sequence = 0
        for (body,) in self._database.execute("SELECT body FROM object ORDER BY sequence"):
            self._remember(_from_json(body))

    def _refuse_other_versions(self, folder: Path) -> None:
        (version,) = self._database.execute("PRAGMA user_version").fetchone()
        if version != _VERSION:
            self.close()
            raise OutdatedStateError(f"the account in {folder} was made by another version; begin anew: make clean")

    def close(self) -> None:
        """Close the file and let other processes open the account."""
        self._database.close()
        if self._lock is not None:
            self._lock.close()

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Make all changes inside one unit on disk: all of them or, on an error, none (the memory is read again)."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            self._reload()
            raise
        self._database.execute("COMMIT")

    def get(self, token: str, region: str, identifier: str) -> Object | None:
        """Give the object with this id, or None."""
        return self._objects[token].get((region, identifier))

    def of_type(self, token: str, region: str | None = None) -> list[Object]:
        """Give all objects of a type in a region (in every region when None), oldest first."""
        return [item for item in self._objects[token].values() if region is None or item.region == region]

    def all(self) -> list[Object]:
        """Give every object, oldest first."""
        return sorted(
            (item for kind in self._objects.values() for item in kind.values()), key=lambda item: item.sequence
        )

    def owned_by(self, key: Key) -> list[Object]:
        """Give the objects that vanish with the one at `key`."""
        return [self._objects[token][region, identifier] for token, region, identifier in sorted(self._owned[key])]

    def naming(self, value: str) -> list[Object]:
        """Give the objects that refer to something by this value, in a stable order."""
        return [
            self._objects[token][region, identifier]
            for token, region, identifier in sorted(self._referrers.get(value, ()))
        ]

    def put(self, item: Object) -> None:
        """Keep a new or changed object."""
        known = self.get(*item.key)
        if known is not None:
            self._forget(known)
        if not item.sequence:
            item.sequence = self._sequence + 1
        self._database.execute(
            "INSERT OR REPLACE INTO object VALUES (?, ?, ?, ?, ?)", (*item.key, item.sequence, json.dumps(vars(item)))
        )
        self._remember(item)

    def remove(self, key: Key) -> None:
        """Drop an object and what it owns."""
        for owned in self.owned_by(key):
            self.remove(owned.key)
        item = self.get(*key)
        if item is not None:
            self._database.execute("DELETE FROM object WHERE token = ? AND region = ? AND id = ?", key)
            self._forget(item)

    @property
    def now(self) -> int:
        """The virtual time, in seconds."""
        return int(self.fact("clock") or 0)

    def set_now(self, seconds: int) -> None:
        """Let it be later."""
        self.set_fact("clock", str(seconds))

    def passing(self) -> list[Object]:
        """Give the objects that are in a passing state, those first whose state ends first."""
        found = [self._objects[token][region, identifier] for token, region, identifier in self._passing]
        return sorted(found, key=lambda item: (item.due, item.sequence))

    def leave(self, item: Object, until: int) -> None:
        """Take an object out of the account that can be brought back until then."""
        self.remove(item.key)
        body = json.dumps(asdict(item))
        self._database.execute("INSERT OR REPLACE INTO leaving VALUES (?, ?, ?, ?, ?)", (*item.key, until, body))

    def leaving(self) -> list[Leaving]:
        """Give the deleted objects that can still be brought back, those first that go first."""
        rows = self._database.execute("SELECT body, until FROM leaving ORDER BY until, token, region, id")
        return [Leaving(_from_json(body), until) for body, until in rows]

    def left(self, item: Object) -> None:
        """Drop an object that can no longer be brought back."""
        self._database.execute("DELETE FROM leaving WHERE token = ? AND region = ? AND id = ?", item.key)

    def births(self, urn: str) -> int:
        """Count one more creation under a URN and give how many there were before."""
        row = self._database.execute("SELECT count FROM birth WHERE urn = ?", (urn,)).fetchone()
        count: int = row[0] if row else 0
        self._database.execute("INSERT OR REPLACE INTO birth VALUES (?, ?)", (urn, count + 1))
        return count

    def fact(self, name: str) -> str | None:
        """Give a fact about the account itself, such as its number."""
        row = self._database.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def set_fact(self, name: str, value: str) -> None:
        """Keep a fact about the account itself."""
        self._database.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, value))

    def calls(self) -> list[Call]:
        """Give the journal of the API calls that changed the account, oldest first."""
        rows = self._database.execute("SELECT method, path, headers, body, seed FROM call ORDER BY number")
        return [Call(method, path, json.loads(headers), body, seed) for method, path, headers, body, seed in rows]

    def call_count(self) -> int:
        """Give the number of the last call that was kept."""
        return self._database.execute("SELECT COALESCE(MAX(number), 0) FROM call").fetchone()[0]

    def keep_call(self, call: Call) -> None:
        """Add a call to the journal."""
        row = (call.method, call.path, json.dumps(call.headers), call.body, call.seed)
        self._database.execute("INSERT INTO call (method, path, headers, body, seed) VALUES (?, ?, ?, ?, ?)", row)

    def drop_call(self) -> None:
        """Take the last call out of the journal: it was refused and changed nothing."""
        self._database.execute("DELETE FROM call WHERE number = (SELECT MAX(number) FROM call)")

    def _remember(self, item: Object) -> None:
        self._sequence = max(self._sequence, item.sequence)
        self._objects[item.token][item.region, item.id] = item
        if item.phase:
            self._passing.add(item.key)
        if item.owner is not None:
            self._owned[item.owner].add(item.key)
        for value in item.refers:
            self._referrers[value].add(item.key)

    def _forget(self, item: Object) -> None:
        self._objects[item.token].pop((item.region, item.id), None)
        self._passing.discard(item.key)
        if item.owner is not None:
            self._owned[item.owner].discard(item.key)
        for value in item.refers:
            self._referrers[value].discard(item.key)

    def _reload(self) -> None:
        self._objects.clear()
        self._owned.clear()
        self._referrers.clear()
        self._passing.clear()
        for (body,) in self._database.execute("SELECT body FROM object ORDER BY sequence"):
            self._remember(_from_json(body))


def _from_json(body: str) -> Object:
    values: dict[str, Any] = json.loads(body)
    owner = values.pop("owner")
    return Object(**values, owner=tuple(owner) if owner else None)


def _lock(path: Path) -> TextIO:
    handle = path.open("w")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        handle.close()
        raise StateLockedError(f"another process serves the simulated account in {path.parent}") from error
    return handle
