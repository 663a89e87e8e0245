"""What an independent evaluator (pacparser) decides with the generated proxy auto-configuration file."""

from __future__ import annotations

import shutil
import subprocess
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from components.secure_room.pac import PacPlan, render
from tests.lab.room_client import lacking

pytestmark = pytest.mark.lab

PROXY = "PROXY proxy.dev.secure-room.internal:3128"


@pytest.fixture(scope="module")
def pac(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not shutil.which("pactester"):
        lacking("pactester (Debian package libpacparser1)")
    path = tmp_path_factory.mktemp("pac") / "proxy.pac"
    plan = PacPlan(
        proxy_name="proxy.dev.secure-room.internal",
        proxy_port=3128,
        direct_domains=("room.dev.example.com", "dev.secure-room.internal"),
        direct_networks=(IPv4Network("10.20.0.0/20"), IPv4Network("10.30.1.0/24")),
    )
    path.write_text(render(plan))
    return path


def decide(pac: Path, url: str) -> str:
    return subprocess.run(
        ["pactester", "-p", pac, "-u", url], capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.mark.parametrize(
    "url",
    [
        "https://signin.aws.amazon.com/",
        "https://www.example.com/",
        "https://notroom.dev.example.com/",
        "https://room.dev.example.com.attacker.example/",
        "https://8.8.8.8/",
        "https://10.30.2.1/",
        "https://10.20.16.1/",
        "https://169.253.255.255/",
        "https://10.20.0.1.attacker.example/",
    ],
)
def test_everything_else_goes_by_the_proxy(pac: Path, url: str) -> None:
    assert decide(pac, url) == PROXY


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1/",
        "https://10.20.3.4/",
        "https://10.30.1.200/",
        "https://room.dev.example.com/",
        "https://dc1.room.dev.example.com/",
        "https://DC1.Room.Dev.Example.com/",
        "http://proxy.dev.secure-room.internal/",
        "http://intranet/",
    ],
)
def test_what_is_inside_goes_directly(pac: Path, url: str) -> None:
    assert decide(pac, url) == "DIRECT"
