"""An AWS account, written down as `aws ... describe-*` prints it: every kind is there, most of them with nothing in it.

Like AWS, it gives each VPC a main route table and a default network ACL. Routes, rules and entries are short texts:
`in tcp 443 10.0.0.0/8`, `out all sg-b`, `100 allow in tcp 1024-65535 0.0.0.0/0`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

EC2_KINDS = (
    "Vpcs", "Subnets", "RouteTables", "SecurityGroups", "NetworkAcls", "NetworkInterfaces", "Reservations",
    "Addresses", "InternetGateways", "EgressOnlyInternetGateways", "NatGateways", "VpcEndpoints", "PrefixLists",
    "VpcPeeringConnections", "VpnGateways", "VpnConnections", "TransitGateways", "TransitGatewayAttachments",
    "TransitGatewayVpcAttachments", "TransitGatewayPeeringAttachments", "TransitGatewayRouteTables",
    "VpcBlockPublicAccessExclusions",
)  # fmt: skip
GATEWAY_MEMBERS = {
    "igw-": "GatewayId", "vgw-": "GatewayId", "vpce-": "GatewayId", "local": "GatewayId",
    "eigw-": "EgressOnlyInternetGatewayId", "nat-": "NatGatewayId", "pcx-": "VpcPeeringConnectionId",
    "tgw-": "TransitGatewayId", "eni-": "NetworkInterfaceId", "i-": "InstanceId", "cagw-": "CarrierGatewayId",
    "lgw-": "LocalGatewayId", "arn:aws:networkmanager": "CoreNetworkArn",
}  # fmt: skip
Item = dict[str, Any]


def block_member(cidr: str, v4: str, v6: str) -> Item:
    return {v6 if ":" in cidr else v4: cidr}


def named(key: str) -> list[Item]:
    return [{"Key": "Name", "Value": f"the-{key}"}]


def ports_of(text: str) -> tuple[int, int]:
    low, _, high = text.partition("-")
    return int(low), int(high or low)


class Account:
    """One account in one region."""

    def __init__(self, number: str = "111122223333", region: str = "eu-west-1") -> None:
        self.number, self.region = number, region
        self.answers: dict[str, list[Item]] = {kind: [] for kind in EC2_KINDS}
        self.beside: dict[str, Item] = {"block-public-access.json": self.block_public_access("off")}
        self.texts: dict[str, bytes] = {}
        self.bare: set[str] = set()
        """VPCs whose default ACL or main table a case writes itself, as `vpc/acl` or `vpc/table`."""

    def find(self, kind: str, member: str, key: str) -> Item:
        return next(one for one in self.answers[kind] if one[member] == key)

    def zone(self, letter: str) -> Item:
        return {
            "AvailabilityZone": f"{self.region}{letter}",
            "AvailabilityZoneId": f"euw1-az{ord(letter) - ord('a') + 1}",
        }

    def arn(self, kind: str, key: str) -> str:
        return f"arn:aws:ec2:{self.region}:{self.number}:{kind}/{key}"

    # -- places ---------------------------------------------------------------------------------------------------

    def vpc(self, key: str, *cidrs: str) -> None:
        v4 = [cidr for cidr in cidrs if ":" not in cidr]
        found = {
            "OwnerId": self.number,
            "VpcId": key,
            "CidrBlock": v4[0],
            "State": "available",
            "IsDefault": False,
            "CidrBlockAssociationSet": [
                {"AssociationId": f"vpc-cidr-{cidr}", "CidrBlock": cidr, "CidrBlockState": {"State": "associated"}}
                for cidr in v4
            ],
            "Tags": named(key),
        }
        v6 = [cidr for cidr in cidrs if ":" in cidr]
        if v6:
            found["Ipv6CidrBlockAssociationSet"] = [
                {"AssociationId": f"v6-{cidr}", "Ipv6CidrBlock": cidr, "Ipv6CidrBlockState": {"State": "associated"}}
                for cidr in v6
            ]
        self.answers["Vpcs"].append(found)

    def subnet(self, key: str, vpc: str, *cidrs: str, az: str = "a") -> None:
        found = {
            "SubnetId": key,
            "SubnetArn": self.arn("subnet", key),
            "VpcId": vpc,
            "OwnerId": self.number,
            "State": "available",
            "CidrBlock": cidrs[0],
            "MapPublicIpOnLaunch": False,
            "Ipv6CidrBlockAssociationSet": [
                {"AssociationId": cidr, "Ipv6CidrBlock": cidr, "Ipv6CidrBlockState": {"State": "associated"}}
                for cidr in cidrs[1:]
            ],
            **self.zone(az),
            "Tags": named(key),
        }
        self.answers["Subnets"].append(found)

    def interface(
        self, key: str, subnet: str, *addresses: str, groups: str = "", public: str = "", **more: Any
    ) -> None:
        place = self.find("Subnets", "SubnetId", subnet)
        v4 = [one for one in addresses if ":" not in one]
        association = {"PublicIp": public, "PublicDnsName": "", "IpOwnerId": "amazon"} if public else None
        private = [
            {"PrivateIpAddress": one, "Primary": index == 0}
            | ({"Association": association} if not index and public else {})
            for index, one in enumerate(v4)
        ]
        found = {
            "NetworkInterfaceId": key,
            "SubnetId": subnet,
            "VpcId": place["VpcId"],
            "OwnerId": self.number,
            "AvailabilityZone": place["AvailabilityZone"],
            "Groups": [{"GroupId": one, "GroupName": one} for one in groups.split()],
            "InterfaceType": "interface",
            "PrivateIpAddress": v4[0] if v4 else None,
            "PrivateIpAddresses": private,
            "Ipv6Addresses": [{"Ipv6Address": one} for one in addresses if ":" in one],
            "SourceDestCheck": True,
            "Status": "in-use",
            "Description": "",
            "TagSet": [],
            **({"Association": association} if public else {}),
            **more,
        }
        self.answers["NetworkInterfaces"].append({name: value for name, value in found.items() if value is not None})

    def instance(self, key: str, subnet: str, *addresses: str, state: str = "running", **more: Any) -> None:
        """Put an instance and its primary interface `eni-<key>` in a subnet."""
        place = self.find("Subnets", "SubnetId", subnet)
        attachment = {"InstanceId": key, "DeviceIndex": 0, "Status": "attached", "InstanceOwnerId": self.number}
        self.interface(f"eni-{key}", subnet, *addresses, Attachment=attachment, **more)
        self.answers["Reservations"].append(
            {
                "OwnerId": self.number,
                "ReservationId": f"r-{key}",
                "Instances": [
                    {
                        "InstanceId": key,
                        "State": {"Code": 16, "Name": state},
                        "SubnetId": subnet,
                        "VpcId": place["VpcId"],
                        "NetworkInterfaces": [],
                        "Tags": named(key),
                    }
                ],
            }
        )

    # -- filters --------------------------------------------------------------------------------------------------

    def group(self, key: str, vpc: str, *rules: str) -> None:
        """Write a group; a rule is `in|out PROTOCOL [PORTS] PEER`, ports being a range, or type[/code] for ICMP."""
        found: dict[str, list[Item]] = {"in": [], "out": []}
        for rule in rules:
            way, protocol, *rest = rule.split()
            found[way].append(self._permission("-1" if protocol == "all" else protocol, rest[:-1], rest[-1]))
        self.answers["SecurityGroups"].append(
            {
                "GroupId": key,
                "GroupName": key,
                "Description": key,
                "VpcId": vpc,
                "OwnerId": self.number,
                "IpPermissions": found["in"],
                "IpPermissionsEgress": found["out"],
            }
        )

    def _permission(self, protocol: str, ports: list[str], peer: str) -> Item:
        spans: Item = {}
        if ports and protocol in {"icmp", "icmpv6"}:
            kind, _, code = ports[0].partition("/")
            spans = {"FromPort": int(kind), "ToPort": int(code or -1)}
        elif ports:
            spans = dict(zip(("FromPort", "ToPort"), ports_of(ports[0]), strict=True))
        lists: Item = {"IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": []}
        if peer.startswith("sg-"):
            lists["UserIdGroupPairs"] = [{"GroupId": peer, "UserId": self.number}]
        elif peer.startswith("pl-"):
            lists["PrefixListIds"] = [{"PrefixListId": peer}]
        else:
            lists["Ipv6Ranges" if ":" in peer else "IpRanges"] = [block_member(peer, "CidrIp", "CidrIpv6")]
        return {"IpProtocol": protocol, **spans, **lists}

    def acl(self, key: str, vpc: str, *entries: str, subnets: str = "", default: bool = False) -> None:
        """Write an ACL; an entry is `NUMBER allow|deny in|out PROTOCOL [PORTS|TYPE/CODE] CIDR`."""
        if default:
            self.bare.add(f"{vpc}/acl")
        final = [
            f"{n} deny {way} all {cidr}" for way in ("in", "out") for n, cidr in ((32767, "0.0.0.0/0"), (32768, "::/0"))
        ]
        self.answers["NetworkAcls"].append(
            {
                "NetworkAclId": key,
                "VpcId": vpc,
                "OwnerId": self.number,
                "IsDefault": default,
                "Entries": [self._entry(one) for one in (*entries, *final)],
                "Associations": [
                    {"NetworkAclAssociationId": f"aclassoc-{one}", "NetworkAclId": key, "SubnetId": one}
                    for one in subnets.split()
                ],
                "Tags": [],
            }
        )

    def _entry(self, text: str) -> Item:
        number, action, way, protocol, *ports, cidr = text.split()
        code = {"all": "-1", "tcp": "6", "udp": "17", "icmp": "1", "icmpv6": "58"}.get(protocol, protocol)
        entry: Item = {"RuleNumber": int(number), "RuleAction": action, "Egress": way == "out", "Protocol": code}
        entry |= block_member(cidr, "CidrBlock", "Ipv6CidrBlock")
        if code in {"1", "58"}:
            kind, _, inner = (ports[0] if ports else "-1").partition("/")
            entry["IcmpTypeCode"] = {"Type": int(kind), "Code": int(inner or -1)}
        elif ports:
            entry["PortRange"] = dict(zip(("From", "To"), ports_of(ports[0]), strict=True))
        return entry

    def prefix_list(self, key: str, *cidrs: str, name: str = "", entries: bool = True) -> None:
        """Write a managed prefix list, AWS's own where its name begins with `com.amazonaws`."""
        owner = "AWS" if name.startswith("com.amazonaws") else self.number
        found = {"PrefixListId": key, "PrefixListName": name or key, "OwnerId": owner, "AddressFamily": "IPv4"}
        if owner != "AWS":
            found["State"] = "create-complete"
        self.answers["PrefixLists"].append(found)
        if entries:
            self.beside[f"entries-{key}.json"] = {"Entries": [{"Cidr": cidr} for cidr in cidrs]}

    # -- routes ---------------------------------------------------------------------------------------------------

    def table(
        self, key: str, vpc: str, routes: dict[str, str], *, subnets: str = "", gateways: str = "", main: bool = False,
        propagating: str = "",
    ) -> None:  # fmt: skip
        """Write a route table; a route's target may be followed by `blackhole` or `propagated`."""
        if main:
            self.bare.add(f"{vpc}/table")
        held = [{"SubnetId": one} for one in subnets.split()] + [{"GatewayId": one} for one in gateways.split()]
        associations = [{"Main": False, **one} for one in held] + ([{"Main": True}] if main else [])
        for number, one in enumerate(associations):
            one |= {"RouteTableId": key, "RouteTableAssociationId": f"rtbassoc-{key}-{number}"}
            one |= {"AssociationState": {"State": "associated"}}
        blocks = self._blocks(vpc)
        local = [self.route(cidr, "local") for cidr in blocks if cidr not in routes]
        self.answers["RouteTables"].append(
            {
                "RouteTableId": key,
                "VpcId": vpc,
                "OwnerId": self.number,
                "Associations": associations,
                "PropagatingVgws": [{"GatewayId": one} for one in propagating.split()],
                "Routes": [*local, *(self.route(cidr, target) for cidr, target in routes.items())],
                "Tags": [],
            }
        )

    def _blocks(self, vpc: str) -> list[str]:
        place = self.find("Vpcs", "VpcId", vpc)
        v6 = [one["Ipv6CidrBlock"] for one in place.get("Ipv6CidrBlockAssociationSet", ())]
        return [one["CidrBlock"] for one in place["CidrBlockAssociationSet"]] + v6

    def route(self, destination: str, target: str) -> Item:
        name, *words = target.split()
        member = next((member for start, member in GATEWAY_MEMBERS.items() if name.startswith(start)), "GatewayId")
        origin = "CreateRouteTable" if name == "local" else "CreateRoute"
        route: Item = {
            member: name,
            "Origin": "EnableVgwRoutePropagation" if "propagated" in words else origin,
            "State": "blackhole" if "blackhole" in words else "active",
        }
        if destination.startswith("pl-"):
            return route | {"DestinationPrefixListId": destination}
        return route | block_member(destination, "DestinationCidrBlock", "DestinationIpv6CidrBlock")

    # -- gateways of a VPC ----------------------------------------------------------------------------------------

    def internet_gateway(self, key: str, vpc: str = "", *, egress_only: bool = False) -> None:
        held = [{"State": "attached" if egress_only else "available", "VpcId": vpc}] if vpc else []
        kind = "EgressOnlyInternetGateways" if egress_only else "InternetGateways"
        self.answers[kind].append({kind.removesuffix("s") + "Id": key, "Attachments": held, "Tags": []})

    def nat(self, key: str, subnet: str, private: str, public: str = "", state: str = "available") -> None:
        """Write a NAT gateway with its interface; without a public address it is a private one."""
        place = self.find("Subnets", "SubnetId", subnet)
        address = {"NetworkInterfaceId": f"eni-{key}", "PrivateIp": private, "IsPrimary": True, "Status": "succeeded"}
        if public:
            address |= {"PublicIp": public, "AllocationId": f"eipalloc-{key}"}
        self.answers["NatGateways"].append(
            {
                "NatGatewayId": key,
                "VpcId": place["VpcId"],
                "SubnetId": subnet,
                "State": state,
                "ConnectivityType": "public" if public else "private",
                "NatGatewayAddresses": [address],
                "Tags": [],
            }
        )
        if state == "available":
            about = {"Description": f"Interface for NAT Gateway {key}", "SourceDestCheck": False}
            self.interface(f"eni-{key}", subnet, private, public=public, InterfaceType="nat_gateway", **about)

    def peering(self, key: str, requester: str, accepter: str, *, code: str = "active", **sides: Item) -> None:
        """Write a peering; `requester_info` and `accepter_info` override a side."""
        infos: Item = {}
        for side, vpc in (("Requester", requester), ("Accepter", accepter)):
            place = next((one for one in self.answers["Vpcs"] if one["VpcId"] == vpc), None)
            infos[f"{side}VpcInfo"] = {
                "VpcId": vpc,
                "OwnerId": self.number,
                "Region": self.region,
                **({"CidrBlock": place["CidrBlock"]} if place else {}),
                **sides.get(f"{side.lower()}_info", {}),
            }
        self.answers["VpcPeeringConnections"].append(
            {"VpcPeeringConnectionId": key, "Status": {"Code": code}, **infos, "Tags": []}
        )

    def endpoint(
        self, key: str, vpc: str, kind: str, service: str = "", *, subnets: str = "", groups: str = "", **more: Any
    ) -> None:
        """Write a VPC endpoint, with an interface in each of its subnets at `more['addresses']`."""
        addresses = more.pop("addresses", "").split()
        keys = [f"eni-{key}-{number}" for number, _ in enumerate(addresses)]
        types = {"Interface": "vpc_endpoint", "GatewayLoadBalancer": "gateway_load_balancer_endpoint"}
        for name, subnet, address in zip(keys, subnets.split(), addresses, strict=False):
            about = {"Description": f"VPC Endpoint Interface {key}", "InterfaceType": types[kind]}
            self.interface(name, subnet, address, groups=groups, **about)
        self.answers["VpcEndpoints"].append(
            {
                "VpcEndpointId": key,
                "VpcEndpointType": kind,
                "VpcId": vpc,
                "ServiceName": service or f"com.amazonaws.{self.region}.s3",
                "State": "available",
                "SubnetIds": subnets.split(),
                "RouteTableIds": [],
                "Groups": [{"GroupId": one, "GroupName": one} for one in groups.split()],
                "NetworkInterfaceIds": keys,
                "PrivateDnsEnabled": False,
                "OwnerId": self.number,
                "Tags": [],
                **more,
            }
        )

    def block_public_access(self, mode: str) -> Item:
        options = {"AwsAccountId": self.number, "AwsRegion": self.region, "State": "update-complete"}
        found = {"VpcBlockPublicAccessOptions": {**options, "InternetGatewayBlockMode": mode}}
        self.beside = {**getattr(self, "beside", {}), "block-public-access.json": found}
        return found

    # -- what AWS adds by itself ----------------------------------------------------------------------------------

    def complete(self) -> None:
        """Add the main tables and default ACLs that AWS makes with each VPC."""
        for place in list(self.answers.get("Vpcs", ())):
            vpc = place["VpcId"]
            if f"{vpc}/table" not in self.bare:
                self.table(f"rtb-{vpc}-main", vpc, {}, main=True)
            if f"{vpc}/acl" not in self.bare:
                taken = {one["SubnetId"] for acl in self.answers["NetworkAcls"] for one in acl["Associations"]}
                left = [one["SubnetId"] for one in self.answers["Subnets"] if one["VpcId"] == vpc]
                every = [
                    f"{n} allow {way} all {cidr}"
                    for way in ("in", "out")
                    for n, cidr in ((100, "0.0.0.0/0"), (101, "::/0"))
                ]
                self.acl(
                    f"acl-{vpc}", vpc, *every, subnets=" ".join(one for one in left if one not in taken), default=True
                )

    def write(self, folder: Path) -> None:
        """Write one file a kind, as the AWS CLI prints it."""
        self.complete()
        folder.mkdir(parents=True, exist_ok=True)
        for kind, items in self.answers.items():
            (folder / f"{kind}.json").write_text(json.dumps({kind: items}, indent=4))
        for name, answer in self.beside.items():
            (folder / name).write_text(json.dumps(answer, indent=4))
        for name, content in self.texts.items():
            (folder / name).write_bytes(content)
