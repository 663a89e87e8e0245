"""The room's Managed Microsoft AD, its Admin password, and its security log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.evidence.log_group import LogGroups
from components.iam.place import Place
from components.iam.policy import Condition, Policy, Principals, allow, deny
from components.secure_room.plan import PASSWORD_LENGTH
from components.settings.model import Directory as DirectorySettings
from components.tags import Tags
from components.vocabulary import Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryArgs:
    """What the directory is made from; `subnet_ids` are the directory tier's, in two AZs."""

    place: Place
    tags: Tags
    directory: DirectorySettings
    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    key_arn: pulumi.Input[str]
    logs: LogGroups
    protect: bool


class Directory(pulumi.ComponentResource):
    """Gives `directory_id`, and `password_secret_arn` for whoever may read the Admin password.

    The password is made by Secrets Manager at creation and never again: the directory takes it from the secret, and a
    rotation by an operator changes both outside this program, which is why changes of it are ignored.
    """

    directory_id: pulumi.Output[str]
    dns_ip_addresses: pulumi.Output[Sequence[str]]
    password_secret_arn: pulumi.Output[str]

    def __init__(self, name: str, args: DirectoryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secureroom:secure_room:Directory", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        password = self._password()
        directory = aws.directoryservice.Directory(
            f"{name}-directory",
            type="MicrosoftAD",
            edition=args.directory.edition,
            name=args.directory.domain,
            short_name=args.directory.short_name,
            description="Users and computers of the secure room",
            password=password,
            # Lets operators add users by the API: nothing in the room has an Active Directory console.
            enable_directory_data_access=True,
            enable_sso=False,
            desired_number_of_domain_controllers=2,
            vpc_settings={"vpc_id": args.vpc_id, "subnet_ids": list(args.subnet_ids)},
            tags=args.tags.named("directory-directory-1", Zone.DIRECTORY),
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect, ignore_changes=["password"]),
        )
        self.directory_id = directory.id
        self.dns_ip_addresses = directory.dns_ip_addresses
        self._log(directory)
        self.register_outputs({"directoryId": self.directory_id, "passwordSecretArn": self.password_secret_arn})

    def _password(self) -> pulumi.Output[str]:
        """The Admin password, by way of the secret: what is stored is what the directory gets, also after a failure."""
        name, args = self._name, self._args
        secret = aws.secretsmanager.Secret(
            f"{name}-admin-secret",
            name=f"{args.place.prefix}/directory/admin",
            description="Password of the directory's Admin",
            kms_key_id=args.key_arn,
            recovery_window_in_days=30 if args.protect else 0,
            tags=args.tags.named("directory-secret-1"),
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        aws.secretsmanager.SecretPolicy(
            f"{name}-admin-secret-policy",
            secret_arn=secret.arn,
            policy=secret_policy(args.place).json(),
            block_public_policy=True,
            opts=self._child,
        )
        made = aws.secretsmanager.get_random_password_output(
            password_length=PASSWORD_LENGTH,
            exclude_characters="\"'\\/@`$ ",
            require_each_included_type=True,
            opts=pulumi.InvokeOutputOptions(parent=self),
        )
        version = aws.secretsmanager.SecretVersion(
            f"{name}-admin-secret-version",
            secret_id=secret.id,
            secret_string=pulumi.Output.secret(made.random_password),
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["secretString"]),
        )
        self.password_secret_arn = secret.arn
        return pulumi.Output.secret(version.secret_string.apply(lambda text: text or ""))

    def _log(self, directory: aws.directoryservice.Directory) -> None:
        name, args = self._name, self._args
        group = args.logs.make(f"{name}-log-group", "directory", self._child)
        may_write = aws.cloudwatch.LogResourcePolicy(
            f"{name}-log-policy",
            policy_name=f"{args.place.prefix}-directory",
            policy_document=log_policy(args.place).json(),
            opts=self._child,
        )
        aws.directoryservice.LogSubscription(
            f"{name}-log-subscription",
            directory_id=directory.id,
            log_group_name=group.name,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[may_write]),
        )


def secret_policy(place: Place) -> Policy:
    """Nobody of another account, whatever that account allows its own."""
    return Policy(
        (
            deny(
                "ThisAccountOnly",
                ("secretsmanager:*",),
                ("*",),
                principals=Principals.anyone(),
                when=(Condition("StringNotEquals", "aws:PrincipalAccount", (place.account,)),),
            ),
        )
    )


def log_policy(place: Place) -> Policy:
    """Directory Service writes the controllers' security log.

    Source: https://docs.aws.amazon.com/directoryservice/latest/admin-guide/ms_ad_enable_log_forwarding.html
    """
    return Policy(
        (
            allow(
                "DirectoryWrites",
                ("logs:CreateLogStream", "logs:PutLogEvents"),
                (place.log_streams("directory"),),
                principals=Principals.services("ds.amazonaws.com"),
                when=(Condition("StringEquals", "aws:SourceAccount", (place.account,)),),
            ),
        )
    )
