"""The test's end of the namespace program: what it is asked, and what a machine needs for it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from components.secure_room.squid import denied_destinations

HERE = Path(__file__).parent
IMAGE = HERE.parents[1] / "images" / "egress-proxy"
PUBLIC, PRIVATE, METADATA = "93.184.216.34", "10.9.9.9", "169.254.169.254"


def lacking(what: str) -> None:
    """Skips by name where a machine lacks something; on CI nothing may be lacking."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI lacks {what}")
    pytest.skip(f"needs {what}")


def namespace_command() -> list[str]:
    """The command that runs another one in a network namespace of its own, as root or by a user namespace."""
    for command in (["unshare", "--net"], ["unshare", "--user", "--map-root-user", "--net"]):
        if (
            shutil.which("unshare")
            and subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0
        ):
            return command
    lacking("network namespaces (root, or unprivileged user namespaces)")
    raise AssertionError


def squid_path() -> str:
    """The search path with the places where distributions put Squid and ip."""
    return os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])


def every_denied_block() -> dict[str, str]:
    """A listed name for each refused block, and one address inside the block."""
    blocks = denied_destinations()
    return {f"block-{index}.console.aws.amazon.com": str(block[-1]) for index, block in enumerate(blocks)}


def zone() -> dict[str, list[list[str]]]:
    """What the namespace's DNS says; every name that is not here is at the public origin."""
    return {
        "private.console.aws.amazon.com": [[PRIVATE]],
        "metadata.console.aws.amazon.com": [[METADATA]],
        "both.console.aws.amazon.com": [[PUBLIC, PRIVATE]],
        "rebind.console.aws.amazon.com": [[PUBLIC], [PRIVATE]],
        "mapped.console.aws.amazon.com": [["::ffff:10.9.9.9"]],
        "nowhere.console.aws.amazon.com": [[]],
        **{name: [[address]] for name, address in every_denied_block().items()},
    }


class Room:
    """The test's end of the namespace program."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def call(self, do: str, **arguments: Any) -> Any:
        assert self.process.stdin
        self.process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
        return self.answer()

    def answer(self) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if isinstance(answer, dict) and "error" in answer:
            pytest.fail(str(answer["error"]))
        return answer

    def connect(self, target: str, **arguments: Any) -> dict[str, Any]:
        """CONNECT to a target, written as a browser would."""
        return self.call("request", head=f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n", **arguments)
