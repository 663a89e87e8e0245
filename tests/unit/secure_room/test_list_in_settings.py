"""The allow-list as the settings of a stack hold it: what the check refuses, the stack refuses."""

from __future__ import annotations

import pytest

from components.settings import SettingsError, from_mapping
from tests.support.settings import put, stack_settings


def raw(stack: str, *extra: str) -> dict[str, object]:
    return put(stack_settings(stack), "proxy.allow_list", {"extra": list(extra)})


@pytest.mark.parametrize(
    ("entry", "rule"),
    [
        (".cloudfront.net", "shared-hosting"),
        ("x.console.aws.amazon.com", "redundant"),
        ("10.0.0.1", "ip-literal"),
        ("sts.us-west-2.amazonaws.com", "foreign-region"),
        ("ssm.ap-northeast-1.amazonaws.com", "has-endpoint"),
    ],
)
@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_a_stack_with_such_an_entry_is_refused(stack: str, entry: str, rule: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        from_mapping(raw(stack, entry))
    assert "proxy.allow_list" in str(refusal.value)
    assert entry in str(refusal.value)
    assert rule in str(refusal.value)


def test_an_endpoint_that_only_one_stack_has_is_refused_there_only() -> None:
    """prod asks for an endpoint of STS, dev does not."""
    from_mapping(raw("dev", "sts.ap-northeast-1.amazonaws.com"))
    with pytest.raises(SettingsError, match="has-endpoint"):
        from_mapping(raw("prod", "sts.ap-northeast-1.amazonaws.com"))
