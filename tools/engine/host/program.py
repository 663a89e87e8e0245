"""Runs one Pulumi program: connects the SDK to the engine, executes the file or folder, reports what went wrong.

Started by the host with the program's own Python. Its exit code tells the host what the user has already seen.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import importlib.util
import logging
import os
import runpy
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

BAILED = 32
"""Exit code for a failure that has already been shown: the engine must not report it again."""

THREADS_PER_OPERATION = 4

COLLECT_AFTER = (100_000, 10, 100)
"""When to look for garbage: the classes of a provider's package stay, so do not go through them while they load."""


def parse(argv: list[str]) -> argparse.Namespace:
    """The command line as the host writes it."""
    parser = argparse.ArgumentParser(description="Run a Pulumi program for the engine.")
    for name in ("monitor", "engine", "project", "stack", "organization", "root_directory", "pwd"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--dry_run", required=True, choices=("true", "false"))
    parser.add_argument("--parallel", type=int, default=0)
    parser.add_argument("program", type=Path)
    parser.add_argument("arguments", nargs="*")
    return parser.parse_args(argv)


def _lies_in(file: str, home: Path) -> bool:
    """Whether the code is from a file of the program (frozen modules have a name in angle brackets for a file)."""
    return not file.startswith("<") and Path(file).resolve().is_relative_to(home)


def own_frames(error: BaseException, program: Path) -> str:
    """The traceback from the first frame that belongs to the program on; all of it where none does."""
    home = program if program.is_dir() else program.parent
    start: TracebackType | None = error.__traceback__
    while start is not None and not _lies_in(start.tb_frame.f_code.co_filename, home):
        start = start.tb_next
    return "".join(traceback.format_exception(type(error), error, start or error.__traceback__))


def missing_entry(program: Path) -> bool:
    """Whether the program is a folder that has nothing to run in it."""
    return program.is_dir() and not any((program / name).is_file() for name in ("__main__.py", "__main__.pyc"))


def run(arguments: argparse.Namespace) -> int:
    """Execute the program to its end; the exit code for the host."""
    import pulumi  # noqa: PLC0415 - a missing SDK gets a sentence, see main
    from pulumi import runtime  # noqa: PLC0415

    runtime.set_all_config(runtime.get_config_env(), runtime.get_config_secret_keys_env())
    settings = runtime.Settings(
        monitor=arguments.monitor,
        engine=arguments.engine,
        project=arguments.project,
        stack=arguments.stack,
        parallel=arguments.parallel,
        dry_run=arguments.dry_run == "true",
        organization=arguments.organization,
        root_directory=arguments.root_directory,
    )
    runtime.configure(settings)
    program = Path(arguments.pwd, arguments.program).resolve()
    os.chdir(arguments.pwd)
    if missing_entry(program):
        pulumi.log.error(f"unable to find a main program: {program} has no __main__.py")
        return BAILED
    sys.argv = [str(program), *arguments.arguments]
    # When one resource fails the rest of the data flow stays unawaited on purpose; asyncio would warn about each.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    executor = ThreadPoolExecutor(max_workers=max(arguments.parallel, 1) * THREADS_PER_OPERATION)
    loop.set_default_executor(executor)

    def execute() -> None:
        runpy.run_path(str(program), run_name="__main__")

    try:
        loop.run_until_complete(runtime.run_in_stack(execute))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return BAILED
    except Exception as error:  # noqa: BLE001 - whatever the program raised is reported as its failure
        pulumi.log.error(f"Program failed with an unhandled exception:\n{own_frames(error, program)}")
        return BAILED
    finally:
        executor.shutdown(wait=True)
        loop.close()
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def main(argv: list[str]) -> int:
    """Run the program that the command line names."""
    from lifeline import on_close  # noqa: PLC0415 - beside this file, which is what is on the path when it starts

    on_close(0, lambda: os._exit(1))
    gc.set_threshold(*COLLECT_AFTER)
    sys.path.pop(0)  # The program's own folder comes first, this one not at all.
    if importlib.util.find_spec("pulumi") is None:
        print(f"the Pulumi SDK is not installed in {sys.prefix}; run: make setup", file=sys.stderr)
        return 1
    return run(parse(argv))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
