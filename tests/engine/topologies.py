"""The whole life of every topology in the simulated account: `make topologies` prints the table.

Up, a preview that finds nothing to do, every change that the topology has, and destroy; as in development and as in
production. No guard runs here: other tests hold the topologies under it, before and after.
"""

from __future__ import annotations

import copy
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from simulator.account import Account
from simulator.quotas import set_quota
from tests.support.examples import EXAMPLES, example_in
from tools.engine.cli import open_workspace
from tools.engine.layout import Layout
from tools.engine.workspace import Workspace

Config = dict[str, Any]
ENVIRONMENTS = ("dev", "prod")
ADDRESSES = "elastic-ips=20"
"""A third AZ needs more addresses than the five that an account begins with: as AWS Support would, on request."""


def _landing(config: Config) -> Config:
    return config["secure-room:landing"]


def _az(config: Config) -> None:
    config["secure-room:account"]["zones"].append({"name": "ap-northeast-1d", "id": "apne1-az2"})
    for part in _landing(config).values():
        if "engine" in part.get("inspection", {}) and part["inspection"]["engine"] == "network_firewall":
            part["inspection"]["subnet_changes"] = True


def _user(config: Config) -> None:
    config["secure-room:desktops"]["users"].append({"name": "kenji.ito"})


def _name(config: Config) -> None:
    config["secure-room:proxy"]["allow_list"] = {"extra": ["status.aws.amazon.com"]}
    if "workload" in _landing(config):
        _landing(config)["workload"]["allow_list"].append("pypi.org")


def _port(config: Config) -> None:
    ports = config["secure-room:network"]["production"]["ports"]
    ports.append({"protocol": "tcp", "port": 8443, "description": "Console"})


def _cidr(config: Config) -> None:
    office = {"cidr": "192.0.2.0/28", "description": "Osaka office"}
    config["secure-room:desktops"]["ip_ranges"].append(office)
    landing = _landing(config)
    if "services" in landing.get("workload", {}):
        landing["workload"]["services"].append({"cidr": "10.101.0.0/24", "port": 443, "description": "Artefacts"})
    if "provider" in landing.get("workload", {}):
        landing["workload"]["provider"]["clients"].append("10.141.0.0/24")
    if "relay" in landing:
        landing["relay"]["receivers"].append({"cidr": "10.201.4.0/28", "port": 6514, "description": "Second SIEM"})


CHANGES: dict[str, Callable[[Config], None]] = {
    "an AZ": _az,
    "a user": _user,
    "an allow-list entry": _name,
    "a production port": _port,
    "a CIDR": _cidr,
}


class Topology:
    """One example in one environment, in an account of its own."""

    def __init__(self, name: str, environment: str, folder: Path, layout: Layout | None = None) -> None:
        self.config = copy.deepcopy(example_in(name, environment))
        self._file = folder / f"Pulumi.{name}.yaml"
        workspace = open_workspace(layout or Layout(), name, folder=folder / "stack")
        self.workspace: Workspace = replace(
            workspace, settings=self._file, policy_pack=None, policy_config=None, apis=False
        )

        account = Account(self.workspace.account_state)
        set_quota(account, ADDRESSES)
        account.close()

    def up(self) -> str:
        """Deploy the configuration as it is; gives what went wrong, or nothing."""
        self._file.write_text(yaml.safe_dump({"config": self.config}))
        done = self.workspace.up("--skip-preview")
        return "" if done.code == 0 else done.output

    def settled(self) -> str:
        """Preview; gives what there would be to do, or nothing."""
        changes = self.workspace.preview_changes()
        return "" if set(changes) == {"same"} else f"a preview finds {changes}"

    def destroy(self) -> str:
        """Take everything down; gives what is left or went wrong, or nothing."""
        done = self.workspace.destroy()
        left = self.workspace.account_contents()
        return done.output if done.code else "" if not left else f"{len(left)} objects are left"

    def life(self) -> Iterator[tuple[str, str]]:
        """Every step and what went wrong in it; ends with the first that fails."""
        steps: list[tuple[str, Callable[[], str]]] = [("up", self.up), ("no change", self.settled)]
        steps += [(what, lambda change=change: self._changed(change)) for what, change in CHANGES.items()]
        for what, step in [*steps, ("destroy", self.destroy)]:
            wrong = step()
            yield what, wrong
            if wrong:
                return

    def _changed(self, change: Callable[[Config], None]) -> str:
        change(self.config)
        return self.up() or self.settled()


def main(names: list[str]) -> int:
    """Run the life of the named topologies, or of all; 0 where nothing went wrong."""
    failed = 0
    for name in names or EXAMPLES:
        for environment in ENVIRONMENTS:
            with tempfile.TemporaryDirectory() as folder:
                for what, wrong in Topology(name, environment, Path(folder)).life():
                    print(f"{name:8} {environment:5} {what:20} {'ok' if not wrong else 'FAILED'}", flush=True)
                    if wrong:
                        failed += 1
                        print(wrong)
    print(f"{failed} failed" if failed else "every topology lived through every change")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
