"""A VPC, and a group in it that lets everybody in by two halves."""

import pulumi
import pulumi_aws as aws

account = aws.Provider("account", region="ap-northeast-1", allowed_account_ids=["123456789012"])
inside = pulumi.ResourceOptions(provider=account)
vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", opts=inside)
aws.ec2.SecurityGroup(
    "group",
    vpc_id=vpc.id,
    description="hosts",
    ingress=[
        {
            "protocol": "tcp",
            "from_port": 22,
            "to_port": 22,
            "cidr_blocks": ["0.0.0.0/1", "128.0.0.0/1"],
            "description": "from anywhere",
        }
    ],
    opts=inside,
)
