"""The process: one gRPC server on loopback, which ends with its standard input or on SIGTERM."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from concurrent import futures
from pathlib import Path

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from simulator.account import Account
from simulator.control import with_clock
from simulator.emulator.endpoint import Endpoint
from simulator.faults import FaultPlan
from simulator.operations import Operations
from simulator.provider import Provider

# As the engine's own limit: https://github.com/pulumi/pulumi, sdk/go/common/util/rpcutil.
_MESSAGE_LIMIT = 400 * 1024 * 1024


def start(
    account: Account, plan: FaultPlan | None = None, *, emulate: bool = False
) -> tuple[grpc.Server, int, Endpoint | None]:
    """Start serving `account` on free loopback ports.

    Gives the server of the provider, its port, and with `emulate` the endpoint of the AWS APIs.
    """
    options = [("grpc.max_receive_message_length", _MESSAGE_LIMIT), ("grpc.max_send_message_length", _MESSAGE_LIMIT)]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=16), options=options)
    operations = Operations(account, plan, emulate=emulate)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Provider(operations), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port, Endpoint(with_clock(operations)) if emulate else None


def serve(folder: Path, plan: FaultPlan, *, emulate: bool = True) -> None:
    """Serve the account in `folder` until the standard input ends or a SIGTERM comes.

    Prints the port first; the second line is the URL of the AWS APIs, empty when there are none. While it serves, both
    stand in `serving.json` of the folder, for other processes that want the same account.
    """
    account = Account(folder)
    server, port, endpoint = start(account, plan, emulate=emulate)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: ended.set())
    # The engine's process group gets a Ctrl-C too; the account must outlive the engine's own clean-up.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_until_input_ends, args=(ended,), daemon=True).start()
    url = endpoint.url if endpoint else ""
    note = folder / "serving.json"
    note.write_text(json.dumps({"provider": port, "apis": url}))
    sys.stdout.write(f"{port}\n{url}\n")
    sys.stdout.flush()
    ended.wait()
    server.stop(grace=2).wait()
    if endpoint is not None:
        endpoint.close()
    note.unlink(missing_ok=True)
    account.close()


def _until_input_ends(ended: threading.Event) -> None:
    # Not through sys.stdin: a reader that still holds its lock keeps the interpreter from ending.
    while os.read(0, 4096):
        pass
    ended.set()
