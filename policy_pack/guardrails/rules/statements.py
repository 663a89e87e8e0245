"""What policy statements mean: who is anybody, which conditions restrict, which actions a pattern names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrails.facts.documents import Document, Statement
from guardrails.rules.conditions import CALLER, restricting, spares_only
from guardrails.rules.patterns import all_covered, is_any_arn, matches, wildcard

_PERIMETER_WHO = re.compile(r"^(aws:principal(account|arn|orgid|orgpaths)|aws:source(account|arn|orgid|orgpaths))$")
"""In an endpoint policy the network of the caller is always the endpoint's own: naming it keeps nobody out."""
_RESTRICTS_WHERE = re.compile(r"^(aws:resource(account|orgid|orgpaths|tag/.+)|s3:resourceaccount)$")

PLACES = re.compile(
    r"^aws:(source(vpce|vpc|vpcarn|ip)|vpce(account|orgid|orgpaths)|principal(account|arn|orgid|orgpaths)|userid)$"
)
"""Keys by which a Deny names the place or the callers that it spares."""
SPARED = frozenset({"aws:principalisawsservice", "aws:viaawsservice"})
"""Boolean keys that are true for AWS's own services, which such a Deny may spare."""


def grants(statement: Statement, action: str) -> bool:
    """Tell whether an Allow names an action, by `Action` or by not excluding it with `NotAction`."""
    if not statement.allows:
        return False
    if statement.not_actions is not None:
        return not any(matches(item, action) for item in statement.not_actions)
    return any(matches(item, action) for item in statement.actions or ())


def every_resource(statement: Statement) -> bool:
    """Tell whether a statement's resources hold everything (or all but what is listed)."""
    if statement.not_resources is not None:
        return True
    return any(wildcard(item) or is_any_arn(item) for item in statement.resources or ())


def anyone(statement: Statement) -> bool:
    """Tell whether an Allow is given to anybody.

    That is `*` under any kind, an ARN pattern that fixes no account, everybody but some, or a principal left out.
    """
    if not statement.allows:
        return False
    if statement.not_principals is not None or statement.principals is None:
        return True
    return any(wildcard(value) or _of_any_account(value) for _, value in statement.principals)


def _of_any_account(principal: str) -> bool:
    """Tell whether an ARN pattern holds principals of accounts that it does not name."""
    parts = principal.split(":", 5)
    return len(parts) == _ARN_PARTS and bool(re.search(r"[*?]", parts[4]))


_ARN_PARTS = 6
_WHOLE_ACCOUNT = re.compile(r"^(?:arn:[^:]*:iam::)?(\d{12})(?::root)?$")


def whole_account(principal: str) -> str:
    """Give the account that a principal stands for as a whole (its id, or its root's ARN), empty for any other."""
    named = _WHOLE_ACCOUNT.match(principal)
    return named.group(1) if named else ""


_SERVICES = frozenset({"aws:principalisawsservice"})
"""Boolean keys that are true for AWS's own services only."""


def public(statement: Statement, document: Document) -> bool:
    """Tell whether an Allow really lets everybody in: no condition names the callers, and no Deny keeps others out."""
    return anyone(statement) and not restricts_who(statement) and not _closed(statement, document)


def in_spite(statement: Statement) -> str:
    """Say of a statement for everybody that its conditions do not change that; empty where it has none."""
    named = ", ".join(dict.fromkeys(item.key for item in statement.conditions))
    return f": its conditions ({named}) are true of strangers too, or may be" if named else ""


def restricts_who(statement: Statement) -> bool:
    """Tell whether a condition names the callers: account, organisation, role, network, service on behalf of."""
    return bool(restricting(statement, CALLER))


def _closed(statement: Statement, document: Document) -> bool:
    return any(
        denies_everybody_but(item, CALLER, _SERVICES) and _denies_what(item, statement) for item in document.statements
    )


def denies_everybody_but(statement: Statement, keys: re.Pattern[str], spared: frozenset[str]) -> bool:
    """Tell whether a statement denies whoever is not fixed by these keys, AWS's own services (`spared`) apart."""
    return (
        statement.effect == "Deny"
        and any(wildcard(value) for _, value in statement.principals or ())
        and any(keys.match(item.key) for item in statement.conditions)
        and all(spares_only(item, keys, spared) for item in statement.conditions)
    )


def _denies_what(denial: Statement, statement: Statement) -> bool:
    """Tell whether a Deny surely names all actions and resources of an Allow."""
    if denial.not_actions is not None or denial.not_resources is not None:
        return False
    resources = ("*",) if statement.not_resources is not None else statement.resources or ("*",)
    return all_covered(action_patterns(statement), denial.actions or ()) and all_covered(
        resources, denial.resources or ("*",)
    )


def perimeter(statement: Statement) -> bool:
    """Tell whether a statement keeps to known accounts: by its principals, by its resources, or by a condition."""
    if restricting(statement, _PERIMETER_WHO) or restricting(statement, _RESTRICTS_WHERE):
        return True
    return not every_resource(statement) and all(_own(item) for item in statement.resources or ())


def _own(resource: str) -> bool:
    """Tell whether an ARN names one account, or one bucket: nobody else can have a bucket of that name."""
    parts = resource.split(":", 5)
    if len(parts) < 6:
        return False
    if parts[2] == "s3":
        return not re.match(r"[*?]", parts[5].split("/")[0]) and bool(parts[5].split("/")[0].strip("*?"))
    return bool(re.fullmatch(r"\d{12}|aws", parts[4]))


def action_patterns(statement: Statement) -> Iterator[str]:
    """Give the action patterns of an Allow; `NotAction` allows all the rest and so counts as `*`."""
    if not statement.allows:
        return
    if statement.not_actions is not None:
        yield "*"
    yield from statement.actions or ()
