"""What identity policies grant: the statements that somebody can hold, permissions boundaries left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from guardrails.facts.documents import Document, Statement
from guardrails.facts.resource import Resource
from guardrails.facts.roles import Role
from guardrails.facts.stack import Facts
from guardrails.facts.values import Ref, Unknown
from guardrails.rules.documents import IDENTITY_KINDS, identity_documents, repeated
from guardrails.rules.patterns import matches, wildcard
from guardrails.rules.statements import action_patterns, every_resource, grants

_ATTACHMENTS = {
    "iam.RolePolicyAttachment": "policyArn",
    "iam.UserPolicyAttachment": "policyArn",
    "iam.GroupPolicyAttachment": "policyArn",
    "iam.PolicyAttachment": "policyArn",
    "iam.Role": "managedPolicyArns",
    "iam.RolePolicyAttachmentsExclusive": "policyArns",
    "iam.UserPolicyAttachmentsExclusive": "policyArns",
    "iam.GroupPolicyAttachmentsExclusive": "policyArns",
}
_REFERENCE = "customerManagedPolicyReference"


@dataclass(frozen=True, slots=True)
class Grant:
    """One Allow of one identity policy, where it stands, and the document around it."""

    resource: Resource
    path: str
    statement: Statement
    document: Document


def grants_of(facts: Facts) -> Iterator[Grant]:
    """Give every Allow of every identity policy that is readable and is no mere boundary.

    With one resource in sight a managed policy may still turn out to be a boundary, so it is left to the whole stack.
    """
    boundaries = _boundaries(facts)
    for resource in facts.of(*sorted(IDENTITY_KINDS)):
        if resource.kind == "iam.Policy" and (facts.partial or resource.urn in boundaries):
            continue
        for path, document in identity_documents(resource):
            if isinstance(document, Unknown) or (resource.urn, document) in repeated(facts):
                continue  # FCL001 tells the one, the policy that states it the other
            for statement in document.allows:
                yield Grant(resource, f"{path}.Statement[{statement.index}]", statement, document)


def _boundaries(facts: Facts) -> set[str]:
    """Give the managed policies that are used as boundaries only: those grant nothing."""
    # A policy's own ARN is not known at a preview; one that was written out ends in the policy's path and name.
    by_name = {name: item.urn for item in facts.of("iam.Policy") if (name := _full_name(item))}
    bounding = {
        urn
        for holder in facts.of("iam.Role", "iam.User")
        for urn in _policies(facts, holder, "permissionsBoundary", by_name)
    }
    attached = {
        urn
        for kind, path in _ATTACHMENTS.items()
        for item in facts.of(kind)
        for urn in _policies(facts, item, path, by_name)
    }
    return bounding - attached - set(_of_permission_sets(facts, by_name))


def _of_permission_sets(facts: Facts, by_name: Mapping[str, str]) -> Iterator[str]:
    """Give the managed policies that permission sets take by name."""
    for item in facts.of("ssoadmin.CustomerManagedPolicyAttachment"):
        name = item.get(f"{_REFERENCE}.name")
        urn = by_name.get(f"{item.get(f'{_REFERENCE}.path', '/')}{name}")
        if urn is not None:
            yield urn


def _policies(facts: Facts, resource: Resource, path: str, by_name: Mapping[str, str]) -> Iterator[str]:
    named = facts.refs(resource, path, Role.POLICY)
    for ref in named if not isinstance(named, Unknown) else ():
        if isinstance(ref, Ref) and ref.key:
            yield ref.key
        elif isinstance(ref, Ref) and ref.literal:
            urn = by_name.get(ref.literal.partition(":policy")[2])
            if urn is not None:
                yield urn


def _full_name(policy: Resource) -> str:
    name, path = policy.get("name"), policy.get("path", "/")
    return f"{path}{name}" if isinstance(name, str) and isinstance(path, str) else ""


def names_action(statement: Statement, *actions: str) -> str:
    """Give the first pattern of an Allow that names one of the actions, empty where none does.

    `*`, `service:*` and `NotAction` on every resource are left out: the rules about those tell it.
    """
    told = every_resource(statement)
    if statement.not_actions is not None:
        named = not told and any(grants(statement, action) for action in actions)
        return "NotAction" if named else ""
    for pattern in action_patterns(statement):
        if told and wildcard(pattern.rpartition(":")[2]):
            continue
        if any(matches(pattern, action) for action in actions):
            return pattern
    return ""


def resources(statement: Statement) -> str:
    """Give what a statement is about as a short text."""
    listed = statement.resources if statement.not_resources is None else statement.not_resources
    return ("" if statement.not_resources is None else "all but ") + ", ".join(listed or ())
