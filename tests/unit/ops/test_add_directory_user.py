"""Adding a user: made once, enabled by a password, never overwritten unasked."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from ops import add_directory_user as adding
from ops.add_directory_user import User

USER = User("hanako.sato", "Hanako", "Sato")
DIRECTORY = "d-0123456789"


class Directory:
    """Both interfaces of one directory; a user without a password is disabled."""

    def __init__(self, *, refuses: str | None = None) -> None:
        self.users: dict[str, str | None] = {}
        self.refuses = refuses

    def create_user(self, **arguments: str) -> object:
        if arguments["SAMAccountName"] in self.users:
            raise ClientError({"Error": {"Code": "ConflictException", "Message": "exists"}}, "CreateUser")
        self.refuse("CreateUser")
        self.users[arguments["SAMAccountName"]] = None
        return {}

    def reset_user_password(self, **arguments: str) -> object:
        self.refuse("ResetUserPassword")
        self.users[arguments["UserName"]] = arguments["NewPassword"]
        return {}

    def refuse(self, operation: str) -> None:
        if self.refuses == operation:
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, operation)


def add(directory: Directory, password: str = "First-Passw0rd", *, reset: bool = False) -> bool:
    return adding.add(adding.Directory(DIRECTORY, directory, directory), USER, password, reset=reset)


def run(directory: Directory, *extra: str) -> Any:
    app = adding.typer.Typer()
    app.command()(adding.main)
    arguments = [
        "--region",
        "ap-northeast-1",
        "--directory-id",
        DIRECTORY,
        "--name",
        USER.name,
        "--given-name",
        "Hanako",
    ]
    with mock.patch.object(adding.boto3, "client", return_value=directory):
        return CliRunner().invoke(
            app, [*arguments, "--surname", "Sato", *extra], input="First-Passw0rd\nFirst-Passw0rd\n"
        )


def test_a_new_user_is_made_and_enabled() -> None:
    directory = Directory()
    assert add(directory) is True
    assert directory.users == {"hanako.sato": "First-Passw0rd"}


def test_a_user_that_exists_keeps_the_password_unless_asked() -> None:
    directory = Directory()
    add(directory)
    assert add(directory, "Other-Passw0rd") is False
    assert directory.users == {"hanako.sato": "First-Passw0rd"}
    assert add(directory, "Other-Passw0rd", reset=True) is False
    assert directory.users == {"hanako.sato": "Other-Passw0rd"}


@pytest.mark.parametrize("operation", ["CreateUser", "ResetUserPassword"])
def test_an_error_passes_through_and_a_repetition_ends_well(operation: str) -> None:
    directory = Directory(refuses=operation)
    with pytest.raises(ClientError):
        add(directory)
    directory.refuses = None
    add(directory, reset=True)
    assert directory.users == {"hanako.sato": "First-Passw0rd"}


def test_the_command_never_shows_the_password() -> None:
    result = run(Directory())
    assert result.exit_code == 0
    assert "First-Passw0rd" not in result.output
    assert "desktops users" in result.output


def test_the_command_says_how_to_go_on_after_an_error() -> None:
    result = run(Directory(refuses="ResetUserPassword"))
    assert result.exit_code == 1
    assert "--reset" in result.output
