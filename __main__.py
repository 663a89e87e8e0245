"""The secure room: one stack, from its settings to its outputs."""

import pulumi
import pulumi_aws as aws

from components import settings
from components.evidence.evidence import Evidence, EvidenceArgs
from components.evidence.log_group import LogGroups
from components.iam.boundary import Boundary, BoundaryArgs
from components.iam.place import Place
from components.network.network import Network, NetworkArgs
from components.network.plan import plan_network
from components.tags import Tags

wanted = settings.load()
place = Place(wanted.account.id, wanted.account.region, wanted.environment)
tags = Tags(wanted.environment, wanted.owner, wanted.cost_center)

account = aws.Provider(
    "account",
    region=wanted.account.region,
    allowed_account_ids=[wanted.account.id],
    assume_roles=[{"role_arn": wanted.account.role_arn}] if wanted.account.role_arn else None,
)
inside = pulumi.ResourceOptions(providers={"aws": account})

boundary = Boundary("boundary", BoundaryArgs(place=place, tags=tags), inside)
evidence = Evidence(
    "evidence",
    EvidenceArgs(
        place=place,
        tags=tags,
        boundary_arn=boundary.arn,
        retention_days=wanted.evidence.bucket_retention_days,
        protect=wanted.protect,
    ),
    inside,
)
flow_logs = LogGroups(
    place=place, tags=tags, key_arn=evidence.key_arn, retention_days=wanted.network.flow_log_retention_days
)
network = Network(
    "network",
    NetworkArgs(
        plan=plan_network(wanted), tags=tags, flow_logs=flow_logs, flow_log_role_arn=evidence.flow_log_role_arn
    ),
    inside,
)

pulumi.export("vpc_id", network.vpc_id)
