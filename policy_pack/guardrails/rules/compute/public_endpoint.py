"""CMP004: a managed service that answers the internet, or that goes out to it by itself."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from guardrails.facts.resource import Resource, Value
from guardrails.facts.stack import Facts
from guardrails.facts.values import Maybe, Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity
from guardrails.rules.ranges import is_world

_ANSWERS = "has an endpoint that answers the internet"
_LEAVES = "reaches the internet past the VPC's routes"


@dataclass(frozen=True, slots=True)
class Switch:
    """Where a kind says whether it is public: the value where it is left out, those that keep it private, and what."""

    path: str
    omitted: str
    private: frozenset[str]
    why: str = _ANSWERS


_OFF = frozenset({"false"})
_SWITCHES: dict[str, Switch] = {
    "apprunner.Service": Switch("networkConfiguration.ingressConfiguration.isPubliclyAccessible", "true", _OFF),
    "appstream.Fleet": Switch("enableDefaultInternetAccess", "false", _OFF, _LEAVES),
    "appstream.ImageBuilder": Switch("enableDefaultInternetAccess", "false", _OFF, _LEAVES),
    "cloud9.EnvironmentEC2": Switch("connectionType", "connect_ssh", frozenset({"connect_ssm"})),
    "emr.BlockPublicAccessConfiguration": Switch(
        "blockPublicSecurityGroupRules", "false", frozenset({"true"}), "lets clusters have groups open to the internet"
    ),
    "msk.Cluster": Switch(
        "brokerNodeGroupInfo.connectivityInfo.publicAccess.type", "disabled", frozenset({"disabled"})
    ),
    "mwaa.Environment": Switch("webserverAccessMode", "private_only", frozenset({"private_only"})),
    "neptunegraph.Graph": Switch("publicConnectivity", "false", _OFF),
    "sagemaker.Domain": Switch("appNetworkAccessType", "publicinternetonly", frozenset({"vpconly"}), _LEAVES),
    "sagemaker.NotebookInstance": Switch("directInternetAccess", "enabled", frozenset({"disabled"}), _LEAVES),
    "transfer.Server": Switch("endpointType", "public", frozenset({"vpc", "vpc_endpoint"})),
}
"""What the provider takes where a switch is left out, and which values are private, in lower case."""

_IN_A_VPC = {"opensearch.Domain": "vpcOptions", "elasticsearch.Domain": "vpcOptions"}
"""Kinds that are on the internet unless this says in which VPC they are."""
_ADDRESSES = {"transfer.Server": "endpointDetails.addressAllocationIds"}
"""Elastic IPs, by which an endpoint in a VPC is public all the same."""

_CLUSTER = "eks.Cluster"
_PUBLIC, _CALLERS = "vpcConfig.endpointPublicAccess", "vpcConfig.publicAccessCidrs"


class PublicEndpoint(ResourceRule):
    """Refuses public endpoints of managed services, by switch, by default, or because no VPC was named."""

    id: ClassVar[str] = "CMP004"
    slug: ClassVar[str] = "no-public-service-endpoint"
    title: ClassVar[str] = "No managed service answers the internet, or goes out to it by itself"
    rationale: ClassVar[str] = (
        "Behind such an endpoint is no subnet, group or route of the stack: whoever has or guesses credentials is in. "
        "For several services it is what one gets by leaving the switch out."
    )
    fix: ClassVar[str] = (
        "Place it in the VPC and switch the public side off; a Kubernetes endpoint may stay public for the "
        "CIDRs of its callers (publicAccessCidrs)."
    )
    severity: ClassVar[Severity] = Severity.HIGH
    kinds: ClassVar[frozenset[str]] = frozenset({*_SWITCHES, *_IN_A_VPC, _CLUSTER})
    controls: ClassVar[tuple[str, ...]] = (
        "CKV_AWS_38", "CKV_AWS_39", "CKV_AWS_122", "CKV_AWS_137", "CKV_AWS_164", "SH EKS.1", "SH EMR.2", "SH MSK.4",
        "SH Opensearch.2", "SH SageMaker.1",
    )  # fmt: skip
    covers: ClassVar[tuple[int, ...]] = (40,)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html",
        "https://docs.aws.amazon.com/cloud9/latest/user-guide/ec2-ssm.html",
        "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-block-public-access.html",
        "https://docs.aws.amazon.com/msk/latest/developerguide/public-access.html",
        "https://docs.aws.amazon.com/apprunner/latest/dg/network-pl.html",
        "https://docs.aws.amazon.com/sagemaker/latest/dg/appendix-notebook-and-internet-access.html",
        "https://docs.aws.amazon.com/transfer/latest/userguide/create-server-in-vpc.html",
        "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/vpc.html",
    )
    avoid: ClassVar[str] = """
resources:
  cluster: {type: "aws:eks:Cluster", properties: {roleArn: r, vpcConfig: {endpointPrivateAccess: true}}}
"""
    prefer: ClassVar[str] = """
resources:
  cluster:
    type: aws:eks:Cluster
    properties: {roleArn: r, vpcConfig: {endpointPrivateAccess: true, endpointPublicAccess: false}}
  for-the-office:
    type: aws:eks:Cluster
    properties: {roleArn: r, vpcConfig: {endpointPublicAccess: true, publicAccessCidrs: [198.51.100.0/24]}}
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge one service."""
        if resource.kind == _CLUSTER:
            yield from self._cluster(resource)
        if resource.kind in _SWITCHES:
            yield from self._switch(resource, _SWITCHES[resource.kind])
        path = _IN_A_VPC.get(resource.kind)
        if path and resource.get(path) in (None, "", [], {}):
            yield self.fail(resource, path, "is in no VPC: its endpoint answers the internet")
        elif path and isinstance(missing := resource.get(path), Unknown):
            yield self.unresolved(resource, path, missing, "whether it is in a VPC")
        given = _ADDRESSES.get(resource.kind)
        if given and resource.get(given) not in (None, "", []):
            yield self.fail(resource, given, "has public addresses", "addresses")

    def _switch(self, resource: Resource, switch: Switch) -> Iterator[Finding]:
        value = resource.get(switch.path, switch.omitted)
        if isinstance(value, Unknown):
            yield self.unresolved(resource, switch.path, value, "whether it is public")
        elif str(value).lower() not in switch.private:
            stated = "omitted" if resource.get(switch.path) is None else value
            yield self.fail(resource, switch.path, switch.why, stated)

    def _cluster(self, resource: Resource) -> Iterator[Finding]:
        public = resource.flag(_PUBLIC, default=True)
        callers = resource.items(_CALLERS)
        world = _holds_world(callers)
        if public is False or world is False:
            return
        missing = public if isinstance(public, Unknown) else world if isinstance(world, Unknown) else None
        if missing is not None:
            yield self.unresolved(resource, _PUBLIC, missing, "whether it is public")
        else:
            stated = "omitted" if resource.get(_PUBLIC) is None else resource.get(_PUBLIC)
            yield self.fail(resource, _PUBLIC, _ANSWERS, stated)


def _holds_world(blocks: Maybe[list[Value]]) -> Maybe[bool]:
    """Tell whether CIDRs let everybody in; none at all do (EKS user guide, "Cluster API server endpoint")."""
    if isinstance(blocks, Unknown):
        return blocks
    known = [item for item in blocks if not isinstance(item, Unknown)]
    try:
        world = not blocks or is_world([ipaddress.ip_network(str(item), strict=False) for item in known])
    except ValueError:
        return Unknown(_CALLERS, "not a CIDR block")
    return True if world else next((item for item in blocks if isinstance(item, Unknown)), False)
