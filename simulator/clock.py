"""The account's own time: objects become ready, and go, when the clock has come to it. Nothing here ever sleeps.

The time is a number of seconds since EPOCH in the account's database. It goes on when the provider waits, and when an
operator says so; what is in moto then follows, by corrections that are journalled like calls.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from simulator.courses import WINDOWS, Held, course_of, state_of, word_of
from simulator.emulator.model import follow
from simulator.errors import AwsError

if TYPE_CHECKING:
    from simulator.account import Account, Object
    from simulator.creation import Creation

EPOCH: Final = datetime(2026, 1, 1, tzinfo=UTC)
_UNITS: Final = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


def date(seconds: int) -> str:
    """Give a virtual time as a date (ISO 8601)."""
    return (EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def duration(text: str) -> int:
    """Give the seconds of `90`, `90s`, `20m`, `2h` or `30d`. Raises ValueError for anything else."""
    found = re.fullmatch(r"(\d+)([smhd]?)", text)
    if found is None:
        raise ValueError(f"{text!r} is no time: a number of seconds, or one with m, h or d (20m, 30d)")
    return int(found[1]) * _UNITS[found[2]]


def begin(creation: Creation, item: Object, phase: str) -> None:
    """Put an object into its first, or last, state, where it has one that takes time."""
    course = course_of(item.token, item.inputs)
    lasting = course.phase(phase) if course else None
    if course is None or lasting is None:
        return
    item.phase, item.due = phase, creation.account.now + lasting.seconds
    creation.account.put(item)
    if lasting.word and course.held:
        _correct(creation, "hold", course.held, course.told_as(lasting.word))


def end(creation: Creation, item: Object) -> None:
    """Let an object be ready."""
    course = course_of(item.token, item.inputs)
    if word_of(item) and course and course.held:
        _correct(creation, "release", course.held)
    item.phase, item.due = "", 0
    creation.account.put(item)


def leave(creation: Creation, item: Object, seconds: int) -> None:
    """Let a deleted object be one that can be brought back for so long."""
    until = creation.account.now + seconds
    creation.account.leave(item, until)
    _correct(creation, "schedule", WINDOWS[item.token].held, (EPOCH + timedelta(seconds=until)).timestamp())


def gone(creation: Creation, item: Object) -> None:
    """Let an object go that could be brought back until now."""
    held = WINDOWS[item.token].held
    if creation.world is not None:
        creation.world.correct("forget", region=creation.region, place=(held.service, held.kept_in, item.id))
    creation.account.left(item)


def notice(creation: Creation, item: Object) -> None:
    """See whether others have brought a deleted object back through the API, or deleted it for good."""
    window = WINDOWS[item.token]
    operation, parameter = window.look
    try:
        answer = (
            creation.world.call(window.held.service, creation.region, operation, {parameter: item.id})
            if creation.world
            else None
        )
    except AwsError as error:
        if "NotFound" not in error.code:
            raise
        creation.account.left(item)
        return
    if answer is not None and follow(answer, window.date) is None:
        creation.account.left(item)
        creation.account.put(item)


def all_ready(account: Account) -> int:
    """Give the time at which nothing is being made or deleted any more."""
    return max((item.due for item in account.passing() if state_of(item)), default=account.now)


def report(account: Account) -> dict[str, Any]:
    """Give the time, what is in a passing state, and what is deleted but can be brought back."""
    now = account.now
    return {
        "seconds": now,
        "date": date(now),
        "passing": [
            {"type": item.token, "id": item.id, "state": state_of(item), "seconds": item.due - now}
            for item in account.passing()
            if item.due > now and state_of(item)
        ],
        "leaving": [
            {"type": left.item.token, "id": left.item.id, "until": date(left.until)} for left in account.leaving()
        ],
    }


def _correct(creation: Creation, what: str, held: Held, *value: Any) -> None:
    if creation.world is None:
        return
    place = (held.service, held.kept_in, creation.id)
    right = {"value": value[0]} if value else {}
    creation.world.correct(what, region=creation.region, place=place, attribute=held.attribute, **right)
