"""Give the directory's Admin a new password, and keep it where the old one was.

    python -m ops.rotate_directory_password --region R --directory-id d-… --secret-id ARN

The ids are outputs of the stack. The password is never printed. A run that breaks off can be repeated at any point: the
new password is stored as pending before the directory gets it, and a pending one that is found is used again.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Annotated, Any, Protocol, cast

import boto3
import typer
from botocore.exceptions import BotoCoreError, ClientError

ADMIN = "Admin"
"""The administrator of every Managed Microsoft AD.

Source: https://docs.aws.amazon.com/directoryservice/latest/admin-guide/ms_ad_getting_started_what_gets_created.html
"""
PASSWORD_LENGTH = 32
EXCLUDED = "\"'\\/@`$ "
CURRENT, PENDING = "AWSCURRENT", "AWSPENDING"


class Directories(Protocol):
    """What is used of the Directory Service client."""

    def reset_user_password(self, **arguments: str) -> object:
        """https://docs.aws.amazon.com/directoryservice/latest/devguide/API_ResetUserPassword.html"""
        ...


class Secrets(Protocol):
    """What is used of the Secrets Manager client."""

    def describe_secret(self, **arguments: str) -> dict[str, Any]:
        """https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html"""
        ...

    def get_random_password(self, **arguments: object) -> dict[str, Any]:
        """https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html"""
        ...

    def get_secret_value(self, **arguments: str) -> dict[str, Any]:
        """https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html"""
        ...

    def put_secret_value(self, **arguments: object) -> dict[str, Any]:
        """https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html"""
        ...

    def update_secret_version_stage(self, **arguments: str) -> object:
        """https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html"""
        ...


@dataclass(frozen=True)
class Rotation:
    """What a rotation did: the version that is now current, and whether an unfinished one was taken up."""

    version: str
    resumed: bool


def rotate(directories: Directories, secrets: Secrets, directory_id: str, secret_id: str) -> Rotation:
    """Rotate the Admin password; errors of AWS pass through and leave a state from which this can be called again."""
    stages: dict[str, list[str]] = secrets.describe_secret(SecretId=secret_id)["VersionIdsToStages"]
    current = _version(stages, CURRENT)
    pending = _version(stages, PENDING)
    resumed = pending is not None and pending != current
    version = pending if resumed and pending else _store_pending(secrets, secret_id)
    value = secrets.get_secret_value(SecretId=secret_id, VersionId=version)["SecretString"]
    directories.reset_user_password(DirectoryId=directory_id, UserName=ADMIN, NewPassword=value)
    move = {"RemoveFromVersionId": current} if current else {}
    secrets.update_secret_version_stage(SecretId=secret_id, VersionStage=CURRENT, MoveToVersionId=version, **move)
    secrets.update_secret_version_stage(SecretId=secret_id, VersionStage=PENDING, RemoveFromVersionId=version)
    return Rotation(version, resumed)


def _version(stages: dict[str, list[str]], stage: str) -> str | None:
    return next((version for version, its in stages.items() if stage in its), None)


def _store_pending(secrets: Secrets, secret_id: str) -> str:
    made = secrets.get_random_password(
        PasswordLength=PASSWORD_LENGTH, ExcludeCharacters=EXCLUDED, RequireEachIncludedType=True
    )
    stored = secrets.put_secret_value(
        SecretId=secret_id,
        ClientRequestToken=str(uuid.uuid4()),
        SecretString=made["RandomPassword"],
        VersionStages=[PENDING],
    )
    return stored["VersionId"]


def main(
    region: Annotated[str, typer.Option(help="The stack's region.")],
    directory_id: Annotated[str, typer.Option(help="Output directory_id of the stack.")],
    secret_id: Annotated[str, typer.Option(help="Output directory_password_secret_arn of the stack.")],
) -> None:
    """Rotate the password of the directory's Admin."""
    directories = cast("Directories", boto3.client("ds", region_name=region))
    secrets = cast("Secrets", boto3.client("secretsmanager", region_name=region))
    try:
        done = rotate(directories, secrets, directory_id, secret_id)
    except (BotoCoreError, ClientError) as error:
        typer.echo(f"Not rotated: {error}", err=True)
        typer.echo("Run the same command again; until then the stored current password may be the old one.", err=True)
        raise typer.Exit(1) from None
    what = "An unfinished rotation was completed" if done.resumed else "The Admin password was rotated"
    typer.echo(f"{what}: version {done.version} of the secret is current.")


if __name__ == "__main__":
    typer.run(main)
