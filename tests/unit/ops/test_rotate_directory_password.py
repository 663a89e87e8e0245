"""Rotation of the Admin password against moto's Secrets Manager and a directory that keeps what it is given."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any
from unittest import mock

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from typer.testing import CliRunner

from ops import rotate_directory_password as rotation

OLD = "The-Old-Passw0rd"


class Directory:
    """Takes passwords as Directory Service does; `fails` counts down the calls that are refused."""

    def __init__(self, *, fails: int = 0) -> None:
        self.password, self.fails = OLD, fails

    def reset_user_password(self, **arguments: str) -> object:
        assert arguments["UserName"] == "Admin"
        assert arguments["DirectoryId"] == "d-0123456789"
        if self.fails:
            self.fails -= 1
            raise ClientError(
                {"Error": {"Code": "DirectoryUnavailableException", "Message": "busy"}}, "ResetUserPassword"
            )
        self.password = arguments["NewPassword"]
        return {}


class Broken:
    """Secrets Manager whose n-th call ends after it took effect, as when the answer is lost."""

    def __init__(self, real: Any, at: int) -> None:
        self.real, self.at = real, at

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> Any:
            answer = getattr(self.real, name)(**arguments)
            self.at -= 1
            if self.at == 0:
                raise ClientError({"Error": {"Code": "InternalServiceError", "Message": "lost"}}, name)
            return answer

        return call


@pytest.fixture
def secrets() -> Iterator[Any]:
    harmless = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "ap-northeast-1",
    }
    with mock.patch.dict(os.environ, harmless), mock_aws():
        yield boto3.client("secretsmanager", region_name="ap-northeast-1")


@pytest.fixture
def secret(secrets: Any) -> str:
    return secrets.create_secret(Name="secure-room-dev/directory/admin", SecretString=OLD)["ARN"]


def stored(secrets: Any, secret: str, stage: str = "AWSCURRENT") -> str:
    return secrets.get_secret_value(SecretId=secret, VersionStage=stage)["SecretString"]


def stages(secrets: Any, secret: str) -> list[str]:
    return sorted(
        stage for its in secrets.describe_secret(SecretId=secret)["VersionIdsToStages"].values() for stage in its
    )


def test_the_directory_and_the_secret_hold_the_same_new_password(secrets: Any, secret: str) -> None:
    directory = Directory()
    done = rotation.rotate(directory, secrets, "d-0123456789", secret)
    assert directory.password == stored(secrets, secret) != OLD
    assert not done.resumed
    assert stored(secrets, secret, "AWSPREVIOUS") == OLD
    assert "AWSPENDING" not in stages(secrets, secret)


def test_a_refused_reset_leaves_the_old_password_current(secrets: Any, secret: str) -> None:
    directory = Directory(fails=1)
    with pytest.raises(ClientError):
        rotation.rotate(directory, secrets, "d-0123456789", secret)
    assert directory.password == stored(secrets, secret) == OLD


@pytest.mark.parametrize("at", range(1, 7))
def test_wherever_a_run_breaks_off_the_next_one_ends_well(secrets: Any, secret: str, at: int) -> None:
    directory = Directory()
    with pytest.raises(ClientError):
        rotation.rotate(directory, Broken(secrets, at), "d-0123456789", secret)
    rotation.rotate(directory, secrets, "d-0123456789", secret)
    assert directory.password == stored(secrets, secret) != OLD
    assert "AWSPENDING" not in stages(secrets, secret)


def test_at_every_moment_the_directorys_password_is_stored_somewhere(secrets: Any, secret: str) -> None:
    for at in range(1, 7):
        directory = Directory()
        directory.password = stored(secrets, secret)
        with pytest.raises(ClientError):
            rotation.rotate(directory, Broken(secrets, at), "d-0123456789", secret)
        kept = {
            secrets.get_secret_value(SecretId=secret, VersionId=version)["SecretString"]
            for version in secrets.describe_secret(SecretId=secret)["VersionIdsToStages"]
        }
        assert directory.password in kept
        rotation.rotate(directory, secrets, "d-0123456789", secret)


def test_the_command_never_shows_the_password(secrets: Any, secret: str) -> None:
    directory = Directory()
    app = rotation.typer.Typer()
    app.command()(rotation.main)
    arguments = ["--region", "ap-northeast-1", "--directory-id", "d-0123456789", "--secret-id", secret]
    with mock.patch.object(rotation.boto3, "client", lambda service, **_: directory if service == "ds" else secrets):
        result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0
    assert "rotated" in result.output
    assert directory.password not in result.output


def test_the_command_says_what_to_do_after_an_error(secrets: Any, secret: str) -> None:
    app = rotation.typer.Typer()
    app.command()(rotation.main)
    arguments = ["--region", "ap-northeast-1", "--directory-id", "d-0123456789", "--secret-id", secret]
    failing = Directory(fails=1)
    with mock.patch.object(rotation.boto3, "client", lambda service, **_: failing if service == "ds" else secrets):
        result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 1
    assert "again" in result.output
