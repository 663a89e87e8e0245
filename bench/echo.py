"""A provider that only echoes: what the engine and the program take by themselves, with no account behind them.

It answers a create with the inputs and made-up ids, keeps nothing and checks nothing; questions are answered as the
simulated account does. `python -m bench.echo` prints its port and serves until its standard input ends.
"""

from __future__ import annotations

import os
import sys
from concurrent import futures
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from simulator import regions
from simulator.account import Account
from simulator.creation import Session
from simulator.operations import Operations, token_of
from simulator.provider import Provider
from simulator.schema import schema_of, zero
from simulator.settling import Made
from simulator.wire import UNKNOWN, Decoded


class Echo(Operations):
    """Creates that give their inputs back, with an empty value for whatever AWS would compute."""

    def create(self, session: Session, urn: str, given: Decoded) -> Made:
        """Give the inputs, and empty values; an id from the URN."""
        token = token_of(urn)
        outputs = self.plan(session, token, given.values)
        known = schema_of(token).outputs
        full: dict[str, Any] = {
            name: _stand_in(urn, name, zero(known[name])) if value is UNKNOWN else value
            for name, value in outputs.items()
        }
        if "firewallStatuses" in full:
            full["firewallStatuses"] = [{"syncStates": [_endpoint(zone) for zone in regions.zones(session.region)]}]
        return Made(urn.rsplit("::", 1)[-1], full, given.values, given.secrets)


def _endpoint(zone: str) -> dict[str, Any]:
    """Give a firewall's endpoint in a zone: programs look theirs up by it, and stop where there is none."""
    return {"availabilityZone": zone, "attachments": [{"endpointId": f"vpce-{zone}", "subnetId": ""}]}


def _stand_in(urn: str, name: str, empty: object) -> object:
    return f"{urn.rsplit('::', 1)[-1]}-{name}" if isinstance(empty, str) else empty


def main() -> None:
    """Serve until the standard input ends."""
    with TemporaryDirectory() as folder:
        server = grpc.server(futures.ThreadPoolExecutor(max_workers=16))
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(Provider(Echo(Account(Path(folder)))), server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        sys.stdout.write(f"{port}\n\n")
        sys.stdout.flush()
        while os.read(0, 4096):
            pass
        server.stop(grace=1).wait()


if __name__ == "__main__":
    main()
