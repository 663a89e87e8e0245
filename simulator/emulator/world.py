"""moto in this process, journalled.

Every changing call is written down with the seed of its ids, and played again at the next start. Calls of the provider
go to moto without a socket; clients outside reach the same moto over HTTP (`Endpoint`). moto keeps its objects in
module
globals, so a process has one world at a time.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Final, cast
from urllib.parse import parse_qsl, urlsplit

import boto3
import botocore.config
import botocore.exceptions
from botocore.awsrequest import AWSRequest, AWSResponse
from werkzeug.test import Client, EnvironBuilder

from simulator.account import Account, Call
from simulator.emulator import corrections
from simulator.errors import AwsError

# Calls that only look: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html
_READING: Final = ("describe", "get", "list", "head", "lookup", "search", "batchget", "scan", "query")
_KEPT_HEADERS: Final = (
    "authorization",
    "content-type",
    "x-amz-target",
    "x-amz-acl",
    "x-amz-bucket-object-lock-enabled",
    "host",
)
_CORRECTION: Final = "CORRECT"
_SCOPE: Final = re.compile(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/")
_SETTINGS: Final = {
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
    "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
    "MOTO_ECS_NEW_ARN": "true",
}
_CREDENTIAL: Final = "simulated"


@dataclass(frozen=True)
class _Body:
    content: bytes

    def stream(self, *_arguments: Any, **_more: Any) -> Iterator[bytes]:
        yield self.content


class World:
    """The AWS APIs of one account, answered by moto."""

    def __init__(self, account: Account, number: str, lock: AbstractContextManager[Any]) -> None:
        """Stand for the account `number`; what was journalled in `account` is played on first use, under its `lock`."""
        self._account = account
        self._number = number
        # moto reads these when it is first imported, by whatever part of this process.
        os.environ.update(_SETTINGS, MOTO_ACCOUNT_ID=number)
        self._lock = lock
        # One session for all: each loads the endpoints of all services and keeps the models that it has read.
        self._session: Any = boto3.Session(_CREDENTIAL, _CREDENTIAL)
        self._clients: dict[tuple[str, str], Any] = {}
        self._application: Any = None
        self._fresh = False
        self._seed = ""
        self._entered: set[tuple[str, ...]] = set()

    def call(
        self, service: str, region: str, operation: str, parameters: Mapping[str, Any], seed: str = ""
    ) -> dict[str, Any]:
        """Make one API call. Raises AwsError with the API's own code and words, or botocore's for a malformed call."""
        with self._lock:
            self._begin()
            self._seed = seed
            client = self._client(service, region)
            try:
                return getattr(client, operation)(**parameters)
            except botocore.exceptions.ClientError as error:
                details = error.response.get("Error", {})
                status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
                raise AwsError(details.get("Code", "Unknown"), details.get("Message", str(error)), status) from error
            except botocore.exceptions.ParamValidationError as error:
                raise AwsError("ValidationException", str(error)) from error

    def correct(self, what: str, **right: Any) -> None:
        """Set right what moto makes up or cannot know: a key of `CORRECTIONS` and its arguments.

        Journalled like a call, since there is no API for it.
        """
        with self._lock:
            self._begin()
            correction = Call(_CORRECTION, what, {}, json.dumps(right).encode(), f"{self._number}|{what}|{right}")
            self._account.keep_call(correction)
            self._answer(correction)

    def spoil(self) -> None:
        """Say that moto may hold what the account does not (a transaction was undone): it starts anew at the
        next call."""
        self._fresh = False

    def serve(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one HTTP request of a client outside (WSGI)."""
        with self._lock:
            self._begin()
            length = int(environ.get("CONTENT_LENGTH") or 0)
            body: bytes = environ["wsgi.input"].read(length) if length else b""
            named = {name[5:]: str(value) for name, value in environ.items() if name.startswith("HTTP_")}
            headers = {name.replace("_", "-").lower(): value for name, value in named.items()}
            if environ.get("CONTENT_TYPE"):
                headers["content-type"] = environ["CONTENT_TYPE"]
            path = environ["PATH_INFO"] + (f"?{environ['QUERY_STRING']}" if environ.get("QUERY_STRING") else "")
            self._seed = ""
            call = Call(environ["REQUEST_METHOD"], path, headers, body)
            status, answered, content = self._perform(call)
        start_response(
            status, [(name, value) for name, value in answered.items() if name.lower() != "transfer-encoding"]
        )
        return [content]

    def _begin(self) -> None:
        if self._application is None:
            server = import_module("moto.moto_server.werkzeug_app")
            self._application = server.DomainDispatcherApplication(server.create_backend_app)
            # moto goes through the hosts of all services at each call; the answer for a host never changes.
            self._application.get_backend_for_host = cache(self._application.get_backend_for_host)
        if not self._fresh:
            self._answer(Call("POST", "/moto-api/reset", {"host": "moto"}, b""))
            self._entered.clear()
            for call in self._account.calls():
                self._answer(call)
            self._fresh = True

    def _enter(self, call: Call) -> None:
        """Make moto's objects of a service and region before the first call to them, outside the seed of that call."""
        match = _SCOPE.search(call.headers.get("authorization", ""))
        if match is None:
            return
        # At a call to any service moto looks up the caller in IAM.
        for region, service in (("us-east-1", "iam"), match.groups()):
            if (region, service) not in self._entered:
                self._entered.add((region, service))
                self._plant(f"{self._number}|{service}|{region}")
                corrections.enter(self._number, service, region)

    def _perform(self, call: Call) -> tuple[str, dict[str, str], bytes]:
        """Answer a call and, if it changed anything, write it down first: a lost answer is then no lost change."""
        if _reads(call):
            return self._answer(call)
        number = self._account.call_count() + 1
        seeded = Call(call.method, call.path, _kept(call.headers), call.body, self._seed or f"{self._number}|{number}")
        self._account.keep_call(seeded)
        answer = self._answer(seeded)
        if not answer[0].startswith("2"):
            self._account.drop_call()
        return answer

    def _plant(self, seed: str) -> None:
        import_module("moto.moto_api._internal").mock_random.seed(
            int(hashlib.sha256(seed.encode()).hexdigest()[:16], 16)
        )

    def _answer(self, call: Call) -> tuple[str, dict[str, str], bytes]:
        if call.method == _CORRECTION:
            self._plant(call.seed)
            corrections.CORRECTIONS[call.path](self._number, **json.loads(call.body))
            return "200 OK", {}, b""
        self._enter(call)
        if call.seed:
            self._plant(call.seed)
        path, _, query = call.path.partition("?")
        host = call.headers.get("host", "localhost")
        headers = {name: value for name, value in call.headers.items() if name != "host"}
        builder = EnvironBuilder(
            method=call.method,
            path=path,
            query_string=query,
            base_url=f"http://{host}",
            headers=list(headers.items()),
            data=call.body,
        )
        response = Client(self._application).open(builder)
        return response.status, dict(response.headers), response.get_data()

    def _client(self, service: str, region: str) -> Any:
        if (service, region) not in self._clients:
            options = botocore.config.Config(retries={"max_attempts": 0}, parameter_validation=True)
            client = self._session.client(service, region_name=region, config=options)
            client.meta.events.register("before-send", self._send)
            self._clients[service, region] = client
        return self._clients[service, region]

    def _send(self, request: AWSRequest, **_more: Any) -> AWSResponse:
        """Take the place of botocore's HTTP: the call goes to moto in this process."""
        parts = urlsplit(str(request.url))
        body: Any = request.body or b""
        content = body.read() if hasattr(body, "read") else body
        headers = {
            str(name).lower(): value.decode() if isinstance(value, bytes) else str(value)
            for name, value in request.headers.items()
        }
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        raw = content.encode() if isinstance(content, str) else bytes(content)
        call = Call(str(request.method), path, {**headers, "host": parts.netloc}, raw)
        status, answered, answer = self._perform(call)
        return AWSResponse(str(request.url), int(status.split()[0]), cast("Any", answered), _Body(answer))


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name in _KEPT_HEADERS or name.startswith("x-amz-")}


def _reads(call: Call) -> bool:
    """Tell whether a call changes nothing, by its method or by the name of its action."""
    if call.method in ("GET", "HEAD", "OPTIONS"):
        return True
    target = call.headers.get("x-amz-target", "")
    action = target.rpartition(".")[2] if target else _form_action(call.body)
    return action.lower().startswith(_READING)


def _form_action(body: bytes) -> str:
    text = body.decode(errors="replace")
    if text.startswith("{"):
        return str(json.loads(text).get("Action", ""))
    return next((value for name, value in parse_qsl(text) if name == "Action"), "")
