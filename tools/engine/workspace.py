"""One stack in one simulated account, and the engine's operations on it.

Everything that belongs to the stack lies in one folder: the account's state, Pulumi's file backend, Pulumi's home and
the configuration as used. Two workspaces with different folders never meet, so several can run at once.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO, Any

from tools.engine import mending
from tools.engine.account import Account, running, served
from tools.engine.binary import Engine
from tools.engine.console import note
from tools.engine.environment import private_environment
from tools.engine.errors import LauncherError
from tools.engine.layout import Layout
from tools.engine.locks import exclusive
from tools.engine.recovery import Recovery

PASSPHRASE = "simulated-account"  # noqa: S105 - not a secret, see below
"""Encrypts the state of simulated accounts. It protects nothing: a simulated account holds no secret of anybody."""

REAL_SECRETS_KEYS = ("encryptionsalt", "encryptedkey", "secretsprovider")
"""Top-level keys of a stack file that belong to a real backend and mean nothing here."""

Watch = Callable[[subprocess.Popen[bytes]], None]

OPERATIONS = ("preview", "up", "refresh", "destroy")

INTERRUPTED = 128 + signal.SIGINT
"""The exit code of a run that was interrupted and takes itself for a success: as a shell tells of a Ctrl-C."""


@dataclass(frozen=True)
class Result:
    """How one command of the engine ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def output(self) -> str:
        """Both streams, for messages."""
        return self.stdout + self.stderr


@dataclass(frozen=True)
class Sink:
    """Where the engine's output goes (None: where ours goes), and who wants to see the running process."""

    stdout: IO[bytes] | None = None
    stderr: IO[bytes] | None = None
    watch: Watch | None = None


@dataclass(frozen=True)
class Workspace:
    """A stack of the program in `program`, deployed to the simulated account in `folder`."""

    stack: str
    folder: Path
    engine: Engine
    program: Path
    layout: Layout = field(default_factory=Layout)
    policy_pack: Path | None = None
    policy_config: Path | None = None
    settings: Path | None = None
    """The stack's file where it is not Pulumi.<stack>.yaml of the program."""
    faults: Path | None = None
    needs_account: bool = True
    apis: bool = True
    """Whether AWS's APIs stand behind the simulated account; without them it is faster and cannot be read back."""
    instead: str = ""
    """A Python module that serves a provider in place of the account: for measurements."""
    checkpoints: bool = True
    """Whether the engine writes the state at every step, which takes half of its time; without, a run that is killed
    loses what it did."""

    @property
    def account_state(self) -> Path:
        """What the simulated account remembers."""
        return self.folder / "account"

    @property
    def backend(self) -> Path:
        """Pulumi's file backend."""
        return self.folder / "backend"

    @property
    def config_file(self) -> Path:
        """The stack's configuration as given to the engine: a copy, as the engine may write into it."""
        return self.folder / "project" / f"Pulumi.{self.stack}.yaml"

    @property
    def project(self) -> str:
        """The name in Pulumi.yaml. Raises LauncherError when there is none."""
        text = (self.program / "Pulumi.yaml").read_text()
        found = re.search(r"^name:\s*[\"']?([A-Za-z0-9_.-]+)", text, re.MULTILINE)
        if found is None:
            raise LauncherError(f"{self.program / 'Pulumi.yaml'} has no name", "add: name: secure-room")
        return found.group(1)

    def environment(self) -> dict[str, str]:
        """The environment of the engine and everything it starts."""
        environment = private_environment(self.layout, home=self.folder / "home")
        environment.update(
            PATH=os.pathsep.join((self.engine.path, environment["PATH"])),
            PULUMI_HOME=str(self.folder / "home" / ".pulumi"),
            PULUMI_BACKEND_URL=f"file://{self.backend}",
            PULUMI_CONFIG_PASSPHRASE=PASSPHRASE,
            PULUMI_SKIP_UPDATE_CHECK="1",
            PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION="true",
            PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS="true",
        )
        if not self.checkpoints:
            # https://github.com/pulumi/pulumi/pull/10750: only the final state is saved.
            environment["PULUMI_SKIP_CHECKPOINTS"] = "true"
        return environment

    # -- operations ----------------------------------------------------------------------------------------------------

    def operation_arguments(self, operation: str, *extra: str) -> list[str]:
        """The engine's command line for one of OPERATIONS."""
        arguments = [operation, "--config-file", str(self.config_file), "--skip-plugin-pre-install"]
        if operation != "preview":
            arguments.append("--yes")
        if operation in ("refresh", "destroy"):
            # `up` keeps its preview: rules over the whole stack gate there, before anything is made.
            arguments.append("--skip-preview")
        if operation in ("preview", "up") and self.policy_pack is not None:
            arguments += ["--policy-pack", str(self.policy_pack)]
            if self.policy_config is not None:
                arguments += ["--policy-pack-config", str(self.policy_config)]
        return [*arguments, *extra]

    def recover(self) -> Recovery | None:
        """Settle what a killed run left undecided; None where nothing was. Raises LauncherError."""
        return mending.recover(self)

    def adopt(self) -> Recovery | None:
        """Take up objects whose creation failed after it took effect; None where there are none."""
        return mending.adopt(self)

    def preview(self, *extra: str) -> Result:
        """Preview, with the policy pack where there is one; output is captured."""
        return self.capture(self.operation_arguments("preview", *extra))

    def up(self, *extra: str) -> Result:
        """Deploy, after settling what a killed run left and adopting what an answer was lost of; output is captured."""
        self.recover()
        self.adopt()
        return self.capture(self.operation_arguments("up", *extra))

    def refresh(self, *extra: str) -> Result:
        """Compare the state with the account, after settling what a killed run left; output is captured."""
        self.recover()
        return self.capture(self.operation_arguments("refresh", *extra))

    def destroy(self, *extra: str) -> Result:
        """Delete everything, protected resources and what a killed run left too; output is captured."""
        self.recover()
        self.unprotect()
        return self.capture(self.operation_arguments("destroy", *extra))

    def unprotect(self) -> None:
        """Lift what protects from deletion, in the state and in the account. Raises LauncherError."""
        self.capture(["state", "unprotect", "--all", "--yes"], account=False)
        self.simulator("unprotect")

    def preview_changes(self) -> dict[str, int]:
        """How many resources a preview would create, update, replace, delete, keep (`same`). Raises LauncherError."""
        result = self.preview("--json")
        try:
            summary = json.loads(result.stdout)["changeSummary"]
        except (ValueError, KeyError) as error:
            raise LauncherError(f"the preview failed\n{result.output}", "see its output") from error
        return {str(kind): int(count) for kind, count in summary.items()}

    def export(self) -> dict[str, Any]:
        """The stack's state as `pulumi stack export` prints it. Raises LauncherError."""
        result = self.capture(["stack", "export"], account=False)
        if result.code != 0:
            raise LauncherError(f"the state cannot be exported\n{result.output}", "see its output")
        exported: dict[str, Any] = json.loads(result.stdout)
        return exported

    def account_number(self) -> str | None:
        """The number of the simulated account; None while nothing was ever asked of it. Raises LauncherError."""
        return self._shown()["account"]

    def awaiting_deletion(self) -> list[dict[str, Any]]:
        """What is deleted but can still be brought back: keys and secrets. Raises LauncherError."""
        leaving: list[dict[str, Any]] = self._shown()["leaving"]
        return leaving

    def account_contents(self) -> list[dict[str, Any]]:
        """What is in the simulated account, without what AWS puts there by itself. Raises LauncherError."""
        objects: list[dict[str, Any]] = self._shown()["objects"]
        return [item for item in objects if not item["made_by_aws"]]

    def calls(self) -> dict[str, int]:
        """How many calls of each kind a fault plan has counted in the account. Raises LauncherError."""
        counted: dict[str, int] = self._shown()["calls"]
        return counted

    def clock(self, *arguments: str) -> str:
        """The time in the account, or what it led to that it passed. Raises LauncherError where nothing is there."""
        if self.account_number() is None:
            raise self._nothing_there()
        return self.simulator("clock", *arguments)

    def settle_down(self) -> None:
        """Let the account's clock go on until nothing in it is being made or deleted any more. Raises LauncherError."""
        self.clock("--wait")

    def _nothing_there(self) -> LauncherError:
        return LauncherError(f"the account of stack {self.stack} is empty", f"run: make up STACK={self.stack}")

    def _shown(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.simulator("show", "--json"))
        return content

    def simulator(self, command: str, *arguments: str) -> str:
        """What a command of the simulated account prints. Raises LauncherError when it fails."""
        argv = [str(self.layout.python), "-m", "simulator", command, "--state-dir", str(self.account_state), *arguments]
        done = subprocess.run(
            argv, cwd=self.layout.root, env=self.environment(), capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise LauncherError(f"the simulated account cannot do this: {command}\n{done.stderr}", "see above")
        return done.stdout

    # -- running -------------------------------------------------------------------------------------------------------

    def capture(self, arguments: Sequence[str], *, account: bool = True, watch: Watch | None = None) -> Result:
        """Run the engine and return what it printed. `watch` sees the process as soon as it runs."""
        folder = self.folder / "output"
        folder.mkdir(parents=True, exist_ok=True)
        out, err = folder / "stdout", folder / "stderr"
        with out.open("wb") as stdout, err.open("wb") as stderr:
            code = self._run([*arguments, "--color", "never"], Sink(stdout, stderr, watch), account=account)
        return Result(code, out.read_text(errors="replace"), err.read_text(errors="replace"))

    def show(self, arguments: Sequence[str], *, colour: bool) -> int:
        """Run the engine on the reader's own terminal; its exit code."""
        return self._run([*arguments, "--color", "always" if colour else "never"], Sink(), account=True)

    def _run(self, arguments: Sequence[str], sink: Sink, *, account: bool) -> int:
        argv = [str(self.engine.pulumi), *arguments, "--stack", self.stack, "--non-interactive"]
        environment = self.environment()
        with exclusive(self.folder / "lock", f"Another run is using stack {self.stack}; waiting for it.") as lock:
            self._prepare(environment)
            with self._attached(environment, wanted=account and self.needs_account) as environment:
                process = subprocess.Popen(
                    argv,
                    stdin=subprocess.DEVNULL,
                    stdout=sink.stdout,
                    stderr=sink.stderr,
                    cwd=self.program,
                    env=environment,
                    start_new_session=True,
                    # Should we be killed, the stack stays locked until the engine has ended.
                    pass_fds=(lock,),
                )
                with forwarding_interrupts(process) as forwarded:
                    if sink.watch is not None:
                        sink.watch(process)
                    code = process.wait()
                if forwarded and code == 0:
                    # Pulumi 3.250.0 says that all is deleted where an interrupt fell between two deletions.
                    note(f"The run of stack {self.stack} was interrupted: not all of it may be done. Run it again.")
                    return INTERRUPTED
                return code

    @contextmanager
    def _attached(self, environment: Mapping[str, str], *, wanted: bool) -> Generator[dict[str, str]]:
        """The environment with the simulated account in it, served while the block lasts."""
        if not wanted:
            yield dict(environment)
            return
        account = Account(self.account_state, self.folder / "account.log", self.faults, self.apis, self.instead)
        with served(account, self.layout, environment) as place:
            yield {**environment, "PULUMI_DEBUG_PROVIDERS": f"aws:{place.port}"}

    @contextmanager
    def serving(self) -> Generator[dict[str, str]]:
        """Serve the account's APIs while the block lasts; yields the environment of a client that reads or changes it.

        Operations of this stack meanwhile use the same process. Raises LauncherError when nothing was ever deployed.
        """
        region = self._shown()["region"]
        if region is None:
            raise self._nothing_there()
        environment = self.environment()
        with served(Account(self.account_state, self.folder / "account.log"), self.layout, environment) as place:
            yield {**environment, **place.client_environment(str(region))}

    # -- preparation ---------------------------------------------------------------------------------------------------

    def _prepare(self, environment: Mapping[str, str]) -> None:
        """Make the stack where it is not there yet, refresh the copy of its configuration, remove a dead run's lock."""
        for folder in (self.backend, self.config_file.parent, self.folder / "home"):
            folder.mkdir(parents=True, exist_ok=True)
        if self.exists():
            mending.mend(self.checkpoint)
        else:
            self._init(environment)
        self._copy_config()
        locks = self.backend / ".pulumi" / "locks"
        if any(locks.rglob(f"{self.stack}/*.json")):
            # We hold our own lock on this folder, so whoever took Pulumi's lock is no longer running.
            note(f"The last run of stack {self.stack} was killed: removing the lock it left.")
            self._quietly(environment, "cancel", "--yes", "--stack", self.stack)

    @property
    def checkpoint(self) -> Path:
        """Where the file backend keeps the stack's state."""
        return self.backend / ".pulumi" / "stacks" / self.project / f"{self.stack}.json"

    def exists(self) -> bool:
        """Whether the stack was ever made."""
        return self.checkpoint.is_file()

    def _init(self, environment: Mapping[str, str]) -> None:
        """Make the stack from a bare project folder, as `stack init` writes its encryption salt into where it is."""
        bare = self.config_file.parent
        self.config_file.unlink(missing_ok=True)
        (bare / "Pulumi.yaml").write_text(f"name: {self.project}\nruntime: python\n")
        self._quietly(environment, "stack", "init", self.stack, "--no-select", cwd=bare)

    def _quietly(self, environment: Mapping[str, str], *arguments: str, cwd: Path | None = None) -> None:
        argv = [str(self.engine.pulumi), *arguments, "--non-interactive", "--color", "never"]
        done = subprocess.run(
            argv, cwd=cwd or self.config_file.parent, env=dict(environment), capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise LauncherError(
                f"pulumi {arguments[0]} failed\n{done.stdout}{done.stderr}", "run: make clean, then again"
            )

    def _copy_config(self) -> None:
        """The stack file of the checkout without a real backend's keys, with the salt of this folder."""
        source = self.settings or self.program / f"Pulumi.{self.stack}.yaml"
        text = source.read_text() if source.is_file() else ""
        kept = [line for line in text.splitlines() if line.partition(":")[0] not in REAL_SECRETS_KEYS]
        old = self.config_file.read_text() if self.config_file.is_file() else ""
        salt = [line for line in old.splitlines() if line.startswith("encryptionsalt:")]
        self.config_file.write_text("\n".join((*kept, *salt, "")))

    def forget(self) -> None:
        """Remove the stack and its account with everything they remember."""
        with exclusive(self.folder / "lock", f"Another run is using stack {self.stack}; waiting for it."):
            refuse_while_served(self.account_state)
            shutil.rmtree(self.folder)


def refuse_while_served(state: Path) -> None:
    """Raise LauncherError when a process of its own (`make account`) serves the account."""
    if running(state) is not None:
        raise LauncherError(f"the account in {state.parent} is being served", "end `make account` first")


@contextmanager
def forwarding_interrupts(process: subprocess.Popen[bytes]) -> Generator[list[int]]:
    """Pass SIGINT, SIGTERM and SIGHUP on to the engine as SIGINT: it cancels, and we wait for it to finish cleanly.

    Yields the list of the signals that were passed on, which grows. The engine has a session of its own, so that one
    Ctrl-C reaches it once; a second one makes it stop at once.
    """
    forwarded: list[int] = []

    def forward(number: int, _frame: FrameType | None) -> None:
        if process.poll() is None:
            forwarded.append(number)
            process.send_signal(signal.SIGINT)

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, forward) for number in numbers}
    try:
        yield forwarded
    except BaseException:
        process.kill()
        process.wait()
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
