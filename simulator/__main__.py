"""Serve a simulated account, or show what is in it: `python -m simulator serve|show|clock|unprotect|quota|types`.

The launcher calls `show` at every step, so a command loads what it needs by itself.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from simulator import clock
from simulator.account import Account
from simulator.courses import state_of
from simulator.errors import OutdatedStateError, StateLockedError
from simulator.faults import FaultPlan, counted
from simulator.protection import lift
from simulator.quotas import DEFAULTS, set_quota

_COLLECT_AFTER: Final = (100_000, 10, 100)
"""When to look for garbage. Types, API models and moto are hundreds of thousands of objects that stay: to go through
them every 700 new ones takes a third of the time that loading takes."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; gives 0 on success and 2 on wrong use."""
    gc.set_threshold(*_COLLECT_AFTER)
    parser = argparse.ArgumentParser(prog="simulator", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="serve the account until the standard input ends; prints the port first")
    serve.add_argument("--faults", type=Path, help="a fault plan (JSON)")
    serve.add_argument(
        "--table-only", action="store_true", help="without AWS's APIs (moto): faster, and nothing can be read back"
    )
    show = commands.add_parser("show", help="list what is in the account")
    show.add_argument("--json", action="store_true", help="print one JSON object")
    types = commands.add_parser("types", help="print the table of known types (Markdown)")
    types.add_argument("--write", type=Path, help="write the page for the documentation there instead")
    unprotect = commands.add_parser("unprotect", help="lift every protection from deletion")
    quota = commands.add_parser("quota", help="set quotas of the account")
    quota.add_argument("quotas", nargs="+", metavar="NAME=NUMBER", help=f"NAME is one of {', '.join(DEFAULTS)}")
    time = commands.add_parser("clock", help="tell the account's time, and what is not ready or not gone yet")
    time.add_argument("--advance", type=clock.duration, default=0, help="let time pass: 90, 20m, 2h, 30d")
    time.add_argument("--wait", action="store_true", help="let time pass until nothing is being made or deleted")
    time.add_argument("--json", action="store_true", help="print one JSON object")
    for command in (serve, show, unprotect, quota, time):
        command.add_argument("--state-dir", type=Path, required=True, help="the folder that keeps the account")
    options = parser.parse_args(arguments)
    try:
        _RUN[options.command](options)
    except (OutdatedStateError, StateLockedError, OSError, ValueError) as error:
        sys.stderr.write(f"simulator: {error}\n")
        return 2
    return 0


def _unprotect(options: argparse.Namespace) -> None:
    sys.stdout.writelines(f"{identifier}\n" for identifier in lift(options.state_dir))


def _quota(options: argparse.Namespace) -> None:
    account = Account(options.state_dir)
    try:
        with account.transaction():
            for text in options.quotas:
                set_quota(account, text)
    finally:
        account.close()


def _clock(options: argparse.Namespace) -> None:
    if not (options.state_dir / "account.sqlite3").exists():
        raise ValueError(f"there is no account in {options.state_dir}")
    from simulator.control import turn_in  # noqa: PLC0415 - see above

    told = turn_in(options.state_dir, {"advance": options.advance, "wait": options.wait})
    if options.json:
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
        return
    sys.stdout.write(f"{told['date']} by the clock of the simulated account\n")
    for item in told["passing"]:
        sys.stdout.write("  {type}  {id}  {state}, {seconds} s to go\n".format(**item))
    for item in told["leaving"]:
        sys.stdout.write("  {type}  {id}  deleted; it can be brought back until {until}\n".format(**item))


def _types(options: argparse.Namespace) -> None:
    from simulator.catalogue import document, markdown  # noqa: PLC0415 - see above

    if options.write is None:
        sys.stdout.write(markdown())
    else:
        options.write.write_text(document())


def _serve(options: argparse.Namespace) -> None:
    from simulator.server import serve  # noqa: PLC0415 - see above

    plan = FaultPlan.load(options.faults) if options.faults else FaultPlan()
    serve(options.state_dir, plan, emulate=not options.table_only)


def _show(options: argparse.Namespace) -> None:
    folder: Path = options.state_dir
    if not (folder / "account.sqlite3").exists():
        content: dict[str, Any] = {"account": None, "region": None, "objects": [], "leaving": [], "calls": {}}
    else:
        account = Account(folder, read_only=True)
        objects = [
            {
                "type": item.token,
                "id": item.id,
                "region": item.region,
                "made_by_aws": item.owner is not None,
                "state": state_of(item),
                # What it was asked to be, without secrets: an interrupted create is found again by it.
                "inputs": {name: value for name, value in item.inputs.items() if name not in item.secrets},
            }
            for item in account.all()
        ]
        leaving = clock.report(account)["leaving"]
        number, region = account.fact("account id"), account.fact("region")
        calls = counted(account)
        content = {"account": number, "region": region, "objects": objects, "leaving": leaving, "calls": calls}
        account.close()
    if options.json:
        sys.stdout.write(json.dumps(content, indent=2) + "\n")
        return
    sys.stdout.write(f"simulated account {content['account']}: nothing here is real\n")
    for item in content["objects"]:
        notes = [*(["made by AWS"] if item["made_by_aws"] else []), *([item["state"]] if item["state"] else [])]
        note = f"  ({', '.join(notes)})" if notes else ""
        sys.stdout.write(f"  {item['region']}  {item['type']}  {item['id']}{note}\n")
    for item in content["leaving"]:
        sys.stdout.write("  {type}  {id}  (deleted; it can be brought back until {until})\n".format(**item))


_RUN: Final[Mapping[str, Callable[[argparse.Namespace], None]]] = {
    "types": _types,
    "serve": _serve,
    "unprotect": _unprotect,
    "quota": _quota,
    "clock": _clock,
    "show": _show,
}


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # What is to be kept is on disk. To free moto's objects one by one would take longer than many a command.
    os._exit(code)
