"""What rules about policies and shares share: declared accounts, and whether a permission names its own source."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from guardrails.facts.documents import Condition, Statement
from guardrails.facts.resource import Resource
from guardrails.facts.values import Maybe, Unknown
from guardrails.rules.conditions import CALLER, restricting

if TYPE_CHECKING:
    from guardrails.facts.intent import Intent

PERMISSION = "lambda.Permission"

_LIMITS = {"sourceAccount": "aws:sourceaccount", "sourceArn": "aws:sourcearn", "principalOrgId": "aws:principalorgid"}
"""Properties of a permission, and the condition on a key that Lambda makes of each: all are compared as patterns."""

_TOKEN = re.compile(r"^[^*?]{8,}$")


def named_source(permission: Resource) -> Maybe[bool]:
    """Tell whether a permission is bound to one account, resource or organisation.

    A value that comes from another resource of the stack is that resource's; one that is not known and comes from
    none may be a pattern for everything.
    """
    missing: Unknown | None = None
    for path, key in _LIMITS.items():
        value = permission.get(path)
        if isinstance(value, str) and _fixed(key, value):
            return True
        if isinstance(value, Unknown):
            if elsewhere(permission, path):
                return True
            missing = value
    token = permission.get("eventSourceToken")
    if isinstance(token, str) and _TOKEN.match(token):
        return True
    return missing or False


def _fixed(key: str, value: str) -> bool:
    condition = Condition("stringlike", key, (value,))
    return bool(restricting(Statement("Allow", conditions=(condition,)), CALLER))


def elsewhere(resource: Resource, path: str) -> bool:
    """Tell whether a property takes its value from another resource of the stack."""
    return bool((resource.edges or {}).get(path))


def declared_accounts(intent: Intent | None) -> set[str]:
    """Give the accounts that an intent names: the stack's own ones and those of its externals."""
    return {*intent.accounts, *(item.account for item in intent.externals)} if intent else set()
