"""Make a user in the directory, before the stack's settings may list a desktop for them.

    python -m ops.add_directory_user --region R --directory-id d-… --name hanako.sato --given-name Hanako --surname Sato

Asks for a first password without showing it; WorkSpaces makes no desktop for a user that the directory does not know. A
user that exists already keeps what they have, and gets the new password only with --reset.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Protocol, cast

import boto3
import typer
from botocore.exceptions import BotoCoreError, ClientError

EXISTS = "ConflictException"


class Directories(Protocol):
    """What is used of the Directory Service client."""

    def reset_user_password(self, **arguments: str) -> object:
        """https://docs.aws.amazon.com/directoryservice/latest/devguide/API_ResetUserPassword.html"""
        ...


class DirectoryData(Protocol):
    """What is used of the Directory Service Data client."""

    def create_user(self, **arguments: str) -> object:
        """https://docs.aws.amazon.com/directoryservicedata/latest/DirectoryServiceDataAPIReference/API_CreateUser.html"""
        ...


@dataclass(frozen=True)
class User:
    """A person as the directory keeps them; `name` is the sAMAccountName, as in the stack's settings."""

    name: str
    given_name: str
    surname: str


@dataclass(frozen=True)
class Directory:
    """A directory and the two interfaces to it."""

    id: str
    directories: Directories
    data: DirectoryData


def add(directory: Directory, user: User, password: str, *, reset: bool) -> bool:
    """Make the user and set the password; gives whether the user is new. Errors of AWS pass through.

    A user is made disabled and without a password: setting one is what enables them. So a run that broke off in between
    is finished with `reset`.
    """
    new = _create(directory, user)
    if new or reset:
        directory.directories.reset_user_password(DirectoryId=directory.id, UserName=user.name, NewPassword=password)
    return new


def _create(directory: Directory, user: User) -> bool:
    try:
        directory.data.create_user(
            DirectoryId=directory.id, SAMAccountName=user.name, GivenName=user.given_name, Surname=user.surname
        )
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == EXISTS:
            return False
        raise
    return True


def main(  # noqa: PLR0913, PLR0917 - one option each
    region: Annotated[str, typer.Option(help="The stack's region.")],
    directory_id: Annotated[str, typer.Option(help="Output directory_id of the stack.")],
    name: Annotated[str, typer.Option(help="The user's name in the directory and in the settings.")],
    given_name: Annotated[str, typer.Option(help="The person's given name.")],
    surname: Annotated[str, typer.Option(help="The person's surname.")],
    password: Annotated[str, typer.Option(prompt="First password", hide_input=True, confirmation_prompt=True)],
    reset: Annotated[bool, typer.Option(help="Set the password of a user that exists, too.")] = False,
) -> None:
    """Add a user to the room's directory."""
    directory = Directory(
        directory_id,
        cast("Directories", boto3.client("ds", region_name=region)),
        cast("DirectoryData", boto3.client("ds-data", region_name=region)),
    )
    try:
        new = add(directory, User(name, given_name, surname), password, reset=reset)
    except (BotoCoreError, ClientError) as error:
        typer.echo(f"Not done: {error}", err=True)
        typer.echo("If the user was made already, run the same command again with --reset.", err=True)
        raise typer.Exit(1) from None
    typer.echo(_told(name, new=new, reset=reset))


def _told(name: str, *, new: bool, reset: bool) -> str:
    if new:
        return f"{name} is in the directory. Add the name to secure-room:desktops users, and deploy."
    return f"{name} was there already; the password was {'set' if reset else 'left as it is (--reset sets it)'}."


if __name__ == "__main__":
    typer.run(main)
