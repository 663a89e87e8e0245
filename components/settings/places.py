"""What AWS fixes about regions: tables with their sources."""

from __future__ import annotations

from ipaddress import IPv4Network

WORKSPACES_ZONES: dict[str, frozenset[str]] = {
    "ap-northeast-1": frozenset({"apne1-az1", "apne1-az4"}),
    "ap-southeast-2": frozenset({"apse2-az1", "apse2-az3"}),
    "eu-central-1": frozenset({"euc1-az2", "euc1-az3"}),
    "eu-west-1": frozenset({"euw1-az1", "euw1-az2", "euw1-az3"}),
    "us-east-1": frozenset({"use1-az2", "use1-az4", "use1-az6"}),
    "us-west-2": frozenset({"usw2-az1", "usw2-az2", "usw2-az3"}),
}
"""AZ ids in which WorkSpaces runs, per region that the room may be built in.

Source: https://docs.aws.amazon.com/workspaces/latest/adminguide/azs-workspaces.html
"""

MANAGEMENT_RANGE = IPv4Network("198.19.0.0/16")
"""The range of WorkSpaces' own management interfaces in every one of these regions; registration fails on a clash.

Source: https://docs.aws.amazon.com/workspaces/latest/adminguide/workspaces-port-requirements.html
"""

DOCKER_RANGE = IPv4Network("172.17.0.0/16")
"""The default bridge of container hosts and of some AWS services; a VPC in it cannot be reached from those.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
"""

PRIVATE_RANGES: tuple[IPv4Network, ...] = tuple(
    IPv4Network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)
"""Where a VPC's blocks may lie (RFC 1918, RFC 6598)."""

CARRIER_RANGE = IPv4Network("100.64.0.0/10")
"""The range that carriers share (RFC 6598)."""

NOT_ON_THE_INTERNET: tuple[IPv4Network, ...] = (
    *PRIVATE_RANGES,
    *(IPv4Network(cidr) for cidr in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4")),
)
"""Ranges that are nobody's address on the internet (RFC 6890)."""
