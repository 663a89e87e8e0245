from __future__ import annotations

import re

import pytest

from guardrails.rules.compute.public_address import PublicAddress
from guardrails.rules.compute.public_endpoint import PublicEndpoint
from guardrails.rules.ecs.public_address import PublicAddress as TaskAddress
from guardrails.rules.policies.shared_with_everybody import SharedWithEverybody
from guardrails.rules.workspaces.registration import Registration
from tests.unit.guardrails.facts.provider_inputs import nested_inputs, sources
from tests.unit.guardrails.rules.rule_cases import Case, cases, one, swap

PREFER = PublicEndpoint.prefer
OFFICE = "publicAccessCidrs: [198.51.100.0/24]"
PUBLIC = "vpcConfig.endpointPublicAccess"
test_cases = cases(
    PublicEndpoint,
    unresolved=Case(
        swap(PREFER, "endpointPublicAccess: false", 'endpointPublicAccess: {"fn::unknown": true}'),
        f"unresolved cluster.{PUBLIC}",
    ),
    boundary=Case(swap(PREFER, OFFICE, "publicAccessCidrs: [0.0.0.0/1, 128.0.0.0/1]"), f"fail for-the-office.{PUBLIC}"),
)


@pytest.mark.parametrize(
    ("kind", "properties", "path"),
    [
        ("aws:apprunner:Service", "serviceName: a", "networkConfiguration.ingressConfiguration.isPubliclyAccessible"),
        ("aws:appstream:Fleet", 'enableDefaultInternetAccess: "true"', "enableDefaultInternetAccess"),
        (
            "aws:msk:Cluster",
            "brokerNodeGroupInfo: {connectivityInfo: {publicAccess: {type: SERVICE_PROVIDED_EIPS}}}",
            "brokerNodeGroupInfo.connectivityInfo.publicAccess.type",
        ),
        ("aws:mwaa:Environment", "webserverAccessMode: PUBLIC_ONLY", "webserverAccessMode"),
        ("aws:cloud9:EnvironmentEC2", "instanceType: t3.micro", "connectionType"),
        (
            "aws:emr:BlockPublicAccessConfiguration",
            "blockPublicSecurityGroupRules: false",
            "blockPublicSecurityGroupRules",
        ),
        ("aws:sagemaker:NotebookInstance", "roleArn: r", "directInternetAccess"),
        ("aws:sagemaker:Domain", "vpcId: vpc-1", "appNetworkAccessType"),
        ("aws:transfer:Server", "", "endpointType"),
        (
            "aws:transfer:Server",
            "endpointType: VPC, endpointDetails: {addressAllocationIds: [eipalloc-1]}",
            "endpointDetails.addressAllocationIds",
        ),
        ("aws:opensearch:Domain", "domainName: a", "vpcOptions"),
    ],
)
def test_every_way_to_a_public_endpoint(judge, kind, properties, path):
    assert judge(PublicEndpoint, one(kind, properties)) == [f"fail one.{path}"]


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        (
            "aws:apprunner:Service",
            "networkConfiguration: {ingressConfiguration: {isPubliclyAccessible: false}}",
        ),
        ("aws:appstream:Fleet", "name: a"),
        ("aws:msk:Cluster", "brokerNodeGroupInfo: {clientSubnets: [subnet-1]}"),
        ("aws:sagemaker:NotebookInstance", "directInternetAccess: Disabled"),
        ("aws:transfer:Server", "endpointType: VPC, endpointDetails: {vpcId: vpc-1}"),
        ("aws:opensearch:Domain", "vpcOptions: {subnetIds: [subnet-1]}"),
    ],
)
def test_what_stays_in_its_vpc_is_not_told(judge, kind, properties):
    assert judge(PublicEndpoint, one(kind, properties)) == []


# -- the provider's switches -------------------------------------------------------------------------------------------

PUBLIC_BY_NAME = re.compile(
    r"(publicly\w*|publicAccess(Block(Configuration)?)?|\w*PublicIp(OnLaunch)?|\w*PublicIpAddress|\w*internetAccess"
    r"|publicConnectivity|\w*NetworkAccessType|webserverAccessMode|\w*visibility)$",
    re.IGNORECASE,
)
NO_SWITCHES = {
    # Answers or ids, and what opens nothing by itself.
    "dms.InstanceProfile", "ec2.VpcIpamPool", "storagegateway.Gateway",
    "costoptimizationhub.Preferences",
    # Judged where the whole stack is seen, with the buckets (BKT001).
    "s3.AccessPoint", "s3control.MultiRegionAccessPoint",
    # Their callers authenticate to them by their own means.
    "appsync.GraphQLApi",
    # Shows an application to users who are logged in.
    "ssoadmin.Application",
}  # fmt: skip


def test_no_switch_of_the_provider_that_makes_public_is_forgotten() -> None:
    rules = (PublicAddress, PublicEndpoint, TaskAddress, SharedWithEverybody, Registration)
    judged = {kind for rule in rules for kind in rule.kinds}
    named = {kind for kind in sources() if any(map(PUBLIC_BY_NAME.search, dict(nested_inputs(kind))))}
    assert sorted(named - judged - NO_SWITCHES) == []
    assert sorted(NO_SWITCHES - named) == []
