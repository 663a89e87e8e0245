"""The environment of every child process, built from allow-lists and never inherited whole.

What is not named here does not reach a child: the reader's Pulumi login and home, AWS credentials and profiles, and
whatever else their shell carries.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from tools.engine.layout import Layout

# Every child: where programs are, how to print.
COMMON = ("PATH", "LANG", "LANGUAGE", "TZ", "TERM", "TMPDIR", "NO_COLOR", "COLUMNS")
COMMON_PREFIXES = ("LC_",)

# Children that reach a package index: the reader's own way there (proxy, certificates, caches, index settings).
DOWNLOAD = (
    *("HOME", "USER", "LOGNAME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_DIRS", "NETRC"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "NIX_SSL_CERT_FILE"),
    *(
        "GOPATH",
        "GOROOT",
        "GOCACHE",
        "GOMODCACHE",
        "GOPROXY",
        "GONOPROXY",
        "GOPRIVATE",
        "GOSUMDB",
        "GONOSUMDB",
        "GOENV",
    ),
    *("GOINSECURE", "GOAUTH", "GOTOOLCHAIN", "GOTMPDIR", "GOMAXPROCS"),
)
DOWNLOAD_PREFIXES = ("PIP_",)

# Credentials and endpoints that an AWS SDK would otherwise look for by itself: all point to nothing.
# https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html
NO_AWS = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


def _select(source: Mapping[str, str], names: Iterable[str], prefixes: tuple[str, ...]) -> dict[str, str]:
    wanted = frozenset(names)
    return {key: value for key, value in source.items() if key in wanted or (prefixes and key.startswith(prefixes))}


def download_environment(source: Mapping[str, str] | None = None) -> dict[str, str]:
    """Environment for pip and Go: the reader's package-index settings and caches, and no credentials of clouds."""
    source = os.environ if source is None else source
    environment = _select(source, (*COMMON, *DOWNLOAD), (*COMMON_PREFIXES, *DOWNLOAD_PREFIXES))
    environment.update(NO_AWS, PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1")
    # A user-wide or required-virtualenv setting of the reader must not steer our own virtual environment.
    for name in ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV", "PIP_PYTHON"):
        environment.pop(name, None)
    return environment


def private_environment(
    layout: Layout, *, home: Path | None = None, source: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Environment for what runs: loopback only (no proxy), a HOME of its own, the virtual environment first."""
    source = os.environ if source is None else source
    environment = _select(source, COMMON, COMMON_PREFIXES)
    environment.update(
        NO_AWS,
        HOME=str(home or layout.home),
        PATH=os.pathsep.join((str(layout.venv / "bin"), environment.get("PATH", os.defpath))),
        VIRTUAL_ENV=str(layout.venv),
        NO_PROXY="*",
        no_proxy="*",
    )
    return environment
