"""Which Pulumi is used: an official one on PATH that is new enough, otherwise the one built here."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tools.engine import binary
from tools.engine.binary import PINNED, Engine, ensure_engine, parse_version
from tools.engine.layout import Layout


def install_script(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    script = folder / name
    script.write_text(f"#!/bin/sh\n{text}\n")
    script.chmod(0o755)
    return script


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder at the front of PATH."""
    folder = tmp_path / "on-path"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("v3.250.0", (3, 250, 0)),
        ("3.251.1-alpha.1+dirty", (3, 251, 1)),
        ("go version go1.26.8 linux/amd64", (1, 26, 8)),
        ("go version go1.27 linux/amd64", (1, 27, 0)),
        ("", None),
    ],
)
def test_versions_are_compared_as_numbers(text: str, number: tuple[int, ...] | None) -> None:
    assert parse_version(text) == number


def test_a_new_enough_pulumi_on_path_is_used_with_its_own_language_host(elsewhere: Path, layout: Layout) -> None:
    pulumi = install_script(elsewhere, "pulumi", f"echo v{PINNED}")
    host = install_script(elsewhere, "pulumi-language-python", "echo 1")
    assert ensure_engine(layout) == Engine(pulumi, f"v{PINNED}", True, host)


def test_a_linked_pulumi_brings_the_language_host_beside_the_real_one(
    elsewhere: Path, tmp_path: Path, layout: Layout
) -> None:
    real = install_script(tmp_path / "opt", "pulumi", "echo v3.300.0")
    host = install_script(tmp_path / "opt", "pulumi-language-python", "echo 1")
    (elsewhere / "pulumi").symlink_to(real)
    chosen = ensure_engine(layout)
    assert (chosen.pulumi, chosen.language_host) == (elsewhere / "pulumi", host)


def test_a_pulumi_without_a_python_host_gets_ours(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_script(elsewhere, "pulumi", f"echo v{PINNED}")
    monkeypatch.setenv("PATH", f"{elsewhere}{os.pathsep}/bin")
    checkout = Layout(elsewhere / "checkout")
    chosen = ensure_engine(checkout)
    assert chosen.official
    assert chosen.language_host.is_relative_to(checkout.private)
    assert os.access(chosen.language_host, os.X_OK)


@pytest.mark.parametrize("answer", ["echo v3.249.9", "echo v2.300.0", "echo", "exit 1"])
def test_an_old_or_broken_pulumi_on_path_is_passed_over(
    elsewhere: Path, engine: Engine, layout: Layout, answer: str
) -> None:
    install_script(elsewhere, "pulumi", answer)
    assert ensure_engine(layout) == engine


def test_asking_for_the_version_neither_sees_nor_makes_a_pulumi_home(
    elsewhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_ACCESS_TOKEN", "the-readers-token")
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "the-readers-home"))
    seen = tmp_path / "seen"
    pulumi = install_script(elsewhere, "pulumi", f"env > {seen}; echo v{PINNED}")
    private = Layout(tmp_path / "checkout")
    assert binary.pulumi_version(private, pulumi) == f"v{PINNED}"
    environment = dict(line.split("=", 1) for line in seen.read_text().splitlines() if "=" in line)
    assert "PULUMI_ACCESS_TOKEN" not in environment
    assert environment["PULUMI_HOME"] == str(private.home / ".pulumi")


@pytest.mark.parametrize(("version", "found"), [("go1.25.10", False), ("go1.25.11", True), ("go1.30", True)])
def test_only_a_go_that_can_build_the_engine_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, found: bool
) -> None:
    go = install_script(tmp_path / "bin", "go", f"echo go version {version} linux/amd64")
    monkeypatch.setenv("PATH", str(go.parent) + os.pathsep + "/bin")
    assert binary.find_go(Layout(tmp_path)) == (go if found else None)
