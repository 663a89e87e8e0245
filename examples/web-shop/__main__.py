"""A web shop in Frankfurt as many teams write one: a single file, inline security group rules, no components."""

import json

import pulumi
import pulumi_aws as aws

frankfurt = aws.Provider("frankfurt", region="eu-central-1", allowed_account_ids=["222233334444"])
opts = pulumi.ResourceOptions(provider=frankfurt)

vpc = aws.ec2.Vpc("shop", cidr_block="10.80.0.0/16", enable_dns_hostnames=True, opts=opts)
igw = aws.ec2.InternetGateway("shop", vpc_id=vpc.id, opts=opts)

public_table = aws.ec2.RouteTable(
    "public", vpc_id=vpc.id, routes=[{"cidr_block": "0.0.0.0/0", "gateway_id": igw.id}], opts=opts
)
private_table = aws.ec2.RouteTable("private", vpc_id=vpc.id, opts=opts)

subnets = {}
for number, (tier, table) in enumerate([("edge", public_table), ("app", private_table), ("data", private_table)]):
    for index, zone in enumerate(["eu-central-1a", "eu-central-1b"]):
        subnet = aws.ec2.Subnet(
            f"{tier}-{zone[-1]}",
            vpc_id=vpc.id,
            cidr_block=f"10.80.{number * 16 + index}.0/24",
            availability_zone=zone,
            tags={"tier": tier},
            opts=opts,
        )
        aws.ec2.RouteTableAssociation(f"{tier}-{zone[-1]}", subnet_id=subnet.id, route_table_id=table.id, opts=opts)
        subnets.setdefault(tier, []).append(subnet)

aws.ec2.DefaultSecurityGroup("shop", vpc_id=vpc.id, opts=opts)
RETURN = {"protocol": "tcp", "from_port": 1024, "to_port": 65535, "action": "allow"}
for tier, source, port, target, onward in [
    ("app", "10.80.0.0/23", 8443, "10.80.32.0/23", 5432),
    ("data", "10.80.16.0/23", 5432, None, None),
]:
    entry = {"protocol": "tcp", "from_port": port, "to_port": port, "action": "allow"}
    ingress = [{**entry, "rule_no": 100, "cidr_block": source}]
    egress = [{**RETURN, "rule_no": 100, "cidr_block": source}]
    if target:
        egress.append({**entry, "from_port": onward, "to_port": onward, "rule_no": 110, "cidr_block": target})
        ingress.append({**RETURN, "rule_no": 110, "cidr_block": target})
    aws.ec2.NetworkAcl(
        tier,
        vpc_id=vpc.id,
        subnet_ids=[subnet.id for subnet in subnets[tier]],
        ingress=ingress,
        egress=egress,
        opts=opts,
    )

edge = aws.ec2.SecurityGroup(
    "edge",
    vpc_id=vpc.id,
    description="Load balancer",
    ingress=[
        {"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["10.0.0.0/10"], "description": "offices"}
    ],
    egress=[
        {"protocol": "tcp", "from_port": 8443, "to_port": 8443, "cidr_blocks": ["10.80.16.0/23"], "description": "app"}
    ],
    tags={"tier": "edge"},
    opts=opts,
)
app = aws.ec2.SecurityGroup(
    "app",
    vpc_id=vpc.id,
    description="Application",
    ingress=[
        {"protocol": "tcp", "from_port": 8443, "to_port": 8443, "security_groups": [edge.id], "description": "balancer"}
    ],
    egress=[
        {"protocol": "tcp", "from_port": 5432, "to_port": 5432, "cidr_blocks": ["10.80.32.0/23"], "description": "data"}
    ],
    tags={"tier": "app"},
    opts=opts,
)
data = aws.ec2.SecurityGroup(
    "data",
    vpc_id=vpc.id,
    description="Database",
    ingress=[
        {"protocol": "tcp", "from_port": 5432, "to_port": 5432, "security_groups": [app.id], "description": "app"}
    ],
    tags={"tier": "data"},
    opts=opts,
)
aws.ec2.FlowLog(
    "shop",
    vpc_id=vpc.id,
    traffic_type="ALL",
    log_destination_type="s3",
    log_destination="arn:aws:s3:::platform-flow-logs-222233334444",
    opts=opts,
)

balancer = aws.lb.LoadBalancer(
    "shop",
    internal=True,
    load_balancer_type="application",
    security_groups=[edge.id],
    subnets=[subnet.id for subnet in subnets["edge"]],
    opts=opts,
)
role = aws.iam.Role(
    "app",
    permissions_boundary="arn:aws:iam::222233334444:policy/team-boundary",
    assume_role_policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
            ],
        }
    ),
    opts=opts,
)
profile = aws.iam.InstanceProfile("app", role=role.name, opts=opts)
for index, subnet in enumerate(subnets["app"]):
    aws.ec2.Instance(
        f"app-{index}",
        ami="ami-0123456789abcdef0",
        instance_type="t3.medium",
        subnet_id=subnet.id,
        vpc_security_group_ids=[app.id],
        iam_instance_profile=profile.name,
        metadata_options={"http_tokens": "required", "http_put_response_hop_limit": 1},
        root_block_device={"encrypted": True},
        opts=opts,
    )
database_subnets = aws.rds.SubnetGroup("data", subnet_ids=[subnet.id for subnet in subnets["data"]], opts=opts)
aws.rds.Instance(
    "shop",
    engine="postgres",
    instance_class="db.t4g.medium",
    allocated_storage=50,
    storage_encrypted=True,
    db_subnet_group_name=database_subnets.name,
    vpc_security_group_ids=[data.id],
    manage_master_user_password=True,
    username="shop",
    skip_final_snapshot=True,
    opts=opts,
)

pulumi.export("address", balancer.dns_name)
