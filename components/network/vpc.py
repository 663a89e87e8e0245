"""A VPC whose default objects are inert and whose traffic is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi
import pulumi_aws as aws

from components.evidence.log_group import LogGroups
from components.network.adoption import adopting
from components.tags import Tags
from components.vocabulary import Zone

_PLAIN_FIELDS = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action "
    "log-status vpc-id subnet-id tcp-flags pkt-srcaddr pkt-dstaddr flow-direction traffic-path"
)

FLOW_LOG_FORMAT = " ".join("${" + field + "}" for field in _PLAIN_FIELDS.split())
"""The default fields, and the packet's own addresses, which behind a NAT gateway are not the interface's.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedVpcArgs:
    """A VPC's range and where its flow logs go; `purpose` is `room` or `production`."""

    purpose: str
    cidr: IPv4Network
    more: tuple[IPv4Network, ...] = ()
    """Further blocks of the VPC."""
    tags: Tags
    flow_logs: LogGroups
    flow_log_role_arn: pulumi.Input[str]
    zone: Zone | None = None
    existing: str | None = None
    """The id of a VPC that is taken over."""


class RecordedVpc(pulumi.ComponentResource):
    """A VPC with DNS, with its default group, ACL and route table emptied, and with flow logs of all traffic.

    Subnets in a further block depend on `blocks`.
    """

    vpc: aws.ec2.Vpc
    blocks: list[pulumi.Resource]
    vpc_id: pulumi.Output[str]

    def __init__(self, name: str, args: RecordedVpcArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secureroom:network:RecordedVpc", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.vpc = aws.ec2.Vpc(
            f"{name}-vpc",
            cidr_block=str(args.cidr),
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=args.tags.named(f"{args.purpose}-vpc-1", args.zone),
            opts=adopting(child, args.existing),
        )
        self.vpc_id = self.vpc.id
        self.blocks = [self._block(name, cidr, child) for cidr in args.more]
        self._lock_defaults(name, args, child)
        self._record(name, args, child)
        self.register_outputs({"vpcId": self.vpc_id})

    def _block(self, name: str, cidr: IPv4Network, child: pulumi.ResourceOptions) -> pulumi.Resource:
        label = str(cidr).replace(".", "-").replace("/", "-")
        return aws.ec2.VpcIpv4CidrBlockAssociation(
            f"{name}-block-{label}", vpc_id=self.vpc.id, cidr_block=str(cidr), opts=child
        )

    def _lock_defaults(self, name: str, args: RecordedVpcArgs, child: pulumi.ResourceOptions) -> None:
        aws.ec2.DefaultSecurityGroup(
            f"{name}-default-group",
            vpc_id=self.vpc.id,
            tags=args.tags.named(f"{args.purpose}-default-sg-1"),
            opts=child,
        )
        aws.ec2.DefaultNetworkAcl(
            f"{name}-default-acl",
            default_network_acl_id=self.vpc.default_network_acl_id,
            tags=args.tags.named(f"{args.purpose}-default-acl-1"),
            opts=child,
        )
        aws.ec2.DefaultRouteTable(
            f"{name}-main-table",
            default_route_table_id=self.vpc.default_route_table_id,
            routes=[],
            tags=args.tags.named(f"{args.purpose}-main-table-1"),
            opts=child,
        )

    def _record(self, name: str, args: RecordedVpcArgs, child: pulumi.ResourceOptions) -> None:
        group = args.flow_logs.make(f"{name}-flow-log-group", f"flow/{args.purpose}", child)
        aws.ec2.FlowLog(
            f"{name}-flow-log",
            vpc_id=self.vpc.id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            log_format=FLOW_LOG_FORMAT,
            max_aggregation_interval=60,
            iam_role_arn=args.flow_log_role_arn,
            tags=args.tags.named(f"{args.purpose}-flow-log-1"),
            opts=child,
        )
