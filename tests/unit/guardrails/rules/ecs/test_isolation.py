from __future__ import annotations

import pytest

from guardrails.rules.ecs.isolation import Isolation
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

PREFER = Isolation.prefer


OPAQUE = swap(PREFER, "image: tool,", 'image: "${repo.arn}",') + '  repo: {type: "aws:ecr:Repository"}\n'
test_cases = cases(
    Isolation,
    unresolved=Case(OPAQUE, "unresolved task.containerDefinitions"),
    boundary=Case(
        swap(PREFER, "privileged: false", 'Privileged: "true"'), "fail task.containerDefinitions[0].privileged"
    ),
)


def test_a_capability_that_undoes_the_isolation_is_refused(judge):
    assert judge(Isolation, Isolation.avoid) == ["fail task.containerDefinitions[0].linuxParameters.capabilities.add"]
    assert judge(Isolation, swap(Isolation.avoid, "SYS_ADMIN", "NET_BIND_SERVICE")) == []


def test_privileged_is_refused_as_text_too(judge):
    for value in ("true", '"true"'):
        program = swap(PREFER, "privileged: false", f"privileged: {value}")
        assert judge(Isolation, program) == ["fail task.containerDefinitions[0].privileged"]


@pytest.mark.parametrize("mode", ["pidMode", "ipcMode", "networkMode"])
def test_the_hosts_namespaces_are_refused(judge, mode):
    alone = swap(PREFER, "      networkMode: awsvpc\n", "")
    for value, found in (("host", [f"fail task.{mode}"]), ("task", []), ('{"fn::unknown": true}', None)):
        program = swap(alone, "      family", f"      {mode}: {value}\n      family")
        assert judge(Isolation, program) == ([f"unresolved task.{mode}"] if found is None else found)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/var/run/docker.sock", True),
        ("/run/docker.sock", True),
        ("/", True),
        ("/etc/", True),
        ("/data/../etc", True),
        ("/var/lib/docker/volumes", True),
        ("/data", False),
        ("/ecs/shared", False),
    ],
)
def test_what_runs_the_host_is_not_mounted(judge, path, found):
    program = swap(PREFER, "      family", f"      volumes: [{{name: a}}, {{name: b, hostPath: {path}}}]\n      family")
    assert judge(Isolation, program) == (["fail task.volumes[1].hostPath"] if found else [])


@pytest.mark.parametrize(
    ("option", "found"), [("apparmor:unconfined", True), ("seccomp=unconfined", True), ("no-new-privileges", False)]
)
def test_what_confines_a_container_stays_on(judge, option, found):
    program = swap(PREFER, "privileged: false", f"dockerSecurityOptions: ['{option}']")
    assert bool(judge(Isolation, program)) is found


def test_a_setting_given_twice_is_not_read_as_the_harmless_one(judge):
    program = swap(PREFER, "privileged: false", "privileged: false, Privileged: true")
    assert judge(Isolation, program) == ["unresolved task.containerDefinitions[0].privileged"]
