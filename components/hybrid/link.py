"""A VPN gateway's ways to the company's network: Direct Connect, and a VPN with static routes as its fallback.

Direct Connect is preferred to a VPN for equal prefixes, so the VPN carries nothing while the line stands.
Source: https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi
import pulumi_aws as aws

from components.settings.landing import Link
from components.tags import Tags

_DH_GROUPS = (20, 21)
"""384 and 521 bit elliptic curves (RFC 5903); AWS' default list begins with a 1024 bit modulus."""
_CIPHERS, _HASHES = ("AES256-GCM-16",), ("SHA2-384", "SHA2-512")


@dataclass(frozen=True, slots=True, kw_only=True)
class HybridLinkArgs:
    """The VPN gateway; `own` are the VPC's ranges that may be told to the company, `corporate` those behind it."""

    wanted: Link
    vpn_gateway_id: pulumi.Input[str]
    own: tuple[IPv4Network, ...]
    corporate: tuple[IPv4Network, ...]
    tags: Tags


class HybridLink(pulumi.ComponentResource):
    """Makes what is configured, and nothing where nothing is: a person approves a line."""

    def __init__(self, name: str, args: HybridLinkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secureroom:hybrid:HybridLink", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        shared = self._gateway() if args.wanted.gateway_asn is not None else None
        if args.wanted.virtual_interface_id is not None:
            aws.directconnect.HostedPrivateVirtualInterfaceAccepter(
                f"{name}-interface",
                virtual_interface_id=args.wanted.virtual_interface_id,
                vpn_gateway_id=None if shared else args.vpn_gateway_id,
                dx_gateway_id=shared.id if shared else None,
                tags=args.tags.named("relay-vif-1"),
                opts=self._child,
            )
        if args.wanted.vpn_address is not None:
            self._vpn(str(args.wanted.vpn_address))
        self.register_outputs({})

    def _gateway(self) -> aws.directconnect.Gateway:
        """A Direct Connect gateway that tells the company this VPC's ranges and no other."""
        gateway = aws.directconnect.Gateway(
            f"{self._name}-gateway",
            name=f"{self._args.tags.prefix}-relay",
            amazon_side_asn=str(self._args.wanted.gateway_asn),
            opts=self._child,
        )
        aws.directconnect.GatewayAssociation(
            f"{self._name}-association",
            dx_gateway_id=gateway.id,
            associated_gateway_id=self._args.vpn_gateway_id,
            allowed_prefixes=[str(cidr) for cidr in self._args.own],
            opts=self._child,
        )
        return gateway

    def _vpn(self, address: str) -> None:
        args, name = self._args, self._name
        customer = aws.ec2.CustomerGateway(
            f"{name}-customer",
            type="ipsec.1",
            bgp_asn=str(args.wanted.vpn_asn),
            ip_address=address,
            tags=args.tags.named("relay-cgw-1"),
            opts=self._child,
        )
        connection = aws.ec2.VpnConnection(
            f"{name}-vpn",
            type="ipsec.1",
            customer_gateway_id=customer.id,
            vpn_gateway_id=args.vpn_gateway_id,
            static_routes_only=True,
            # The keys go to Secrets Manager, so that no state file holds them.
            preshared_key_storage="SecretsManager",
            # Version 2 of the key exchange alone, and no algorithm that is weak today.
            tunnel1_ike_versions=["ikev2"],
            tunnel1_dpd_timeout_action="restart",
            tunnel1_phase1_dh_group_numbers=list(_DH_GROUPS),
            tunnel1_phase1_encryption_algorithms=list(_CIPHERS),
            tunnel1_phase1_integrity_algorithms=list(_HASHES),
            tunnel1_phase2_dh_group_numbers=list(_DH_GROUPS),
            tunnel1_phase2_encryption_algorithms=list(_CIPHERS),
            tunnel1_phase2_integrity_algorithms=list(_HASHES),
            tunnel2_ike_versions=["ikev2"],
            tunnel2_dpd_timeout_action="restart",
            tunnel2_phase1_dh_group_numbers=list(_DH_GROUPS),
            tunnel2_phase1_encryption_algorithms=list(_CIPHERS),
            tunnel2_phase1_integrity_algorithms=list(_HASHES),
            tunnel2_phase2_dh_group_numbers=list(_DH_GROUPS),
            tunnel2_phase2_encryption_algorithms=list(_CIPHERS),
            tunnel2_phase2_integrity_algorithms=list(_HASHES),
            tags=args.tags.named("relay-vpn-1"),
            opts=self._child,
        )
        for cidr in args.corporate:
            label = str(cidr).replace(".", "-").replace("/", "-")
            aws.ec2.VpnConnectionRoute(
                f"{name}-vpn-{label}",
                vpn_connection_id=connection.id,
                destination_cidr_block=str(cidr),
                opts=self._child,
            )
