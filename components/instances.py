"""What every EC2 instance has, whatever it is for: IMDSv2 alone, one hop away, and an encrypted volume of its own.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pulumi
import pulumi_aws as aws

METADATA: Final[aws.ec2.InstanceMetadataOptionsArgsDict] = {
    "http_endpoint": "enabled",
    "http_tokens": "required",
    "http_put_response_hop_limit": 1,
    "http_protocol_ipv6": "disabled",
    "instance_metadata_tags": "disabled",
}


def root_volume(
    key_arn: pulumi.Input[str], tags: Mapping[str, str], gib: int | None = None
) -> aws.ec2.InstanceRootBlockDeviceArgsDict:
    """Give the root volume, of the image's own size where `gib` is left out."""
    volume: aws.ec2.InstanceRootBlockDeviceArgsDict = {
        "encrypted": True,
        "kms_key_id": key_arn,
        "volume_type": "gp3",
        "delete_on_termination": True,
        "tags": tags,
    }
    return volume if gib is None else {**volume, "volume_size": gib}
