"""What reaches a child process: only what is named, and never the reader's logins."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.engine.binary import Engine
from tools.engine.environment import NO_AWS, download_environment, private_environment
from tools.engine.layout import Layout
from tools.engine.workspace import Workspace

READER = {
    "PATH": "/usr/bin",
    "HOME": "/home/reader",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "HTTPS_PROXY": "http://proxy:3128",
    "PIP_CERT": "/etc/ca.pem",
    "PIP_USER": "1",
    "GOPATH": "/home/reader/go",
    "PULUMI_ACCESS_TOKEN": "t0ken",
    "PULUMI_BACKEND_URL": "https://api.example",
    "PULUMI_CONFIG_PASSPHRASE": "theirs",
    "AWS_ACCESS_KEY_ID": "AKIA",
    "AWS_PROFILE": "production",
    "AWS_CONFIG_FILE": "/home/reader/.aws/config",
    "GITHUB_TOKEN": "gh",
    "SSH_AUTH_SOCK": "/tmp/agent",
    "PYTHONPATH": "/home/reader/lib",
}
PRIVATE = Layout(Path("/checkout"))


def test_what_runs_sees_none_of_the_readers_logins() -> None:
    environment = private_environment(PRIVATE, source=READER)
    assert not {"PULUMI_ACCESS_TOKEN", "AWS_PROFILE", "GITHUB_TOKEN", "SSH_AUTH_SOCK", "PYTHONPATH"} & set(environment)
    assert not {"AWS_ACCESS_KEY_ID", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE"} & set(environment)
    assert environment["HOME"] == "/checkout/.secure-room/home"
    assert environment["AWS_CONFIG_FILE"] == NO_AWS["AWS_CONFIG_FILE"]


def test_what_runs_uses_no_proxy_and_the_virtual_environment_first() -> None:
    environment = private_environment(PRIVATE, source=READER)
    assert "HTTPS_PROXY" not in environment
    assert environment["PATH"].split(":")[0] == "/checkout/.venv/bin"
    assert environment["LC_ALL"] == "C.UTF-8"


def test_downloads_use_the_readers_way_to_the_package_index_and_its_caches() -> None:
    environment = download_environment(READER)
    assert environment["HTTPS_PROXY"] == READER["HTTPS_PROXY"]
    assert environment["PIP_CERT"] == READER["PIP_CERT"]
    assert environment["GOPATH"] == READER["GOPATH"]
    assert environment["HOME"] == READER["HOME"]


def test_downloads_are_not_steered_into_the_readers_own_packages() -> None:
    assert "PIP_USER" not in download_environment(READER)


@given(
    st.sampled_from(["AWS_", "PULUMI_", "AZURE_", "GOOGLE_", "GITHUB_", "VAULT_"]),
    st.from_regex(r"[A-Z_]{1,20}", fullmatch=True),
)
def test_no_cloud_or_vault_variable_is_ever_inherited(prefix: str, rest: str) -> None:
    source = {prefix + rest: "secret"}
    for environment in (private_environment(PRIVATE, source=source), download_environment(source)):
        assert "secret" not in environment.values()


def test_the_engine_gets_the_stacks_own_backend_and_home(open_stack, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in READER.items():
        monkeypatch.setenv(name, value)
    workspace = open_stack("local", account=False)
    environment = workspace.environment()
    assert environment["PULUMI_BACKEND_URL"] == f"file://{workspace.backend}"
    assert environment["PULUMI_HOME"].startswith(str(workspace.folder))
    assert "PULUMI_ACCESS_TOKEN" not in environment


def test_the_state_is_written_at_every_step_unless_a_test_says_once(tmp_path: Path) -> None:
    """Only a state that was written at every step is of use after a run that was killed."""
    engine = Engine(tmp_path / "pulumi", "v3.250.0", official=True, language_host=tmp_path / "host")
    written = Workspace("dev", tmp_path / "stack", engine, tmp_path / "program", PRIVATE)
    assert "PULUMI_SKIP_CHECKPOINTS" not in written.environment()
    assert replace(written, checkpoints=False).environment()["PULUMI_SKIP_CHECKPOINTS"] == "true"
