"""DIR002: a second factor that is none, or is missing where it was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from guardrails.facts.roles import Role
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, Rule, Severity
from guardrails.rules.companions import companions

_SETTINGS = "directoryservice.RadiusSettings"
_SENDS_PASSWORD = "PAP"  # noqa: S105 - a protocol's name
_WITH_RADIUS = frozenset({"MicrosoftAD", "ADConnector"})


@dataclass(frozen=True, slots=True)
class Options:
    """`required`: also refuse a directory without RADIUS settings (off: a second factor may come from elsewhere)."""

    required: bool = False


class MultiFactor(Rule):
    """Refuses the RADIUS protocol that sends the password, and, if asked to, a directory without a second factor."""

    id: ClassVar[str] = "DIR002"
    slug: ClassVar[str] = "directory-second-factor"
    title: ClassVar[str] = "A directory's second factor does not send the password in the open"
    rationale: ClassVar[str] = (
        "PAP sends the password to the RADIUS server, hidden only by MD5 and the shared secret (RFC 2865, section 5.2)."
    )
    fix: ClassVar[str] = "Use MS-CHAPv2, or CHAP; set `required` where every directory must have a second factor."
    severity: ClassVar[Severity] = Severity.MEDIUM
    covers: ClassVar[tuple[int, ...]] = (114,)
    options_type: ClassVar[type[Options]] = Options
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/directoryservice/latest/admin-guide/ms_ad_mfa.html",
        "https://www.rfc-editor.org/rfc/rfc2865#section-5.2",
    )
    avoid: ClassVar[str] = """
resources:
  directory: {type: "aws:directoryservice:Directory", properties: {name: room.example.com, type: MicrosoftAD}}
  radius:
    type: aws:directoryservice:RadiusSettings
    properties: {directoryId: "${directory.id}", authenticationProtocol: PAP, radiusServers: [10.0.3.4]}
"""
    prefer: ClassVar[str] = """
resources:
  directory: {type: "aws:directoryservice:Directory", properties: {name: room.example.com, type: MicrosoftAD}}
  radius:
    type: aws:directoryservice:RadiusSettings
    properties: {directoryId: "${directory.id}", authenticationProtocol: MS-CHAPv2, radiusServers: [10.0.3.4]}
"""

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Judge every set of RADIUS settings, and every directory if that is asked for."""
        for item in facts.of(_SETTINGS):
            protocol = item.get("authenticationProtocol")
            if isinstance(protocol, Unknown):
                yield self.unresolved(item, "authenticationProtocol", protocol)
            elif protocol == _SENDS_PASSWORD:
                yield self.fail(item, "authenticationProtocol", "sends the password to the RADIUS server", protocol)
        if not self.options.required:
            return
        settings = companions(facts, (_SETTINGS,), "directoryId", Role.DIRECTORY)
        for directory in facts.of("directoryservice.Directory"):
            kind = directory.get("type", "SimpleAD")
            if (kind in _WITH_RADIUS or isinstance(kind, Unknown)) and not settings.of(directory.urn):
                missing = kind if isinstance(kind, Unknown) else settings.loose
                if missing is not None:
                    yield self.unresolved(directory, "", missing, "whether it has a second factor")
                else:
                    yield self.fail(directory, "", "has no second factor")
