"""The egress proxy's configuration, generated: Squid 5 or later, one process, no cache, denying by default.

The order of the rules is the argument. A request is judged by what is known without asking anyone (client, method,
port, form of the target, name on the list); only a listed name is ever looked up, so that unlisted names cannot carry
data out by DNS; and what it resolves to must be public. Each refusal carries its reason into the access log. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Network, collapse_addresses
from typing import Final

TLS_PORT: Final = 443
LOWEST_UNPRIVILEGED_PORT: Final = 1024

# Blocks that are not globally reachable (IANA special-purpose address registries, RFC 6890), multicast (RFC 5771), and
# the deprecated 6to4 relay anycast (RFC 7526). 169.254.0.0/16 holds the instance and task metadata services.
NOT_PUBLIC_V4: Final = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
)

# Everything but global unicast 2000::/3 (RFC 4291), and within it protocol assignments, documentation and 6to4, which
# embeds IPv4 addresses. ::/3 is written in parts: Squid keeps IPv4 as ::ffff:0:0/96, which must stay out of this list.
NOT_PUBLIC_V6: Final = tuple(
    IPv6Network(block)
    for block in (
        "::/96",
        "::ffff:0:0:0/96",
        "64:ff9b::/32",
        "100::/8",
        "200::/7",
        "400::/6",
        "800::/5",
        "1000::/4",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "4000::/2",
        "8000::/1",
    )
)

# One JSON object a line. What the client chose is percent-encoded (#), which is safe inside a JSON string; paths and
# queries are not logged at all.
_LOG_FORMAT: Final = (
    '{"time":"%{%Y-%m-%dT%H:%M:%S}tg.%03tuZ","client":"%>a","client_port":%>p,"method":"%#rm","host":"%#>rd","port":"%>rP",'
    '"destination":"%<a","status":%>Hs,"verdict":"%Ss","reason":"%{reason}note","error":"%err_code",'
    '"milliseconds":%tr,"bytes_in":%>st,"bytes_out":%<st}'
)


@dataclass(frozen=True)
class Rule:
    """A refusal: the reason written to the log, and the Squid condition under which it applies."""

    reason: str
    condition: str


RULES: Final = (
    Rule("not-a-client", "!clients"),
    Rule("not-connect", "!CONNECT"),
    Rule("not-tls-port", "!tls_port"),
    Rule("ip-literal", "ip_literal"),
    Rule("not-listed", "!listed"),
    Rule("private-destination", "not_public"),
)


@dataclass(frozen=True)
class SquidPlan:
    """What one proxy is configured with.

    ``allow_list`` must have passed ``allow_list.check``. ``clients`` are the desktops' subnets. ``internal`` are the
    networks of the room and of production, which are refused even where their range is a public one. ``dns_servers`` is
    empty for the resolver of the container, which is the VPC's.
    """

    allow_list: tuple[str, ...]
    clients: tuple[IPv4Network, ...]
    port: int = 3128
    internal: tuple[IPv4Network, ...] = ()
    dns_servers: tuple[IPv4Address, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what would make a proxy that is open, useless or not startable; raises ``ValueError``."""
        if not self.allow_list or not self.clients:
            raise ValueError("the egress proxy needs a client network and an allow-list, neither may be empty")
        if not LOWEST_UNPRIVILEGED_PORT <= self.port <= 65535:
            raise ValueError(f"the egress proxy does not run as root: port {self.port} is not in 1024-65535")
        unsafe = [entry for entry in self.allow_list if not entry or set(entry) & set(" \t\r\n\"'\\#*")]
        if unsafe:
            raise ValueError(f"allow-list entries {unsafe!r} are no host names: check the list first")
        if any(client.prefixlen == 0 for client in self.clients):
            raise ValueError("the whole internet is no client network")


def denied_destinations(internal: Iterable[IPv4Network] = ()) -> tuple[IPv4Network | IPv6Network, ...]:
    """Every block that no request may end in, disjoint: Squid warns about a block inside another."""
    v4 = collapse_addresses((*NOT_PUBLIC_V4, *internal))
    return (*v4, *NOT_PUBLIC_V6)


def render(plan: SquidPlan) -> str:
    """The text of ``squid.conf``; the same plan always gives the same text."""
    lines = [
        "# Generated from the stack's settings: change those, not this.",
        *_listener(plan),
        *_conditions(plan),
        *_access(),
        *_PRIVACY,
        *_TIMEOUTS,
        *_dns(plan),
        *_logging(),
    ]
    return "\n".join(lines) + "\n"


def _listener(plan: SquidPlan) -> list[str]:
    return [
        f"http_port {plan.port}",
        "visible_hostname egress-proxy",
        "pid_filename none",
        "icp_port 0",
        "htcp_port 0",
        "snmp_port 0",
        "pinger_enable off",
    ]


def _acl(name: str, kind: str, values: Sequence[object]) -> list[str]:
    """One value a line: Squid adds lines of one name together, and a change shows as one line in a diff."""
    return [f"acl {name} {kind} {value}" for value in values]


def _conditions(plan: SquidPlan) -> list[str]:
    return [
        *_acl("clients", "src", sorted(collapse_addresses(plan.clients))),
        f"acl tls_port port {TLS_PORT}",
        "acl probe src 127.0.0.1/32",
        # -n: compare the text as the client sent it; without it Squid would ask DNS for an address's name and trust it.
        r"acl ip_literal dstdom_regex -n ^[0-9.]+$ ^0[xX] :",
        *_acl("listed", "dstdomain -n", sorted(plan.allow_list)),
        *_acl("not_public", "dst", denied_destinations(plan.internal)),
    ]


def _access() -> list[str]:
    lines = ["http_access deny manager"]
    for rule in RULES:
        name = "because_" + rule.reason.replace("-", "_")
        lines += [
            f"acl {name} annotate_transaction reason={rule.reason}",
            f"http_access deny {rule.condition} {name}",
        ]
    return [*lines, "http_access allow clients CONNECT tls_port listed", "http_access deny all"]


_PRIVACY: Final = (
    "cache deny all",
    "cache_mem 0",
    "memory_cache_shared off",
    "via off",
    "forwarded_for delete",
    "httpd_suppress_version_string on",
    "email_err_data off",
    "strip_query_terms on",
    "uri_whitespace deny",
    "check_hostnames on",
    "allow_underscore off",
    "request_header_max_size 16 KB",
    "client_request_buffer_max_size 64 KB",
    "retry_on_error off",
)

# Long enough for a console session, short enough that a dead peer frees its connection; the shutdown fits into the 30
# seconds that Fargate leaves a stopping task.
_TIMEOUTS: Final = (
    "connect_timeout 10 seconds",
    "forward_timeout 30 seconds",
    "request_start_timeout 10 seconds",
    "request_timeout 30 seconds",
    "read_timeout 15 minutes",
    "write_timeout 5 minutes",
    "client_lifetime 12 hours",
    "half_closed_clients off",
    "shutdown_lifetime 20 seconds",
)


def _dns(plan: SquidPlan) -> list[str]:
    servers = [f"dns_nameservers {' '.join(map(str, plan.dns_servers))}"] if plan.dns_servers else []
    return [
        *servers,
        "hosts_file none",
        "dns_defnames off",
        "dns_multicast_local off",
        # Their defaults name the client by its reverse lookup, which Squid would then do for every client.
        'url_rewrite_extras "%>a"',
        'store_id_extras "%>a"',
        "dns_timeout 10 seconds",
        # Squid's floor for how long an answer is kept. It is what makes the address that was judged and the address
        # that is connected to the same one, even if the answer claims a lifetime of zero (DNS rebinding).
        "negative_dns_ttl 1 minute",
        "positive_dns_ttl 10 minutes",
    ]


def _logging() -> list[str]:
    return [
        f"logformat verdict {_LOG_FORMAT}",
        "access_log stdio:/dev/stdout logformat=verdict !probe",
        "cache_log /dev/stderr",
        "cache_store_log none",
        "logfile_rotate 0",
        "buffered_logs off",
        "coredump_dir none",
    ]
