"""The words that the program shares with its tags, its plans and, by a contract test, with the guard."""

from __future__ import annotations

from enum import StrEnum

PROJECT = "secure-room"
"""The project's name: prefix of physical names and value of the `Project` tag."""

PARTITION = "aws"
"""The only partition that the placeholders and the sourced tables of this project speak of."""


class Environment(StrEnum):
    """The environments, one stack each."""

    DEV = "dev"
    PROD = "prod"


class Zone(StrEnum):
    """Places of the network; what a subnet or a security group belongs to."""

    DESKTOP = "desktop"
    DIRECTORY = "directory"
    PROXY = "proxy"
    PUBLIC = "public"
    ENDPOINT = "endpoint"
    BASTION = "bastion"
    INSPECTION = "inspection"
    PRODUCTION = "production"
    INSTANCE = "instance"
    TRANSIT = "transit"
    RELAY = "relay"
    SERVICE = "service"


class Tag(StrEnum):
    """Tag keys that every taggable resource carries; `ZONE` only on what has a place in the network."""

    NAME = "Name"
    PROJECT = "Project"
    ENVIRONMENT = "Environment"
    OWNER = "Owner"
    COST_CENTER = "CostCenter"
    MANAGED_BY = "ManagedBy"
    ZONE = "Zone"
