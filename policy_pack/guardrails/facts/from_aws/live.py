"""A live account, asked through boto3 with the calls of `calls` and read by the same readers as a snapshot.

Only reads. Credentials, profile and endpoint are the caller's own (`AWS_PROFILE`, `AWS_ENDPOINT_URL`, ...): nothing is
stored. A call that is refused is a gap, and what it would have told counts as incomplete.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast
from urllib.parse import urlsplit

from guardrails.facts.from_aws.answers import Answers
from guardrails.facts.from_aws.assemble import assemble
from guardrails.facts.from_aws.calls import CALLS, Call
from guardrails.facts.from_aws.record import Scope
from guardrails.facts.network import Network


class LiveError(Exception):
    """The account cannot be asked at all: no credentials, no region, no connection."""


def read_live(regions: Sequence[str], endpoint_url: str | None = None) -> Network:
    """Ask one account in the given regions, or in the session's own if none is given.

    Raises:
        LiveError: there are no usable credentials, no region is known, or AWS cannot be reached.
    """
    return assemble(ask_live(regions, endpoint_url))


def ask_live(regions: Sequence[str], endpoint_url: str | None = None) -> Answers:
    """Ask every call of `CALLS` in each region; see `read_live`."""
    import boto3  # noqa: PLC0415 (slow to import, and needed here only)
    from botocore.config import Config  # noqa: PLC0415 (as above)
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 (as above)

    session = boto3.Session()
    wanted = list(regions) or ([session.region_name] if session.region_name else [])
    if not wanted:
        raise LiveError("no region is given, and the AWS configuration names none")
    emulated = _is_emulated(session, wanted[0], endpoint_url)
    retries: Any = {"mode": "standard", "total_max_attempts": 1 if emulated else 5}
    config = Config(retries=retries, user_agent_extra="guardrails")
    answers = Answers()

    def client(service: str, region: str) -> Any:
        return session.client(cast("Any", service), region_name=region, endpoint_url=endpoint_url, config=config)

    try:
        account = str(client("sts", wanted[0]).get_caller_identity()["Account"])
        for region in wanted:
            scope = Scope(account=account, region=region, unit=f"{account}/{region}")
            clients = {service: client(service, region) for service in dict.fromkeys(call.service for call in CALLS)}
            _ask_region(clients, scope, answers, emulated=emulated)
    except (BotoCoreError, ClientError) as error:
        raise LiveError(f"AWS cannot be asked: {error}") from error
    return answers


_NOT_OFFERED = frozenset({"InvalidAction", "UnknownOperation", "UnknownOperationException", "NotImplemented", "501"})
"""Error codes that say that a region, partition or emulator does not have a call: then there are no such objects."""


def _is_emulated(session: Any, region: str, endpoint_url: str | None) -> bool:
    """Tell whether it is not AWS that is asked. An emulator fails on the calls that it lacks; AWS does not."""
    address = session.client("sts", region_name=region, endpoint_url=endpoint_url).meta.endpoint_url
    host = urlsplit(str(address)).hostname or ""
    return not host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".aws", ".api.aws"))


def _ask_region(clients: Mapping[str, Any], scope: Scope, answers: Answers, *, emulated: bool) -> None:
    from botocore.exceptions import ClientError  # noqa: PLC0415 (as above)
    from botocore.parsers import ResponseParserError  # noqa: PLC0415 (as above)

    objects: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for call in CALLS:
        where = f"{call.service}:{call.operation} in {scope.region}"
        try:
            for page in _pages(clients[call.service], call, objects):
                answers.accept(page, scope, where)
                _remember(page, objects)
        except (ClientError, ResponseParserError) as error:
            answer = cast("dict[str, Any]", error.response if isinstance(error, ClientError) else {})
            code = str(answer.get("Error", {}).get("Code", "no answer of AWS"))
            status = int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 500))
            if code in _NOT_OFFERED or (emulated and status >= 500):
                answers.notes.append(f"{where}: is not offered here ({code})")
                answers.not_offered |= set(call.kinds)
            else:
                answers.refuse(call.kinds, scope, where, f"was refused ({code})")


def _pages(client: Any, call: Call, objects: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[dict[str, object]]:
    """Make one call, once or for each object it is made for; every answer names what it is about."""
    if call.each is None:
        yield from _answers(client, call, {})
        return
    for one in objects.get(call.each.kind, ()):
        subject = one.get(call.each.member)
        if subject is not None:
            for page in _answers(client, call, {call.each.parameter: subject}):
                yield {**page, call.each.parameter: subject}


def _answers(client: Any, call: Call, parameters: Mapping[str, object]) -> Iterator[dict[str, object]]:
    name = _method(call.operation)
    arguments = {**call.parameters, **parameters}
    if client.can_paginate(name):
        pages = client.get_paginator(name).paginate(**arguments)
    else:
        pages = [getattr(client, name)(**arguments)]
    for page in pages:
        yield {key: value for key, value in page.items() if key not in _METADATA}


_METADATA = ("ResponseMetadata", "NextToken", "nextToken", "NextMarker", "Marker")


def _method(operation: str) -> str:
    from botocore import xform_name  # noqa: PLC0415 (as above)

    return str(xform_name(operation))


def _remember(page: Mapping[str, Any], objects: defaultdict[str, list[Mapping[str, Any]]]) -> None:
    for key, value in page.items():
        if isinstance(value, list):
            objects[key].extend(cast("list[Mapping[str, Any]]", value))
