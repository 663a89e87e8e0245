"""A small internet in a network namespace, with the egress proxy in it. Run as a program inside the namespace.

Addresses that look public, private ones and the metadata address all live on the loopback interface here, and each has
a real TLS server that would gladly answer: a refusal is therefore Squid's, never the network's. Commands come as JSON
lines on stdin, answers leave as JSON lines on stdout.
"""

from __future__ import annotations

import datetime
import ipaddress
import json
import os
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, TextIO

PUBLIC = "93.184.216.34"
PRIVATE = "10.9.9.9"
METADATA = "169.254.169.254"
ROOM_CLIENT = "10.77.0.10"
STRANGER = "10.88.0.10"
PROXY = "10.77.1.10"
DNS = "10.77.0.2"
UNPRIVILEGED = 10001
# As the task is run: a read-only root but for the run folder, own shared memory, no capability, no way to get one.
CONFINE_AS_ROOT = f"""
mount --bind "$1" "$1"
mount -t tmpfs shm /dev/shm
mount -o remount,ro,bind /
exec setpriv --reuid {UNPRIVILEGED} --regid {UNPRIVILEGED} --clear-groups --bounding-set=-all --no-new-privs "$2"
"""
# What can be had of that without being root.
CONFINE_AS_USER = f"""
mount -t tmpfs shm /dev/shm
exec unshare --user --map-user={UNPRIVILEGED} --map-group={UNPRIVILEGED} "$2"
"""
WAIT = 20.0


def answer_dns(query: bytes, zone: dict[str, list[list[str]]], asked: list[str]) -> bytes:
    """Answers A and AAAA (RFC 1035). A name with several answers takes turns; a name outside the zone is public."""
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1 : at + 1 + query[at]].decode())
        at += 1 + query[at]
    kind = struct.unpack(">H", query[at + 1 : at + 3])[0]
    name = ".".join(labels).lower()
    asked.append(name)
    turns = zone.get(name, [[PUBLIC]])
    turn = sum(1 for one in asked if one == name) - 1
    wanted = {1: 4, 28: 6}.get(kind)
    addresses = [ipaddress.ip_address(text) for text in turns[turn % len(turns)]]
    packed = [address.packed for address in addresses if address.version == wanted]
    head = query[:2] + struct.pack(">HHHHH", 0x8180, 1, len(packed), 0, 0)
    records = [struct.pack(">HHHIH", 0xC00C, kind, 1, 0, len(data)) + data for data in packed]
    return head + query[12 : at + 5] + b"".join(records)


def certificate(folder: Path) -> Path:
    """One self-signed certificate that every origin shows: a client that trusts only it knows nobody sits between."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "origin.example")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "origin.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


class World:
    """The namespace's servers, the proxy, and what was seen of both."""

    def __init__(self, start: dict[str, Any]) -> None:
        self.folder = Path(start["folder"])
        self.zone: dict[str, list[list[str]]] = start["zone"]
        self.asked: list[str] = []
        self.visits: list[str] = []
        self.log: list[dict[str, Any]] = []
        self.notes: list[str] = []
        self.changed = threading.Condition()
        self.address_book(start["hosts"])
        self.pem = certificate(self.folder)
        self.serve_dns()
        for host in (PUBLIC, PRIVATE, METADATA):
            for port in (22, 80, 443, 8443):
                self.serve_origin(host, port)
        self.proxy = self.start_proxy(start)

    def address_book(self, hosts: list[str]) -> None:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        for host in hosts:
            subprocess.run(["ip", "address", "add", host, "dev", "lo"], check=True)

    def serve_dns(self) -> None:
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        server.bind((DNS, 53))

        def serve() -> None:
            while True:
                query, peer = server.recvfrom(4096)
                server.sendto(answer_dns(query, self.zone, self.asked), peer)

        threading.Thread(target=serve, daemon=True).start()

    def serve_origin(self, host: str, port: int) -> None:
        server = socket.create_server((host, port))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.pem)

        def serve() -> None:
            while True:
                connection, _ = server.accept()
                with self.changed:
                    self.visits.append(f"{host}:{port}")
                    self.changed.notify_all()
                threading.Thread(target=greet, args=(connection,), daemon=True).start()

        def greet(connection: socket.socket) -> None:
            try:
                with context.wrap_socket(connection, server_side=True) as secured:
                    secured.sendall(f"hello from {host}".encode())
            except OSError:
                connection.close()

        threading.Thread(target=serve, daemon=True).start()

    def start_proxy(self, start: dict[str, Any]) -> subprocess.Popen[bytes]:
        run_dir = self.folder / "run"
        run_dir.mkdir()
        environment = {"PATH": os.environ["PATH"], "RUN_DIR": str(run_dir), "SQUID_CONF": start["squid_conf"]}
        if start["real_root"]:
            os.chown(run_dir, UNPRIVILEGED, UNPRIVILEGED)
        confine = CONFINE_AS_ROOT if start["real_root"] else CONFINE_AS_USER
        command = ["unshare", "--mount", "sh", "-euc", confine, "sh", str(run_dir), start["entrypoint"]]
        pipes = [os.pipe(), os.pipe()]
        for _, end in pipes:
            # As a container's runtime does: Squid opens /dev/stdout anew, so the pipe must be its user's.
            if start["real_root"]:
                os.fchown(end, UNPRIVILEGED, UNPRIVILEGED)
        proxy = subprocess.Popen(
            command, env=environment, stdout=pipes[0][1], stderr=pipes[1][1], stdin=subprocess.DEVNULL
        )
        for (end, own), read in zip(pipes, (self.read_log, self.read_notes), strict=True):
            os.close(own)
            threading.Thread(target=read, args=(os.fdopen(end, errors="replace"),), daemon=True).start()
        self.wait_for_port(proxy)
        return proxy

    def read_log(self, lines: TextIO) -> None:
        for line in lines:
            with self.changed:
                self.log.append(json.loads(line))
                self.changed.notify_all()

    def read_notes(self, lines: TextIO) -> None:
        self.notes.extend(lines)

    def wait_for_port(self, proxy: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + WAIT
        while time.monotonic() < deadline:
            if proxy.poll() is not None:
                raise RuntimeError(f"the proxy ended with {proxy.returncode}: {''.join(self.notes)}")
            try:
                socket.create_connection((PROXY, 3128), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError("the proxy does not listen: " + "".join(self.notes))

    def request(self, head: str, client: str = ROOM_CLIENT, tls_name: str | None = None) -> dict[str, Any]:
        """Sends one request head and, after a 200, speaks TLS through the tunnel; tells what everybody saw of it."""
        asked, visits, logged = len(self.asked), len(self.visits), len(self.log)
        with socket.create_connection((PROXY, 3128), timeout=WAIT, source_address=(client, 0)) as connection:
            own_port = connection.getsockname()[1]
            connection.sendall(head.encode("latin-1"))
            answer = read_head(connection)
            status = int(answer.split()[1]) if answer else 0
            greeting = self.greeting(connection, tls_name) if status == 200 and tls_name else ""
            if status == 200:
                with self.changed:
                    self.changed.wait_for(lambda: len(self.visits) > visits, WAIT)
        return {
            "status": status,
            "head": answer,
            "greeting": greeting,
            "log": self.entry(client, own_port, logged),
            "dns": self.asked[asked:],
            "visits": self.visits[visits:],
        }

    def greeting(self, connection: socket.socket, tls_name: str) -> str:
        context = ssl.create_default_context(cafile=str(self.pem))
        context.check_hostname = False
        with context.wrap_socket(connection, server_hostname=tls_name) as secured:
            return secured.recv(100).decode()

    def entry(self, client: str, port: int, since: int) -> dict[str, Any] | None:
        """Squid's own line about the connection from this port; earlier connections may have had the same one."""
        deadline = time.monotonic() + WAIT
        with self.changed:
            while True:
                for entry in self.log[since:]:
                    if (entry["client"], entry["client_port"]) == (client, port):
                        return entry
                if not self.changed.wait(deadline - time.monotonic()):
                    return None

    def names_asked(self) -> list[str]:
        """Every name that anybody asked the namespace's DNS for."""
        return sorted(set(self.asked))

    def run(self, command: list[str]) -> dict[str, Any]:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "RUN_DIR": str(self.folder / "run")},
        )
        return {"code": done.returncode, "stderr": done.stderr}


def read_head(connection: socket.socket) -> str:
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(1)
        if not more:
            break
        data += more
    return data.decode("latin-1")


def main() -> None:
    """Serves commands until stdin closes, then ends the proxy."""
    try:
        world = World(json.loads(sys.stdin.readline()))
    except Exception as error:  # noqa: BLE001 - told to the test, which fails with it
        print(json.dumps({"error": repr(error)}), flush=True)
        return
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        call = json.loads(line)
        try:
            answer = getattr(world, call.pop("do"))(**call)
        except Exception as error:  # noqa: BLE001 - told to the test, which fails with it
            answer = {"error": repr(error)}
        print(json.dumps(answer), flush=True)
    world.proxy.kill()


if __name__ == "__main__":
    main()
