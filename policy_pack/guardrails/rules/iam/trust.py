"""IAM012: a role that strangers may assume."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from guardrails.facts.documents import Document, Statement
from guardrails.facts.from_pulumi.network.common import account_of
from guardrails.facts.resource import Resource
from guardrails.facts.stack import Facts
from guardrails.facts.values import Unknown
from guardrails.rules.base import Finding, ResourceRule, Severity
from guardrails.rules.conditions import restricting
from guardrails.rules.documents import trust_documents
from guardrails.rules.patterns import wildcard
from guardrails.rules.statements import in_spite, public, whole_account

_NARROWS = re.compile(
    r"^(sts:externalid|aws:principal(arn|orgid|orgpaths|tag/.+)|aws:userid|aws:multifactorauthpresent"
    r"|aws:source(ip|vpc|vpce|identity))$"
)
_SUBJECT = re.compile(r"^[a-z0-9.:/_-]+:(sub|amr)$", re.IGNORECASE)
_POOLS = "cognito-identity.amazonaws.com"
_POOL = re.compile(rf"^{re.escape(_POOLS)}:aud$")
"""Every AWS customer has identity pools at the same provider: the audience is the pool (Cognito, "Role trust")."""
_WHOSE = "whether it trusts the whole of another account cannot be told"
_ACCOUNTS = re.compile(r"^system:serviceaccount:([^:]*)")


class Trust(ResourceRule):
    """Refuses trust in everybody, in the whole of another account, and in every workload of an identity provider."""

    id: ClassVar[str] = "IAM012"
    slug: ClassVar[str] = "no-public-trust"
    title: ClassVar[str] = "No role trusts everybody, or the whole of another account"
    rationale: ClassVar[str] = (
        "Whoever a role trusts becomes the role. The root principal of another account is each of its users; a web "
        "identity provider without a subject is each of its customers."
    )
    fix: ClassVar[str] = (
        "Name the roles that may assume it; for another account require an sts:ExternalId or aws:PrincipalArn, for a "
        "web identity provider its `sub` with the organisation or namespace."
    )
    severity: ClassVar[Severity] = Severity.CRITICAL
    kinds: ClassVar[frozenset[str]] = frozenset({"iam.Role"})
    controls: ClassVar[tuple[str, ...]] = ("CKV_AWS_60", "CKV_AWS_61", "CKV_AWS_358")
    covers: ClassVar[tuple[int, ...]] = (85, 86)
    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html",
    )
    avoid: ClassVar[str] = """
resources:
  role:
    type: aws:iam:Role
    properties:
      assumeRolePolicy:
        fn::toJSON:
          Version: "2012-10-17"
          Statement:
            - Effect: Allow
              Principal: {AWS: "*"}
              Action: sts:AssumeRole
              Condition: {StringLike: {"aws:PrincipalArn": "*"}}
"""
    prefer: ClassVar[str] = """
resources:
  role:
    type: aws:iam:Role
    properties:
      assumeRolePolicy:
        fn::toJSON:
          Version: "2012-10-17"
          Statement:
            - {Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: "sts:AssumeRole"}
            - Effect: Allow
              Principal: {AWS: "arn:aws:iam::999988887777:root"}
              Action: sts:AssumeRole
              Condition: {StringEquals: {"sts:ExternalId": room-4711}}
"""

    def judge(self, resource: Resource, facts: Facts) -> Iterator[Finding]:
        """Judge whom one role trusts."""
        own = account_of(resource)
        home = {own} if isinstance(own, str) else set[str]()
        home.update(facts.intent.accounts if facts.intent else ())
        for path, document in trust_documents(resource):
            if isinstance(document, Unknown):
                continue  # FCL001 tells it
            for statement in document.allows:
                where = f"{path}.Statement[{statement.index}]"
                for why, value in _faults(statement, document, home):
                    yield self.fail(resource, where, why, value)
                if not home and _may_be_foreign(statement):
                    yield self.unresolved(resource, where, "neither provider nor intent tells the own account", _WHOSE)


def _may_be_foreign(statement: Statement) -> bool:
    whole = (kind.upper() == "AWS" and whole_account(value) for kind, value in statement.principals or ())
    return any(whole) and not restricting(statement, _NARROWS)


def _faults(statement: Statement, document: Document, home: set[str]) -> Iterator[tuple[str, str]]:
    if public(statement, document) and not _federated(statement):
        yield f"trusts everybody{in_spite(statement)}", "NotPrincipal" if statement.not_principals is not None else "*"
    narrowed = bool(restricting(statement, _NARROWS))
    for kind, value in statement.principals or ():
        account = whole_account(value) if kind.upper() == "AWS" else ""
        if account and home and account not in home and not narrowed:
            yield "trusts every principal of another account", value
        if kind.lower() == "federated" and _web(statement, value):
            yield from _web_faults(statement, value)


def _web_faults(statement: Statement, provider: str) -> Iterator[tuple[str, str]]:
    if not any(all(map(_names_one, item.values)) for item in restricting(statement, _SUBJECT)):
        yield "trusts every workload of a web identity provider: no subject is required", provider
    if provider == _POOLS and not restricting(statement, _POOL):
        yield "trusts the identity pools of every AWS customer: no audience is required", provider


def _names_one(subject: str) -> bool:
    """Tell whether a subject's pattern still names whose it is.

    That is the first part after the claim's name: the organisation in `repo:ORGANISATION/...`, the namespace in
    `system:serviceaccount:NAMESPACE:...`.
    """
    account = _ACCOUNTS.match(subject)
    claim, colon, rest = subject.partition(":")
    owner = account.group(1) if account else re.split(r"[/:]", rest)[0] if colon else claim
    return bool(owner) and not set("*?") & set(claim + owner)


def _federated(statement: Statement) -> bool:
    """Tell whether only federated principals are named, which have their own finding."""
    return bool(statement.principals) and all(
        kind.lower() == "federated" and not wildcard(value) for kind, value in statement.principals or ()
    )


def _web(statement: Statement, provider: str) -> bool:
    action = any("webidentity" in item.lower() for item in statement.actions or ())
    return action or ":oidc-provider/" in provider or provider == _POOLS
