"""The `pulumirpc.LanguageRuntime` service of the host."""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType
from typing import IO

import grpc
from google.protobuf import empty_pb2
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.proto import (
    engine_pb2,
    engine_pb2_grpc,
    language_pb2,
    language_pb2_grpc,
    plugin_pb2,
)

from tools.engine.host.children import Children
from tools.engine.host.interpreter import InterpreterError, interpreter
from tools.engine.host.lifeline import on_close
from tools.engine.host.program import BAILED

HERE = Path(__file__).resolve().parent
LOOPBACK = "127.0.0.1"
MESSAGE_LIMIT = 400 * 1024 * 1024
"""The engine's own limit for one message, in bytes (rpcutil.GrpcChannelOptions)."""

CHUNK = 64 * 1024
PLUGIN_MODULES = {"analyzer": "pulumi.policy"}
"""What runs a plugin of each kind. Other kinds (providers written in Python) are not needed here and are refused."""

Chunk = tuple[str, bytes]

RESPONSES: dict[str, Callable[[bytes], language_pb2.RunPluginResponse]] = {
    "stdout": lambda data: language_pb2.RunPluginResponse(stdout=data),
    "stderr": lambda data: language_pb2.RunPluginResponse(stderr=data),
}


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Runs programs and policy packs for one engine."""

    def __init__(self, engine_address: str) -> None:
        self._engine_address = engine_address
        self._children = Children()

    def close(self) -> None:
        """End everything that runs for the engine."""
        self._children.close()

    def Handshake(  # noqa: N802
        self, request: language_pb2.LanguageHandshakeRequest, context: grpc.ServicerContext
    ) -> language_pb2.LanguageHandshakeResponse:
        """Take the engine's address, where the engine attaches to a host that already runs."""
        self._engine_address = request.engine_address or self._engine_address
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:  # noqa: N802
        """The version of the host, which is the repository's own."""
        return plugin_pb2.PluginInfo(version="0.1.0")

    def About(self, request: language_pb2.AboutRequest, context: grpc.ServicerContext) -> language_pb2.AboutResponse:  # noqa: N802
        """The Python in use."""
        return language_pb2.AboutResponse(executable=sys.executable, version=sys.version.split()[0])

    def GetRequiredPackages(  # noqa: N802
        self, request: language_pb2.GetRequiredPackagesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPackagesResponse:
        """None: providers are attached, and nothing is downloaded behind anybody's back."""
        return language_pb2.GetRequiredPackagesResponse()

    def Run(self, request: language_pb2.RunRequest, context: grpc.ServicerContext) -> language_pb2.RunResponse:  # noqa: N802
        """Run the program and wait for it; a failure it has shown by itself is a bail."""
        root = Path(request.info.root_directory or request.pwd)
        try:
            python = interpreter(MessageToDict(request.info.options), root)
        except InterpreterError as error:
            return self._refused(str(error))
        argv = [str(python), "-u", str(HERE / "program.py"), *self._program_arguments(request)]
        environment = dict(
            os.environ,
            PULUMI_CONFIG=json.dumps(dict(request.config)),
            PULUMI_CONFIG_SECRET_KEYS=json.dumps(list(request.configSecretKeys)),
        )
        # Standard output and error are the host's own: the engine shows each line as the program's.
        with self._children.start(argv, cwd=Path(request.pwd), env=environment) as process:
            ended = context.add_callback(process.terminate)
            if not ended:
                process.terminate()
            code = process.wait()
        if code == 0:
            return language_pb2.RunResponse()
        if code == BAILED:
            return language_pb2.RunResponse(bail=True)
        how = f"was ended by signal {-code}" if code < 0 else f"exited with code {code}"
        return language_pb2.RunResponse(error=f"the program {how}")

    def _program_arguments(self, request: language_pb2.RunRequest) -> list[str]:
        """The command line of `program.py`."""
        return [
            *("--monitor", request.monitor_address, "--engine", self._engine_address),
            *("--project", request.project, "--stack", request.stack, "--organization", request.organization),
            *("--root_directory", request.info.root_directory, "--pwd", request.pwd),
            *("--dry_run", "true" if request.dryRun else "false", "--parallel", str(request.parallel)),
            *("--", request.info.entry_point or request.program or ".", *request.args),
        ]

    def RunPlugin(  # noqa: N802
        self, request: language_pb2.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.RunPluginResponse]:
        """Run a policy pack and pass on what it prints, until it ends or the engine ends the call."""
        module = PLUGIN_MODULES.get(request.kind)
        if module is None:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, f"this host runs no plugins of kind {request.kind!r}")
        folder = Path(request.info.program_directory)
        try:
            python = interpreter(MessageToDict(request.info.options), Path(request.info.root_directory or folder))
        except InterpreterError as error:
            self._log_error(str(error))
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
        argv = [str(python), "-u", str(HERE / "plugin.py"), str(module), *request.args, str(folder)]
        environment = dict(os.environ) | dict(_pair(item) for item in request.env)
        with self._children.start(argv, cwd=folder, env=environment, piped=True) as process:
            context.add_callback(process.terminate)
            for stream, data in _chunks({"stdout": process.stdout, "stderr": process.stderr}):
                yield RESPONSES[stream](data)
            yield language_pb2.RunPluginResponse(exitcode=process.wait())

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:  # noqa: N802
        """End what runs: the engine has given up on it."""
        self._children.close()
        return empty_pb2.Empty()

    def _refused(self, message: str) -> language_pb2.RunResponse:
        self._log_error(message)
        return language_pb2.RunResponse(bail=True)

    def _log_error(self, message: str) -> None:
        """Show an error to the user through the engine, which knows where to put it."""
        with grpc.insecure_channel(self._engine_address) as channel:
            request = engine_pb2.LogRequest(severity=engine_pb2.ERROR, message=message)
            engine_pb2_grpc.EngineStub(channel).Log(request, timeout=10)  # pyright: ignore[reportUnknownMemberType]


def _pair(item: str) -> tuple[str, str]:
    name, _, value = item.partition("=")
    return name, value


def _chunks(streams: dict[str, IO[bytes] | None]) -> Iterator[Chunk]:
    """What the streams bring, in the order of arrival, until all have ended."""
    arrived: queue.Queue[Chunk | None] = queue.Queue()

    def read(name: str, stream: IO[bytes]) -> None:
        try:
            while data := os.read(stream.fileno(), CHUNK):
                arrived.put((name, data))
        finally:
            arrived.put(None)

    readers = [(name, stream) for name, stream in streams.items() if stream is not None]
    for name, stream in readers:
        threading.Thread(target=read, args=(name, stream), daemon=True).start()
    for _ in range(len(readers)):
        while (item := arrived.get()) is not None:
            yield item


def serve(argv: list[str]) -> int:
    """Serve the engine whose address is the last argument; ends quietly on SIGINT, SIGTERM and with the engine."""
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    on_close(0, stopping.set)
    host = LanguageHost(argv[-1] if argv else "")
    limits = [("grpc.max_send_message_length", MESSAGE_LIMIT), ("grpc.max_receive_message_length", MESSAGE_LIMIT)]
    server = grpc.server(ThreadPoolExecutor(max_workers=16), options=limits)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port(f"{LOOPBACK}:0")
    server.start()
    print(port, flush=True)
    stopping.wait()
    host.close()
    server.stop(grace=1).wait()
    return 0
