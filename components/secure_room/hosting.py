"""Names under which strangers can put content, and therefore carry data out of the room.

Two sources are joined:

* the Public Suffix List (https://publicsuffix.org), whose private section exists because the operators of hosting
  services asked for it: below each such suffix every name belongs to another customer;
* the table below: services where a stranger can receive data although the name itself is not a suffix, and AWS domains
  below which customers' own endpoints live in regions and services that the list does not know yet.

Pure: no Pulumi, no network; the list is the copy that the ``publicsuffixlist`` package carries.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

# Host -> why every name at or below it is refused, in exact form too.
ANYONE_WRITES: Final[dict[str, str]] = {
    "api.github.com": "anyone can create a repository, gist or issue through it",
    "discord.com": "anyone can post to a channel of their own",
    "discordapp.com": "anyone can post to a channel of their own",
    "docs.google.com": "anyone can receive a form or document there",
    "drive.google.com": "anyone can own a folder there",
    "dropbox.com": "anyone can own a folder there",
    "dropboxapi.com": "anyone can own a folder there",
    "dropboxusercontent.com": "anyone can own a folder there",
    "file.io": "anyone can upload to it without an account",
    "gist.github.com": "anyone can create a gist there",
    "github.com": "anyone can push to a repository of their own",
    "gitlab.com": "anyone can push to a repository of their own",
    "bitbucket.org": "anyone can push to a repository of their own",
    "mega.nz": "anyone can own a folder there",
    "onedrive.live.com": "anyone can own a folder there",
    "pastebin.com": "anyone can paste to it",
    "requestbin.com": "anyone can collect requests there",
    "slack.com": "anyone can post to a workspace of their own",
    "storage.cloud.google.com": "anyone can own a bucket there",
    "storage.googleapis.com": "anyone can own a bucket there",
    "transfer.sh": "anyone can upload to it without an account",
    "translate.goog": "it fetches any other site on the caller's behalf",
    "web.archive.org": "it fetches any other site on the caller's behalf",
    "webhook.site": "anyone can collect requests there",
    "wetransfer.com": "anyone can upload to it without an account",
}

# Host -> why no entry with a leading dot may contain it or lie below it; an exact name below it is one known party.
TENANTS: Final[dict[str, str]] = {
    "amazonaws.com": "customers' buckets, APIs and instances have names below it",
    "amazonaws.com.cn": "customers' buckets, APIs and instances have names below it",
    "api.aws": "endpoints that store any account's data have names below it",
    "awsapps.com": "every customer's own access portal is below it",
    "awsglobalaccelerator.com": "customers' accelerators have names below it",
    "cloudfront.net": "customers' distributions have names below it",
    "elasticbeanstalk.com": "customers' applications have names below it",
    "github.io": "anyone's pages have names below it",
    "githubusercontent.com": "anyone's files have names below it",
    "googleapis.com": "buckets and interfaces that store any account's data are below it",
    "on.aws": "customers' functions and services have names below it",
    "sharepoint.com": "every tenant's sites are below it",
}

# Host -> why no entry with a leading dot may contain it; a subtree below it may still have a single owner.
WIDE: Final[dict[str, str]] = {
    "amazon.com": "far wider than the console: consumer services accept uploads below it",
    "aws.amazon.com": "far wider than sign-in and console: every AWS site is below it",
    "google.com": "personal storage and documents are below it",
    "live.com": "personal storage is below it",
}

S3_PARENTS: Final = ("amazonaws.com", "amazonaws.com.cn", "api.aws")


class _Suffixes(NamedTuple):
    """The Public Suffix List: registries' and companies' suffixes, and the proper parents of any with one witness."""

    icann: frozenset[str]
    private: frozenset[str]
    parents: dict[str, str]


@cache
def _suffixes() -> _Suffixes:
    text = files("publicsuffixlist").joinpath("public_suffix_list.dat").read_text(encoding="utf-8")
    icann_text, marker, private_text = text.partition("===BEGIN PRIVATE DOMAINS===")
    if not marker:
        msg = "the Public Suffix List has no private section: shared hosting cannot be recognised"
        raise RuntimeError(msg)
    icann, private = _rules(icann_text), _rules(private_text)
    parents: dict[str, str] = {}
    for suffix in sorted(icann | private):
        labels = suffix.split(".")
        for start in range(1, len(labels)):
            parents.setdefault(".".join(labels[start:]), suffix)
    return _Suffixes(icann, private, parents)


def _rules(section: str) -> frozenset[str]:
    """The suffixes of one section, in ASCII. A wildcard rule counts at its parent: that is where the tenants are."""
    rules = (line.split()[0].lower() for line in section.splitlines() if line.strip() and not line.startswith("//"))
    return frozenset(
        rule.removeprefix("*.").encode("idna").decode("ascii") for rule in rules if not rule.startswith("!")
    )


def is_below(host: str, parent: str) -> bool:
    """Whether ``host`` is ``parent`` or a name below it, label by label."""
    return host == parent or host.endswith("." + parent)


def is_public_suffix(host: str) -> bool:
    """Whether strangers register or host directly below exactly this name ("public suffix", RFC 9499)."""
    return "." not in host or host in _suffixes().icann or host in _suffixes().private


def reason_exact(host: str) -> str | None:
    """Why a stranger can receive data at exactly this host, or ``None``."""
    for name, reason in ANYONE_WRITES.items():
        if is_below(host, name):
            return reason
    if _is_s3_endpoint(host):
        return "a request to this S3 endpoint can name any account's bucket in its path"
    return None


def reason_subtree(host: str) -> str | None:
    """Why some name at or below ``host`` can be a stranger's, or ``None``.

    That is so when the subtree contains a hosting suffix, or lies below one: a tenant may use several labels (an S3
    bucket's name may contain dots), so no subtree below a hosting suffix is known to have one owner.
    """
    for name, reason in {**ANYONE_WRITES, **TENANTS, **WIDE}.items():
        if is_below(name, host):
            return reason
    if host in _suffixes().parents:
        return f"it contains {_suffixes().parents[host]}, below which anyone can host"
    labels = host.split(".")
    for start in range(1, len(labels)):
        above = ".".join(labels[start:])
        if above in TENANTS or above in _suffixes().private:
            return f"names below {above} belong to its customers"
    return None


def _is_s3_endpoint(host: str) -> bool:
    """Whether the host is an S3 endpoint itself rather than one bucket's name below it.

    Path-style requests name the bucket in the path, which a CONNECT proxy never sees
    (https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html).
    """
    if not any(is_below(host, parent) for parent in S3_PARENTS):
        return False
    first, *rest = host.split(".")
    return _is_s3_label(first) and not any(_is_s3_label(label) for label in rest)


def _is_s3_label(label: str) -> bool:
    return label == "s3" or label.startswith("s3-")
