"""Image repositories, clusters, tasks, services and discovery names (Amazon ECR, ECS and AWS Cloud Map API
references)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from simulator.documents import valid_policy
from simulator.errors import AwsError
from simulator.interfaces import Shape, interface
from simulator.model import Reference, Refusal, ResourceType, Unique, at
from simulator.shapes import is_list, is_map
from simulator.types.common import arn_id, matching, named, one_of, valid_json
from simulator.types.endpoints import ROLE
from simulator.types.keys import key_reference
from simulator.types.vpc import GROUP, SUBNET, VPC

if TYPE_CHECKING:
    from simulator.creation import Creation

REPOSITORY: Final = "aws:ecr/repository:Repository"
CLUSTER: Final = "aws:ecs/cluster:Cluster"
TASK: Final = "aws:ecs/taskDefinition:TaskDefinition"
SERVICE: Final = "aws:ecs/service:Service"
NAMESPACE: Final = "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace"
DISCOVERY: Final = "aws:servicediscovery/service:Service"
TARGET_GROUP: Final = "aws:lb/targetGroup:TargetGroup"
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html: CPU units and the memory
# (MiB) that fits.
_FARGATE: Final[Mapping[int, tuple[int, int, int]]] = {
    256: (512, 2048, 512),
    512: (1024, 4096, 1024),
    1024: (2048, 8192, 1024),
    2048: (4096, 16384, 1024),
    4096: (8192, 30720, 1024),
    8192: (16384, 61440, 4096),
    16384: (32768, 122880, 8192),
}


def _containers(creation: Creation) -> list[dict[str, Any]]:
    try:
        given = json.loads(creation.get("containerDefinitions"))
    except ValueError as error:
        raise AwsError("ClientException", f"ECS Task Definition container_definitions is invalid: {error}") from None
    if not is_list(given) or not given or not all(is_map(item) for item in given):
        raise AwsError("ClientException", "TaskDefinition is missing container definitions")
    return given


def _task_shape(creation: Creation) -> None:
    containers = _containers(creation)
    for item in containers:
        if not item.get("name") or not item.get("image"):
            raise AwsError("ClientException", "Container.name and Container.image should not be null or empty.")
    if not any(item.get("essential", True) for item in containers):
        raise AwsError("ClientException", "Task definition does not have any essential containers")
    if "FARGATE" in creation.get("requiresCompatibilities", []):
        _fargate_shape(creation)


def _fargate_shape(creation: Creation) -> None:
    if creation.get("networkMode") != "awsvpc":
        raise AwsError("ClientException", "Fargate only supports network mode 'awsvpc'.")
    cpu, memory = str(creation.get("cpu", "")), str(creation.get("memory", ""))
    if not cpu.isdigit() or not memory.isdigit():
        raise AwsError("ClientException", "Fargate requires that 'cpu' and 'memory' be defined at the task level.")
    low, high, step = _FARGATE.get(int(cpu), (1, 0, 1))
    if not low <= int(memory) <= high or (int(memory) - low) % step:
        raise AwsError(
            "ClientException", f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory."
        )
    logs = any(item.get("logConfiguration", {}).get("logDriver") == "awslogs" for item in _containers(creation))
    if logs and not creation.get("executionRoleArn"):
        raise AwsError(
            "ClientException",
            "Fargate requires task definition to have execution role ARN to support log driver awslogs.",
        )


def _task(creation: Creation) -> Mapping[str, Any]:
    family = creation.get("family")
    key = f"revisions of {family} in {creation.region}"
    revision = int(creation.account.fact(key) or 0) + 1
    creation.account.set_fact(key, str(revision))
    base = creation.arn("arn:{partition}:ecs:{region}:{account}:task-definition/{family}")
    return {"arn": f"{base}:{revision}", "arnWithoutRevision": base, "revision": revision}


def _family(value: str) -> str:
    return value.rsplit("/", 1)[-1].partition(":")[0]


def _service_shape(creation: Creation) -> None:
    task = creation.get("taskDefinition")
    if task is None:
        raise AwsError("InvalidParameterException", "TaskDefinition can not be blank.")
    found = [
        o
        for o in creation.others(TASK)
        if task in (o.outputs["arn"], o.outputs["arnWithoutRevision"], o.inputs["family"])
    ]
    found += [o for o in creation.others(TASK) if task == f"{o.inputs['family']}:{o.outputs['revision']}"]
    if not found:
        raise AwsError("ClientException", f"TaskDefinition not found: {_family(task)}")
    definition = found[-1]
    network = creation.get("networkConfiguration")
    if definition.outputs.get("networkMode") == "awsvpc" and not network:
        raise AwsError(
            "InvalidParameterException",
            "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
        )
    if creation.get("launchType") == "FARGATE" and "FARGATE" not in (
        definition.outputs.get("requiresCompatibilities") or []
    ):
        raise AwsError("ClientException", "Task definition does not support launch_type FARGATE.")
    names = {item["name"] for item in json.loads(definition.inputs["containerDefinitions"])}
    for balancer in creation.get("loadBalancers", []):
        if balancer.get("containerName") not in names:
            raise AwsError(
                "InvalidParameterException",
                f"The container {balancer.get('containerName')} does not exist in the task definition.",
            )


def _service_network(creation: Creation) -> None:
    subnets = [creation.require(SUBNET, item) for item in at(creation.inputs, "networkConfiguration.subnets")]
    groups = [creation.require(GROUP, item) for item in at(creation.inputs, "networkConfiguration.securityGroups")]
    vpcs = {item.outputs["vpcId"] for item in [*subnets, *groups]}
    if len(vpcs) > 1:
        raise AwsError("InvalidParameterException", "The subnets and security groups must belong to one VPC.")


def _listener_there(creation: Creation) -> None:
    for arn in at(creation.inputs, "loadBalancers.targetGroupArn"):
        group = creation.require(TARGET_GROUP, arn, ("id", "arn"))
        if not group.outputs.get("loadBalancerArns"):
            raise AwsError(
                "InvalidParameterException",
                f"The target group with targetGroupArn {arn} does not have an associated load balancer.",
            )


def _service(creation: Creation) -> Mapping[str, Any]:
    cluster = str(creation.get("cluster", "default")).rsplit("/", 1)[-1]
    return {
        "arn": creation.arn("arn:{partition}:ecs:{region}:{account}:service/") + f"{cluster}/{creation.get('name')}"
    }


def _service_id(creation: Creation) -> str:
    return str(_service(creation)["arn"])


def _run_tasks(creation: Creation) -> None:
    """Make the interfaces of the tasks that the service starts."""
    groups = at(creation.inputs, "networkConfiguration.securityGroups")
    subnets = at(creation.inputs, "networkConfiguration.subnets")
    for number in range(int(creation.get("desiredCount", 0)) if subnets else 0):
        interface(creation, subnets[number % len(subnets)], groups, Shape(sibling=f"task {number}"))


def _hosted_zone(creation: Creation) -> Mapping[str, Any]:
    return {"hostedZone": f"Z{creation.hex(20, 'zone').upper()}"}


_MAP_ARN: Final = "arn:{partition}:servicediscovery:{region}:{account}:"

TYPES: Final = (
    ResourceType(
        REPOSITORY,
        "ECR",
        "Repository",
        named(),
        arn="arn:{partition}:ecr:{region}:{account}:repository/{name}",
        references=(key_reference("encryptionConfigurations.kmsKey"),),
        unique=(
            Unique(
                ("name",),
                Refusal(
                    "RepositoryAlreadyExistsException",
                    "The repository with name '{name}' already exists in the registry with id '{account}'",
                ),
            ),
        ),
        validate={
            "name": matching(
                r"(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*", "lower-case letters, digits and ._-/"
            ),
            "imageTagMutability": one_of("MUTABLE", "IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION", "MUTABLE_WITH_EXCLUSION"),
        },
        computed=lambda c: {
            "registryId": c.session.account,
            "repositoryUrl": f"{c.session.account}.dkr.ecr.{c.region}.amazonaws.com/{c.get('name')}",
        },
        not_found=Refusal(
            "RepositoryNotFoundException", "The repository with name '{value}' does not exist in the registry"
        ),
        replace=frozenset({"name", "encryptionConfigurations"}),
    ),
    ResourceType(
        "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        "ECR",
        "Lifecycle Policy",
        named("repository"),
        create="PutLifecyclePolicy",
        references=(Reference("repository", REPOSITORY, blocks=False),),
        validate={"policy": valid_json},
        computed=lambda c: {"registryId": c.session.account},
        replace=frozenset({"repository", "policy"}),
    ),
    ResourceType(
        "aws:ecr/repositoryPolicy:RepositoryPolicy",
        "ECR",
        "Repository Policy",
        named("repository"),
        create="SetRepositoryPolicy",
        references=(Reference("repository", REPOSITORY, blocks=False),),
        validate={"policy": valid_policy(10240, principal=True)},
        computed=lambda c: {"registryId": c.session.account},
        replace=frozenset({"repository"}),
    ),
    ResourceType(
        CLUSTER,
        "ECS",
        "Cluster",
        arn_id("arn:{partition}:ecs:{region}:{account}:cluster/{name}"),
        arn="arn:{partition}:ecs:{region}:{account}:cluster/{name}",
        references=(key_reference("configuration.executeCommandConfiguration.kmsKeyId"),),
        not_found=Refusal("ClusterNotFoundException", "Cluster not found."),
        in_use=Refusal("ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active."),
        replace=frozenset({"name"}),
    ),
    ResourceType(
        "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
        "ECS",
        "Cluster Capacity Providers",
        named("clusterName"),
        create="PutClusterCapacityProviders",
        references=(Reference("clusterName", CLUSTER, by=("name",), blocks=False),),
        replace=frozenset({"clusterName"}),
    ),
    ResourceType(
        TASK,
        "ECS",
        "Task Definition",
        named("family"),
        create="RegisterTaskDefinition",
        delete="DeregisterTaskDefinition",
        references=(
            Reference(
                "executionRoleArn",
                ROLE,
                by=("arn",),
                blocks=False,
                refusal=Refusal("ClientException", "Role is not valid"),
            ),
            Reference(
                "taskRoleArn", ROLE, by=("arn",), blocks=False, refusal=Refusal("ClientException", "Role is not valid")
            ),
        ),
        validate={
            "containerDefinitions": valid_json,
            "family": matching(r"[a-zA-Z0-9_-]{1,255}", "letters, digits, - and _"),
            "networkMode": one_of("bridge", "host", "awsvpc", "none"),
        },
        checks=(_task_shape,),
        computed=_task,
        # A task definition is never changed: each difference registers another revision.
        replace=frozenset(
            {
                "containerDefinitions",
                "cpu",
                "memory",
                "family",
                "networkMode",
                "executionRoleArn",
                "taskRoleArn",
                "volumes",
                "runtimePlatform",
                "requiresCompatibilities",
                "ephemeralStorage",
                "pidMode",
                "ipcMode",
            }
        ),
    ),
    ResourceType(
        SERVICE,
        "ECS",
        "Service",
        _service_id,
        references=(
            Reference("cluster", CLUSTER, by=("id", "arn", "name")),
            Reference("networkConfiguration.subnets", SUBNET),
            Reference("networkConfiguration.securityGroups", GROUP),
            Reference("loadBalancers.targetGroupArn", TARGET_GROUP, by=("id", "arn")),
            Reference("serviceRegistries.registryArn", DISCOVERY, by=("arn",)),
        ),
        defaults={"launchType": None, "platformVersion": None, "sigintRollback": None, "desiredCount": 0},
        validate={
            "launchType": one_of("EC2", "FARGATE", "EXTERNAL"),
            "schedulingStrategy": one_of("REPLICA", "DAEMON"),
        },
        checks=(_service_shape, _service_network, _listener_there),
        computed=_service,
        after_create=(_run_tasks,),
        not_found=Refusal("ServiceNotFoundException", "Service not found."),
        replace=frozenset({"cluster", "name", "launchType", "schedulingStrategy"}),
        update=frozenset(
            {"loadBalancers", "serviceRegistries", "networkConfiguration", "enableEcsManagedTags", "propagateTags"}
        ),
    ),
    ResourceType(
        NAMESPACE,
        "ServiceDiscovery",
        "Private DNS Namespace",
        lambda c: f"ns-{c.hex(16)}",
        arn=_MAP_ARN + "namespace/{id}",
        create="CreatePrivateDnsNamespace",
        delete="DeleteNamespace",
        references=(Reference("vpc", VPC, refusal=Refusal("InvalidInput", "The VPC {value} does not exist")),),
        unique=(
            Unique(
                ("name", "vpc"),
                Refusal("NamespaceAlreadyExists", "The namespace {name} already exists for the VPC {vpc}"),
            ),
        ),
        computed=_hosted_zone,
        autoname="-",
        not_found=Refusal("NamespaceNotFound", "The namespace {value} was not found."),
        in_use=Refusal("ResourceInUse", "Namespace {id} still has services."),
        replace=frozenset({"name", "vpc"}),
    ),
    ResourceType(
        DISCOVERY,
        "ServiceDiscovery",
        "Service",
        lambda c: f"srv-{c.hex(16)}",
        arn=_MAP_ARN + "service/{id}",
        references=(Reference("namespaceId", NAMESPACE), Reference("dnsConfig.namespaceId", NAMESPACE)),
        unique=(
            Unique(("name", "namespaceId"), Refusal("ServiceAlreadyExists", "The service {name} already exists.")),
        ),
        computed=lambda c: {
            "namespaceId": c.get("namespaceId") or c.get("dnsConfig", {}).get("namespaceId", ""),
            "type": c.get("type", "DNS_HTTP"),
        },
        not_found=Refusal("ServiceNotFound", "The service {value} was not found."),
        in_use=Refusal("ResourceInUse", "The service {id} still has instances."),
        replace=frozenset({"name", "namespaceId", "type"}),
    ),
)
