"""A real Squid, started by the image's own entry point with the generated configuration, in a namespace of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest

from components.secure_room import allow_list
from components.secure_room.squid import SquidPlan, render
from tests.lab.room_client import (
    HERE,
    IMAGE,
    METADATA,
    PRIVATE,
    PUBLIC,
    Room,
    lacking,
    namespace_command,
    squid_path,
    zone,
)


@pytest.fixture(scope="session")
def plan() -> SquidPlan:
    return SquidPlan(
        allow_list=allow_list.compose(["docs.aws.amazon.com"]),
        clients=(IPv4Network("10.77.0.0/24"),),
        internal=(IPv4Network("10.77.0.0/16"),),
        dns_servers=(IPv4Address("10.77.0.2"),),
    )


@pytest.fixture(scope="session")
def open_folder() -> Iterator[Path]:
    """A folder that the proxy's user without rights can pass through, unlike pytest's own and perhaps the checkout."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


@pytest.fixture(scope="session")
def room(plan: SquidPlan, open_folder: Path) -> Iterator[Room]:
    if not shutil.which("squid", path=squid_path()):
        lacking("Squid (Debian package squid)")
    command = namespace_command()
    start = {
        "folder": str(open_folder),
        "hosts": [
            f"{host}/32" for host in (PUBLIC, PRIVATE, METADATA, "10.77.0.10", "10.88.0.10", "10.77.1.10", "10.77.0.2")
        ],
        "zone": zone(),
        "squid_conf": render(plan),
        "entrypoint": str(shutil.copy(IMAGE / "entrypoint.sh", open_folder)),
        "real_root": command == ["unshare", "--net"],
    }
    process = subprocess.Popen(
        [*command, "--fork", "--kill-child", sys.executable, str(HERE / "room_world.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PATH": squid_path()},
    )
    started = Room(process)
    assert process.stdin
    process.stdin.write(json.dumps(start) + "\n")
    assert started.answer() == {"ready": True}
    yield started
    process.stdin.close()
    process.wait(30)
