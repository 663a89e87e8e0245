"""Names and ARNs of what the stack makes, known before anything exists."""

from __future__ import annotations

from dataclasses import dataclass

from components.vocabulary import PARTITION, PROJECT, Environment


@dataclass(frozen=True, slots=True)
class Place:
    """One stack's account, region and environment, and the ARNs that follow from names in it."""

    account: str
    region: str
    environment: Environment

    @property
    def prefix(self) -> str:
        """The prefix of physical names: `secure-room-dev`."""
        return f"{PROJECT}-{self.environment}"

    @property
    def key_alias(self) -> str:
        """The alias of the stack's key, by which policies name it while its id is unknown."""
        return f"alias/{self.prefix}"

    @property
    def log_bucket(self) -> str:
        """The log bucket's name: unique in the world through the account's id."""
        return f"{self.prefix}-logs-{self.account}-{self.region}"

    def role_name(self, purpose: str) -> str:
        """The physical name of a role."""
        return f"{self.prefix}-{purpose}"

    def role(self, purpose: str) -> str:
        """The ARN of a role of this stack."""
        return f"arn:{PARTITION}:iam::{self.account}:role/{self.role_name(purpose)}"

    def policy(self, purpose: str) -> str:
        """The ARN of a managed policy of this stack."""
        return f"arn:{PARTITION}:iam::{self.account}:policy/{self.prefix}-{purpose}"

    def log_group_name(self, purpose: str) -> str:
        """The name of a log group, such as `/secure-room/dev/flow/room` for `flow/room`."""
        return f"/{PROJECT}/{self.environment}/{purpose}"

    def log_group(self, purpose: str) -> str:
        """The ARN of a log group; `*` in `purpose` stands for any."""
        return self.arn("logs", f"log-group:{self.log_group_name(purpose)}")

    def log_streams(self, purpose: str) -> str:
        """The ARN of all streams of a log group."""
        return f"{self.log_group(purpose)}:*"

    def bucket(self, name: str) -> str:
        """The ARN of a bucket."""
        return f"arn:{PARTITION}:s3:::{name}"

    def secret(self, name: str) -> str:
        """The ARN of one secret: AWS adds a hyphen and six characters to the name, and nothing else is left open.

        Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
        """
        return self.arn("secretsmanager", f"secret:{name}-??????")

    def any_key(self) -> str:
        """All keys of the account and region: to be narrowed by the condition `kms:ResourceAliases`."""
        return self.arn("kms", "key/*")

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a resource of this account and region."""
        return f"arn:{PARTITION}:{service}:{self.region}:{self.account}:{resource}"
