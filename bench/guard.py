"""Holds the guard to its goals of speed over generated stacks: `python -m bench.guard [--rounds N] [SIZE ...]`.

Each size is judged by `pulumi policy analyze` (with one stock policy that does nothing, which is the engine's own time;
with sixty resource and sixty stack policies that do nothing, which is the stock way to serve a catalogue; with the
whole catalogue), by `guardrails check` (without and with an intent to hold the network against) and by `guardrails
reach diff`, which tells what the loss of one rule closes. The runs take turns
and the shortest of each counts, so that a load that comes and goes meets all of them alike. Missed goals end it with 1.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2_grpc

from bench.states import INTENT, generate, narrowed
from tools.engine.binary import ensure_engine
from tools.engine.environment import private_environment
from tools.engine.errors import LauncherError
from tools.engine.layout import Layout

ROUNDS = 3
SIZES = (1000, 5000, 10000)
_STARTS = 5
_STOCK_LIMIT = 5000
"""Above this size the stock way is left out: its time grows with policies times resources, to many minutes."""

_PACK = """from pulumi_policy import *
PolicyPack(
    "stock",
    [ResourceValidationPolicy(f"r{{n}}", "nothing", lambda args, report: None) for n in range({resources})]
    + [StackValidationPolicy(f"s{{n}}", "nothing", lambda args, report: None) for n in range({stacks})],
)
"""


@dataclass(frozen=True)
class Goal:
    """One measured value, with the greatest that is aimed at (None where there is no aim)."""

    name: str
    value: float
    unit: str
    most: float | None = None

    def __str__(self) -> str:
        text = f"{self.name:76} {self.value:8.2f} {self.unit:3}"
        if self.most is None:
            return text
        return f"{text}  goal {self.most:g}  {'holds' if self.value <= self.most else 'MISSED'}"


@dataclass(frozen=True)
class Used:
    """What one run took."""

    seconds: float
    processor: float
    """Seconds of processor time; less than what was used where a command leaves processes of its own behind."""
    megabytes: float


class Bench:
    """Runs commands in a folder of their own, in an environment of their own."""

    def __init__(self, layout: Layout, folder: Path, environment: Mapping[str, str]) -> None:
        self.layout = layout
        self.folder = folder
        self.environment = dict(environment)
        self.ours = layout.root / "policy_pack"
        self.one = self._stock("one", 0, 1)
        self.many = self._stock("many", 60, 60)
        self.intent = self._write("intent.yaml", INTENT)
        self.config = self._write("config.json", json.dumps({"guardrails": {"intent": str(self.intent)}}))

    def _write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def _stock(self, name: str, resources: int, stacks: int) -> Path:
        """Make a pack of stock policies that do nothing."""
        self._write(f"{name}/__main__.py", _PACK.format(resources=resources, stacks=stacks))
        runtime = f"runtime:\n  name: python\n  options:\n    virtualenv: {self.layout.venv}\n"
        return self._write(f"{name}/PulumiPolicy.yaml", runtime).parent

    def run(self, command: Sequence[str]) -> Used:
        """Run a command that should find nothing wrong.

        Raises:
            LauncherError: it failed, or found something: a run that stops early measures nothing.
        """
        log = self.folder / "output"
        with log.open("wb") as output:
            start = time.monotonic()
            process = subprocess.Popen(  # noqa: S603 - the benchmark's own commands
                command, env=self.environment, cwd=self.folder, stdout=output, stderr=subprocess.STDOUT
            )
            _, status, usage = os.wait4(process.pid, 0)
            taken = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            tail = log.read_text(encoding="utf-8", errors="replace")[-2000:]
            raise LauncherError(f"a measured run failed: {' '.join(command)}\n{tail}", "see its output")
        return Used(taken, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)

    def commands(self, state: Path, before: Path, *, stock: bool) -> dict[str, list[str]]:
        """Give what is measured over one state file, and over what it was `before`."""
        analyze = ["pulumi", "policy", "analyze", "--json", "--file", str(state), "--policy-pack"]
        check = [str(self.layout.python), "-m", "guardrails", "check", "--format", "sarif", "--state", str(state)]
        return {
            "floor": [*analyze, str(self.one)],
            **({"stock": [*analyze, str(self.many)]} if stock else {}),
            "catalogue": [*analyze, str(self.ours), "--policy-pack-config", str(self.config)],
            "plain": check,
            "check": [*check, "--intent", str(self.intent)],
            "diff": [str(self.layout.python), "-m", "guardrails", "reach", "diff", "--json", str(before), str(state)],
        }

    def sized(self, size: int, rounds: int) -> dict[str, Used]:
        """Measure one size: the least time and memory of some rounds, by name of the command."""
        before = generate(size)
        old = self._write(f"before-{size}.json", json.dumps(before))
        state = self._write(f"state-{size}.json", json.dumps(narrowed(before)))
        commands = self.commands(state, old, stock=size <= _STOCK_LIMIT)
        found: dict[str, Used] = {}
        for _ in range(rounds):
            for name, command in commands.items():
                used, best = self.run(command), found.get(name)
                found[name] = used if best is None else _least(used, best)
        return found

    def start(self, pack: Path) -> float:
        """Seconds of processor time until a pack that is started has told its policies; it waits for nothing."""
        command = [str(self.layout.python), "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(pack)]
        process = subprocess.Popen(command, env=self.environment, cwd=pack, stdout=subprocess.PIPE)  # noqa: S603 - likewise
        try:
            port = b"" if process.stdout is None else process.stdout.readline().strip()
            if not port.isdigit():
                raise LauncherError(f"{pack.name}: did not start", "run it by itself")
            with grpc.insecure_channel(f"127.0.0.1:{port.decode()}") as channel:
                stub: Any = analyzer_pb2_grpc.AnalyzerStub(channel)
                if not stub.GetAnalyzerInfo(empty_pb2.Empty()).policies:
                    raise LauncherError(f"{pack.name}: told no policies", "run it by itself")
        finally:
            process.kill()
            _, _, usage = os.wait4(process.pid, 0)
            process.returncode = -9
            if process.stdout is not None:
                process.stdout.close()
        return usage.ru_utime + usage.ru_stime


def _least(one: Used, two: Used) -> Used:
    return Used(min(one.seconds, two.seconds), min(one.processor, two.processor), min(one.megabytes, two.megabytes))


def goals(size: int, used: Mapping[str, Used]) -> Iterator[Goal]:
    """Give the ratios within one size."""
    floor, ours, plain, check = (used[name].seconds for name in ("floor", "catalogue", "plain", "check"))
    yield Goal(f"{size}: one stock policy that does nothing", floor, "s")
    catalogue = f"{size}: policy analyze, whole catalogue with intents"
    yield Goal(f"{catalogue}, to one stock policy", ours / floor, "x", 1.5)
    if "stock" in used:
        stock = used["stock"].seconds
        yield Goal(f"{size}: 120 stock policies that do nothing", stock, "s")
        yield Goal(f"{catalogue}, to 120 stock policies", ours / stock, "x", 0.35)
    yield Goal(f"{size}: check with report, to one stock policy", plain / floor, "x", 0.4)
    yield Goal(f"{size}: check with report and intents, to one stock policy", check / floor, "x", 0.4)
    added = used["check"].processor / used["plain"].processor - 1
    yield Goal(f"{size}: what intents add to a check, processor time", added, "x", 1.0)
    compared = used["diff"].processor / used["check"].processor
    yield Goal(f"{size}: reach diff after one rule was taken away, to a check with intents", compared, "x", 3.0)
    memory = max(used["plain"].megabytes, used["check"].megabytes)
    yield Goal(f"{size}: peak memory of a check", memory, "MB", 500.0)


def growth(sizes: Sequence[int], measured: Sequence[Mapping[str, Used]]) -> Iterator[Goal]:
    """Give how the times of a check and of a difference grow with the size, to proportion (start-up included)."""
    for (small, before), (large, after) in zip(
        zip(sizes, measured, strict=True), zip(sizes[1:], measured[1:], strict=True), strict=False
    ):
        for name, text in (("check", "a check"), ("diff", "reach diff")):
            ratio = (after[name].processor / before[name].processor) / (large / small)
            yield Goal(f"{small} to {large}: growth of {text}'s processor time, to proportion", ratio, "x", 1.1)


def measure(bench: Bench, sizes: Sequence[int], rounds: int) -> Iterator[Goal]:
    """Give every measured value."""
    empty, ours = (min(bench.start(pack) for _ in range(_STARTS)) for pack in (bench.one, bench.ours))
    yield Goal("start of a pack of one policy, processor time", empty, "s")
    yield Goal("start of this pack, above that, processor time", ours - empty, "s", 0.2)
    measured: list[Mapping[str, Used]] = []
    for size in sizes:
        measured.append(bench.sized(size, rounds))
        yield from goals(size, measured[-1])
    yield from growth(sizes, measured)


def main(arguments: Sequence[str]) -> int:
    """Print a line for each value as soon as it is known; give 1 where a goal is missed."""
    parser = argparse.ArgumentParser(prog="bench.guard", description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=list(SIZES), metavar="SIZE")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args(arguments)
    layout = Layout()
    engine = ensure_engine(layout)
    missed = 0
    with TemporaryDirectory() as name:
        folder = Path(name)
        environment = private_environment(layout, home=folder / "home")
        environment.update(
            PATH=os.pathsep.join((engine.path, environment["PATH"])),
            PYTHONPATH=str(layout.root / "policy_pack"),
            PULUMI_HOME=str(folder / "home" / ".pulumi"),
            PULUMI_SKIP_UPDATE_CHECK="1",
            PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION="true",
        )
        for goal in measure(Bench(layout, folder, environment), options.sizes, options.rounds):
            print(goal, flush=True)
            missed += goal.most is not None and goal.value > goal.most
    return 1 if missed else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except LauncherError as error:
        sys.exit(str(error))
