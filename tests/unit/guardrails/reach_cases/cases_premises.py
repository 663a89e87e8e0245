"""To and from the premises, and gateways that are not modelled."""

from __future__ import annotations

from tests.unit.guardrails.reach_cases import described_transit as transit
from tests.unit.guardrails.reach_cases.cases_vpcs import hub
from tests.unit.guardrails.reach_cases.common_networks import app_and_db, second
from tests.unit.guardrails.reach_cases.described_account import Account
from tests.unit.guardrails.reach_cases.questions import case

VPN = "AWS Site-to-Site VPN User Guide: "


def with_vpn(account: Account, *static: str, routes: dict[str, str] | None = None) -> None:
    app_and_db(account)
    transit.vpn_gateway(account, "vgw-a", "vpc-a")
    transit.vpn(account, "vpn-a", "vgw-a", *static)
    account.table(
        "rtb-a", "vpc-a", routes or {"192.168.0.0/16": "vgw-a"}, main=True, propagating="vgw-a" if not routes else ""
    )


@case(
    VPN + "Static and dynamic routing", "i-app > 192.168.1.1 = yes", "192.168.1.1 > i-app = yes",
    "192.168.1.1 > i-app tcp 22 = yes",
    "i-app > 192.168.200.1 = no", "i-app > internet = no", "172.16.0.1 > i-app = no",
)  # fmt: skip
def vpn_with_static_routes(account: Account) -> None:
    with_vpn(account, "192.168.0.0/17", routes={"192.168.0.0/16": "vgw-a"})


@case(VPN + "Route priority", "i-app > 192.168.1.1 = yes", "192.168.1.1 > i-app = yes", "i-app > 172.16.1.1 = no")
def vpn_with_learned_routes(account: Account) -> None:
    with_vpn(account, routes={"192.168.0.0/16": "vgw-a propagated"})


@case(VPN + "a virtual private gateway is no way to the internet", "i-app > internet = no", "i-app > 198.51.100.7 = no")
def default_route_to_the_premises(account: Account) -> None:
    with_vpn(account, "0.0.0.0/0", routes={"0.0.0.0/0": "vgw-a"})


@case(VPN + "Get started", "i-app > 192.168.1.1 = no")
def virtual_private_gateway_without_any_connection(account: Account) -> None:
    app_and_db(account)
    transit.vpn_gateway(account, "vgw-a", "vpc-a")
    account.beside["dx.json"] = {"directConnectGateways": []}
    account.beside["vif.json"] = {"virtualInterfaces": []}
    account.table("rtb-a", "vpc-a", {"192.168.0.0/16": "vgw-a"}, main=True)


@case(
    VPN + "Get started (nobody listed the connections)",
    "i-app > 192.168.1.1 = yes",
    "192.168.1.1 > i-app = yes",
    "i-app > 172.16.1.1 = no",
    "i-app > internet = no",
)
def virtual_private_gateway_whose_connections_nobody_listed(account: Account) -> None:
    app_and_db(account)
    transit.vpn_gateway(account, "vgw-a", "vpc-a")
    del account.answers["VpnConnections"]
    account.table("rtb-a", "vpc-a", {"192.168.0.0/16": "vgw-a"}, main=True)


@case(
    "Direct Connect User Guide: Allowed prefixes interactions",
    "i-app > 192.168.1.1 = yes", "192.168.1.1 > i-app = yes",
    "i-b > 192.168.1.1 = no", "192.168.1.1 > i-b = no", "i-app > i-b = no",
)  # fmt: skip
def direct_connect_gateway_announces_allowed_prefixes_and_joins_no_vpcs(account: Account) -> None:
    app_and_db(account)
    second(account)
    for name in "ab":
        transit.vpn_gateway(account, f"vgw-{name}", f"vpc-{name}")
        routes = {"192.168.0.0/16": f"vgw-{name} propagated", "10.0.0.0/8": f"vgw-{name}"}
        account.table(f"rtb-{name}", f"vpc-{name}", routes, main=True)
    transit.direct_connect(account, "dxgw-1", {"vgw-a": ["10.0.0.0/16"], "vgw-b": ["10.77.0.0/16"]})


@case(
    VPN + "Transit gateway VPN attachments",
    "i-app > 192.168.1.1 = yes",
    "192.168.1.1 > i-app = yes",
    "192.168.1.1 > i-b = no",
)
def vpn_on_a_transit_gateway(account: Account) -> None:
    hub(account)
    transit.attachment(account, "tgw-attach-vpn", "tgw-1", "vpn", "vpn-1")
    transit.vpn(account, "vpn-1", "tgw-1")
    shown = {"10.0.0.0/16": "tgw-attach-a propagated", "192.168.0.0/16": "tgw-attach-vpn propagated"}
    held = "tgw-attach-a tgw-attach-vpn"
    transit.table(account, "tgw-rtb-1", "tgw-1", shown, associated=held, propagating=held)
    transit.table(account, "tgw-rtb-2", "tgw-1", {}, associated="tgw-attach-b")


@case("AWS Client VPN: How it works", "172.31.240.5 > i-app = unknown", "i-app > i-db = yes", "internet > i-app = no")
def client_vpn_endpoint(account: Account) -> None:
    app_and_db(account)
    account.beside["client-vpn.json"] = {
        "ClientVpnEndpoints": [
            {
                "ClientVpnEndpointId": "cvpn-endpoint-1",
                "ClientCidrBlock": "172.31.240.0/22",
                "VpcId": "vpc-a",
                "Status": {"Code": "available"},
            }
        ]
    }


@case("AWS Outposts: Local gateways", "i-app > 192.168.1.1 = unknown", "i-app > i-db = yes")
def local_gateway(account: Account) -> None:
    app_and_db(account)
    account.table("rtb-a", "vpc-a", {"192.168.0.0/16": "lgw-1"}, main=True)


@case("AWS Wavelength: Carrier gateways", "i-app > internet = unknown", "internet > i-app = no")
def carrier_gateway(account: Account) -> None:
    app_and_db(account)
    account.answers["CarrierGateways"] = [
        {"CarrierGatewayId": "cagw-1", "VpcId": "vpc-a", "State": "available", "OwnerId": account.number}
    ]
    account.table("rtb-a", "vpc-a", {"0.0.0.0/0": "cagw-1"}, main=True)


@case(VPN + "Transit gateway VPN attachments (tunnels down)", "i-app > i-b = yes", "i-app > 192.168.1.1 = no")
def vpn_that_has_learned_nothing_on_a_transit_gateway(account: Account) -> None:
    hub(account)
    transit.attachment(account, "tgw-attach-vpn", "tgw-1", "vpn", "vpn-1")
    transit.vpn(account, "vpn-1", "tgw-1")
    transit.join(account, "tgw-1", "tgw-attach-a", "tgw-attach-b", "tgw-attach-vpn")


@case(
    "Direct Connect User Guide: Private virtual interface", "i-app > 192.168.1.1 = yes", "i-db > 192.168.1.1 = unknown"
)
def private_virtual_interface_with_propagation(account: Account) -> None:
    app_and_db(account)
    transit.vpn_gateway(account, "vgw-a", "vpc-a")
    transit.direct_connect(account, "dxgw-1", {"vgw-a": []})
    routes = {"192.168.0.0/16": "vgw-a propagated"}
    account.table("rtb-app", "vpc-a", routes, subnets="subnet-app", propagating="vgw-a")
    account.table("rtb-db", "vpc-a", {}, subnets="subnet-db", propagating="vgw-a")


@case("Direct Connect User Guide: Transit gateway associations", "i-app > 192.168.1.1 = unknown", "i-app > i-b = yes")
def direct_connect_gateway_whose_prefixes_nobody_listed(account: Account) -> None:
    hub(account)
    transit.attachment(account, "tgw-attach-dx", "tgw-1", "direct-connect-gateway", "dxgw-1")
    transit.direct_connect(account, "dxgw-1", {})
    del account.beside["associations-dxgw-1.json"]
    routes = {"192.168.0.0/16": "tgw-attach-dx propagated"}
    transit.join(account, "tgw-1", "tgw-attach-a", "tgw-attach-b", "tgw-attach-dx", routes=routes)


@case(
    VPN + "Transit gateway VPN attachments (nobody listed the connections)",
    "i-app > 192.168.1.1 = yes",
    "192.168.1.1 > i-app = yes",
)
def vpn_attachment_whose_connection_nobody_listed(account: Account) -> None:
    hub(account)
    transit.attachment(account, "tgw-attach-vpn", "tgw-1", "vpn", "vpn-1")
    del account.answers["VpnConnections"]
    routes = {"192.168.0.0/16": "tgw-attach-vpn propagated"}
    transit.join(account, "tgw-1", "tgw-attach-a", "tgw-attach-b", "tgw-attach-vpn", routes=routes)


@case("issue: Bad input (route tables cut off, connections not listed)", "192.168.1.1 > i-app = unknown",
      "i-app > 192.168.1.1 = unknown")  # fmt: skip
def connections_nobody_listed_beside_route_tables_that_are_cut_off(account: Account) -> None:
    app_and_db(account)
    transit.vpn_gateway(account, "vgw-a", "vpc-a")
    del account.answers["VpnConnections"]
    account.texts["RouteTables.json"] = b'{"RouteTables": [{"RouteTableId": "rtb-a", "VpcId": "vpc-a", "Rou'
