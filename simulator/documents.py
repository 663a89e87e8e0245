"""IAM policy documents: what AWS refuses in one before it looks at what it allows.

Grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html. Sizes:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html (white space does not count).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from simulator.model import Validate
from simulator.shapes import is_list, is_map

_VERSIONS: Final = ("2012-10-17", "2008-10-17")
_TOP: Final = frozenset({"Version", "Id", "Statement"})
_STATEMENT: Final = frozenset(
    {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}
)
_ACTION: Final = re.compile(r"\*|[A-Za-z0-9-]+:[A-Za-z0-9*?-]+")
_OPERATORS: Final = re.compile(
    r"((ForAllValues|ForAnyValue):)?(String(Not)?(Equals|EqualsIgnoreCase|Like)|Numeric(Not)?(Equals|LessThan|GreaterThan)(Equals)?|"
    r"Date(Not)?(Equals|LessThan|GreaterThan)(Equals)?|Bool|BinaryEquals|(Not)?IpAddress|Arn(Not)?(Equals|Like)|Null)(IfExists)?"
)


def valid_policy(limit: int = 20480, *, identity: bool = False, principal: bool = False) -> Validate:
    """Give a check for a policy document.

    `identity` policies carry no principal; with `principal` every statement must name one (trust and resource
    policies). `limit` is the number of characters without white space.
    """

    def check(_path: str, value: Any) -> str | None:
        try:
            document = json.loads(value) if isinstance(value, str) else value
        except ValueError as error:
            return f"contains an invalid JSON policy: {error}"
        if len(re.sub(r"\s", "", value if isinstance(value, str) else json.dumps(value))) > limit:
            return f"LimitExceeded: the policy document is larger than {limit} characters"
        fault = next(_faults(document, identity=identity, principal=principal), None)
        return f"MalformedPolicyDocument: {fault}" if fault else None

    return check


def _faults(document: Any, *, identity: bool, principal: bool) -> Iterator[str]:
    if not is_map(document):
        yield "a policy document is a JSON object"
        return
    if document.get("Version", _VERSIONS[0]) not in _VERSIONS:
        yield f"Version must be one of {', '.join(_VERSIONS)}"
    for name in sorted(set(document) - _TOP):
        yield f"Syntax errors in policy: unknown element {name}"
    statements = document.get("Statement")
    if is_map(statements):
        statements = [statements]
    if not is_list(statements) or not statements:
        yield "Syntax errors in policy: at least one Statement is required"
        return
    sids = [item.get("Sid") for item in statements if is_map(item) and item.get("Sid")]
    if len(sids) != len(set(sids)):
        yield "Statement IDs (SID) in a single policy must be unique."
    for item in statements:
        yield from _statement_faults(item, identity=identity, principal=principal)


def _statement_faults(item: Any, *, identity: bool, principal: bool) -> Iterator[str]:
    if not is_map(item):
        yield "Syntax errors in policy: a statement is a JSON object"
        return
    for name in sorted(set(item) - _STATEMENT):
        yield f"Syntax errors in policy: unknown element {name}"
    if item.get("Effect") not in ("Allow", "Deny"):
        yield "Effect must be Allow or Deny"
    for pair, needed in (
        (("Action", "NotAction"), True),
        (("Resource", "NotResource"), identity),
        (("Principal", "NotPrincipal"), principal),
    ):
        given = [name for name in pair if name in item]
        if len(given) > 1 or (needed and not given):
            yield f"Policy statement must contain {'resources' if pair[0] == 'Resource' else pair[0].lower() + 's'}."
    if identity and ("Principal" in item or "NotPrincipal" in item):
        yield "Policy document should not specify a principal."
    if "Sid" in item and identity and not re.fullmatch(r"[A-Za-z0-9]*", str(item["Sid"])):
        yield "Statement IDs (SID) must be alpha-numeric."
    for action in _strings(item.get("Action", item.get("NotAction", []))):
        if not _ACTION.fullmatch(action):
            yield f"Actions/Condition can contain only one colon, or vendor {action} is not valid"
    yield from _condition_faults(item.get("Condition", {}))


def _condition_faults(condition: Any) -> Iterator[str]:
    if not is_map(condition):
        yield "Syntax errors in policy: a condition is a JSON object"
        return
    for operator, keys in condition.items():
        if not _OPERATORS.fullmatch(str(operator)):
            yield f"Invalid Condition type : {operator}."
        if not is_map(keys) or not keys:
            yield f"Syntax errors in policy: condition {operator} needs keys"


def _strings(value: Any) -> list[str]:
    return [str(item) for item in value] if is_list(value) else [str(value)]
