"""Serve a simulated account, or show what is in it: `python -m simulator serve|show|unprotect|quota|types`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from simulator.account import Account
from simulator.catalogue import document, markdown
from simulator.errors import StateLockedError
from simulator.faults import FaultPlan
from simulator.protection import lift
from simulator.quotas import DEFAULTS, set_quota
from simulator.server import serve


def main(arguments: list[str] | None = None) -> int:
    """Run one command; gives 0 on success and 2 on wrong use."""
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
    for command in (serve, show, unprotect, quota):
        command.add_argument("--state-dir", type=Path, required=True, help="the folder that keeps the account")
    options = parser.parse_args(arguments)
    try:
        if options.command == "types":
            return _types(options.write)
        if options.command == "serve":
            return _serve(options.state_dir, options.faults, emulate=not options.table_only)
        if options.command == "unprotect":
            sys.stdout.writelines(f"{identifier}\n" for identifier in lift(options.state_dir))
            return 0
        if options.command == "quota":
            return _quota(options.state_dir, options.quotas)
        return _show(options.state_dir, as_json=options.json)
    except (StateLockedError, OSError, ValueError) as error:
        sys.stderr.write(f"simulator: {error}\n")
        return 2


def _quota(folder: Path, quotas: list[str]) -> int:
    account = Account(folder)
    try:
        with account.transaction():
            for text in quotas:
                set_quota(account, text)
    finally:
        account.close()
    return 0


def _types(target: Path | None) -> int:
    if target is None:
        sys.stdout.write(markdown())
    else:
        target.write_text(document())
    return 0


def _serve(folder: Path, faults: Path | None, *, emulate: bool) -> int:
    plan = FaultPlan.load(faults) if faults else FaultPlan()
    serve(folder, plan, emulate=emulate)
    return 0


def _show(folder: Path, *, as_json: bool) -> int:
    if not (folder / "account.sqlite3").exists():
        content: dict[str, object] = {"account": None, "region": None, "objects": []}
    else:
        account = Account(folder, read_only=True)
        objects = [
            {
                "type": item.token,
                "id": item.id,
                "region": item.region,
                "made_by_aws": item.owner is not None,
                # What it was asked to be, without secrets: an interrupted create is found again by it.
                "inputs": {name: value for name, value in item.inputs.items() if name not in item.secrets},
            }
            for item in account.all()
        ]
        content = {"account": account.fact("account id"), "region": account.fact("region"), "objects": objects}
        account.close()
    if as_json:
        sys.stdout.write(json.dumps(content, indent=2) + "\n")
        return 0
    sys.stdout.write(f"simulated account {content['account']}: nothing here is real\n")
    for item in content["objects"]:  # pyright: ignore[reportGeneralTypeIssues, reportUnknownVariableType]
        sys.stdout.write(
            "  {region}  {type}  {id}{note}\n".format(note="  (made by AWS)" if item["made_by_aws"] else "", **item)
        )  # pyright: ignore[reportUnknownArgumentType]
    return 0


if __name__ == "__main__":
    sys.exit(main())
