"""Parts of a network that exist already and are taken over instead of being made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from components.settings.fields import Section


def _id(prefix: str) -> object:
    return Field(pattern=rf"^{prefix}-([0-9a-f]{{8}}|[0-9a-f]{{17}})$")


VpcId = Annotated[str, _id("vpc")]
GatewayId = Annotated[str, _id("igw")]
SubnetId = Annotated[str, _id("subnet")]
TableId = Annotated[str, _id("rtb")]


class Imports(Section):
    """Ids of what exists. Subnets and route tables by the plan's keys (`proxy-1`); what is not named is made.

    What is taken over must be as the plan has it (ranges, AZs): tags and other settings are brought into line by the
    first deployment, and a difference that would make a new object is refused, since all of it is protected.
    """

    vpc: VpcId
    internet_gateway: GatewayId | None = None
    subnets: Mapping[str, SubnetId] = Field(default_factory=dict[str, str])
    route_tables: Mapping[str, TableId] = Field(default_factory=dict[str, str])
