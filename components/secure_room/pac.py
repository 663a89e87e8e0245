"""How desktops find the proxy: what goes directly, and that everything else goes by the proxy.

Two forms of one plan: the proxy auto-configuration file, and the policy that Edge and Chrome take from group policy.

There is no ``DIRECT`` after the proxy: a desktop whose proxy is down reaches nothing, instead of trying another way.
Names are never resolved to decide (no ``dnsResolve``, no ``isInNet`` on a name): that would ask DNS for every name of a
page. The browsers' format: https://developer.mozilla.org/docs/Web/HTTP/Guides/Proxy_servers_and_tunneling
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from ipaddress import IPv4Network, collapse_addresses
from typing import Final

METADATA: Final = IPv4Network("169.254.0.0/16")
LOOPBACK: Final = IPv4Network("127.0.0.0/8")

_TEMPLATE: Final = """\
// Generated from the stack's settings: change those, not this.
var DIRECT_DOMAINS = {domains};
var DIRECT_NETWORKS = {networks};
var PROXY = {proxy};

function within(address, network) {{
  return isInNet(address, network[0], network[1]);
}}

function FindProxyForURL(url, host) {{
  var name = host.toLowerCase();
  var i;
  if (isPlainHostName(name)) return "DIRECT";
  for (i = 0; i < DIRECT_DOMAINS.length; i++) {{
    var domain = DIRECT_DOMAINS[i];
    if (name === domain || name.slice(-domain.length - 1) === "." + domain) return "DIRECT";
  }}
  if (/^[0-9]+[.][0-9]+[.][0-9]+[.][0-9]+$/.test(name)) {{
    for (i = 0; i < DIRECT_NETWORKS.length; i++) {{
      if (within(name, DIRECT_NETWORKS[i])) return "DIRECT";
    }}
  }}
  return PROXY;
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PacPlan:
    """What a desktop reaches without the proxy: domains with all below them, and networks when written as addresses."""

    proxy_name: str
    proxy_port: int
    direct_domains: tuple[str, ...]
    direct_networks: tuple[IPv4Network, ...]


def render(plan: PacPlan) -> str:
    """The text of ``proxy.pac``; metadata and loopback are always direct: the proxy is never asked for them."""
    return _TEMPLATE.format(
        domains=json.dumps(sorted(plan.direct_domains)),
        networks=json.dumps([[str(network.network_address), str(network.netmask)] for network in _direct(plan)]),
        proxy=json.dumps(f"PROXY {plan.proxy_name}:{plan.proxy_port}"),
    )


def browser_policy(plan: PacPlan) -> str:
    """The value of the policy ``ProxySettings`` of Edge and Chrome, as JSON: the same plan without a file to be hosted.

    Sources: https://learn.microsoft.com/deployedge/microsoft-edge-policies#proxysettings,
    https://learn.microsoft.com/deployedge/configure-microsoft-edge-proxy-support (bypass rules).
    """
    domains = [pattern for domain in sorted(plan.direct_domains) for pattern in (domain, f"*.{domain}")]
    networks = [str(network) for network in _direct(plan)]
    settings = {
        "ProxyMode": "fixed_servers",
        "ProxyServer": f"http://{plan.proxy_name}:{plan.proxy_port}",
        "ProxyBypassList": ";".join(["<local>", *domains, *networks]),
    }
    return json.dumps(settings, sort_keys=True)


def _direct(plan: PacPlan) -> list[IPv4Network]:
    return sorted(collapse_addresses((*plan.direct_networks, METADATA, LOOPBACK)))
