"""Five resources that depend on each other. With `halt`, the program stops when the first two have been made."""

import os
import time
from pathlib import Path

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
tags = {"ManagedBy": "pulumi", "Owner": config.get("owner") or "us"}
account = aws.Provider("account", region="ap-northeast-1", allowed_account_ids=["123456789012"])
inside = pulumi.ResourceOptions(provider=account)


def halt(value: str) -> str:
    """Hold back everything that needs this value, until the process is ended."""
    if config.get_bool("halt") and not pulumi.runtime.is_dry_run():
        Path(os.environ["HOME"], "halfway").write_text(value)
        time.sleep(600)
    return value


vpc = aws.ec2.Vpc(
    "vpc",
    cidr_block=config.require("cidr"),
    tags=tags,
    opts=pulumi.ResourceOptions(provider=account, protect=config.get_bool("protect")),
)
subnet = aws.ec2.Subnet(
    "subnet",
    vpc_id=vpc.id,
    cidr_block="10.0.1.0/24",
    availability_zone="ap-northeast-1a",
    tags=tags,
    opts=inside,
)
table = aws.ec2.RouteTable("table", vpc_id=subnet.id.apply(halt).apply(lambda _: vpc.id), tags=tags, opts=inside)
aws.ec2.RouteTableAssociation("association", subnet_id=subnet.id, route_table_id=table.id, opts=inside)
aws.ec2.SecurityGroup("group", name="hosts", vpc_id=vpc.id, description="hosts", tags=tags, opts=inside)
pulumi.export("vpc", vpc.id)
