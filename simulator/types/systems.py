"""Documents, parameters and associations (AWS Systems Manager API reference)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import yaml

from simulator.errors import AwsError
from simulator.model import Refusal, ResourceType, Unique, at
from simulator.shapes import is_map
from simulator.types.common import matching, named, one_of
from simulator.types.keys import key_reference

if TYPE_CHECKING:
    from simulator.creation import Creation

DOCUMENT: Final = "aws:ssm/document:Document"
PARAMETER: Final = "aws:ssm/parameter:Parameter"


def _content(creation: Creation) -> Mapping[str, Any]:
    text, form = creation.get("content"), creation.get("documentFormat", "JSON")
    try:
        content = yaml.safe_load(text) if form == "YAML" else json.loads(text)
    except (ValueError, yaml.YAMLError) as error:
        raise AwsError("InvalidDocumentContent", f"{form} not well-formed. {error}") from None
    if not is_map(content) or "schemaVersion" not in content:
        raise AwsError("InvalidDocumentContent", "schemaVersion is missing in the document")
    return content


def _readable(creation: Creation) -> None:
    content, kind = _content(creation), creation.get("documentType")
    if kind == "Session" and content.get("sessionType") is None:
        raise AwsError("InvalidDocumentContent", "A Session document must have a sessionType")


def _document(creation: Creation) -> Mapping[str, Any]:
    content = _content(creation)
    return {
        "arn": creation.arn("arn:{partition}:ssm:{region}:{account}:document/{name}"),
        "createdDate": "2026-01-01T00:00:00Z",
        "defaultVersion": "1",
        "latestVersion": "1",
        "documentVersion": "1",
        "description": str(content.get("description", "")),
        "hash": hashlib.sha256(creation.get("content").encode()).hexdigest(),
        "hashType": "Sha256",
        "owner": creation.session.account,
        "platformTypes": ["Linux", "MacOS", "Windows"],
        "schemaVersion": str(content["schemaVersion"]),
        "status": "Active",
    }


def _parameter_value(creation: Creation) -> None:
    if creation.get("value") is None and creation.get("insecureValue") is None and creation.get("valueWo") is None:
        raise AwsError("ValidationException", "one of `insecureValue,value,valueWo` must be specified")


def _parameter(creation: Creation) -> Mapping[str, Any]:
    value = creation.get("value") or creation.get("insecureValue") or ""
    secure = creation.get("type") == "SecureString"
    name = str(creation.get("name"))
    arn = creation.arn("arn:{partition}:ssm:{region}:{account}:parameter/") + name.removeprefix("/")
    return {
        "arn": arn,
        "dataType": creation.get("dataType", "text"),
        "value": value,
        "insecureValue": "" if secure else value,
        "tier": creation.get("tier", "Standard"),
        "version": 1,
        "keyId": creation.get("keyId", "alias/aws/ssm" if secure else ""),
    }


def _known_document(creation: Creation) -> None:
    name = str(creation.get("name", ""))
    if not name.startswith(("AWS-", "AWSEC2-", "AmazonCloudWatch-", "AmazonInspector2-")):
        creation.require(DOCUMENT, name.rsplit("/", 1)[-1])


def _few_targets(creation: Creation) -> None:
    # https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateAssociation.html: at most five targets.
    if len(creation.get("targets", [])) > 5:
        raise AwsError("InvalidTarget", "The target is not valid or does not exist: at most 5 targets")
    for instance in [
        v for t in creation.get("targets", []) if t.get("key") == "InstanceIds" for v in at(t, "values") if v != "*"
    ]:
        creation.require("aws:ec2/instance:Instance", instance)


def _association_id(creation: Creation) -> str:
    digits = creation.hex(32, "association")
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


TYPES: Final = (
    ResourceType(
        DOCUMENT,
        "SSM",
        "Document",
        named(),
        unique=(Unique(("name",), Refusal("DocumentAlreadyExists", "The specified document already exists.")),),
        validate={
            "documentFormat": one_of("JSON", "TEXT", "YAML"),
            "name": matching(
                r"(?!aws-|AWS-|amazon|Amazon)[a-zA-Z0-9_.-]{3,128}", "3 to 128 characters, not a name of AWS's"
            ),
        },
        defaults={"documentFormat": "JSON"},
        checks=(_readable,),
        computed=_document,
        not_found=Refusal("InvalidDocument", "Document with name {value} does not exist."),
        replace=frozenset({"name", "documentType"}),
        update=frozenset({"content", "documentFormat", "versionName", "attachmentsSources", "targetType"}),
    ),
    ResourceType(
        PARAMETER,
        "SSM",
        "Parameter",
        named(),
        create="PutParameter",
        references=(key_reference("keyId"),),
        unique=(
            Unique(
                ("name",),
                Refusal(
                    "ParameterAlreadyExists",
                    "The parameter already exists. To overwrite this value, set the overwrite option in the "
                    "request to true.",
                ),
            ),
        ),
        validate={
            "type": one_of("String", "StringList", "SecureString"),
            "name": matching(
                r"/?(?!(?i:aws|ssm))[a-zA-Z0-9_.\-/]{1,1011}", "letters, digits and .-_/, not starting with aws or ssm"
            ),
        },
        checks=(_parameter_value,),
        computed=_parameter,
        not_found=Refusal("ParameterNotFound", "Parameter {value} not found."),
        replace=frozenset({"name"}),
        update=frozenset({"type"}),
    ),
    ResourceType(
        "aws:ssm/association:Association",
        "SSM",
        "Association",
        _association_id,
        checks=(_known_document, _few_targets),
        computed=lambda c: {
            "arn": c.arn("arn:{partition}:ssm:{region}:{account}:association/{id}"),
            "associationId": c.id,
            "documentVersion": c.get("documentVersion", "$DEFAULT"),
        },
        defaults={"parameters": None},
        autoname="-",
        replace=frozenset({"name"}),
    ),
)
