"""The image's entry point: a proxy with a missing, broken or doubtful configuration does not start."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from ipaddress import IPv4Network
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.secure_room import allow_list
from components.secure_room.squid import SquidPlan, render
from tests.lab.room_client import IMAGE, lacking, squid_path

pytestmark = pytest.mark.lab

CLIENTS = (IPv4Network("10.77.0.0/24"),)
REGION = "ap-northeast-1"
Start = Callable[[Mapping[str, str]], "subprocess.CompletedProcess[str]"]


@pytest.fixture
def start(open_folder: Path) -> Iterator[Start]:
    """Runs the entry point as the user without rights, with these variables."""
    if not shutil.which("squid", path=squid_path()):
        lacking("Squid (Debian package squid)")
    run_dir = open_folder / "entrypoint"
    run_dir.mkdir(mode=0o700)
    entrypoint = shutil.copy(IMAGE / "entrypoint.sh", open_folder)
    user: dict[str, object] = {}
    if os.geteuid() == 0:
        os.chown(run_dir, 10001, 10001)
        user = {"user": 10001, "group": 10001, "extra_groups": []}

    def run(variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": squid_path(), "RUN_DIR": str(run_dir), **variables}
        return subprocess.run(
            [entrypoint], env=environment, capture_output=True, text=True, check=False, timeout=30, **user
        )

    yield run
    shutil.rmtree(run_dir)


def test_without_a_configuration_it_does_not_start(start: Start) -> None:
    ended = start({})
    assert ended.returncode == 64
    assert "SQUID_CONF is empty" in ended.stderr


def test_with_a_configuration_that_squid_cannot_read_it_does_not_start(start: Start) -> None:
    ended = start({"SQUID_CONF": "http_access perhaps all\n"})
    assert ended.returncode == 78


@pytest.mark.parametrize(
    "entries",
    [(".example.co.jp", "www.example.co.jp"), (".example.co.jp", "example.co.jp"), (".a.example.jp", ".example.jp")],
)
def test_with_a_list_that_squid_doubts_it_does_not_start(start: Start, entries: tuple[str, ...]) -> None:
    """The same lists that the check refuses as redundant: the check and Squid agree on what that is."""
    assert [problem.rule.partition(":")[0] for problem in allow_list.check(entries, REGION)] == ["redundant"]
    ended = start({"SQUID_CONF": render(SquidPlan(entries, CLIENTS))})
    assert ended.returncode == 78
    assert "doubts" in ended.stderr or "cannot read" in ended.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start it as root")
def test_it_does_not_run_as_root(open_folder: Path) -> None:
    environment = {"PATH": squid_path(), "RUN_DIR": str(open_folder), "SQUID_CONF": "http_port 3128"}
    ended = subprocess.run([IMAGE / "entrypoint.sh"], env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 77


labels = st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True)
entries = st.builds(lambda dot, host: dot + host, st.sampled_from(["", "."]), st.lists(labels, max_size=2).map(
    lambda parts: ".".join([*parts, "example", "co", "jp"])
))  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(entries, min_size=1, max_size=5))
def test_a_list_that_passes_the_check_is_one_that_squid_has_no_doubts_about(
    open_folder: Path, names: list[str]
) -> None:
    if not shutil.which("squid", path=squid_path()):
        lacking("Squid (Debian package squid)")
    conf = open_folder / "parsed.conf"
    conf.write_text(render(SquidPlan(tuple(names), CLIENTS)))
    parsed = subprocess.run(
        ["squid", "-k", "parse", "-f", conf], env={"PATH": squid_path()}, capture_output=True, text=True, check=False
    )
    remarks = [
        line for line in parsed.stderr.splitlines() if any(word in line for word in ("WARNING", "ERROR", "FATAL"))
    ]
    doubts = [line for line in remarks if "requires the use of Via" not in line and "BCP 177" not in line]
    if not allow_list.check(names, REGION):
        assert parsed.returncode == 0
        assert doubts == []
