"""Network reach: who can open a connection to whom, with a witness for every answer.

`reach(network, source, destination, ...)` answers one question, an `Engine` many of the same network. Both give an
`Answer`: True, False, or None where an unknown input decides (`unknowns` names it), the exact flows, the path of one
of them hop by hop, or the hop and rule that stop it.
"""

from guardrails.facts.network import Network
from guardrails.network.answer import Answer, Block, Hop, flows_json
from guardrails.network.places import Place, PlaceError
from guardrails.network.reach import Engine, Service, Zones
from guardrails.sets import IntervalSet

__all__ = ["Answer", "Block", "Engine", "Hop", "Place", "PlaceError", "Service", "flows_json", "reach"]


def reach(  # noqa: PLR0913 - the question's own parts, by keyword
    network: Network,
    source: str,
    destination: str,
    *,
    protocol: str = "tcp",
    ports: IntervalSet | None = None,
    source_ports: IntervalSet | None = None,
    one_way: bool = False,
    zones: Zones | None = None,
) -> Answer:
    """Answer one question about a network; see `Engine.reach`. For several questions keep one `Engine`."""
    engine = Engine(network, zones)
    return engine.reach(source, destination, protocol=protocol, ports=ports, source_ports=source_ports, one_way=one_way)
