"""A statement that is called closed lets no stranger in: compared with an evaluator of requests that knows no rule."""

from __future__ import annotations

import fnmatch
import ipaddress
import re
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from guardrails.facts.documents import Document, parse_document
from guardrails.rules.statements import public

Request = dict[str, list[str]]

STRANGER: Request = {
    "aws:principalaccount": ["999988887777"],
    "aws:principalarn": ["arn:aws:iam::999988887777:role/deployer"],
    "aws:principalorgid": ["o-stranger"],
    "aws:principalorgpaths": ["o-stranger/r-1/ou-1/"],
    "aws:principaltag/team": ["room"],
    "aws:username": ["deployer"],
    "aws:userid": ["AROASTRANGER:deployer"],
    "aws:sourcevpc": ["vpc-0bad"],
    "aws:sourcevpce": ["vpce-0bad"],
    "aws:vpcsourceip": ["10.0.3.4"],
    "aws:sourceip": ["8.8.8.8"],
    "aws:sourceaccount": ["999988887777"],
    "aws:sourcearn": ["arn:aws:s3:::room-strangers"],
    "aws:securetransport": ["true"],
    "aws:principalisawsservice": ["false"],
    "kms:viaservice": ["s3.eu-west-1.amazonaws.com"],
}
OTHER = {**STRANGER, "aws:sourcearn": ["arn:aws:sns:eu-west-1:999988887777:room"]}
REQUESTS: list[Request] = [
    STRANGER, OTHER, *({key: value for key, value in STRANGER.items() if key != gone} for gone in STRANGER),
    {"aws:sourceip": ["8.8.8.8"], "aws:securetransport": ["true"]},
]  # fmt: skip
"""A stranger with everything that a stranger has, the same without one of it each, and nobody in particular."""

OWN = {
    "aws:principalaccount": "111122223333",
    "aws:principalarn": "arn:aws:iam::111122223333:role/deployer",
    "aws:principalorgid": "o-own",
    "aws:principalorgpaths": "o-own/r-1/ou-1/",
    "aws:principaltag/team": "room",
    "aws:username": "deployer",
    "aws:userid": "AROAOWN:deployer",
    "aws:sourcevpc": "vpc-0own",
    "aws:sourcevpce": "vpce-0own",
    "aws:vpcsourceip": "10.0.0.0/16",
    "aws:sourceip": "198.51.100.0/24",
    "aws:sourceaccount": "111122223333",
    "aws:sourcearn": "arn:aws:s3:::room-own",
    "aws:securetransport": "true",
    "aws:principalisawsservice": "false",
    "kms:viaservice": "s3.eu-west-1.amazonaws.com",
}


# -- the oracle -------------------------------------------------------------------------------------------------------


def holds(conditions: dict[str, dict[str, Any]], request: Request) -> bool:
    """Whether a request meets all conditions (IAM user guide, "Condition operators", "Multivalued context keys")."""
    return all(
        one(operator, key.lower(), values if isinstance(values, list) else [values], request)
        for operator, block in conditions.items()
        for key, values in block.items()
    )


def one(operator: str, key: str, values: list[str], request: Request) -> bool:
    quantifier, _, name = operator.rpartition(":")
    present = request.get(key, [])
    if name == "Null":
        return (not present) is (values == ["true"])
    if name.endswith("IfExists") and not present:
        return True
    base = name.removesuffix("IfExists")
    negated = "Not" in base
    if not present:
        return quantifier == "ForAllValues" or (negated and quantifier != "ForAnyValue")
    results = [any(same(base.replace("Not", ""), value, item, request) for value in values) is not negated
               for item in present]  # fmt: skip
    return all(results) if quantifier == "ForAllValues" else any(results)


def same(operator: str, value: str, item: str, request: Request) -> bool:
    value = re.sub(r"\$\{([^}]+)\}", lambda found: "".join(request.get(found.group(1).lower(), ["\0"])), value)
    if operator == "IpAddress":
        return _inside(item, value)
    if operator in {"StringLike", "ArnLike", "ArnEquals"}:
        return fnmatch.fnmatchcase(item, value.replace("[", "[[]"))
    return item.lower() == value.lower() if operator in {"Bool", "StringEqualsIgnoreCase"} else item == value


def _inside(item: str, value: str) -> bool:
    try:
        return ipaddress.ip_address(item) in ipaddress.ip_network(value, strict=False)
    except ValueError:
        return False


# -- statements -------------------------------------------------------------------------------------------------------


def spelled(own: str) -> st.SearchStrategy[str]:
    """The own value, and what may be made of it by a wildcard somewhere."""
    places = st.integers(0, len(own))
    return st.one_of(
        st.just(own),
        st.sampled_from(["*", "?*", "**", "${aws:PrincipalAccount}", "${aws:PrincipalArn}"]),
        places.map(lambda at: f"{own[:at]}*"),
        places.map(lambda at: f"*{own[at:]}"),
        st.tuples(places, places).map(lambda both: f"{own[: min(both)]}*{own[max(both) :]}"),
    )


def condition(negated: bool) -> st.SearchStrategy[tuple[str, str, list[str]]]:
    strings = ["StringEquals", "StringLike", "StringEqualsIgnoreCase", "ArnLike", "ArnEquals"]
    operators = (
        [item.replace("String", "StringNot").replace("Arn", "ArnNot") for item in strings] if negated else strings
    )
    return st.sampled_from(sorted(OWN)).flatmap(
        lambda key: st.tuples(
            st.tuples(
                st.sampled_from(["", "", "ForAllValues:", "ForAnyValue:"]),
                st.sampled_from(_operators(key, operators, negated)),
                st.sampled_from(["", "", "IfExists"]),
            ).map("".join),
            st.just(key),
            st.lists(_values(key), min_size=1, max_size=2),
        )
    )


def _operators(key: str, operators: list[str], negated: bool) -> list[str]:
    if key.endswith("ip"):
        return ["NotIpAddress"] if negated else ["IpAddress"]
    return ["Bool"] if key in {"aws:securetransport", "aws:principalisawsservice"} else operators


def _values(key: str) -> st.SearchStrategy[str]:
    if key.endswith("ip"):
        return st.sampled_from([OWN[key], "0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1"])
    if key in {"aws:securetransport", "aws:principalisawsservice"}:
        return st.sampled_from(["true", "false"])
    return spelled(OWN[key])


def block(listed: list[tuple[str, str, list[str]]]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for operator, key, values in listed:
        found.setdefault(operator, {})[key] = values
    return found


NULLS = st.lists(
    st.tuples(st.just("Null"), st.sampled_from(sorted(OWN)), st.sampled_from([["true"], ["false"]])), max_size=1
)


def is_public(statements: list[dict[str, Any]]) -> bool:
    document = parse_document({"Version": "2012-10-17", "Statement": statements}, "policy")
    assert isinstance(document, Document)
    return any(public(statement, document) for statement in document.allows)


ALLOW = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::room/*"}
DENY = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}


@given(st.lists(condition(negated=False), max_size=3), NULLS)
@example([("StringLike", "aws:principalarn", ["*:role/deployer"])], [])
def test_what_an_allow_calls_closed_is_closed(listed: list[tuple[str, str, list[str]]], nulls: list[Any]) -> None:
    conditions = block([*listed, *nulls])
    if not is_public([{**ALLOW, "Condition": conditions}]):
        assert [request for request in REQUESTS if holds(conditions, request)] == []


@given(st.lists(st.one_of(condition(negated=True), condition(negated=False)), min_size=1, max_size=2))
@example([("StringNotEquals", "aws:principalorgid", ["o-own"]), ("Bool", "aws:principalisawsservice", ["false"])])
def test_what_a_deny_calls_closed_is_closed(listed: list[tuple[str, str, list[str]]]) -> None:
    conditions = block(listed)
    if not is_public([ALLOW, {**DENY, "Condition": conditions}]):
        assert [request for request in REQUESTS if not holds(conditions, request)] == []


def test_the_usual_ways_to_close_a_statement_are_known() -> None:
    for key in ("aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:sourcevpce", "aws:sourcearn"):
        assert not is_public([{**ALLOW, "Condition": {"StringEquals": {key: OWN[key]}}}])
        assert not is_public([ALLOW, {**DENY, "Condition": {"StringNotEquals": {key: OWN[key]}}}])
