from __future__ import annotations

import pytest

from guardrails.rules.ecs.isolation import Isolation
from tests.unit.guardrails.rules.rule_cases import swap

PREFER = Isolation.prefer


def test_an_isolated_container_passes(judge):
    assert judge(Isolation, PREFER) == []


def test_a_capability_that_undoes_the_isolation_is_refused(judge):
    assert judge(Isolation, Isolation.avoid) == ["fail task.containerDefinitions[0].linuxParameters.capabilities.add"]
    assert judge(Isolation, swap(Isolation.avoid, "SYS_ADMIN", "NET_BIND_SERVICE")) == []


def test_privileged_is_refused_as_text_too(judge):
    for value in ("true", '"true"'):
        program = swap(PREFER, "privileged: false", f"privileged: {value}")
        assert judge(Isolation, program) == ["fail task.containerDefinitions[0].privileged"]


@pytest.mark.parametrize("mode", ["pidMode", "ipcMode"])
def test_the_hosts_namespaces_are_refused(judge, mode):
    assert judge(Isolation, swap(PREFER, "networkMode: awsvpc", f"{mode}: host")) == [f"fail task.{mode}"]
    assert judge(Isolation, swap(PREFER, "networkMode: awsvpc", f"{mode}: task")) == []


def test_the_hosts_network_needs_another_user_than_root(judge):
    program = swap(PREFER, "networkMode: awsvpc", "networkMode: host")
    assert judge(Isolation, program) == ["fail task.containerDefinitions[0].user"]
    assert judge(Isolation, swap(program, "image: tool,", 'image: tool, user: "1000",')) == []


def test_definitions_that_cannot_be_read_are_unresolved(judge):
    opaque = swap(PREFER, "image: tool,", 'image: "${repo.arn}",') + '  repo: {type: "aws:ecr:Repository"}\n'
    assert judge(Isolation, opaque) == ["unresolved task.containerDefinitions"]
    assert judge(Isolation, swap(PREFER, "networkMode: awsvpc", 'pidMode: {"fn::unknown": true}')) == [
        "unresolved task.pidMode"
    ]
