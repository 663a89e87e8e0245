"""The vendor's account-link role: with the external id alone, for its own endpoints alone, and bounded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from components.iam.place import Place
from components.inspection.vendor import vendor_boundary, vendor_policy, vendor_trust
from components.settings import SettingsError, from_mapping
from components.settings.inspection import VendorLink
from components.vocabulary import Environment
from tests.support.examples import example_config
from tests.support.recorder import record

PLACE = Place("111122223333", "ap-northeast-1", Environment.DEV)
LINK = VendorLink(account_id="888899990000", external_id="contract-5f0c3a7d1e")
SERVICE = "com.amazonaws.vpce.ap-northeast-1.vpce-svc-0123456789abcdef0"
ROLE = "aws:iam/role:Role"


def statements(policy: Any) -> list[dict[str, Any]]:
    return policy.document()["Statement"]


def test_only_the_vendor_with_the_external_id_may_take_the_role() -> None:
    (trust,) = statements(vendor_trust(LINK))
    assert trust["Principal"] == {"AWS": "arn:aws:iam::888899990000:root"}
    assert trust["Condition"] == {"StringEquals": {"sts:ExternalId": "contract-5f0c3a7d1e"}}


def test_everything_but_looking_is_bound_to_its_own_endpoints_and_the_inspection_tier() -> None:
    for statement in statements(vendor_policy(PLACE, (SERVICE,))):
        assert statement["Effect"] == "Allow"
        assert statement["Condition"]
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        if statement["Resource"] == "*":
            assert all(action.startswith("ec2:Describe") for action in actions)
        else:
            assert statement["Resource"].startswith("arn:aws:ec2:ap-northeast-1:111122223333:")
        assert not [action for action in actions if "*" in action or "Subnet" in action.replace("Subnets", "")]


def test_its_boundary_is_what_it_may_do_and_no_identity() -> None:
    *same, never = statements(vendor_boundary(PLACE, (SERVICE,)))
    assert same == statements(vendor_policy(PLACE, (SERVICE,)))
    assert (never["Effect"], "iam:*" in never["Action"]) == ("Deny", True)


def test_the_role_is_there_only_where_it_is_configured() -> None:
    config = example_config("attach")
    made = [item for item in record("attach", config=config).of(ROLE) if "vendor" in item.name]
    assert [item.inputs["name"] for item in made] == ["secure-room-dev-inspection-vendor"]
    assert all("permissionsBoundary" in item.inputs for item in made)
    del config["secure-room:landing"]["vendor"]
    assert not [item for item in record("attach", config=config).of(ROLE) if "vendor" in item.name]


@pytest.mark.parametrize(
    ("example", "vendor", "key"),
    [
        ("attach", {"account_id": "888899990000"}, "landing.vendor.external_id"),
        ("attach", {"account_id": "888899990000", "external_id": "short"}, "landing.vendor.external_id"),
        ("attach", {"account_id": "111122223333", "external_id": "contract-5f0c3a7d1e"}, "landing.vendor.account_id"),
        ("inline", {"account_id": "888899990000", "external_id": "contract-5f0c3a7d1e"}, "landing.vendor"),
    ],
)
def test_a_link_that_is_not_safe_is_refused(
    raw: Callable[[str], dict[str, Any]], example: str, vendor: dict[str, str], key: str
) -> None:
    settings = raw(example)
    settings["landing"]["vendor"] = vendor
    with pytest.raises(SettingsError) as caught:
        from_mapping(settings)
    assert key in {problem.key for problem in caught.value.problems}
