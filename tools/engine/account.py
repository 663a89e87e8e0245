"""The simulated account as a process: a resource provider for `aws` that the engine attaches to, and AWS's APIs."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import subprocess
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.engine.errors import LauncherError
from tools.engine.layout import Layout

STOP_SECONDS = 10
# boto3 knows the second name of the region only: https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html
CLIENT_VARIABLES = (
    "AWS_ENDPOINT_URL",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
)
"""What an AWS client needs to reach the APIs of a simulated account."""


@dataclass(frozen=True)
class Account:
    """A simulated account: the folder that holds its state, where it logs, and the faults to make (a JSON file).

    Without `apis` nothing but the provider is served: what AWS would store is kept, its APIs are not there.
    """

    state: Path
    log: Path
    faults: Path | None = None
    apis: bool = True
    instead: str = ""
    """A Python module that is served instead, without arguments: for measurements."""


@dataclass(frozen=True)
class Served:
    """Where a running account is on loopback: the port of its provider, and the URL of its APIs (empty: none)."""

    port: int
    url: str

    def client_environment(self, region: str) -> dict[str, str]:
        """What an AWS client needs to reach the APIs; the credentials are made up, as are those of the account."""
        return dict(zip(CLIENT_VARIABLES, (self.url, region, region, "simulated", "simulated"), strict=True))


def running(state: Path) -> Served | None:
    """The account in this folder as another process serves it; None when nobody does."""
    lock = state / "lock"
    if not lock.exists():
        return None
    with lock.open() as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            pass
        else:
            return None
    with contextlib.suppress(OSError, ValueError, KeyError):
        known = json.loads((state / "serving.json").read_text())
        return Served(int(known["provider"]), str(known["apis"]))
    return None


@contextmanager
def served(account: Account, layout: Layout, env: Mapping[str, str]) -> Generator[Served]:
    """Serve the account while the block lasts, or use the process that serves it already (`make account`).

    The process ends when its standard input closes, so it cannot outlive us, however we end. It has a session of its
    own: a Ctrl-C at the terminal reaches the engine, which still needs the account to finish what it began.
    Raises LauncherError when it does not start, or when faults are wanted of a process that knows of none.
    """
    other = running(account.state)
    if other is not None:
        if account.faults is not None:
            raise LauncherError("the account is served by `make account`, which makes no faults", "end that first")
        yield other
        return
    account.state.mkdir(parents=True, exist_ok=True)
    account.log.parent.mkdir(parents=True, exist_ok=True)
    argv = [str(layout.python), "-u", "-m", "simulator", "serve", "--state-dir", str(account.state)]
    if account.faults is not None:
        argv += ["--faults", str(account.faults)]
    if not account.apis:
        argv.append("--table-only")
    if account.instead:
        argv = [str(layout.python), "-u", "-m", account.instead]
    with account.log.open("wb") as errors:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=layout.root,
            env=dict(env),
            start_new_session=True,
        )
        try:
            yield _place(process, account.log)
        finally:
            _stop(process)


def _place(process: subprocess.Popen[bytes], log: Path) -> Served:
    """The first two lines that the process prints."""
    assert process.stdout is not None
    line = process.stdout.readline().decode(errors="replace").strip()
    if line.isdigit():
        return Served(int(line), process.stdout.readline().decode(errors="replace").strip())
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
    raise LauncherError(f"the simulated account did not start (it printed {line!r})\n{tail}", "see the log", log)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Let it end by itself, as its input closes; end it where it does not."""
    assert process.stdin is not None
    with contextlib.suppress(OSError):
        process.stdin.close()
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            process.wait(timeout=STOP_SECONDS)
            break
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, number)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()
