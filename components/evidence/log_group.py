"""Log groups: named by the stack, encrypted with its key, kept for a stated time."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.iam.place import Place
from components.tags import Tags


@dataclass(frozen=True, slots=True, kw_only=True)
class LogGroups:
    """Makes the log groups of one kind, all kept for `retention_days`."""

    place: Place
    tags: Tags
    key_arn: pulumi.Input[str]
    retention_days: int

    def make(self, name: str, purpose: str, opts: pulumi.ResourceOptions) -> aws.cloudwatch.LogGroup:
        """A log group `/secure-room/<environment>/<purpose>`; `name` is the resource's own."""
        return aws.cloudwatch.LogGroup(
            name,
            name=self.place.log_group_name(purpose),
            retention_in_days=self.retention_days,
            kms_key_id=self.key_arn,
            tags=self.tags.named(f"{purpose.replace('/', '-')}-log-group-1"),
            opts=opts,
        )
