"""The calls of ECR, ECS and Cloud Map."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from simulator.emulator.model import Emulated, Step, follow, picked, step
from simulator.model import Values
from simulator.types import containers

if TYPE_CHECKING:
    from simulator.creation import Creation


def _task(creation: Creation) -> Values:
    values = picked(
        family="family",
        networkMode="networkMode",
        cpu="cpu",
        memory="memory",
        executionRoleArn="executionRoleArn",
        taskRoleArn="taskRoleArn",
        requiresCompatibilities="requiresCompatibilities",
    )(creation)
    return values | {"containerDefinitions": json.loads(creation.get("containerDefinitions"))}


def _cluster(creation: Creation) -> Values:
    settings = [{"name": item["name"], "value": item["value"]} for item in creation.get("settings", [])]
    return {"clusterName": creation.get("name"), **({"settings": settings} if settings else {})}


def _service(creation: Creation) -> Values:
    values = picked(
        cluster="cluster",
        serviceName="name",
        taskDefinition="taskDefinition",
        launchType="launchType",
        platformVersion="platformVersion",
        enableExecuteCommand="enableExecuteCommand",
        propagateTags="propagateTags",
    )(creation)
    values["desiredCount"] = int(creation.get("desiredCount", 0))
    network: Values = creation.get("networkConfiguration", {})
    if network:
        public = "ENABLED" if network.get("assignPublicIp") else "DISABLED"
        placed = {"subnets": network.get("subnets", []), "securityGroups": network.get("securityGroups", [])}
        values["networkConfiguration"] = {"awsvpcConfiguration": {**placed, "assignPublicIp": public}}
    balancers: list[Values] = creation.get("loadBalancers", [])
    if balancers:
        names = ("targetGroupArn", "containerName", "containerPort")
        values["loadBalancers"] = [{name: item[name] for name in names if item.get(name)} for item in balancers]
    registry: Values = creation.get("serviceRegistries", {})
    if registry:
        values["serviceRegistries"] = [{"registryArn": registry.get("registryArn")}]
    return values


def _changed_service(creation: Creation) -> Values:
    created = _service(creation)
    names = ("cluster", "taskDefinition", "desiredCount")
    return {"service": created["serviceName"], **{name: created[name] for name in names if name in created}}


def _providers(creation: Creation) -> Values:
    strategy: list[Values] = creation.get("defaultCapacityProviderStrategies", [])
    names = {"capacityProvider": "capacityProvider", "weight": "weight", "base": "base"}
    return {
        "cluster": creation.get("clusterName"),
        "capacityProviders": creation.get("capacityProviders", []),
        "defaultCapacityProviderStrategy": [
            {name: item[field] for name, field in names.items() if item.get(field) is not None} for item in strategy
        ],
    }


def _discovery(creation: Creation) -> Values:
    values = picked(Name="name", NamespaceId="namespaceId", Description="description")(creation)
    dns: Values = creation.get("dnsConfig", {})
    if dns:
        records = [{"Type": item["type"], "TTL": int(item["ttl"])} for item in dns.get("dnsRecords", [])]
        values["DnsConfig"] = {
            "NamespaceId": dns["namespaceId"],
            "RoutingPolicy": dns.get("routingPolicy", "MULTIVALUE"),
            "DnsRecords": records,
        }
    return values


def _namespace_of(creation: Creation, path: str) -> Any:
    """Look a namespace up by its name: the answer to its creation names only an operation."""
    world = creation.world
    found = world.call("servicediscovery", creation.region, "list_namespaces", {}) if world else {}
    named: list[Values] = [item for item in found.get("Namespaces", []) if item["Name"] == creation.get("name")]
    return follow(named, f"0.{path}")


ENTRIES: Final = (
    Emulated(
        containers.REPOSITORY,
        "ecr",
        step("create_repository", repositoryName="name", imageTagMutability="imageTagMutability"),
        delete=(Step("delete_repository", lambda c: {"repositoryName": c.id, "force": True}),),
        alive=Step("describe_repositories", lambda c: {"repositoryNames": [c.id]}),
    ),
    Emulated(
        containers.CLUSTER,
        "ecs",
        Step("create_cluster", _cluster),
        delete=(Step("delete_cluster", lambda c: {"cluster": c.get("name")}),),
    ),
    Emulated(
        containers.TASK,
        "ecs",
        Step("register_task_definition", _task),
        outputs={"arn": "taskDefinition.taskDefinitionArn", "revision": "taskDefinition.revision"},
        delete=(Step("deregister_task_definition", lambda c: {"taskDefinition": c.outputs["arn"]}),),
    ),
    Emulated(
        "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        "ecr",
        step("put_lifecycle_policy", repositoryName="repository", lifecyclePolicyText="policy"),
        delete=(step("delete_lifecycle_policy", repositoryName="repository"),),
    ),
    Emulated(
        "aws:ecr/repositoryPolicy:RepositoryPolicy",
        "ecr",
        step("set_repository_policy", repositoryName="repository", policyText="policy"),
        update=(step("set_repository_policy", repositoryName="repository", policyText="policy"),),
        delete=(step("delete_repository_policy", repositoryName="repository"),),
    ),
    Emulated(
        "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
        "ecs",
        Step("put_cluster_capacity_providers", _providers),
        update=(Step("put_cluster_capacity_providers", _providers),),
    ),
    Emulated(
        containers.SERVICE,
        "ecs",
        Step("create_service", _service),
        update=(Step("update_service", _changed_service),),
        delete=(Step("delete_service", lambda c: {**picked(cluster="cluster", service="name")(c), "force": True}),),
        alive=Step("describe_services", lambda c: {**picked(cluster="cluster")(c), "services": [c.get("name")]}),
        alive_at="services.0",
    ),
    Emulated(
        containers.NAMESPACE,
        "servicediscovery",
        step("create_private_dns_namespace", Name="name", Vpc="vpc", Description="description"),
        identified=lambda c, _answer: str(_namespace_of(c, "Id")),
        look=lambda c: {"hostedZone": _namespace_of(c, "Properties.DnsProperties.HostedZoneId")},
        delete=(step("delete_namespace", Id="@id"),),
        alive=step("get_namespace", Id="@id"),
    ),
    Emulated(
        containers.DISCOVERY,
        "servicediscovery",
        Step("create_service", _discovery),
        "Service.Id",
        delete=(step("delete_service", Id="@id"),),
        alive=step("get_service", Id="@id"),
    ),
)
