"""The landing network of one stack: what its settings ask for, each part resting on those before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi

from components.bastion.bastion import Bastion, BastionArgs
from components.bastion.plan import BastionPlan
from components.evidence.log_group import LogGroups
from components.hub.plan import plan_hub
from components.hub.transit import Transit, TransitArgs
from components.hybrid.link import HybridLink, HybridLinkArgs
from components.hybrid.resolution import ForwardedNames, ResolutionArgs
from components.iam.place import Place
from components.inspection.vendor import VendorRole, VendorRoleArgs
from components.landing.parts import spokes_of
from components.landing.plan import VpcPlan
from components.landing.vpc import LandingVpc, LandingVpcArgs, TransitGateway
from components.network.services import Perimeter
from components.relay.hosts import Hosts, HostsArgs
from components.relay.plan import BASTION, plan_relay
from components.settings.landing import Workload
from components.settings.landing_checks import vendor_services
from components.settings.model import Settings
from components.tags import Tags
from components.vocabulary import Zone
from components.workload.parts import WorkloadParts, WorkloadPartsArgs
from components.workload.plan import RESOLVER, plan_workload


@dataclass(frozen=True, slots=True, kw_only=True)
class LandingArgs:
    """What the landing network stands on; `bastion` is how an operators' host of this stack is made."""

    settings: Settings
    place: Place
    tags: Tags
    perimeter: Perimeter
    logs: LogGroups
    flow_log_role_arn: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    boundary_arn: pulumi.Input[str]
    bastion: BastionPlan
    log_bucket_ready: list[pulumi.Resource]


class Landing(pulumi.ComponentResource):
    """Gives `outputs`: what an operator needs of the parts that are there."""

    outputs: dict[str, Any]

    def __init__(self, name: str, args: LandingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secureroom:landing:Landing", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        self.outputs = {}
        wanted = args.settings.landing
        if wanted is None:
            raise ValueError("the settings have no landing network")
        self._wanted = wanted
        self._transit = self._make_transit()
        self._spokes()
        self._relay()
        self._vendor()
        self.register_outputs(self.outputs)

    def _vendor(self) -> None:
        args, wanted = self._args, self._wanted.vendor
        if wanted is None:
            return
        role = VendorRoleArgs(wanted=wanted, services=vendor_services(self._wanted), place=args.place, tags=args.tags)
        self.outputs["vendor_role_arn"] = VendorRole(f"{self._name}-vendor", role, self._child).arn

    def _make_transit(self) -> Transit | None:
        wanted = self._wanted.transit
        if wanted is None or wanted.mode == "existing":
            return None
        return Transit(f"{self._name}-transit", TransitArgs(tags=self._args.tags, asn=wanted.asn), self._child)

    def _gateway(self) -> TransitGateway | None:
        wanted = self._wanted.transit
        if self._transit is not None:
            return TransitGateway(id=self._transit.gateway.id, ours=True)
        return TransitGateway(id=wanted.gateway_id or "", ours=False) if wanted else None

    def _vpc(self, plan: VpcPlan) -> LandingVpc:
        args = self._args
        wanted = LandingVpcArgs(
            plan=plan,
            tags=args.tags,
            logs=args.logs,
            flow_log_role_arn=args.flow_log_role_arn,
            perimeter=args.perimeter,
            region=args.place.region,
            protect=args.settings.protect,
            transit=self._gateway() if plan.attachment else None,
        )
        made = LandingVpc(f"{self._name}-{plan.purpose}", wanted, self._child)
        self.outputs[f"{plan.purpose}_vpc_id"] = made.vpc_id
        return made

    def _spokes(self) -> None:
        workload, hub = self._workload(), self._hub()
        if self._transit is not None:
            spokes = {"workload": workload.attachment} if workload and workload.attachment else {}
            self._transit.join(hub.attachment if hub else None, spokes)
        wanted = self._wanted.transit
        if wanted is not None and wanted.mode == "existing" and workload and workload.attachment:
            self.outputs["transit_attachment_id"] = workload.attachment.id
            self.outputs["transit_to_do"] = [
                "accept the attachment, unless the gateway accepts shared ones by itself",
                "associate it with a route table and propagate it: both are the gateway owner's to decide",
            ]

    def _workload(self) -> LandingVpc | None:
        wanted = self._wanted.workload
        if wanted is None:
            return None
        plan = plan_workload(self._args.settings, wanted)
        made = self._vpc(plan)
        if wanted.resolution is not None:
            args = ResolutionArgs(
                wanted=wanted.resolution,
                vpc_id=made.vpc_id,
                subnet_ids=[made.subnet_ids[subnet.key] for subnet in plan.tier(Zone.INSTANCE)],
                group_id=made.group_ids[RESOLVER],
                tags=self._args.tags,
                ready=made.ready,
            )
            ForwardedNames(f"{self._name}-names", args, self._child)
        self._workload_parts(wanted, plan, made)
        return made

    def _workload_parts(self, wanted: Workload, plan: VpcPlan, network: LandingVpc) -> None:
        if not (wanted.provider or wanted.bucket or wanted.secret):
            return
        args = WorkloadPartsArgs(
            wanted=wanted,
            plan=plan,
            network=network,
            place=self._args.place,
            tags=self._args.tags,
            key_arn=self._args.key_arn,
            protect=self._args.settings.protect,
            deployer=self._args.settings.account.role_arn,
        )
        self.outputs |= WorkloadParts(f"{self._name}-parts", args, self._child).outputs

    def _hub(self) -> LandingVpc | None:
        wanted = self._wanted.hub
        if wanted is None:
            return None
        spokes, names = spokes_of(self._args.settings)
        return self._vpc(plan_hub(self._args.settings, wanted, spokes, names))

    def _relay(self) -> None:
        args, wanted = self._args, self._wanted.relay
        if wanted is None:
            return
        plan = plan_relay(args.settings, wanted)
        made = self._vpc(plan.vpc)
        if made.vpn_gateway is not None:
            link = HybridLinkArgs(
                wanted=wanted.link,
                vpn_gateway_id=made.vpn_gateway.id,
                own=(wanted.cidr,),
                corporate=plan.corporate,
                tags=args.tags,
            )
            HybridLink(f"{self._name}-link", link, self._child)
        hosts = HostsArgs(
            hosts=plan.hosts,
            subnet_ids=made.subnet_ids,
            group_ids=made.group_ids,
            key_arn=args.key_arn,
            tags=args.tags,
            ready=made.ready,
        )
        self.outputs["relay_host_ids"] = dict(Hosts(f"{self._name}-hosts", hosts, self._child).instance_ids)
        self._operators_host(made)

    def _operators_host(self, relay: LandingVpc) -> None:
        args = self._args
        wanted = BastionArgs(
            place=args.place,
            tags=args.tags,
            plan=args.bastion,
            subnet_id=relay.subnet_ids[f"{Zone.BASTION}-1"],
            group_id=relay.group_ids[BASTION],
            key_arn=args.key_arn,
            boundary_arn=args.boundary_arn,
            logs=args.logs,
            ready=[*relay.ready, *args.log_bucket_ready],
            purpose="relay-bastion",
            preferences=False,
        )
        host = Bastion(f"{self._name}-bastion", wanted, self._child)
        self.outputs["relay_session_command"] = host.session_command
