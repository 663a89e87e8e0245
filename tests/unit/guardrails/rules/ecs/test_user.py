from __future__ import annotations

import pytest

from guardrails.rules.ecs.user import ContainerUser
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

PREFER = ContainerUser.prefer
PATH = "task.containerDefinitions[0].user"
test_cases = cases(
    ContainerUser,
    unresolved=Case(swap(PREFER, "fn::toJSON:", "fn::unknown:"), "unresolved task.containerDefinitions.user"),
    boundary=Case(swap(PREFER, 'user: "10001:10001"', "USER: 0"), f"fail {PATH}"),
)


@pytest.mark.parametrize("user", ["root", '"0"', "root:wheel", '"0:0"', '""'])
def test_root_in_every_spelling(judge, user):
    assert judge(ContainerUser, swap(PREFER, '"10001:10001"', user)) == [f"fail {PATH}"]


def test_an_image_may_start_as_root(judge):
    assert judge(ContainerUser, swap(PREFER, ', user: "10001:10001"', "")) == [f"fail {PATH}"]


def test_another_users_name_passes(judge):
    assert judge(ContainerUser, swap(PREFER, '"10001:10001"', "rooter")) == []


def test_windows_containers_cannot_have_it(judge):
    windows = "family: tool\n      runtimePlatform: {operatingSystemFamily: WINDOWS_SERVER_2022_CORE}"
    assert judge(ContainerUser, swap(ContainerUser.avoid, "family: tool", windows)) == []
