"""The resource provider protocol on top of `Operations`: gRPC messages in, plain values inside, gRPC messages out.

Protocol: https://github.com/pulumi/pulumi, `proto/pulumi/provider.proto`.
"""

from __future__ import annotations

import json
import sys
import threading
import traceback
from collections.abc import Callable
from functools import wraps
from importlib.metadata import version
from typing import Any, Final, TypeVar

import grpc
from google.protobuf import any_pb2, empty_pb2, struct_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from simulator import inputs as checking
from simulator.changes import changes
from simulator.configuration import Configuration, session_of
from simulator.creation import Session
from simulator.errors import AwsError, OperationError, SimulatedFaultError, UnfinishedError, UnsupportedTypeError
from simulator.functions import call
from simulator.model import Values
from simulator.operations import Operations, token_of
from simulator.schema import Problem, schema_of
from simulator.settling import Made
from simulator.types import type_of
from simulator.wire import UNKNOWN, Decoded, contains_unknown, decode, encode

VERSION: Final = version("pulumi-aws")
_Answer = TypeVar("_Answer")
_REFUSALS: Final = (AwsError, OperationError, SimulatedFaultError, UnsupportedTypeError)


def _refusing(method: Callable[[Provider, Any, grpc.ServicerContext], _Answer]) -> Callable[..., _Answer]:
    """Turn a refusal into a gRPC error with its own words; anything else is logged and reported as a crash,
    never a success."""

    @wraps(method)
    def call_method(self: Provider, request: Any, context: grpc.ServicerContext) -> _Answer:
        try:
            return method(self, request, context)
        except UnfinishedError as unfinished:
            return _abort_unfinished(context, unfinished)
        except _REFUSALS as refusal:
            return context.abort(grpc.StatusCode.UNKNOWN, str(refusal))
        except Exception as fault:  # noqa: BLE001 - whatever it is, it must reach the engine as an error
            traceback.print_exc(file=sys.stderr)
            message = f"the simulated account failed in {method.__name__}: {type(fault).__name__} (see its log)"
            return context.abort(grpc.StatusCode.INTERNAL, message)

    return call_method


def _abort_unfinished(context: grpc.ServicerContext, unfinished: UnfinishedError) -> Any:
    """Tell the engine of an object that is there but not ready: it goes into the state, marked, and is tried again."""
    made = unfinished.made
    detail = any_pb2.Any()
    detail.Pack(
        provider_pb2.ErrorResourceInitFailed(
            id=made.id,
            properties=_state(made.id, made.outputs, made.secrets),
            inputs=encode(made.inputs, made.secrets),
            reasons=[unfinished.reason],
        )
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=unfinished.reason, details=[detail])
    # How gRPC carries details: https://github.com/grpc/proposal/blob/master/L44-python-rich-status.md
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    return context.abort(grpc.StatusCode.UNKNOWN, unfinished.reason)


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """The `aws` provider of one simulated account. Each connection has its own configuration, as each provider
    resource does."""

    def __init__(self, operations: Operations) -> None:
        """Serve what `operations` can do."""
        self._operations = operations
        self._configurations: dict[str, Configuration] = {}
        self._latest: Configuration | None = None
        self._engine = ""
        self._announced: set[str] = set()
        self._lock = threading.Lock()

    def Attach(self, request: plugin_pb2.PluginAttach, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Remember where the engine listens."""
        self._engine = request.address
        return empty_pb2.Empty()

    def Handshake(
        self, request: provider_pb2.ProviderHandshakeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ProviderHandshakeResponse:
        """Say what this provider understands."""
        self._engine = request.engine_address or self._engine
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, accept_resources=True, accept_outputs=False)

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """Give the version of the pulumi_aws types that inputs are checked against."""
        return plugin_pb2.PluginInfo(version=VERSION)

    def GetSchema(
        self, request: provider_pb2.GetSchemaRequest, context: grpc.ServicerContext
    ) -> provider_pb2.GetSchemaResponse:
        """Give an empty schema: programs here use the generated Python package, which carries its own."""
        return provider_pb2.GetSchemaResponse(schema=json.dumps({"name": "aws", "version": VERSION}))

    def CheckConfig(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        """Accept the configuration as it is; whether account and region are allowed is told by Configure."""
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        """Replace the provider (and so its objects) only when the region changes."""
        old, new = decode(request.old_inputs or request.olds).values, decode(request.news).values
        moved = "region" in old and old["region"] != new.get("region")
        kind = provider_pb2.DiffResponse.DIFF_NONE if old == new else provider_pb2.DiffResponse.DIFF_SOME
        return provider_pb2.DiffResponse(changes=kind, replaces=["region"] if moved else [])

    @_refusing
    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        """Take account and region from the provider's configuration. Refuses an account or region that is not
        allowed."""
        with self._lock:
            configuration = session_of(decode(request.args).values, self._operations.account)
            self._configurations[context.peer()] = configuration
            self._latest = configuration
        if configuration.session is not None:
            self._announce(configuration.session.account)
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, acceptResources=True, acceptOutputs=False
        )

    @_refusing
    def Check(self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext) -> provider_pb2.CheckResponse:
        """Check inputs against the types of pulumi_aws and the documented limits; fill in names and defaults."""
        token = token_of(request.urn)
        given, olds = decode(request.news), decode(request.olds)
        failures = [
            _failure(problem, given.secrets)
            for problem in checking.problems(type_of(token), schema_of(token), given.values)
        ]
        added = checking.additions(token, request.urn, given.values, olds.values, request.randomSeed)
        checked = request.news
        checked.MergeFrom(encode(added))
        for name, document in checking.documents(schema_of(token), given.values).items():
            checked.fields[name].CopyFrom(encode({name: document}, given.secrets).fields[name])
        return provider_pb2.CheckResponse(inputs=checked, failures=failures)

    @_refusing
    def Diff(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        """Tell what a change of inputs means."""
        token = token_of(request.urn)
        old = decode(request.old_inputs if request.old_inputs.fields else request.olds).values
        new = decode(request.news).values
        found = changes(token, old, new)
        if not found:
            return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)
        kinds = provider_pb2.PropertyDiff.Kind
        detailed = {
            name: provider_pb2.PropertyDiff(
                kind=kinds.Value(change.kind.upper() + ("_REPLACE" if change.replaces else "")), inputDiff=True
            )
            for name, change in found.items()
        }
        replaces = [name for name, change in found.items() if change.replaces]
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME,
            diffs=list(found),
            replaces=replaces,
            detailedDiff=detailed,
            hasDetailedDiff=True,
            deleteBeforeReplace=bool(replaces) and checking.keeps_name(type_of(token), schema_of(token), old, new),
        )

    @_refusing
    def Create(self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext) -> provider_pb2.CreateResponse:
        """Make an object; at preview, tell what is known of it."""
        token, given = token_of(request.urn), decode(request.properties)
        if request.preview:
            outputs = self._operations.plan(self._planning_session(context), token, given.values)
            return provider_pb2.CreateResponse(id="", properties=_state(UNKNOWN, outputs, given.secrets))
        made = self._operations.create(self._session(context), request.urn, _known(given))
        return provider_pb2.CreateResponse(id=made.id, properties=_state(made.id, made.outputs, made.secrets))

    @_refusing
    def Read(self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext) -> provider_pb2.ReadResponse:
        """Give an object as it is now; an empty id when it is gone."""
        token = token_of(request.urn)
        state, known = decode(request.properties), decode(request.inputs)
        found = self._operations.read(self._session(context), token, request.id, {**state.values, **known.values})
        if found is None:
            return provider_pb2.ReadResponse(id="")
        secrets = found.secrets | state.secrets | known.secrets
        inputs = {
            **found.inputs,
            **({"__defaults": known.values["__defaults"]} if "__defaults" in known.values else {}),
        }
        return provider_pb2.ReadResponse(
            id=request.id, properties=_state(request.id, found.outputs, secrets), inputs=encode(inputs, secrets)
        )

    @_refusing
    def Update(self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext) -> provider_pb2.UpdateResponse:
        """Change an object in place."""
        token, given = token_of(request.urn), decode(request.news)
        session = self._planning_session(context) if request.preview else self._session(context)
        if request.preview:
            old = self._operations.read(session, token, request.id, given.values)
            outputs = self._operations.plan(session, token, given.values, old or _remembered(request))
            return provider_pb2.UpdateResponse(properties=_state(request.id, outputs, given.secrets))
        made = self._operations.update(self._session(context), request.urn, request.id, _known(given))
        return provider_pb2.UpdateResponse(properties=_state(request.id, made.outputs, made.secrets))

    @_refusing
    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Delete an object."""
        state = decode(request.properties).values
        self._operations.delete(self._session(context), request.urn, request.id, state)
        return empty_pb2.Empty()

    @_refusing
    def Invoke(self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext) -> provider_pb2.InvokeResponse:
        """Answer a question about the account or the region."""
        arguments = decode(request.args)
        answer, secrets = call(request.tok, self._operations, self._session(context), arguments.values)
        response = provider_pb2.InvokeResponse()
        # The field is called `return`, which no keyword argument can be.
        getattr(response, "return").CopyFrom(encode(answer, secrets))
        return response

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Nothing here takes long enough to be cancelled."""
        return empty_pb2.Empty()

    def _configuration(self, context: grpc.ServicerContext) -> Configuration | None:
        # The engine opens one connection for each provider resource; all of them may reach this one process.
        return self._configurations.get(context.peer(), self._latest)

    def _session(self, context: grpc.ServicerContext) -> Session:
        configuration = self._configuration(context)
        if configuration is None:
            raise AwsError("NotConfigured", "the provider has not been configured")
        if configuration.session is None:
            raise AwsError("InvalidClientTokenId", "the provider's account or region is not known yet", 403)
        return configuration.session

    def _planning_session(self, context: grpc.ServicerContext) -> Session:
        configuration = self._configuration(context)
        if configuration is None:
            raise AwsError("NotConfigured", "the provider has not been configured")
        return configuration.session or Session("", UNKNOWN)  # pyright: ignore[reportArgumentType]

    def _announce(self, account: str) -> None:
        """Say once for each engine that this account is not a real one."""
        with self._lock:
            if not self._engine or self._engine in self._announced:
                return
            self._announced.add(self._engine)
        with grpc.insecure_channel(self._engine) as channel:
            message = f"simulated account {account}: nothing here is real"
            request = engine_pb2.LogRequest(severity=engine_pb2.WARNING, message=message)
            try:
                engine_pb2_grpc.EngineStub(channel).Log(request, timeout=5)  # pyright: ignore[reportUnknownMemberType]
            except grpc.RpcError as error:
                raise AwsError(
                    "NoEngine", f"the engine at {self._engine} does not take log messages: {error}"
                ) from error


def _state(identifier: Any, outputs: Values, secrets: frozenset[str]) -> struct_pb2.Struct:
    """Properties as a bridged provider gives them: the id is one of them, and policy packs know no other."""
    return encode({**outputs, "id": identifier}, secrets)


def _failure(problem: Problem, secrets: frozenset[str]) -> provider_pb2.CheckFailure:
    # The engine prints the value of the property that a failure names; a secret's is not to be printed.
    hidden = problem.path.partition(".")[0].partition("[")[0] in secrets
    if hidden:
        return provider_pb2.CheckFailure(reason=f"{problem.path}: the secret value does not fit")
    return provider_pb2.CheckFailure(property=problem.path, reason=problem.reason)


def _remembered(request: provider_pb2.UpdateRequest) -> Made:
    return Made(request.id, decode(request.olds).values, decode(request.old_inputs).values)


def _known(given: Decoded) -> Decoded:
    unknown = [name for name, value in given.values.items() if contains_unknown(value)]
    if unknown:
        raise AwsError("UnknownInput", f"inputs are not known: {', '.join(sorted(unknown))}")
    return given
