"""Starts the policy pack as the engine does and asks it about a stack."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi.runtime.proto import analyzer_pb2_grpc

from tests.policy.support.wire import Raw, analyze_requests, stack_request

FOLDER = Path(__file__).parents[3] / "policy_pack"
_LARGE = [("grpc.max_receive_message_length", 400 << 20), ("grpc.max_send_message_length", 400 << 20)]


@dataclass(frozen=True)
class Told:
    """One diagnostic of the pack."""

    rule: str
    subject: str
    level: str
    message: str

    @property
    def mandatory(self) -> bool:
        return self.level == "MANDATORY"


class Pack:
    """A running pack."""

    def __init__(self, stub: Any) -> None:
        self.stub = stub

    def info(self) -> Any:
        return self.stub.GetAnalyzerInfo(empty_pb2.Empty())

    def configure(self, config: Mapping[str, str | Mapping[str, Any]] | None = None) -> None:
        """Configure as the engine does: every policy with its level, then what the file says (a text is a level)."""
        request = proto.ConfigureAnalyzerRequest()
        for policy in self.info().policies:
            request.policyConfig[policy.name].enforcementLevel = policy.enforcementLevel
        for name, entry in (config or {}).items():
            given = {"enforcementLevel": entry} if isinstance(entry, str) else dict(entry)
            level = given.pop("enforcementLevel", None)
            if level is not None:
                request.policyConfig[name].enforcementLevel = proto.EnforcementLevel.Value(level.upper())
            properties = struct_pb2.Struct()
            properties.update(given)
            request.policyConfig[name].properties.CopyFrom(properties)
        self.stub.Configure(request)

    def judge(self, raw: Iterable[Raw]) -> list[Told]:
        """Send a whole stack as a preview does: each resource, then the stack."""
        listed = list(raw)
        told: list[Told] = []
        for request in analyze_requests(listed):
            told += [_told(item, request.urn) for item in self.stub.Analyze(request).diagnostics]
        told += [_told(item) for item in self.stub.AnalyzeStack(stack_request(listed)).diagnostics]
        return told


def _told(diagnostic: Any, subject: str = "") -> Told:
    return Told(
        rule=diagnostic.policyName.split("-")[0],
        subject=diagnostic.urn or subject,
        level=proto.EnforcementLevel.Name(diagnostic.enforcementLevel),
        message=diagnostic.message,
    )


@contextmanager
def started(folder: Path = FOLDER) -> Iterator[Pack]:
    """Run a pack as `pulumi` does: `python -u -m pulumi.policy ENGINE FOLDER`; its first line is the port."""
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}", options=_LARGE) as channel:
            grpc.channel_ready_future(channel).result(timeout=20)
            yield Pack(analyzer_pb2_grpc.AnalyzerStub(channel))
    finally:
        process.terminate()
        process.wait(timeout=20)
        if process.stdout is not None:
            process.stdout.close()
