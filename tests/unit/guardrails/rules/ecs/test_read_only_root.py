from __future__ import annotations

from guardrails.rules.ecs.read_only_root import ReadOnlyRoot
from tests.unit.guardrails.rules.rule_cases import Case, cases, swap

PREFER = ReadOnlyRoot.prefer


test_cases = cases(
    ReadOnlyRoot,
    unresolved=Case(swap(PREFER, "fn::toJSON:", "fn::unknown:"), "unresolved task.containerDefinitions"),
    boundary=Case(
        swap(PREFER, "readonlyRootFilesystem: true", 'readonlyRootFilesystem: "false"'),
        "fail task.containerDefinitions[0].readonlyRootFilesystem",
    ),
)


def test_every_container_counts_and_the_default_is_writable(judge):
    assert judge(ReadOnlyRoot, ReadOnlyRoot.avoid) == ["fail task.containerDefinitions[1].readonlyRootFilesystem"]


def test_windows_containers_cannot_have_it(judge):
    windows = "family: tool\n      runtimePlatform: {operatingSystemFamily: WINDOWS_SERVER_2022_CORE}"
    assert judge(ReadOnlyRoot, swap(ReadOnlyRoot.avoid, "family: tool", windows)) == []
