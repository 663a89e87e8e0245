"""Five resources that depend on each other."""

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
tags = {"ManagedBy": "pulumi"}
provider = aws.Provider("account", region="ap-northeast-1", allowed_account_ids=["123456789012"])
options = pulumi.ResourceOptions(provider=provider)
vpc = aws.ec2.Vpc("vpc", cidr_block=config.require("cidr"), tags=tags, opts=options)
subnet = aws.ec2.Subnet(
    "subnet", vpc_id=vpc.id, cidr_block="10.0.1.0/24", availability_zone="ap-northeast-1a", tags=tags, opts=options
)
table = aws.ec2.RouteTable("table", vpc_id=vpc.id, tags=tags, opts=options)
aws.ec2.RouteTableAssociation("association", subnet_id=subnet.id, route_table_id=table.id, opts=options)
aws.ec2.SecurityGroup("group", vpc_id=vpc.id, description="hosts", tags=tags, opts=options)
pulumi.export("vpc", vpc.id)
