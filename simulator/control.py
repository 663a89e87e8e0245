"""What an operator may do to an account that no AWS API does: look at its clock, and let time pass.

Over HTTP while the account is served (`/_clock`; no bucket and no service has such a name), or on its folder.
"""

from __future__ import annotations

import fcntl
import json
import urllib.request
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from simulator import clock
from simulator.account import Account
from simulator.operations import Operations

PATH: Final = "/_clock"
_FAR: Final = 10 * 365 * 86400
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def turn(operations: Operations, request: dict[str, Any]) -> dict[str, Any]:
    """Let time pass (`{"advance": seconds}`, `{"wait": true}`) and give `clock.report`, with what was `waited_for`.

    Raises ValueError for any other request.
    """
    now = operations.account.now
    if set(request) - {"advance", "wait"}:
        raise ValueError("a request has the keys advance (seconds) and wait (true)")
    waited_for = [item.id for item in operations.settle_down()] if request.get("wait") is True else []
    seconds = request.get("advance", 0)
    if type(seconds) is not int or not 0 <= seconds <= _FAR:
        raise ValueError("advance is a number of seconds, of at most ten years")
    operations.pass_time(now + seconds)
    return {**clock.report(operations.account), "waited_for": waited_for}


def with_clock(operations: Operations) -> Application:
    """Give the application of the account's APIs with the clock beside them: GET tells it, POST lets time pass."""

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH:
            return operations.answer(environ, start_response)
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body: bytes = environ["wsgi.input"].read(length) if length else b"{}"
        try:
            answer = turn(operations, json.loads(body) if environ["REQUEST_METHOD"] == "POST" else {})
        except ValueError as error:
            start_response("400 Bad Request", [("Content-Type", "text/plain")])
            return [str(error).encode()]
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(answer).encode()]

    return application


def turn_in(folder: Path, request: dict[str, Any]) -> dict[str, Any]:
    """Do as `turn` does with the account kept in `folder`, by way of the process that serves it where one does.

    Raises StateLockedError when it is served without AWS's APIs, ValueError for a request that is none.
    """
    served = _served(folder)
    if served:
        body = json.dumps(request).encode()
        with urllib.request.urlopen(urllib.request.Request(served + PATH, data=body)) as answer:  # noqa: S310 - loopback
            return json.loads(answer.read())
    account = Account(folder)
    try:
        # What moto has is in the journal; where there is none, the account lives by its table alone.
        return turn(Operations(account, emulate=account.call_count() > 0), request)
    finally:
        account.close()


def _served(folder: Path) -> str:
    """Give the URL at which a process serves the account; empty when none does."""
    try:
        with (folder / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return str(json.loads((folder / "serving.json").read_text())["apis"])
    except OSError:
        return ""
    return ""
