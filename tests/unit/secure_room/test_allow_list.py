"""The allow-list check: what may be on the list of hosts that desktops reach, and why the rest may not."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicsuffixlist import PublicSuffixList

from components.secure_room import allow_list, hosting

REGION = "ap-northeast-1"
ORACLE = PublicSuffixList()

labels = st.from_regex(r"[a-z]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True).filter(
    lambda label: not label.startswith("xn--")
)
own_domains = st.builds(lambda name: f"{name}.example.co.jp", labels)


def rules_of(*entries: str) -> list[str]:
    return [problem.rule.partition(":")[0] for problem in allow_list.check(entries, REGION)]


def test_the_default_list_is_sound() -> None:
    assert allow_list.check(allow_list.AWS_CONSOLE, REGION) == []


def test_the_default_list_is_exactly_the_console_and_sign_in() -> None:
    assert set(allow_list.compose([])) == {
        ".signin.aws.amazon.com",
        ".console.aws.amazon.com",
        "a.b.cdn.console.awsstatic.com",
        "prod.pa.cdn.uis.awsstatic.com",
        "opfcaptcha-prod.s3.amazonaws.com",
    }


@pytest.mark.parametrize(
    "entry",
    ["docs.aws.amazon.com", "health.aws.amazon.com", "d-1234567890.awsapps.com", "me.github.io", ".example.co.jp"],
)
def test_optional_entries_are_accepted(entry: str) -> None:
    assert rules_of(entry) == []


def test_service_endpoints_of_the_stacks_region_are_accepted() -> None:
    entries = [f"{service}.{REGION}.amazonaws.com" for service in ("sts", "cloudformation")]
    assert allow_list.check(entries, REGION) == []


@pytest.mark.parametrize(
    "entry",
    [
        ".amazonaws.com",
        ".ap-northeast-1.amazonaws.com",
        ".xx-new-9.amazonaws.com",
        ".cloudfront.net",
        "cloudfront.net",
        ".s3.amazonaws.com",
        ".s3.ap-northeast-1.amazonaws.com",
        ".s3.dualstack.ap-northeast-1.amazonaws.com",
        ".bucket.s3.ap-northeast-1.amazonaws.com",
        ".github.io",
        ".me.github.io",
        ".awsapps.com",
        ".aws.amazon.com",
        ".amazon.com",
        ".com",
        ".co.jp",
        "co.jp",
        "com",
        ".on.aws",
        ".googleapis.com",
        ".blob.core.windows.net",
        ".core.windows.net",
        "github.com",
        "gist.github.com",
        "www.dropbox.com",
        "web.archive.org",
        "www-example-com.translate.goog",
    ],
)
def test_nothing_where_anyone_can_host(entry: str) -> None:
    assert rules_of(entry) == ["shared-hosting"]


@pytest.mark.parametrize(
    "endpoint",
    [
        "s3.amazonaws.com",
        "s3.ap-northeast-1.amazonaws.com",
        "s3-ap-northeast-1.amazonaws.com",
        "s3.dualstack.ap-northeast-1.amazonaws.com",
        "s3-accelerate.amazonaws.com",
    ],
)
def test_an_s3_endpoint_is_any_accounts_bucket(endpoint: str) -> None:
    """The bucket may be named in the path, which a CONNECT proxy does not see."""
    assert rules_of(endpoint) == ["shared-hosting"]


@pytest.mark.parametrize(
    ("entry", "rule", "written_right"),
    [
        ("*", "wildcard", None),
        ("*.example.co.jp", "wildcard", ".example.co.jp"),
        ("www.*.jp", "wildcard", None),
        ("10.0.0.1", "ip-literal", None),
        (".10.0.0.1", "ip-literal", None),
        ("203.0.113.0/24", "ip-literal", None),
        ("2130706433", "ip-literal", None),
        ("0x7f.1", "ip-literal", None),
        ("0177.0.0.01", "ip-literal", None),
        ("::1", "ip-literal", None),
        ("[2001:db8::1]", "ip-literal", None),
        ("https://www.example.co.jp/a?b", "url", "www.example.co.jp"),
        ("user@www.example.co.jp", "url", "www.example.co.jp"),
        ("www.example.co.jp:443", "port", "www.example.co.jp"),
        ("Www.Example.co.jp", "uppercase", "www.example.co.jp"),
        ("例え.jp", "not-ascii", "xn--r8jz45g.jp"),
        ("www.example.co.jp.", "trailing-dot", "www.example.co.jp"),
        (" www.example.co.jp", "whitespace", "www.example.co.jp"),
        ("www.example.co.jp\nhttp_access allow all", "whitespace", None),
        ("www\u200b.example.co.jp", "whitespace", None),
        ("", "empty-entry", None),
        (".", "trailing-dot", None),
        ("..example.co.jp", "not-a-host", None),
        ("a_b.example.co.jp", "not-a-host", None),
        ("-a.example.co.jp", "not-a-host", None),
        ("a" * 64 + ".example.co.jp", "not-a-host", None),
        (".".join(["abcdefgh"] * 29), "not-a-host", None),
        ('"example.co.jp"', "not-a-host", None),
        ("localhost", "local-name", None),
        ("ip-10-0-0-1.ap-northeast-1.compute.internal", "local-name", None),
        ("sts.us-west-2.amazonaws.com", "foreign-region", None),
    ],
)
def test_each_way_to_write_an_entry_wrongly_has_its_rule_and_remedy(
    entry: str, rule: str, written_right: str | None
) -> None:
    [problem] = allow_list.check([entry], REGION)
    assert problem.rule.partition(":")[0] == rule
    assert problem.remedy
    if written_right:
        assert repr(written_right) in problem.remedy
        assert allow_list.check([written_right], REGION) == []


def test_an_empty_list_is_refused() -> None:
    assert rules_of() == ["empty-list"]


def test_apex_and_leading_dot_are_redundant() -> None:
    [problem] = allow_list.check([".example.co.jp", "example.co.jp"], REGION)
    assert (problem.entry, problem.rule.partition(":")[0]) == ("example.co.jp", "redundant")


def test_a_repeated_entry_is_reported_once() -> None:
    assert rules_of("www.example.co.jp", "www.example.co.jp") == ["duplicate"]


def test_every_problem_is_reported_at_once_in_order() -> None:
    entries = ["*", "www.example.co.jp", "10.0.0.1", ".cloudfront.net", ".example.co.jp"]
    assert [problem.entry for problem in allow_list.check(entries, REGION)] == [
        "*",
        "10.0.0.1",
        ".cloudfront.net",
        "www.example.co.jp",
    ]


@given(st.text())
def test_no_text_makes_the_check_fail_otherwise_than_by_a_problem(entry: str) -> None:
    for problem in allow_list.check([entry], REGION):
        assert problem.entry == entry
        assert problem.remedy


@given(st.text(max_size=40))
def test_what_passes_is_one_plain_word_that_squid_cannot_read_otherwise(entry: str) -> None:
    if allow_list.check([entry], REGION):
        return
    assert set(entry) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")
    assert not entry.startswith("-")


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_no_address_passes(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    assert rules_of(str(address)) == ["ip-literal"]


@given(st.integers(0, 2**32 - 1), st.sampled_from([str, hex]))
def test_no_address_written_as_one_number_passes(number: int, write: type[str]) -> None:
    assert rules_of(write(number)) == ["ip-literal"]


@given(st.lists(own_domains, min_size=1, unique=True), st.randoms())
def test_a_name_below_a_listed_domain_is_redundant_wherever_it_stands(names: list[str], random: object) -> None:
    entries = [".example.co.jp", *names]
    random.shuffle(entries)
    assert sorted(problem.entry for problem in allow_list.check(entries, REGION)) == sorted(names)


@given(st.lists(own_domains, min_size=1, unique=True))
def test_removing_what_is_reported_leaves_a_sound_list_that_permits_the_same(names: list[str]) -> None:
    entries = [*names, *(f".{name}" for name in names[::2]), "bad_entry"]
    refused = {problem.entry for problem in allow_list.check(entries, REGION)}
    kept = [entry for entry in entries if entry not in refused]
    assert allow_list.check(kept, REGION) == []
    for name in names:
        assert allow_list.permits(kept, name) == allow_list.permits(entries, name)


@given(labels, labels)
def test_a_leading_dot_permits_the_apex_and_below_and_no_look_alike(label: str, other: str) -> None:
    entries = [".signin.aws.amazon.com"]
    assert allow_list.permits(entries, "signin.aws.amazon.com")
    assert allow_list.permits(entries, f"{label}.{other}.signin.aws.amazon.com")
    assert not allow_list.permits(entries, f"{label}signin.aws.amazon.com")
    assert not allow_list.permits(entries, f"signin.aws.amazon.com.{label}.{other}")


@given(st.sampled_from(["github.io", "cloudfront.net", "s3.ap-northeast-1.amazonaws.com", "co.jp"]), labels, labels)
def test_the_package_of_the_list_agrees_on_where_tenants_begin(suffix: str, tenant: str, name: str) -> None:
    """Oracle: the package's own evaluation of the list, of which the check only uses the data."""
    assert ORACLE.publicsuffix(f"{name}.{tenant}.{suffix}") == suffix
    assert hosting.is_public_suffix(suffix)
    assert hosting.reason_subtree(suffix) or rules_of(f".{suffix}") == ["shared-hosting"]


def test_a_service_with_an_endpoint_in_the_room_needs_no_entry() -> None:
    """Its name is a private address there, which the proxy refuses: the entry would never work."""
    entries = ["sts.ap-northeast-1.amazonaws.com", "api.ecr.ap-northeast-1.amazonaws.com", "iam.amazonaws.com"]
    problems = allow_list.check(entries, REGION, endpoints=["sts", "ecr.api"])
    assert [(problem.entry, problem.rule.partition(":")[0]) for problem in problems] == [
        ("sts.ap-northeast-1.amazonaws.com", "has-endpoint"),
        ("api.ecr.ap-northeast-1.amazonaws.com", "has-endpoint"),
    ]
