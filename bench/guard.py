"""Prints what the guard costs over generated states, as ratios to what the engine takes by itself.

`python -m bench.guard [SIZE ...]`: for each size the shortest of ROUNDS runs of `pulumi policy analyze` with one stock
policy that does nothing (the floor), with sixty resource and sixty stack policies that do nothing (the stock way),
with the whole catalogue, and of `guardrails check` on the same file; with the memory that the last one took.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.states import generate
from tools.engine.binary import ensure_engine
from tools.engine.environment import private_environment
from tools.engine.layout import Layout

ROUNDS = 3
SIZES = (1000, 5000, 10000)
_PACK = """from pulumi_policy import *
PolicyPack(
    "stock",
    [ResourceValidationPolicy(f"r{{n}}", "nothing", lambda args, report: None) for n in range({resources})]
    + [StackValidationPolicy(f"s{{n}}", "nothing", lambda args, report: None) for n in range({stacks})],
)
"""


@dataclass(frozen=True)
class Bench:
    """Where things are and how the engine is run."""

    layout: Layout
    folder: Path
    environment: dict[str, str]

    def pack(self, name: str, resources: int, stacks: int) -> Path:
        """Make a pack of stock policies that do nothing."""
        folder = self.folder / name
        folder.mkdir()
        runtime = f"runtime:\n  name: python\n  options:\n    virtualenv: {self.layout.venv}\n"
        (folder / "PulumiPolicy.yaml").write_text(runtime, encoding="utf-8")
        (folder / "__main__.py").write_text(_PACK.format(resources=resources, stacks=stacks), encoding="utf-8")
        return folder

    def analyze(self, pack: Path, state: Path) -> float:
        """Seconds of `pulumi policy analyze`."""
        return self.shortest(
            ["pulumi", "policy", "analyze", "--policy-pack", str(pack), "--file", str(state), "--json"]
        )

    def check(self, state: Path) -> float:
        """Seconds of `guardrails check`, report included."""
        command = [str(self.layout.venv / "bin" / "python"), "-m", "guardrails", "check", "--state", str(state)]
        return self.shortest(command, PYTHONPATH=str(self.layout.root / "policy_pack"))

    def shortest(self, command: list[str], **more: str) -> float:
        """Seconds of the shortest of some runs of a command that finds nothing wrong."""
        best = float("inf")
        for _ in range(ROUNDS):
            start = time.monotonic()
            done = subprocess.run(  # noqa: S603 - the benchmark's own commands
                command, env={**self.environment, **more}, cwd=self.folder, capture_output=True, text=True, check=False
            )
            best = min(best, time.monotonic() - start)
            if done.returncode != 0:
                raise SystemExit(
                    f"a measured run failed: {' '.join(command)}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
                )
        return best


def measure(bench: Bench, size: int, packs: tuple[Path, Path, Path]) -> None:
    """Print one size."""
    state = bench.folder / f"state-{size}.json"
    state.write_text(json.dumps(generate(size)), encoding="utf-8")
    floor, stock, ours = (bench.analyze(pack, state) for pack in packs)
    check = bench.check(state)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{size} resources")
    print(f"  one stock policy that does nothing       {floor:6.1f} s")
    print(f"  120 stock policies that do nothing       {stock:6.1f} s   {stock / floor:5.2f} x the floor")
    print(f"  the whole catalogue, policy analyze      {ours:6.1f} s   {ours / floor:5.2f} x the floor (goal 1.5), "
          f"{ours / stock:5.2f} x the stock way (goal 0.35)")  # fmt: skip
    print(f"  the whole catalogue, guardrails check    {check:6.1f} s   {check / floor:5.2f} x the floor (goal 0.4)")
    print(f"  largest process so far                   {memory:6.0f} MB")


def main(arguments: list[str]) -> int:
    """Measure every size."""
    layout = Layout()
    engine = ensure_engine(layout)
    with TemporaryDirectory() as name:
        folder = Path(name)
        environment = private_environment(layout, home=folder / "home")
        environment.update(
            PATH=os.pathsep.join((engine.path, environment["PATH"])),
            PULUMI_HOME=str(folder / "home" / ".pulumi"),
            PULUMI_SKIP_UPDATE_CHECK="1",
            PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION="true",
        )
        bench = Bench(layout, folder, environment)
        packs = (bench.pack("one", 0, 1), bench.pack("many", 60, 60), layout.root / "policy_pack")
        for size in [int(item) for item in arguments] or SIZES:
            measure(bench, size, packs)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
