"""Every property of the provider that is named like a policy document is read as one, or known to be none."""

from __future__ import annotations

import re

from guardrails.rules.documents import ENDPOINT, IDENTITY, OTHER_LANGUAGES, RESOURCE_POLICIES, TRUST
from tests.unit.guardrails.facts.provider_inputs import inputs_of, sources

_NAMED = re.compile(r"^(policy|policyDocument|policyText|accessPolic(y|ies)|(resource|repository|inline)Policy)$")


def properties(text: str) -> list[str]:
    plain, switches = inputs_of(text)
    return plain + switches


def test_no_policy_document_of_the_provider_is_forgotten() -> None:
    read = {kind for table in (IDENTITY, RESOURCE_POLICIES, TRUST, ENDPOINT) for kind in table}
    named = {kind for kind, text in sources().items() if "olic" in text and any(map(_NAMED.match, properties(text)))}
    assert sorted(named - read - OTHER_LANGUAGES) == []
    assert sorted(read & OTHER_LANGUAGES) == []


def test_every_kind_with_a_document_exists() -> None:
    read = {kind for table in (IDENTITY, RESOURCE_POLICIES, TRUST, ENDPOINT) for kind in table}
    assert sorted((read | OTHER_LANGUAGES) - set(sources())) == []
