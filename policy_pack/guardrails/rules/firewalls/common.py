"""What rules of AWS Network Firewall pass: Suricata's language as far as it decides that, and names with many owners.

Sources: https://docs.suricata.io/en/latest/rules/intro.html and
https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-examples.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from guardrails.facts.resource import Value
from guardrails.facts.values import IPNetwork, Maybe, Unknown
from guardrails.facts.zoning import parse_network
from guardrails.rules.ranges import is_world

_PART = r"(!?(?:\[[^\]]*\]|\S+))"
_PASS = re.compile(
    rf"^pass\s+(?P<protocol>\S+)\s+{_PART}\s+{_PART}\s+(?P<way>->|<>|=>)\s+{_PART}\s+{_PART}\s*\((?P<options>.*)\)\s*$"
)
_OPTION = re.compile(r'\s*(?P<key>[\w.-]+)\s*(?::\s*(?P<value>(?:"[^"]*"|[^;"])*))?;')

_SAYS_NOTHING = frozenset(
    {"sid", "rev", "msg", "gid", "flow", "priority", "classtype", "metadata", "reference", "noalert", "alert"}
)
"""Options that do not narrow what a rule matches (of `flow`, see below)."""
_BEFORE_OR_BACK = re.compile(r"not_established|to_client|from_server|only_stream|no_stream|stateless")
"""What a `flow` says of packets that carry nothing out: handshakes, answers."""
_NARROW_PROTOCOLS = frozenset({"icmp", "icmpv6", "ntp", "dhcp", "1", "58"})
_EVERY_PORT = re.compile(r"^(any|\*|!.*|\[?[01]:(65535)?\]?)$")
_OF_NAMES = ("tls.sni", "tls_sni", "http.host", "http_host")

_HOSTING = frozenset((
    "amazonaws.com", "amplifyapp.com", "appspot.com", "awsapprunner.com", "awsapps.com", "azureedge.net",
    "azurewebsites.net", "backblazeb2.com", "blob.core.windows.net", "blogspot.com", "cloudapp.azure.com",
    "cloudfront.net", "cloudfunctions.net", "digitaloceanspaces.com", "dropboxusercontent.com",
    "elasticbeanstalk.com", "firebaseapp.com", "fly.dev", "github.io", "githubusercontent.com", "gitlab.io",
    "glitch.me", "googleusercontent.com", "herokuapp.com", "netlify.app", "ngrok-free.app", "ngrok.app", "ngrok.io",
    "on.aws", "ondigitalocean.app", "onrender.com", "pages.dev", "r2.dev", "run.app", "storage.googleapis.com",
    "surge.sh", "trycloudflare.com", "vercel.app", "wasabisys.com", "web.app", "workers.dev",
))  # fmt: skip
"""Suffixes below which whoever has an account gets a name (the private part of the public suffix list)."""
_OF_AWS = re.compile(
    r"^(?:(?:s3|s3-accesspoint|execute-api|elb|lambda-url|s3-website|dualstack)[.-])*"
    r"(?:[a-z]{2}(?:-[a-z]+)+-\d\.)?(?:elb\.|execute-api\.)?(?:amazonaws\.com(?:\.cn)?|on\.aws)$"
)
"""S3's, the load balancers', API Gateway's and a Region's own suffix: every account has names below them."""


@dataclass(frozen=True, slots=True)
class Passed:
    """What one rule passes. `named` tells that a port, a protocol or a match narrows it; `names` are its suffixes."""

    text: str
    targets: tuple[str, ...]
    named: bool
    names: tuple[str, ...] = ()


def suricata_passes(text: str) -> Iterator[Maybe[Passed]]:
    """Give what each pass rule of a text passes, an `Unknown` for one that is not Suricata's."""
    for line in re.sub(r"\\\s*\n", " ", text).splitlines():
        rule = line.strip()
        if not rule.startswith("pass"):
            continue
        found = _PASS.match(rule)
        if found is None:
            yield Unknown(rule[:60], "not a rule of Suricata")
            continue
        source, source_port, target, target_port = (found.group(number) for number in (2, 3, 5, 6))
        options = [(item["key"].lower(), item["value"] or "") for item in _OPTION.finditer(found["options"])]
        both = found["way"] == "<>"
        yield Passed(
            text=rule[:60],
            targets=(target, source) if both else (target,),
            named=_narrow(found["protocol"], (target_port, source_port), options),
            names=tuple(_suffixes(options)),
        )


def of_header(rule: Value) -> Maybe[Passed] | None:
    """Give what a stateful rule in the form of a header passes; None for one that does not pass."""
    if not isinstance(rule, dict):
        return rule if isinstance(rule, Unknown) else None
    header, action = rule.get("header"), rule.get("action")
    unknown = next((item for item in (action, header) if isinstance(item, Unknown)), None)
    if unknown is not None or action != "PASS" or not isinstance(header, dict):
        return unknown
    read = {key: header.get(key) for key in ("protocol", "source", "sourcePort", "destination", "destinationPort")}
    unknown = next((item for item in read.values() if isinstance(item, Unknown)), None)
    if unknown is not None:
        return unknown
    said = {key: str(value or "any").lower() for key, value in read.items()}
    options = list(_header_options(rule.get("ruleOptions")))
    targets = (said["destination"], said["source"]) if header.get("direction") == "ANY" else (said["destination"],)
    named = _narrow(said["protocol"], (said["destinationPort"], said["sourcePort"]), options)
    return Passed(f"pass {said['protocol']} -> {said['destination']}", targets, named, tuple(_suffixes(options)))


def of_stateless(rule: Value) -> Maybe[Passed] | None:
    """Give what a stateless rule passes by the stateful ones; None for one that does not pass."""
    definition = rule.get("ruleDefinition") if isinstance(rule, dict) else rule
    if not isinstance(definition, dict):
        return definition if isinstance(definition, Unknown) else None
    actions, match = definition.get("actions"), definition.get("matchAttributes")
    unknown = next((item for item in (actions, match) if isinstance(item, Unknown)), None)
    if unknown is not None:
        return unknown
    if "aws:pass" not in (actions if isinstance(actions, list) else [actions]):
        return None
    said = match if isinstance(match, dict) else {}
    blocks = [item.get("addressDefinition") if isinstance(item, dict) else item for item in _list(said, "destinations")]
    unknown = next((item for item in blocks if isinstance(item, Unknown)), None)
    if unknown is not None:
        return unknown
    protocols = _list(said, "protocols")
    narrow = any(_list(said, key) and not _all_ports(_list(said, key)) for key in ("destinationPorts", "sourcePorts"))
    icmp = bool(protocols) and all(str(item) in _NARROW_PROTOCOLS for item in protocols)
    targets = tuple(str(item) for item in blocks) or ("any",)
    return Passed("aws:pass", (f"[{','.join(targets)}]",), narrow or icmp)


def anywhere(target: str, variables: Mapping[str, Value]) -> Maybe[bool]:
    """Tell whether a rule's target is the internet, or as good as that."""
    text = target.strip()
    if text.lower() in {"any", "*"} or text.startswith("!"):
        return True
    if text.startswith("$"):
        return _of_variable(text[1:], variables)
    parts = [part.strip() for part in text.strip("[]").split(",") if part.strip()]
    told = [anywhere(part, variables) for part in parts if part[0] in "$!aA*"]
    if any(item is True for item in told):
        return True
    unknown = next((item for item in told if isinstance(item, Unknown)), None)
    return unknown if unknown is not None else is_world(_blocks(parts))


def anybodys_name(name: str) -> bool:
    """Tell whether a list's entry holds names of whoever wants one: a suffix, not a name by itself."""
    text = name.strip().lower()
    suffix = text.lstrip("*").strip(".")
    if not suffix:
        return True
    if not text.startswith((".", "*")):
        return False
    if "." not in suffix or suffix in _HOSTING or _OF_AWS.match(suffix):
        return True
    return any(shared.endswith(f".{suffix}") for shared in _HOSTING)


# -- parts of a rule --------------------------------------------------------------------------------------------------


def _narrow(protocol: str, ports: Iterable[str], options: list[tuple[str, str]]) -> bool:
    if protocol.lower() in _NARROW_PROTOCOLS or not all(_EVERY_PORT.match(port.lower()) for port in ports):
        return True
    flow = " ".join(value for key, value in options if key == "flow")
    return bool(_BEFORE_OR_BACK.search(flow)) or any(key not in _SAYS_NOTHING for key, _ in options)


def _suffixes(options: list[tuple[str, str]]) -> Iterator[str]:
    """Give the suffixes of server names that a rule matches; a name matched from its start is no suffix."""
    keys = [key for key, _ in options]
    if not any(key in _OF_NAMES for key in keys) or "startswith" in keys:
        return
    for key, value in options:
        if key == "content" and not value.strip().startswith("!"):
            yield "." + value.strip().strip('"').lstrip(".")


def _header_options(listed: Value) -> Iterator[tuple[str, str]]:
    for item in listed if isinstance(listed, list) else []:
        if isinstance(item, dict):
            settings = item.get("settings")
            values = settings if isinstance(settings, list) else []
            yield str(item.get("keyword")).lower(), ", ".join(str(value) for value in values)


def _list(said: Mapping[str, Value], key: str) -> list[Value]:
    value = said.get(key)
    return value if isinstance(value, list) else [] if value is None else [value]


def _all_ports(ranges: list[Value]) -> bool:
    return any(
        isinstance(item, dict) and item.get("fromPort") in {0, 1} and item.get("toPort") == 65535 for item in ranges
    )


def _of_variable(name: str, variables: Mapping[str, Value]) -> Maybe[bool]:
    if name not in variables:
        # AWS sets HOME_NET to the VPC's block and EXTERNAL_NET to everything else where the group does not.
        return name != "HOME_NET"
    definitions = variables[name]
    listed = definitions if isinstance(definitions, list) else [definitions]
    unknown = next((item for item in listed if isinstance(item, Unknown)), None)
    return unknown if unknown is not None else is_world(_blocks(str(item) for item in listed))


def _blocks(texts: Iterable[str]) -> list[IPNetwork]:
    return [block for text in texts if (block := parse_network(text)) is not None]
