"""Two resources may carry one id: a property means the one that its role names first."""

from __future__ import annotations

import pytest

from guardrails.facts.resource import Resource
from guardrails.facts.roles import Role
from guardrails.facts.stack import Facts


def resource(kind: str, name: str, *, id_: str, **props: str) -> Resource:
    urn = f"urn:pulumi:dev::secure-room::parent:{name}$aws:{kind}::{name}"
    return Resource(urn=urn, type=f"aws:{kind}", kind=kind, name=name, props=dict(props), id=id_)


@pytest.mark.parametrize("names", [("a", "z"), ("z", "a")])
def test_the_id_of_a_directory_is_not_its_registrations(names: tuple[str, str]) -> None:
    directory = resource("directoryservice.Directory", names[0], id_="d-0123456789")
    registration = resource("workspaces.Directory", names[1], id_="d-0123456789", directoryId="d-0123456789")
    logs = resource("directoryservice.LogSubscription", "logs", id_="d-0123456789", directoryId="d-0123456789")
    facts = Facts([registration, logs, directory])
    found = facts.ref(logs, "directoryId", Role.DIRECTORY)
    assert facts.resource(found) is directory
