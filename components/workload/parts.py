"""What a workload has besides its network: its service for others, its bucket, its secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from components.iam.place import Place
from components.landing.plan import Service, VpcPlan
from components.landing.vpc import LandingVpc
from components.settings.landing import Workload
from components.tags import Tags
from components.vocabulary import Zone
from components.workload.plan import PROVIDER, layout
from components.workload.policies import Keepers
from components.workload.provider import ServiceProvider, ServiceProviderArgs
from components.workload.stores import BoundBucket, BoundBucketArgs, BoundSecret, BoundSecretArgs


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadPartsArgs:
    """The workload as wanted and its network; `deployer` is the role that deploys, if one is assumed."""

    wanted: Workload
    plan: VpcPlan
    network: LandingVpc
    place: Place
    tags: Tags
    key_arn: pulumi.Input[str]
    protect: bool
    deployer: str | None


class WorkloadParts(pulumi.ComponentResource):
    """Gives `outputs`: what the workload's owner needs of the parts that are there."""

    outputs: dict[str, Any]

    def __init__(self, name: str, args: WorkloadPartsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secureroom:workload:WorkloadParts", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        roles = (*((args.deployer,) if args.deployer else ()), *args.wanted.keepers)
        self._keepers = Keepers(args.place, roles)
        self.outputs = {**self._make_provider(), **self._make_bucket(), **self._make_secret(), **self._to_do()}
        self.register_outputs(self.outputs)

    def _make_provider(self) -> Mapping[str, Any]:
        args = self._args
        if args.wanted.provider is None:
            return {}
        wanted = ServiceProviderArgs(
            wanted=args.wanted.provider,
            vpc_id=args.network.vpc_id,
            subnet_ids=[args.network.subnet_ids[subnet.key] for subnet in args.plan.tier(Zone.SERVICE)],
            group_id=args.network.group_ids[PROVIDER],
            tags=args.tags,
            protect=args.protect,
        )
        made = ServiceProvider(f"{self._name}-provider", wanted, self._child)
        return {"provider_service_name": made.service_name, "provider_target_group": made.target_group_arn}

    def _make_bucket(self) -> Mapping[str, Any]:
        args = self._args
        if args.wanted.bucket is None:
            return {}
        wanted = BoundBucketArgs(
            wanted=args.wanted.bucket,
            keepers=self._keepers,
            place=args.place,
            tags=args.tags,
            key_arn=args.key_arn,
            protect=args.protect,
        )
        return {"workload_bucket": BoundBucket(f"{self._name}-bucket", wanted, self._child).bucket}

    def _make_secret(self) -> Mapping[str, Any]:
        args = self._args
        if args.wanted.secret is None:
            return {}
        wanted = BoundSecretArgs(
            wanted=args.wanted.secret,
            keepers=self._keepers,
            hosts=layout(args.wanted)[Zone.INSTANCE].whole,
            place=args.place,
            tags=args.tags,
            protect=args.protect,
        )
        made = BoundSecret(f"{self._name}-secret", wanted, self._child)
        return {"workload_secret_arn": made.arn, "workload_reader_profile": made.profile}

    def _to_do(self) -> Mapping[str, Any]:
        """The ids that the settings do not have yet, or have wrongly: who comes from there is shut out."""
        wanted, network, found = self._args.wanted, self._args.network, list[pulumi.Output[str]]()
        if wanted.bucket is not None:
            made, named = network.gateway_ids[Service.S3], wanted.bucket.endpoint_ids
            found.append(made.apply(lambda id_: unnamed("bucket.endpoint_ids", id_, named)))
        if wanted.secret is not None:
            vpc = (wanted.secret.vpc_id,) if wanted.secret.vpc_id else ()
            found.append(network.vpc_id.apply(lambda id_: unnamed("secret.vpc_id", id_, vpc)))
        if not found:
            return {}
        return {"workload_to_do": pulumi.Output.all(*found).apply(lambda lines: [line for line in lines if line])}


def unnamed(key: str, made: str, named: tuple[str, ...]) -> str:
    """What is to be done about an id that was made: nothing where the settings name it."""
    return "" if made in named else f"put {made} into landing.workload.{key}"
