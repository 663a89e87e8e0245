"""What takes its time in AWS: which states an object goes through, for how long, and where AWS says so.

To add a type: one `Course` in `COURSES`. The seconds are typical ones; AWS documents the states and few durations. A
type without an entry is ready, and gone, at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from simulator.types import compute, containers, desktops, firewalls, gateways, hybrid, identity, keys, transit

if TYPE_CHECKING:
    from simulator.account import Object

MAKING: Final = "making"
DELETING: Final = "deleting"
_EC2: Final = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_"
_DAY: Final = 86400


@dataclass(frozen=True)
class Phase:
    """A state that passes: AWS's word for it (empty: it is not told) and how many seconds it lasts."""

    word: str
    seconds: int


@dataclass(frozen=True)
class Held:
    """Where moto keeps what tells the state: service, collection of objects by id, attribute (a dotted path)."""

    service: str
    kept_in: str
    attribute: str = "state"


@dataclass(frozen=True)
class Course:
    """The states of one type of object. Without `making` it is ready at once, without `deleting` gone at once."""

    source: str
    making: Phase | None = None
    deleting: Phase | None = None
    held: Held | None = None
    """Where boto3 clients read the state; None where moto has no place for it."""
    shown: str = ""
    """The output that tells the state."""
    told_as: Callable[[str], Any] = str
    """What moto keeps for a word, where that is more than the word."""
    waits: bool = True
    """Whether AWS's provider waits until the object is ready; if not, others come to know it in their own time."""
    only: Callable[[Mapping[str, Any]], bool] = lambda _inputs: True
    """Whether an object with these inputs takes its time at all."""

    def phase(self, name: str) -> Phase | None:
        """Give the phase called MAKING or DELETING."""
        return self.making if name == MAKING else self.deleting


@dataclass(frozen=True)
class Window:
    """For how long a deleted object can be brought back."""

    source: str
    days: str
    """The input with the number of days."""
    default: int
    held: Held
    look: tuple[str, str]
    """The call that tells of the object, and its parameter."""
    date: str
    """The path, in the answer, of the time at which it will be gone; nothing is there for one that was brought back."""


def _firewall_status(word: str) -> dict[str, str]:
    return {"Status": word, "ConfigurationSyncStateSummary": "PENDING"}


def _is_attached(inputs: Mapping[str, Any]) -> bool:
    return bool(inputs.get("vpcId"))


_ATTACHED: Final = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcAttachment.html"

COURSES: Final[Mapping[str, Course]] = {
    gateways.NAT: Course(
        _EC2 + "NatGateway.html", Phase("pending", 120), Phase("deleting", 60), Held("ec2", "nat_gateways")
    ),
    gateways.ENDPOINT: Course(
        _EC2 + "VpcEndpoint.html",
        Phase("pending", 60),
        Phase("deleting", 60),
        Held("ec2", "vpc_end_points"),
        shown="state",
        only=lambda inputs: inputs.get("vpcEndpointType", "Gateway") != "Gateway",
    ),
    gateways.PEERING: Course(
        _EC2 + "VpcPeeringConnectionStateReason.html",
        Phase("initiating-request", 5),
        held=Held("ec2", "vpc_pcxs", "_status.code"),
        shown="acceptStatus",
    ),
    gateways.ACCEPTER: Course(
        _EC2 + "VpcPeeringConnectionStateReason.html", Phase("provisioning", 5), shown="acceptStatus"
    ),
    gateways.VGW: Course(_ATTACHED, Phase("", 60), Phase("", 60), only=_is_attached),
    "aws:ec2/vpnGatewayAttachment:VpnGatewayAttachment": Course(_ATTACHED, Phase("", 60), Phase("", 60)),
    hybrid.VPN: Course(
        _EC2 + "VpnConnection.html", Phase("pending", 300), Phase("deleting", 120), Held("ec2", "vpn_connections")
    ),
    hybrid.DX_GATEWAY: Course(
        "https://docs.aws.amazon.com/directconnect/latest/APIReference/API_DirectConnectGateway.html",
        Phase("pending", 30),
        Phase("deleting", 30),
    ),
    "aws:directconnect/gatewayAssociation:GatewayAssociation": Course(
        "https://docs.aws.amazon.com/directconnect/latest/APIReference/API_DirectConnectGatewayAssociation.html",
        Phase("associating", 600),
        Phase("disassociating", 600),
    ),
    transit.GATEWAY: Course(
        _EC2 + "TransitGateway.html", Phase("pending", 120), Phase("deleting", 120), Held("ec2", "transit_gateways")
    ),
    transit.ATTACHMENT: Course(
        _EC2 + "TransitGatewayVpcAttachment.html",
        Phase("pending", 60),
        Phase("deleting", 60),
        Held("ec2", "transit_gateway_attachments"),
    ),
    hybrid.RESOLVER: Course(
        "https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_ResolverEndpoint.html",
        Phase("CREATING", 120),
        Phase("DELETING", 60),
        Held("route53resolver", "resolver_endpoints", "status"),
    ),
    compute.INSTANCE: Course(
        _EC2 + "InstanceState.html", Phase("pending", 30), Phase("shutting-down", 60), shown="instanceState"
    ),
    # "Directory creation typically takes between 20 to 45 minutes".
    desktops.DIRECTORY: Course(
        "https://docs.aws.amazon.com/directoryservice/latest/admin-guide/ms_ad_directory_status.html",
        Phase("Creating", 1800),
        Phase("Deleting", 600),
        Held("ds", "directories", "stage"),
    ),
    desktops.REGISTRATION: Course(
        "https://docs.aws.amazon.com/workspaces/latest/api/API_WorkspaceDirectory.html",
        Phase("REGISTERING", 60),
        Phase("DEREGISTERING", 60),
        Held("workspaces", "workspace_directories"),
    ),
    # "up to 20 minutes": https://docs.aws.amazon.com/workspaces/latest/adminguide/launch-workspace-microsoft-ad.html
    desktops.WORKSPACE: Course(
        "https://docs.aws.amazon.com/workspaces/latest/api/API_Workspace.html",
        Phase("PENDING", 1200),
        Phase("TERMINATING", 300),
        Held("workspaces", "workspaces"),
        shown="state",
    ),
    firewalls.FIREWALL: Course(
        "https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_FirewallStatus.html",
        Phase("PROVISIONING", 600),
        Phase("DELETING", 600),
        Held("network-firewall", "firewalls", "firewall_status"),
        told_as=_firewall_status,
    ),
    "aws:lb/loadBalancer:LoadBalancer": Course(
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerState.html",
        Phase("provisioning", 180),
    ),
    containers.NAMESPACE: Course(
        "https://docs.aws.amazon.com/cloud-map/latest/api/API_Operation.html",
        Phase("PENDING", 60),
        Phase("PENDING", 60),
    ),
    containers.CLUSTER: Course(
        "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Cluster.html", Phase("PROVISIONING", 10)
    ),
    # The provider waits for a service's tasks only when told to (`waitForSteadyState`), and always until they are gone.
    containers.SERVICE: Course(
        "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html", deleting=Phase("DRAINING", 60)
    ),
    # "changes that you make ... take time to become visible from all possible endpoints".
    **dict.fromkeys(
        (identity.ROLE, identity.PROFILE),
        Course(
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency",
            Phase("", 10),
            waits=False,
        ),
    ),
}

WINDOWS: Final[Mapping[str, Window]] = {
    keys.KEY: Window(
        "https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html",
        "deletionWindowInDays",
        30,
        Held("kms", "keys", "deletion_date"),
        ("describe_key", "KeyId"),
        "KeyMetadata.DeletionDate",
    ),
    keys.SECRET: Window(
        "https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html",
        "recoveryWindowInDays",
        30,
        Held("secretsmanager", "secrets", "deleted_date"),
        ("describe_secret", "SecretId"),
        "DeletedDate",
    ),
}


def course_of(token: str, inputs: Mapping[str, Any]) -> Course | None:
    """Give the course of an object with these inputs; None where nothing takes its time."""
    course = COURSES.get(token)
    return course if course is not None and course.only(inputs) else None


def word_of(item: Object) -> str:
    """Give AWS's word for the state that an object is in; empty where it is in none that passes."""
    course = COURSES.get(item.token)
    phase = course.phase(item.phase) if course and item.phase else None
    return phase.word if phase else ""


def state_of(item: Object) -> str:
    """Give what is to be told of an object that is being made or deleted; empty for one that is ready or about to be
    known everywhere."""
    course = COURSES.get(item.token)
    return (word_of(item) or item.phase) if course and course.waits else ""


def shown(item: Object) -> dict[str, Any]:
    """Give an object's outputs as AWS tells them while it is in its state."""
    course, word = COURSES.get(item.token), word_of(item)
    return {**item.outputs, course.shown: word} if course and course.shown and word else item.outputs


def gone_by(item: Object) -> int:
    """Give when an object that is being deleted will be gone; 0 for one that nobody deletes."""
    return item.due if item.phase == DELETING else 0


def window_seconds(token: str, inputs: Mapping[str, Any]) -> int:
    """Give for how many seconds an object can be brought back once it is deleted."""
    window = WINDOWS.get(token)
    if window is None:
        return 0
    days = inputs.get(window.days)
    return int(window.default if days is None else days) * _DAY
