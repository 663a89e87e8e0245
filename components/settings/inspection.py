"""What inspects traffic: the same choice for every network."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from components.settings.fields import AccountId, Section


class Inspection(Section):
    """What looks into the traffic; a vendor's appliances are named by their endpoint service."""

    engine: Literal["none", "network_firewall", "gateway_load_balancer"] = "none"
    service_name: Annotated[str, Field(pattern=r"^com\.amazonaws\.vpce\.[a-z0-9-]+\.vpce-svc-[0-9a-f]{17}$")] | None = (
        None
    )
    subnet_changes: bool = False
    """Whether a protected firewall may gain or lose an AZ: AWS refuses that until it is said, so it is turned on for
    one deployment. The guard blocks such a firewall in production but under an exemption."""

    dashboard: bool = False
    """Whether CloudWatch shows what passes the endpoints and what they stop."""


class VendorLink(Section):
    """The vendor's account, which may look after its own endpoints; the external id is the contract's."""

    account_id: AccountId
    external_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_+=,.@:/-]+$", min_length=16, max_length=1224)]
    """Required: without it another customer of the vendor could have the vendor act here."""
