"""The account on disk: nothing acknowledged is lost, nothing half-written is kept, one process at a time."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.__main__ import main
from simulator.account import Account, Object
from simulator.errors import StateLockedError

VPC = "aws:ec2/vpc:Vpc"
ROOT = Path(__file__).parents[3]


def _object(name: str, *, refers: list[str] | None = None) -> Object:
    return Object(VPC, "ap-northeast-1", name, {}, {"n": name}, refers=refers or [])


def test_a_new_process_finds_everything(tmp_path: Path) -> None:
    account = Account(tmp_path)
    owner = _object("a")
    account.put(owner)
    account.put(Object(VPC, "ap-northeast-1", "b", {}, {}, owner=owner.key, refers=["x"]))
    account.set_fact("account id", "1")
    account.close()
    again = Account(tmp_path)
    assert [item.id for item in again.all()] == ["a", "b"]
    assert [item.id for item in again.naming("x")] == ["b"]
    assert [item.id for item in again.owned_by(owner.key)] == ["b"]
    assert again.fact("account id") == "1"


def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    account = Account(tmp_path)
    with contextlib.suppress(RuntimeError), account.transaction():
        account.put(_object("half", refers=["x"]))
        raise RuntimeError
    assert account.all() == []
    assert account.naming("x") == []


def test_removing_takes_what_it_owns(tmp_path: Path) -> None:
    account = Account(tmp_path)
    owner = _object("a")
    account.put(owner)
    account.put(Object(VPC, "ap-northeast-1", "b", {}, {}, owner=owner.key))
    account.remove(owner.key)
    assert account.all() == []


def test_one_process_serves_an_account(tmp_path: Path) -> None:
    first = Account(tmp_path)
    with pytest.raises(StateLockedError):
        Account(tmp_path)
    assert Account(tmp_path, read_only=True).all() == []
    first.close()
    Account(tmp_path).close()


@contextlib.contextmanager
def _served(folder: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    command = [sys.executable, "-m", "simulator", "serve", "--state-dir", str(folder), *more]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process, int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _show(folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "simulator", "show", "--json", "--state-dir", str(folder)]
    return json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


def test_serving_ends_with_its_input(tmp_path: Path) -> None:
    with _served(tmp_path) as (process, _port):
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=20) == 0


def test_serving_ends_on_sigterm(tmp_path: Path) -> None:
    with _served(tmp_path) as (process, _port):
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0


def test_a_killed_process_loses_nothing(serving: Any, tmp_path: Path) -> None:
    with _served(tmp_path) as (process, port):
        made = serving.connect(port).create(VPC, cidrBlock="10.0.0.0/16")
        os.kill(process.pid, signal.SIGKILL)
        process.wait(timeout=20)
    again = serving.driver(tmp_path)
    assert again.read(made).outputs == made.outputs


def test_show_tells_what_is_ours_and_what_aws_made(serving: Any, tmp_path: Path) -> None:
    assert _show(tmp_path) == {"account": None, "region": None, "objects": [], "leaving": [], "calls": {}}
    aws = serving.driver(tmp_path)
    made = aws.create(VPC, cidrBlock="10.0.0.0/16")
    shown = _show(tmp_path)
    assert shown["account"] == "111122223333"
    assert [item["id"] for item in shown["objects"] if not item["made_by_aws"]] == [made.id]
    assert len(shown["objects"]) == 4
    aws.delete(made)
    assert _show(tmp_path)["objects"] == []


def test_a_fault_plan_with_an_unknown_key_is_refused(tmp_path: Path) -> None:
    plan = tmp_path / "faults.json"
    plan.write_text('{"fail_creates": [1]}')
    command = [sys.executable, "-m", "simulator", "serve", "--state-dir", str(tmp_path), "--faults", str(plan)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 2
    assert "fail_creates" in done.stderr


def test_kill_at_create_ends_the_process(serving: Any, tmp_path: Path, refused: Any) -> None:
    plan = tmp_path / "faults.json"
    plan.write_text('{"kill_at_create": 2, "after_effect": true}')
    with _served(tmp_path, "--faults", str(plan)) as (process, port):
        aws = serving.connect(port)
        aws.create(VPC, cidrBlock="10.0.0.0/16")
        with pytest.raises(refused):
            aws.create(VPC, cidrBlock="10.1.0.0/16")
        assert process.wait(timeout=20) == -signal.SIGKILL
    assert len([item for item in _show(tmp_path)["objects"] if not item["made_by_aws"]]) == 2


def test_an_account_of_another_version_is_refused_with_a_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with sqlite3.connect(tmp_path / "account.sqlite3") as older:
        older.execute("CREATE TABLE object (token TEXT, region TEXT, id TEXT, sequence INTEGER, body TEXT)")
    for command in ("show", "unprotect"):
        assert main([command, "--state-dir", str(tmp_path)]) == 2
        assert "another version; begin anew: make clean" in capsys.readouterr().err
