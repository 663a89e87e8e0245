"""The egress proxy on Fargate: the room's only way out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.evidence.log_group import LogGroups
from components.iam.place import Place
from components.iam.policy import Policy, allow, trust
from components.iam.role import Role, RoleArgs
from components.secure_room.plan import ProxyPlan
from components.tags import Tags
from components.vocabulary import PROJECT, Zone

PLATFORM_VERSION = "1.4.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class EgressProxyArgs:
    """What the proxy is made from; tasks start when `ready` is there: routes, rules and endpoints."""

    place: Place
    tags: Tags
    plan: ProxyPlan
    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    group_id: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    boundary_arn: pulumi.Input[str]
    logs: LogGroups
    ready: Sequence[pulumi.Resource]
    protect: bool


class EgressProxy(pulumi.ComponentResource):
    """Gives `repository_url`, where the image is pushed, `dns_name`, and `browser_policy_parameter` for the desktops.

    Without an image digest there is no task, hence no way out: said as a warning, and nothing is started that would be
    restarted for ever.
    """

    repository_url: pulumi.Output[str]
    browser_policy_parameter: pulumi.Output[str]
    dns_name: str

    def __init__(self, name: str, args: EgressProxyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secureroom:secure_room:EgressProxy", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        self.dns_name = args.plan.dns_name
        self.repository_url = self._repository().repository_url
        self.browser_policy_parameter = self._tell("browser-policy", args.plan.browser_policy)
        self._tell("proxy-auto-config", args.plan.pac_file)
        group = args.logs.make(f"{name}-log-group", "proxy", self._child)
        cluster = self._cluster()
        discovery = self._discovery()
        role = self._execution_role()
        if args.plan.containers is None:
            pulumi.log.warn(
                "The egress proxy has no image yet, so no task runs and desktops have no way out. Build and push "
                "images/egress-proxy, then set secure-room:proxy image_digest to the digest that the push printed.",
                self,
            )
        else:
            task = self._task(args.plan.containers, role)
            self._service(cluster, discovery, task, [group, *role.attachments])
        self.register_outputs({"repositoryUrl": self.repository_url, "dnsName": self.dns_name})

    def _repository(self) -> aws.ecr.Repository:
        args = self._args
        return aws.ecr.Repository(
            f"{self._name}-repository",
            name=args.plan.repository,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            encryption_configurations=[{"encryption_type": "KMS", "kms_key": args.key_arn}],
            force_delete=not args.protect,
            tags=args.tags.named("proxy-repository-1"),
            opts=self._child,
        )

    def _tell(self, what: str, text: str) -> pulumi.Output[str]:
        """Keeps a text where the bastion can read it, for the directory's group policy."""
        parameter = aws.ssm.Parameter(
            f"{self._name}-{what}",
            name=parameter_name(self._args.place, what),
            description="How desktops find the egress proxy",
            type="String",
            value=text,
            tags=self._args.tags.named(f"proxy-parameter-{what}"),
            opts=self._child,
        )
        return parameter.name

    def _cluster(self) -> aws.ecs.Cluster:
        return aws.ecs.Cluster(
            f"{self._name}-cluster",
            name=f"{self._args.place.prefix}-proxy",
            settings=[{"name": "containerInsights", "value": "enabled"}],
            tags=self._args.tags.named("proxy-cluster-1"),
            opts=self._child,
        )

    def _discovery(self) -> aws.servicediscovery.Service:
        """The proxy's private name: the addresses of its healthy tasks."""
        args = self._args
        namespace = aws.servicediscovery.PrivateDnsNamespace(
            f"{self._name}-namespace",
            name=args.plan.namespace,
            description="Names inside the secure room",
            vpc=args.vpc_id,
            tags=args.tags.named("proxy-namespace-1"),
            opts=self._child,
        )
        return aws.servicediscovery.Service(
            f"{self._name}-discovery",
            name=args.plan.service,
            description="The egress proxy's tasks",
            dns_config={
                "namespace_id": namespace.id,
                "routing_policy": "MULTIVALUE",
                "dns_records": [{"type": "A", "ttl": 15}],
            },
            health_check_custom_config={"failure_threshold": 1},
            tags=args.tags.named("proxy-discovery-1"),
            opts=self._child,
        )

    def _execution_role(self) -> Role:
        """Starts tasks. The proxy itself calls no AWS API and so has no task role at all."""
        args = self._args
        return Role(
            f"{self._name}-execution",
            RoleArgs(
                place=args.place,
                tags=args.tags,
                purpose="proxy-execution",
                description="Pulls the egress proxy's image and opens its log",
                trust=trust("ecs-tasks.amazonaws.com", args.place.account, source_arn=args.place.arn("ecs", "*")),
                boundary_arn=args.boundary_arn,
                inline={"start-proxy": execution_policy(args.place, args.plan.repository)},
            ),
            self._child,
        )

    def _task(self, containers: str, role: Role) -> aws.ecs.TaskDefinition:
        args = self._args
        return aws.ecs.TaskDefinition(
            f"{self._name}-task",
            family=f"{args.place.prefix}-proxy",
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=str(args.plan.cpu),
            memory=str(args.plan.memory),
            runtime_platform={"operating_system_family": "LINUX", "cpu_architecture": "X86_64"},
            execution_role_arn=role.arn,
            container_definitions=containers,
            volumes=[{"name": "run"}],
            tags=args.tags.named("proxy-task-1"),
            opts=self._child,
        )

    def _service(
        self,
        cluster: aws.ecs.Cluster,
        discovery: aws.servicediscovery.Service,
        task: aws.ecs.TaskDefinition,
        after: Sequence[pulumi.Resource],
    ) -> None:
        args = self._args
        aws.ecs.Service(
            f"{self._name}-service",
            name=f"{args.place.prefix}-proxy",
            cluster=cluster.arn,
            task_definition=task.arn,
            desired_count=args.plan.tasks,
            launch_type="FARGATE",
            platform_version=PLATFORM_VERSION,
            enable_execute_command=False,
            deployment_circuit_breaker={"enable": True, "rollback": True},
            deployment_minimum_healthy_percent=100,
            deployment_maximum_percent=200,
            wait_for_steady_state=True,
            network_configuration={
                "subnets": list(args.subnet_ids),
                "security_groups": [args.group_id],
                "assign_public_ip": False,
            },
            service_registries={"registry_arn": discovery.arn},
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            tags=args.tags.named("proxy-service-1", Zone.PROXY),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[*after, *args.ready]),
        )


def parameter_name(place: Place, what: str) -> str:
    """The name of a parameter of the stack that desktops are configured from."""
    return f"/{PROJECT}/{place.environment}/desktop/{what}"


def execution_policy(place: Place, repository: str) -> Policy:
    """What starting a task needs: the registry's token, this repository's layers, this log group.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
    """
    return Policy(
        (
            allow("RegistryToken", ("ecr:GetAuthorizationToken",), ("*",)),
            allow(
                "PullProxyImage",
                ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
                (place.arn("ecr", f"repository/{repository}"),),
            ),
            allow("WriteProxyLog", ("logs:CreateLogStream", "logs:PutLogEvents"), (place.log_streams("proxy"),)),
        )
    )
