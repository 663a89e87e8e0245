"""The network that a stack's resources make, normalised once for every rule and for the reach engine.

What flows through it, in one direction:

    Facts (resources, edges) ─► Build ─► a reader for each kind of object ─► `assemble` ─► Network

`common` holds `Build`, one run over the facts: it resolves what a property names and collects as `gaps` what could not
be read. A reader takes the `Build` and gives finished values: `vpcs`, `routes`, `filters` (with `made_groups`, the
groups that AWS makes by itself), `gateways`, `transit` (with `transit_defaults`, what a gateway joins by itself),
`balancers`, `firewall_endpoints`, and `interfaces`, which asks `fleets` for hosts made from templates and `services`
for what services put into subnets. `assemble` calls each once and adds what only the whole can say: the routes of
gateway endpoints, and the firewall endpoint of a route's AZ.
"""

from __future__ import annotations

from guardrails.facts.from_pulumi.network.assemble import build_network

__all__ = ["build_network"]
