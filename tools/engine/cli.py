"""The launcher's commands. `make <command>` is the same thing."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tools.engine.account import CLIENT_VARIABLES
from tools.engine.binary import Engine, ensure_engine
from tools.engine.console import is_colourful, note, paint
from tools.engine.demonstration import OPEN_DESKTOPS, copy_program
from tools.engine.environment import private_environment
from tools.engine.errors import LauncherError
from tools.engine.faults import KINDS, RUNS, Manner, Tries, sweep
from tools.engine.layout import Layout
from tools.engine.locks import exclusive
from tools.engine.packages import ensure_packages
from tools.engine.workspace import INTERRUPTED, Workspace, refuse_while_served

FAILED_SETUP = 2


def set_up(layout: Layout) -> Engine:
    """Packages and engine, whatever of them is missing. Raises LauncherError."""
    ensure_packages(layout)
    return ensure_engine(layout)


def stack_names(program: Path) -> list[str]:
    """The stacks that have a file Pulumi.<stack>.yaml: the program's own, and those under examples/."""
    own = sorted(path.name.split(".")[1] for path in program.glob("Pulumi.*.yaml"))
    return [*own, *sorted(path.parent.name for path in program.glob("examples/*/Pulumi.*.yaml"))]


def open_workspace(layout: Layout, stack: str, *, program: Path | None = None, folder: Path | None = None) -> Workspace:
    """The stack's workspace in this checkout, with the policy pack enforced. Raises LauncherError."""
    program = program or layout.root
    known = stack_names(program)
    if stack not in known:
        raise LauncherError(f"there is no stack {stack!r}", f"use one of: STACK={' STACK='.join(known) or '(none)'}")
    pack = layout.root / "policy_pack"
    config = pack / "config" / f"{stack}.json"
    example = program / "examples" / stack
    settings = None
    if example.is_dir():
        settings, config = example / f"Pulumi.{stack}.yaml", example / "guardrails.json"
    return Workspace(
        stack=stack,
        folder=folder or layout.stacks / stack,
        engine=set_up(layout),
        program=program,
        layout=layout,
        policy_pack=pack if (pack / "PulumiPolicy.yaml").is_file() else None,
        policy_config=config if config.is_file() else None,
        settings=settings,
    )


def banner(workspace: Workspace) -> str:
    """What cannot be overlooked: this is no real account."""
    place = os.path.relpath(workspace.folder, workspace.layout.root)
    title = paint(" SIMULATED ACCOUNT ", "1;30;43")
    origin = "on PATH" if workspace.engine.official else "built here"
    guard = "enforced" if workspace.policy_pack else "NOT THERE: no policy_pack/PulumiPolicy.yaml"
    return (
        f"{title} stack {workspace.stack}: a stand-in on this machine; nothing reaches AWS\n"
        f"  account, state  {place}/\n"
        f"  engine          Pulumi {workspace.engine.version} ({origin})\n"
        f"  policy pack     {guard}\n"
    )


def operate(layout: Layout, options: argparse.Namespace) -> int:
    """Preview, up, refresh or destroy: the engine's own output and exit code."""
    workspace = open_workspace(layout, options.stack)
    print(banner(workspace), flush=True)
    colour = is_colourful()
    if options.command != "preview":
        workspace.recover()
    if options.command == "up":
        workspace.adopt()
    if options.command == "destroy":
        note("Unprotecting the stack's protected resources: harmless in a simulated account only.")
        workspace.unprotect()
    return workspace.show(workspace.operation_arguments(options.command, *options.arguments), colour=colour)


def blocked(layout: Layout, options: argparse.Namespace) -> int:
    """Preview a copy of the program with one dangerous change: 0 when the guard refuses it, 1 when it does not."""
    set_up(layout)
    folder = layout.private / "demonstration" / options.stack
    with exclusive(folder.with_name(f"{options.stack}.lock"), "Another demonstration is running; waiting for it."):
        copy_program(layout, folder / "program")
        difference = OPEN_DESKTOPS.apply(folder / "program")
        workspace = open_workspace(layout, options.stack, program=folder / "program", folder=folder / "stack")
        if workspace.policy_pack is None:
            raise LauncherError("there is no policy pack to show", "add policy_pack/PulumiPolicy.yaml")
        print(banner(workspace))
        print(f"One dangerous change, in a copy: {OPEN_DESKTOPS.title}\n{difference}\n", flush=True)
        result = workspace.preview()
    print(_verdicts(result.output))
    refused = result.code != 0 and "[mandatory]" in result.output
    verdict = "REFUSED, as it must be" if refused else "NOT REFUSED: the guard did not do its work"
    print(paint(f" {verdict} ", "1;30;42" if refused else "1;37;41"))
    return 0 if refused else 1


def faults(layout: Layout, options: argparse.Namespace) -> int:
    """Try an error at every n-th call of a kind: 0 when the next run made each of them good."""
    workspace = open_workspace(layout, options.stack, folder=layout.private / "faults" / options.stack)
    # The guard has its own tests; without it a run takes half the time.
    workspace = replace(workspace, policy_pack=None, policy_config=None, apis=False)
    tries = Tries(workspace, Manner(options.on, options.kind, options.after_effect), options.set)
    return 0 if sweep(tries, options.every, lambda line: print(line, flush=True)) else 1


def _verdicts(output: str) -> str:
    """The part of a preview's output in which the guard speaks; all of it where it does not."""
    start = output.find("Policies:")
    return output[start:].partition("\nDiagnostics:")[0] if start >= 0 else output


def bench(layout: Layout, options: argparse.Namespace) -> int:
    """Print the measurements of `bench/`."""
    set_up(layout)
    layout.home.mkdir(parents=True, exist_ok=True)
    argv = [str(layout.python), "-m", "bench", *options.arguments]
    return subprocess.run(argv, cwd=layout.root, env=private_environment(layout), check=False).returncode


def account(layout: Layout, options: argparse.Namespace) -> int:
    """Serve the stack's account for AWS clients: while the given command runs, or until Ctrl-C."""
    workspace = open_workspace(layout, options.stack)
    with workspace.serving() as environment:
        if options.arguments:
            return subprocess.run(options.arguments, cwd=layout.root, env=environment, check=False).returncode
        print(banner(workspace))
        print("".join(f"export {name}={environment[name]}\n" for name in CLIENT_VARIABLES), flush=True)
        note("Serving until Ctrl-C. In another terminal: AWS clients with these variables, make refresh, make up.")
        threading.Event().wait()
    return 0


def clock(layout: Layout, options: argparse.Namespace) -> int:
    """Tell the time in the stack's account, or let time pass there."""
    workspace = open_workspace(layout, options.stack)
    print(workspace.clock(*options.arguments), end="")
    return 0


def setup_only(layout: Layout, options: argparse.Namespace) -> int:
    """Make everything ready and stop."""
    engine = set_up(layout)
    print(f"ready: Python {layout.python}, Pulumi {engine.version} at {engine.pulumi}")
    return 0


def run_tests(layout: Layout, options: argparse.Namespace) -> int:
    """The whole test suite, or what the arguments select."""
    set_up(layout)
    environment = private_environment(layout)
    if os.environ.get("CI"):
        environment["CI"] = os.environ["CI"]
    layout.home.mkdir(parents=True, exist_ok=True)
    workers = (
        []
        if any(item.startswith("-n") for item in options.arguments)
        else ["-n", str(min(os.cpu_count() or 1, 4)), "--dist", "worksteal"]
    )
    argv = [str(layout.python), "-m", "pytest", *workers, *options.arguments]
    return subprocess.run(argv, cwd=layout.root, env=environment, check=False).returncode


def doctor(layout: Layout, options: argparse.Namespace) -> int:
    """What is there and what would be used, without making anything."""
    from tools.engine import binary, packages  # noqa: PLC0415 - private helpers of a diagnosis

    go = binary.find_go(layout)
    official = shutil.which("pulumi")
    rows = (
        ("Python", f"{sys.version.split()[0]} at {sys.executable}"),
        ("packages", "complete" if packages.is_complete(layout) else "not installed yet: make setup"),
        ("Pulumi on PATH", f"{official} ({binary.pulumi_version(layout, Path(official))})" if official else "none"),
        ("Pulumi built here", "yes" if binary.is_built(layout) else "not yet (about 5 minutes, once)"),
        ("Go", str(go) if go else "none that is new enough: it would come from the package index"),
        ("stacks", ", ".join(stack_names(layout.root)) or "none"),
    )
    for name, value in rows:
        print(f"{name:18} {value}")
    return 0


def clean(layout: Layout, options: argparse.Namespace) -> int:
    """Remove the simulated accounts and their stacks; `--all` also the engine and the packages."""
    with exclusive(layout.private / "packages.lock", "Another run is installing; waiting for it."):
        for folder in layout.stacks.glob("*"):
            with exclusive(folder / "lock", f"Another run is using stack {folder.name}; waiting for it."):
                refuse_while_served(folder / "account")
                shutil.rmtree(folder)
        for name in ("demonstration", "faults"):
            shutil.rmtree(layout.private / name, ignore_errors=True)
        if options.all:
            shutil.rmtree(layout.venv, ignore_errors=True)
    if options.all:
        shutil.rmtree(layout.private, ignore_errors=True)
    print("removed: " + (".venv/ and .secure-room/" if options.all else "the simulated accounts and their stacks"))
    return 0


Command = Callable[[Layout, argparse.Namespace], int]

COMMANDS: dict[str, tuple[Command, str]] = {
    "preview": (operate, "show what the program would build, with the policy pack enforced"),
    "up": (operate, "deploy to the simulated account"),
    "refresh": (operate, "compare the state with the simulated account"),
    "destroy": (operate, "delete everything from the simulated account"),
    "account": (account, "serve the account's AWS APIs: until Ctrl-C, or while a command given in ARGS runs"),
    "clock": (clock, 'tell the account\'s time; ARGS="--advance 30d" lets time pass, --wait until nothing is pending'),
    "blocked": (blocked, "show the guard refusing a stack with one dangerous change (0 when it refuses)"),
    "faults": (faults, "try an error at every create of the stack, or --on another call (--every N: every N-th only)"),
    "bench": (bench, "measure the engine on this machine"),
    "test": (run_tests, "run all tests; arguments go to pytest"),
    "setup": (setup_only, "only make everything ready: packages and engine"),
    "doctor": (doctor, "say what is there and what would be used"),
    "clean": (clean, "remove the simulated accounts (--all: engine and packages too)"),
}


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(
        prog="make",
        description="secure-room: every command sets itself up. What follows -- (make ARGS=…) is passed on.",
        epilog="Also `make topologies` (the life of every example network), `make mutations` (every part of both "
        "networks changed, one at a time) and `make sweep` (a fault at every call of both stacks' lives): the longest "
        "proofs, apart from `make test`.",
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (_, text) in COMMANDS.items():
        one = commands.add_parser(name, help=text, description=text)
        one.add_argument("--stack", default="dev", help="which stack (make STACK=prod …); dev by default")
        if name == "clean":
            one.add_argument("--all", action="store_true", help="the engine and the packages too")
        if name == "faults":
            one.add_argument(
                "--on", choices=tuple(RUNS), default="create", help="which kind of call; create by default"
            )
            one.add_argument("--every", type=int, default=1, metavar="N", help="try every N-th call only")
            one.add_argument("--kind", choices=KINDS, default="internal", help="how it fails; internal by default")
            one.add_argument("--after-effect", action="store_true", help="it takes effect first: its answer is lost")
            one.add_argument(
                "--set", action="append", default=[], metavar="KEY=VALUE", help="what an update changes in the settings"
            )
    return top


OWN_OPTIONS = ("clean", "faults")
"""Commands whose ARGS are options of the launcher itself; those of the others are passed on."""


def main(argv: list[str]) -> int:
    """Run one command; the exit code: the engine's own, 2 when the set-up failed, 130 when interrupted."""
    own, passed_on = _split(argv)
    if own and own[0] in OWN_OPTIONS:
        own, passed_on = [*own, *passed_on], []
    options = parser().parse_args(own)
    options.arguments = passed_on
    command, _ = COMMANDS[options.command]
    try:
        return command(Layout(), options)
    except LauncherError as error:
        note(paint(str(error), "31", sys.stderr))
        return FAILED_SETUP
    except KeyboardInterrupt:
        note("interrupted; what was finished is kept, the same command takes it up again")
        return INTERRUPTED


def _split(argv: list[str]) -> tuple[list[str], list[str]]:
    """What comes before and after `--`."""
    at = argv.index("--") if "--" in argv else len(argv)
    return argv[:at], argv[at + 1 :]
