"""Ways to break a good stack in one line, each with the rule that is meant for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.policy.support.stacks import Stack
from tests.support.recorder import UNKNOWN

DESKTOP_TO_PROXY = "network-groups-proxy-ingress-desktop-tcp-3128"
TO_DIRECTORY = "network-groups-desktop-egress-10-20-8-0-25-tcp-445"
PEERING_ROUTE = "network-peering-desktop-1-10-30-1-0-24"
NAT_ROUTE = "network-egress-proxy-1-nat"
INTERNET_ROUTE = "network-egress-public-1-gateway"
ROLE_POLICY = "bastion-instance-session-log"


@dataclass(frozen=True)
class Breakage:
    """One change, the rule that must find it, and the stack it is made in."""

    name: str
    rule: str
    change: Callable[[Stack], None]
    stack: str = "dev"


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


USE_OF_KEY = {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
    "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
    "Resource": "*",
}


def _default_route(stack: Stack) -> None:
    stack.add(INTERNET_ROUTE, "broken")
    stack.edge("broken", "routeTableId", "network-room-desktop-1-table")


def _main_table(stack: Stack) -> None:
    association = next(
        item for item in stack.of("RouteTableAssociation") if item["urn"].endswith("::network-room-directory-1-table")
    )
    stack.raw.remove(association)
    stack.add(INTERNET_ROUTE, "broken", destinationCidrBlock="128.0.0.0/1")
    stack.edge("broken", "routeTableId", "network-room-main-table")


def _half_nat(stack: Stack) -> None:
    stack.add(NAT_ROUTE, "broken", destinationCidrBlock="0.0.0.0/1")
    stack.edge("broken", "routeTableId", "network-room-directory-2-table")


def _association(stack: Stack) -> None:
    association = next(
        item for item in stack.of("RouteTableAssociation") if item["urn"].endswith("::network-room-endpoint-1-table")
    )
    table = next(item for item in stack.of("RouteTable") if item["urn"].endswith("::network-room-public-1-table"))
    association["propertyDependencies"]["routeTableId"] = [table["urn"]]


def _world_in(stack: Stack) -> None:
    stack.drop(DESKTOP_TO_PROXY, "referencedSecurityGroupId")
    stack.set(DESKTOP_TO_PROXY, cidrIpv4="0.0.0.0/0")


def _world_in_v6(stack: Stack) -> None:
    stack.drop(DESKTOP_TO_PROXY, "referencedSecurityGroupId")
    stack.set(DESKTOP_TO_PROXY, cidrIpv6="2000::/3")


def _world_in_list(stack: Stack) -> None:
    entries = [{"cidr": "0.0.0.0/1"}, {"cidr": "128.0.0.0/1"}]
    stack.make("aws:ec2/managedPrefixList:ManagedPrefixList", "list", addressFamily="IPv4", maxEntries=2, name="l",
               entries=entries)  # fmt: skip
    stack.drop(DESKTOP_TO_PROXY, "referencedSecurityGroupId")
    stack.edge(DESKTOP_TO_PROXY, "prefixListId", "list")


def _desktop_out(stack: Stack) -> None:
    stack.set(TO_DIRECTORY, cidrIpv4="0.0.0.0/0")


def _admin_port(stack: Stack) -> None:
    stack.add("network-groups-endpoint-ingress-bastion-tcp-443", "broken", fromPort=3389, toPort=3389)
    stack.edge("broken", "securityGroupId", "network-groups-bastion")
    stack.edge("broken", "referencedSecurityGroupId", "network-groups-desktop")


def _opaque_rule(stack: Stack) -> None:
    stack[DESKTOP_TO_PROXY]["propertyDependencies"]["referencedSecurityGroupId"] = [
        stack["network-groups-desktop"]["urn"],
        stack["network-groups-bastion"]["urn"],
    ]


def _opaque_document(stack: Stack) -> None:
    for side in ("inputs", "outputs"):
        stack[ROLE_POLICY][side]["policy"] = UNKNOWN
    stack[ROLE_POLICY]["propertyDependencies"]["policy"] = [stack["evidence-log-bucket"]["urn"]]


def _computed_cidr(stack: Stack) -> None:
    for side in ("inputs", "outputs"):
        stack[TO_DIRECTORY][side]["cidrIpv4"] = UNKNOWN
    stack[TO_DIRECTORY]["propertyDependencies"]["cidrIpv4"] = [stack["bastion-host"]["urn"]]


def _default_provider(stack: Stack) -> None:
    stack.make("pulumi:providers:aws", "default_7_51_1")
    stack["evidence-log-bucket"]["provider"] = f"{stack['default_7_51_1']['urn']}::p0"


def _ignored(stack: Stack) -> None:
    stack["network-groups-proxy"]["ignoreChanges"] = ["ingress"]


def _unprotected(stack: Stack) -> None:
    stack["evidence-key"]["protect"] = False


def _statement(**elements: Any) -> Callable[[Stack], None]:
    statement = {"Effect": "Allow", **elements}
    return lambda stack: stack.set(ROLE_POLICY, policy=policy(statement))


def _set(name: str, **properties: Any) -> Callable[[Stack], None]:
    return lambda stack: stack.set(name, **properties)


def _drop(name: str, prop: str) -> Callable[[Stack], None]:
    return lambda stack: stack.drop(name, prop)


def _task(stack: Stack) -> None:
    task = stack["room-proxy-task"]
    definitions = json.loads(task["inputs"]["containerDefinitions"])
    definitions[0]["image"] = definitions[0]["image"].split("@")[0] + ":latest"
    stack.set("room-proxy-task", containerDefinitions=json.dumps(definitions))


BROAD = policy({"Effect": "Allow", "Principal": {"AWS": ["*"]}, "Action": "*", "Resource": ["*"]})
BREAKAGES = (
    Breakage("default route to the internet gateway for desktops", "RTE001", _default_route),
    Breakage("directory falls back to a main table with half the internet", "RTE001", _main_table),
    Breakage("half the internet through NAT for the directory", "RTE001", _half_nat),
    Breakage("endpoint subnet moved to the public table", "RTE001", _association),
    Breakage("peering route for the whole other VPC", "RTE002",
             _set(PEERING_ROUTE, destinationCidrBlock="10.30.0.0/20")),
    Breakage("peering route over-wide", "RTE002", _set(PEERING_ROUTE, destinationCidrBlock="10.30.0.0/23")),
    Breakage("proxy open to the world", "SEG001", _world_in),
    Breakage("proxy open to every IPv6 address", "SEG001", _world_in_v6),
    Breakage("proxy open to halves of the world in a prefix list", "SEG002", _world_in_list),
    Breakage("desktops may leave to the world", "SEG003", _desktop_out),
    Breakage("desktops may reach more than the directory", "SEG004", _set(TO_DIRECTORY, cidrIpv4="10.20.8.0/24")),
    Breakage("one more port on the proxy", "SEG004", _set(DESKTOP_TO_PROXY, toPort=3129)),
    Breakage("all protocols on the proxy", "SEG004", _set(DESKTOP_TO_PROXY, ipProtocol="-1")),
    Breakage("RDP into the bastion", "SEG004", _admin_port),
    Breakage("endpoint with AWS's default policy", "END001", _drop("network-endpoints-kms", "policy")),
    Breakage("endpoint policy for anybody", "END001", _set("network-endpoints-kms", policy=BROAD)),
    Breakage("endpoint without private DNS", "END002", _set("network-endpoints-logs", privateDnsEnabled=False)),
    Breakage("administrator policy", "IAM001", _statement(Action=["*"], Resource="*")),
    Breakage("administrator policy by NotAction", "IAM001", _statement(NotAction="iam:*", Resource=["*"])),
    Breakage("every action of a service", "IAM002", _statement(Action="EC2:*", Resource="*")),
    Breakage("role without a boundary", "IAM003", _drop("bastion-instance-role", "permissionsBoundary")),
    Breakage("secret that nobody may read or open again", "RPL007",
             _set("room-directory-admin-secret-policy",
                  policy=policy({"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*"}))),
    Breakage("key whose policy nobody may change", "RPL007", _set("evidence-key", policy=policy(USE_OF_KEY))),
    Breakage("desktop with a plain user volume", "WSP001",
             _drop("room-desktops-hanako.sato", "userVolumeEncryptionEnabled")),
    Breakage("users are local administrators", "WSP002",
             _set("room-desktops-registration", workspaceCreationProperties__userEnabledAsLocalAdministrator=True)),
    Breakage("login from the whole world in halves", "WSP003",
             _set("room-desktops-ip-group-1", rules=[{"source": "0.0.0.0/1"}, {"source": "128.0.0.0/1"}])),
    Breakage("proxy image by tag", "ECS001", _task, "prod"),
    Breakage("proxy with a public address", "ECS002",
             _set("room-proxy-service", networkConfiguration__assignPublicIp=True), "prod"),
    Breakage("bastion with a key pair", "CMP001", _set("bastion-host", keyName="ops")),
    Breakage("bastion with a public address", "CMP002", _set("bastion-host", associatePublicIpAddress=True)),
    Breakage("bastion with IMDSv1", "CMP003", _set("bastion-host", metadataOptions__httpTokens="optional")),
    Breakage("proxy cut off from NAT", "RCH003", lambda stack: stack.remove(NAT_ROUTE)),
    Breakage("proxy without its rule for desktops", "RCH003", lambda stack: stack.remove(DESKTOP_TO_PROXY), "prod"),
    Breakage("directory's ACL without its entry for desktops", "RCH003",
             lambda stack: stack.remove("network-room-directory-acl-ingress-2000")),
    Breakage("policy document that cannot be read", "FCL001", _opaque_document),
    Breakage("rule with two possible sources", "FCL002", _opaque_rule),
    Breakage("rule for a group outside of the stack", "FCL007",
             _set(DESKTOP_TO_PROXY, referencedSecurityGroupId="sg-0123456789abcdef0")),
    Breakage("changes of a group's rules ignored", "FCL008", _ignored),
    Breakage("bucket made by the default provider", "FCL009", _default_provider),
    Breakage("provider for every account", "FCL009", _drop("account", "allowedAccountIds")),
    Breakage("key that can be deleted", "FCL011", _unprotected, "prod"),
    Breakage("egress to a computed address", "FCL012", _computed_cidr),
)  # fmt: skip
