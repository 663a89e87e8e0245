"""Nightly reports in Virginia, in a VPC that the platform team owns: a function, a key, a bucket, private endpoints."""

import json

import pulumi
import pulumi_aws as aws

ACCOUNT, REGION, BUCKET = "222233334444", "us-east-1", "nightly-reports-222233334444"
virginia = aws.Provider("virginia", region=REGION, allowed_account_ids=[ACCOUNT])
keep = pulumi.ResourceOptions(provider=virginia, protect=True)
opts = pulumi.ResourceOptions(provider=virginia)
VPC = "vpc-0f0e0d0c0b0a09080"


def allow(principal: dict, actions: list, resource: str, **conditions: dict) -> dict:
    """One statement."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": actions, "Resource": resource}
    return {**statement, **({"Condition": conditions} if conditions else {})}


def document(*statements: dict) -> str:
    """One policy."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


key = aws.kms.Key("reports", enable_key_rotation=True, opts=keep)
bucket = aws.s3.Bucket("reports", bucket=BUCKET, opts=keep)
aws.s3.BucketPublicAccessBlock(
    "reports",
    bucket=bucket.id,
    block_public_acls=True,
    block_public_policy=True,
    ignore_public_acls=True,
    restrict_public_buckets=True,
    opts=opts,
)
aws.s3.BucketPolicy(
    "reports",
    bucket=bucket.id,
    policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        }
    ),
    opts=opts,
)

places = [
    aws.ec2.Subnet(f"reports-{zone}", vpc_id=VPC, cidr_block=block, availability_zone=f"{REGION}{zone}", opts=opts)
    for zone, block in [("a", "10.90.4.0/26"), ("b", "10.90.4.64/26")]
]
table = aws.ec2.RouteTable("reports", vpc_id=VPC, opts=opts)
for number, place in enumerate(places):
    aws.ec2.RouteTableAssociation(f"reports-{number}", subnet_id=place.id, route_table_id=table.id, opts=opts)
within = {"protocol": "tcp", "from_port": 0, "to_port": 65535, "action": "allow", "cidr_block": "10.90.4.0/25"}
aws.ec2.NetworkAcl(
    "reports",
    vpc_id=VPC,
    subnet_ids=[place.id for place in places],
    ingress=[{**within, "rule_no": 100}],
    egress=[{**within, "rule_no": 100}],
    opts=opts,
)
function_group = aws.ec2.SecurityGroup("function", vpc_id=VPC, description="Report function", opts=opts)
endpoint_group = aws.ec2.SecurityGroup("endpoints", vpc_id=VPC, description="Endpoints", opts=opts)
for kind, one, other in [("egress", function_group, endpoint_group), ("ingress", endpoint_group, function_group)]:
    aws.ec2.SecurityGroupRule(
        f"https-{kind}",
        type=kind,
        security_group_id=one.id,
        source_security_group_id=other.id,
        protocol="tcp",
        from_port=443,
        to_port=443,
        description="AWS APIs",
        opts=opts,
    )
for service in ["logs", "kms"]:
    aws.ec2.VpcEndpoint(
        service,
        vpc_id=VPC,
        service_name=f"com.amazonaws.{REGION}.{service}",
        vpc_endpoint_type="Interface",
        private_dns_enabled=True,
        subnet_ids=[place.id for place in places],
        security_group_ids=[endpoint_group.id],
        policy=document(allow({"AWS": "*"}, ["*"], "*", StringEquals={"aws:PrincipalAccount": ACCOUNT})),
        opts=opts,
    )

role = aws.iam.Role(
    "reports",
    permissions_boundary=f"arn:aws:iam::{ACCOUNT}:policy/team-boundary",
    assume_role_policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            },
        }
    ),
    opts=opts,
)
aws.iam.RolePolicy(
    "reports",
    role=role.id,
    policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": ["s3:PutObject"], "Resource": f"arn:aws:s3:::{BUCKET}/*"}],
        }
    ),
    opts=opts,
)
aws.lambda_.Function(
    "reports",
    role=role.arn,
    package_type="Image",
    image_uri=f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/reports@sha256:{'0' * 64}",
    kms_key_arn=key.arn,
    vpc_config={"subnet_ids": [place.id for place in places], "security_group_ids": [function_group.id]},
    opts=opts,
)
