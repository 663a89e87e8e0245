"""Questions about the caller, the region and keys."""

from __future__ import annotations

import json
import secrets
import string
from collections.abc import Mapping
from typing import Any, Final

from simulator import regions
from simulator.account import Object
from simulator.creation import Session
from simulator.errors import AwsError
from simulator.operations import Operations

_PUNCTUATION: Final = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"


def _identity(_operations: Operations, session: Session, _arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    arn = f"arn:{regions.PARTITION}:iam::{session.account}:user/simulated-account"
    return {"id": session.account, "accountId": session.account, "arn": arn, "userId": "AIDASIMULATEDACCOUNT0"}


def _region(_operations: Operations, session: Session, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    name = arguments.get("region") or arguments.get("name") or session.region
    if not regions.is_known(name):
        raise AwsError("InvalidParameterValue", f"no matching regions found: {name}")
    endpoint = f"ec2.{name}.amazonaws.com"
    return {"id": name, "name": name, "region": name, "endpoint": endpoint, "description": regions.DESCRIPTIONS[name]}


def _partition(_operations: Operations, _session: Session, _arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "id": regions.PARTITION,
        "partition": regions.PARTITION,
        "dnsSuffix": "amazonaws.com",
        "reverseDnsPrefix": "com.amazonaws",
    }


def _zones(_operations: Operations, session: Session, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    region = arguments.get("region") or session.region
    found = regions.zones(region)
    unwanted: set[str] = set(arguments.get("excludeNames") or ()) | set(arguments.get("excludeZoneIds") or ())
    kept = {name: zone for name, zone in found.items() if name not in unwanted and zone not in unwanted}
    return {"id": region, "names": list(kept), "zoneIds": list(kept.values()), "groupNames": [region]}


def _zone(_operations: Operations, session: Session, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    region = arguments.get("region") or session.region
    wanted = {arguments.get("name"), arguments.get("zoneId")} - {None}
    found = [(name, zone) for name, zone in regions.zones(region).items() if wanted & {name, zone}]
    if len(found) != 1:
        raise AwsError(
            "InvalidParameterValue", f"no matching availability zone found: {', '.join(sorted(map(str, wanted)))}"
        )
    name, zone = found[0]
    return {
        "id": name,
        "name": name,
        "zoneId": zone,
        "region": region,
        "nameSuffix": name[-1],
        "state": "available",
        "zoneType": "availability-zone",
    }


def _password(_operations: Operations, _session: Session, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    # https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
    excluded = set(arguments.get("excludeCharacters") or "")
    kinds = [
        letters
        for name, letters in (
            ("excludeLowercase", string.ascii_lowercase),
            ("excludeUppercase", string.ascii_uppercase),
            ("excludeNumbers", string.digits),
            ("excludePunctuation", _PUNCTUATION),
        )
        if not arguments.get(name)
    ]
    alphabets = ["".join(sorted(set(letters) - excluded)) for letters in kinds]
    length = int(arguments.get("passwordLength") or 32)
    pool = "".join(alphabets) + (" " if arguments.get("includeSpace") else "")
    if not pool or length < 1 or length > 4096:
        raise AwsError("InvalidParameterException", "The combination of parameters leaves no password to generate")
    each = arguments.get("requireEachIncludedType", True)
    chosen = [secrets.choice(letters) for letters in alphabets if letters] if each else []
    chosen += [secrets.choice(pool) for _ in range(length - len(chosen))]
    secrets.SystemRandom().shuffle(chosen)
    return {"id": secrets.token_hex(8), "randomPassword": "".join(chosen[:length])}


def _key(operations: Operations, session: Session, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    region, wanted = arguments.get("region") or session.region, str(arguments.get("keyId", ""))
    for alias in operations.account.of_type("aws:kms/alias:Alias", region):
        if wanted in (alias.outputs["name"], alias.outputs["arn"]):
            wanted = alias.outputs["targetKeyId"]
    for key in operations.account.of_type("aws:kms/key:Key", region):
        if wanted in (key.id, key.outputs["arn"]):
            return {
                **key.outputs,
                "id": key.id,
                "keyState": "Enabled",
                "enabled": True,
                "awsAccountId": session.account,
            }
    raise AwsError("NotFoundException", f"Key '{wanted}' does not exist")


def _alias(operations: Operations, session: Session, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    region, name = arguments.get("region") or session.region, arguments.get("name")
    found: list[Object] = [
        o for o in operations.account.of_type("aws:kms/alias:Alias", region) if o.outputs["name"] == name
    ]
    if not found:
        raise AwsError("NotFoundException", f"Alias {name} is not found")
    return {"id": found[0].outputs["arn"], **found[0].outputs}


def _policy_document(_operations: Operations, _session: Session, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    statements = [_statement(item) for item in arguments.get("statements") or ()]
    document = {"Version": arguments.get("version") or "2012-10-17", "Statement": statements}
    text = json.dumps(document, indent=2)
    return {"id": str(len(text)), "json": text, "minifiedJson": json.dumps(document, separators=(",", ":"))}


def _statement(given: Mapping[str, Any]) -> dict[str, Any]:
    names = {
        "sid": "Sid",
        "actions": "Action",
        "notActions": "NotAction",
        "resources": "Resource",
        "notResources": "NotResource",
    }
    statement: dict[str, Any] = {"Effect": given.get("effect") or "Allow"}
    statement |= {theirs: given[ours] for ours, theirs in names.items() if given.get(ours)}
    for ours, theirs in (("principals", "Principal"), ("notPrincipals", "NotPrincipal")):
        if given.get(ours):
            statement[theirs] = {item["type"]: item["identifiers"] for item in given[ours]}
    condition: dict[str, dict[str, Any]] = {}
    for item in given.get("conditions") or ():
        condition.setdefault(item["test"], {})[item["variable"]] = item["values"]
    return {**statement, **({"Condition": condition} if condition else {})}


FUNCTIONS: Final = {
    "aws:index/getCallerIdentity:getCallerIdentity": _identity,
    "aws:index/getRegion:getRegion": _region,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _zones,
    "aws:index/getAvailabilityZone:getAvailabilityZone": _zone,
    "aws:secretsmanager/getRandomPassword:getRandomPassword": _password,
    "aws:kms/getKey:getKey": _key,
    "aws:kms/getAlias:getAlias": _alias,
    "aws:iam/getPolicyDocument:getPolicyDocument": _policy_document,
}
