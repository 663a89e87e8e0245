"""The egress allow-list: what the desktops may reach through the proxy, and the check that every list must pass.

An entry is an exact host (``docs.aws.amazon.com``) or a host with a leading dot (``.console.aws.amazon.com``), which
means the host itself and every name below it, in Squid's ``dstdomain`` and in Network Firewall's lists alike. Pure.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from components.secure_room import hosting

# The console, sign-in and their static content
# (https://docs.aws.amazon.com/awsconsolehelpdocs/latest/gsg/, https://docs.aws.amazon.com/signin/latest/userguide/).
AWS_CONSOLE: Final = (
    ".signin.aws.amazon.com",
    ".console.aws.amazon.com",
    "a.b.cdn.console.awsstatic.com",
    "prod.pa.cdn.uis.awsstatic.com",
    "opfcaptcha-prod.s3.amazonaws.com",
)

# Domains that name nothing on the internet: RFC 6761, RFC 6762, RFC 7686, RFC 8375, and ICANN's reservation of
# "internal", which is also where the VPC resolver names private addresses.
LOCAL_DOMAINS: Final = ("arpa", "internal", "invalid", "local", "localdomain", "localhost", "onion", "test")

_LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_NUMERIC_LABEL: Final = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")
_AWS_REGION: Final = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]+")
# Global services sign and answer in this region whatever the stack's region is.
_GLOBAL_REGION: Final = "us-east-1"


@dataclass(frozen=True)
class Problem:
    """One reason to refuse an allow-list: the entry as written, the rule it breaks, and what to write instead."""

    entry: str
    rule: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.entry!r}: {self.rule}; {self.remedy}"


def compose(extra: Sequence[str], *, aws_console: bool = True) -> tuple[str, ...]:
    """The whole list of a stack: the console's entries unless switched off, then the organisation's own, order kept."""
    return (*(AWS_CONSOLE if aws_console else ()), *extra)


def permits(entries: Iterable[str], host: str) -> bool:
    """Whether a list permits a host: the meaning that Squid is held to in the laboratory tests."""
    return any(hosting.is_below(host, entry[1:]) if entry.startswith(".") else host == entry for entry in entries)


def endpoint_host(service: str, region: str) -> str:
    """The name that an interface endpoint answers to: ``ecr.api`` is ``api.ecr.<region>.amazonaws.com``.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
    """
    return ".".join([*reversed(service.split(".")), region, "amazonaws.com"])


def check(entries: Sequence[str], region: str, endpoints: Iterable[str] = ()) -> list[Problem]:
    """Every problem of a list, all at once, in the order of the entries; an empty answer means the list may be used.

    ``region`` is the stack's AWS region: a regional service name of another region is refused. ``endpoints`` are the
    services with an interface endpoint in the room, such as ``ecr.api``: there their names are private addresses.
    """
    private = {endpoint_host(service, region) for service in endpoints}
    if not entries:
        remedy = "name at least one host, or keep the console's own entries"
        return [Problem("", "empty-list: the desktops could reach nothing, not even the console", remedy)]
    problems: list[Problem] = []
    sound: list[str] = []
    for entry in entries:
        problem = (
            _first(entry, _FORM)
            or _first(entry, _MEANING)
            or _foreign_region(entry, region)
            or _has_endpoint(entry, private)
        )
        if problem:
            problems.append(problem)
        else:
            sound.append(entry)
    return problems + _redundant(sound)


def _first(entry: str, checks: Sequence[Callable[[str], Problem | None]]) -> Problem | None:
    return next((problem for check_one in checks if (problem := check_one(entry))), None)


# --- form: is it written as Squid, Network Firewall and a reader will all understand it? -----------------------------


def _text(entry: str) -> Problem | None:
    if not entry.strip():
        return Problem(entry, "empty-entry: an empty line names no host", "remove it")
    if any(character.isspace() or not character.isprintable() for character in entry):
        return Problem(entry, "whitespace: an entry is one host", f"write {''.join(entry.split())!r}")
    if not entry.isascii():
        return Problem(entry, "not-ascii: Squid compares the ASCII form of a name", _ascii_remedy(entry))
    return None


def _ascii_remedy(entry: str) -> str:
    try:
        return f"write {entry.encode('idna').decode('ascii')!r} if that is the name you mean"
    except UnicodeError:
        return "write the name's ASCII form (xn--…)"


def _url(entry: str) -> Problem | None:
    host = re.sub(r"^[A-Za-z][A-Za-z0-9+.-]*://", "", entry)
    host = re.split(r"[/?#]", host, maxsplit=1)[0].rpartition("@")[2]
    if host != entry:
        return Problem(entry, "url: a CONNECT proxy sees hosts, not addresses of pages", f"write {host!r}")
    return None


def _ip_literal(entry: str) -> Problem | None:
    bare = entry.strip("[].")
    literal = _is_address(bare) or _is_network(bare) or bool(_NUMERIC_LABEL.fullmatch(bare.rpartition(".")[2]))
    if literal:
        return Problem(
            entry, "ip-literal: an address may change hands and matches no certificate", "write the host's name"
        )
    return None


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _port(entry: str) -> Problem | None:
    host, colon, port = entry.partition(":")
    if colon and port.isdigit():
        return Problem(entry, "port: only 443 is ever opened", f"write {host!r}")
    return None


def _wildcard(entry: str) -> Problem | None:
    if "*" not in entry:
        return None
    host = entry.removeprefix("*")
    remedy = f"write {host!r}" if host.startswith(".") and "*" not in host else "name the hosts one by one"
    return Problem(entry, "wildcard: a leading dot is the only way to mean a whole domain", remedy)


def _case(entry: str) -> Problem | None:
    if entry != entry.lower():
        return Problem(
            entry, "uppercase: names are kept in one form, so that duplicates are seen", f"write {entry.lower()!r}"
        )
    return None


def _trailing_dot(entry: str) -> Problem | None:
    if entry.endswith("."):
        remedy = f"write {entry.rstrip('.')!r}" if entry.strip(".") else "name a host"
        return Problem(entry, "trailing-dot: it would match no request", remedy)
    return None


def _labels(entry: str) -> Problem | None:
    host = entry.removeprefix(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        remedy = "write letters, digits and hyphens between dots, at most 63 characters each and 253 in all (RFC 1123)"
        return Problem(entry, "not-a-host: it is no host name", remedy)
    return None


_FORM: Final = (_text, _ip_literal, _url, _wildcard, _port, _case, _trailing_dot, _labels)


# --- meaning: can only parties that we know be behind it? ------------------------------------------------------------


def _local(entry: str) -> Problem | None:
    host = entry.removeprefix(".")
    if any(hosting.is_below(host, name) for name in LOCAL_DOMAINS):
        remedy = "remove it: private names are reached without the proxy"
        return Problem(entry, "local-name: it names nothing on the internet", remedy)
    return None


def _public_suffix(entry: str) -> Problem | None:
    host = entry.removeprefix(".")
    if hosting.is_public_suffix(host):
        rule = f"shared-hosting: anyone can register or host a name below {host}"
        return Problem(entry, rule, "name the exact hosts that are needed")
    return None


def _shared_hosting(entry: str) -> Problem | None:
    host = entry.removeprefix(".")
    reason = hosting.reason_exact(host) or (hosting.reason_subtree(host) if entry.startswith(".") else None)
    if reason:
        remedy = (
            "name the exact hosts that are needed" if entry.startswith(".") else "remove it, or reach it another way"
        )
        return Problem(entry, f"shared-hosting: {reason}", remedy)
    return None


_MEANING: Final = (_local, _public_suffix, _shared_hosting)


def _foreign_region(entry: str, region: str) -> Problem | None:
    host = entry.removeprefix(".")
    if not any(hosting.is_below(host, parent) for parent in hosting.S3_PARENTS):
        return None
    foreign = [
        label for label in host.split(".") if _AWS_REGION.fullmatch(label) and label not in {region, _GLOBAL_REGION}
    ]
    if foreign:
        rule = f"foreign-region: it is an endpoint of {foreign[0]}, and this stack is in {region}"
        return Problem(entry, rule, f"name the endpoint of {region}")
    return None


def _has_endpoint(entry: str, private: Iterable[str]) -> Problem | None:
    if not any(hosting.is_below(entry.removeprefix("."), host) for host in private):
        return None
    rule = "has-endpoint: in the room this name is an endpoint's private address, which the proxy refuses"
    return Problem(entry, rule, "remove it: desktops reach the endpoint without the proxy")


def _redundant(entries: Sequence[str]) -> list[Problem]:
    """Entries that another entry already covers: Squid refuses to start on some and warns on the others."""
    problems: list[Problem] = []
    for index, entry in enumerate(entries):
        if entry in entries[:index]:
            problems.append(Problem(entry, "duplicate: it is listed twice", "remove one"))
            continue
        cover = next((other for other in entries if other != entry and _covers(other, entry)), None)
        if cover:
            problems.append(
                Problem(entry, f"redundant: {cover!r} covers it, and Squid refuses both together", "remove one")
            )
    return problems


def _covers(cover: str, entry: str) -> bool:
    return cover.startswith(".") and hosting.is_below(entry.removeprefix("."), cover[1:])
