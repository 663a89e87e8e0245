"""What looks like a secret in plain text: by its form, or by the name of what holds it. Values are never shown."""

from __future__ import annotations

import re

from guardrails.facts.resource import Value
from guardrails.facts.values import Unknown

_NAME = re.compile(
    r"(PASSWORD|PASSWD|PASSPHRASE|SECRET|SECRET_?KEY|PRIVATE_?KEY|API_?KEY|ACCESS_?KEY(_?ID)?)$"
    r"|(^|[_.-])(PWD|PASS|TOKEN|CREDENTIALS?|AUTH_DATA)$",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_FORM = re.compile(
    r"\b(AKIA|ASIA)[A-Z0-9]{16}\b"  # IAM user guide, "IAM identifiers": unique ID prefixes
    r"|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|\b[a-z][a-z0-9+.-]*://[^/\s:@]*:(?!\$)[^/\s@]+@"  # a URL with a password (RFC 3986, section 3.2.1)
    r"|\b(gh[pousr]_[A-Za-z0-9]{36}|xox[abprs]-[A-Za-z0-9-]{10,})"
)
"""What is a secret whatever its name: access keys, private keys, URLs with a password, tokens with a known prefix."""
_ARGUMENT = re.compile(r"^--?[\w-]*(password|passwd|secret|token|api-?key)=(?!\$)\S+", re.IGNORECASE)
_REFERENCE = re.compile(r"^(arn:|/|s3://|https?://[^@]*$|\$\{?\w)")
"""A place where the secret is, rather than the secret."""
_SWITCH = re.compile(r"^(\d{1,5}|true|false|yes|no|on|off|none|null)$", re.IGNORECASE)
"""A limit or a choice, rather than a secret."""


def holds_secret(text: str) -> bool:
    """Tell whether a text holds what is a secret by its form."""
    return _FORM.search(text) is not None


def is_argument(text: str) -> bool:
    """Tell whether a command's argument gives a secret."""
    return holds_secret(text) or _ARGUMENT.match(text) is not None


def is_secret(name: Value, value: Value) -> bool:
    """Tell whether a named value looks like a secret: by its form, or by its name where it is no mere switch."""
    if isinstance(value, str) and holds_secret(value):
        return True
    if not isinstance(name, str) or not _NAME.search(_CAMEL.sub("_", name)):
        return False
    if isinstance(value, str):
        return bool(value) and not _REFERENCE.match(value) and not _SWITCH.match(value)
    return isinstance(value, Unknown)
