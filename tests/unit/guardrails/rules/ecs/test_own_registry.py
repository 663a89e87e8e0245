from __future__ import annotations

import pytest

from guardrails.rules.ecs.own_registry import OwnRegistry
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

AVOID, PREFER = OwnRegistry.avoid, OwnRegistry.prefer
PATH = "task.containerDefinitions[0].image"
OWN = "111122223333.dkr.ecr.ap-northeast-1.amazonaws.com/proxy:1"
test_cases = cases(
    OwnRegistry,
    unresolved=Case(swap(PREFER, "fn::toJSON:", "fn::unknown:"), "unresolved task.containerDefinitions.image"),
    boundary=Case(swap(PREFER, OWN, f"example.com/{OWN}"), f"fail {PATH}"),
)


@pytest.mark.parametrize("image", ["nginx", "docker.io/library/nginx@sha256:00", "public.ecr.aws/nginx/nginx:1"])
def test_public_registries_are_somebody_elses(judge, image):
    assert judge(OwnRegistry, swap(PREFER, OWN, image)) == [f"fail {PATH}"]


def test_a_registry_may_be_declared(judge):
    program = swap(PREFER, OWN, "public.ecr.aws/nginx/nginx:1")
    assert judge(OwnRegistry, program, registries=("public.ecr.aws/nginx/",)) == []
    intent = OwnRegistry.example_intent + 'externals: [{id: team, account: "999988887777"}]\n'
    assert judge(OwnRegistry, AVOID, intent=intent) == []


@pytest.mark.parametrize(
    "host",
    [
        "111122223333.dkr.ecr-fips.us-east-1.amazonaws.com",
        "111122223333.dkr-ecr.us-west-2.on.aws",
        "111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn",
    ],
)
def test_every_host_name_of_a_private_registry(judge, host):
    assert judge(OwnRegistry, swap(PREFER, "111122223333.dkr.ecr.ap-northeast-1.amazonaws.com", host)) == []
