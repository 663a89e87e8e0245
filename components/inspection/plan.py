"""The inspection tier as frozen values: the engine, its AZs, and the rules that it enforces. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

CAPACITY = 1000
"""Rules that the group may ever hold; AWS fixes it at creation, so there is room to grow."""

FIRST_SID = 1_000_001
"""Where identifiers begin that are ours to give (1,000,000 to 1,999,999 are for local rules)."""


@dataclass(frozen=True, slots=True)
class InspectedZone:
    """An AZ with an endpoint; `name` is how AWS tells a firewall's endpoints apart."""

    id: str
    name: str
    subnet: str
    """The key of the endpoint's subnet in the network plan."""


@dataclass(frozen=True, slots=True)
class InspectionPlan:
    """What inspects, and where; `service_name` is a vendor's endpoint service, `rules` are Suricata's."""

    engine: Literal["network_firewall", "gateway_load_balancer"]
    zones: tuple[InspectedZone, ...]
    rules: str
    home: tuple[str, ...]
    service_name: str | None
    subnet_changes: bool = False
    """Whether AZs may come and go where the firewall is protected."""
    dashboard: bool = False
    """Whether a dashboard shows what passes and what is stopped."""


def suricata_rules(allow_list: Sequence[str]) -> str:
    """The allow-list as rules in strict order: TLS to listed server names on 443 passes, everything else is dropped.

    The drops are spelled out beside the policy's default action, which acts on established connections only.
    Source: https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-rule-evaluation-order.html
    """
    passes = [_pass(entry) for entry in allow_list]
    drops = [
        'drop tls $HOME_NET any -> any any (msg:"server name is not listed"; flow:to_server, established; {sid})',
        'drop http $HOME_NET any -> any any (msg:"not encrypted"; flow:to_server, established; {sid})',
        'drop dns $HOME_NET any -> any any (msg:"names are asked of the resolver alone"; {sid})',
        'drop tcp $HOME_NET any -> any !443 (msg:"not port 443"; flow:to_server; {sid})',
        'drop udp $HOME_NET any -> any any (msg:"no UDP"; {sid})',
        'drop icmp $HOME_NET any -> any any (msg:"no ICMP"; {sid})',
    ]
    rules = enumerate([*passes, *drops], start=FIRST_SID)
    return "\n".join(rule.replace("{sid}", f"sid:{sid}; rev:1;") for sid, rule in rules) + "\n"


def _pass(entry: str) -> str:
    """`dotprefix` puts a dot before the server name, so that `.example.com` is the name itself and all below it."""
    match = f'dotprefix; content:"{entry}"; nocase; endswith;'
    if not entry.startswith("."):
        match = f'content:"{entry}"; startswith; nocase; endswith;'
    return f'pass tls $HOME_NET any -> any 443 (msg:"listed"; tls.sni; {match} flow:to_server, established; {{sid}})'
