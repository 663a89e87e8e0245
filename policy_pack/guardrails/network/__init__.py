"""Network reach: who can open a connection to whom, with a witness for every answer.

`reach(network, source, destination, ...)` answers one question, an `Engine` many of the same network. Both give an
`Answer`: True, False, or None where an unknown input decides (`unknowns` names it), the exact flows, the path of one
of them hop by hop, or the hop and rule that stop it.
"""

from guardrails.network.answer import Answer, Block, Hop, flows_json
from guardrails.network.places import Place, PlaceError
from guardrails.network.reach import Engine, Service, reach

__all__ = ["Answer", "Block", "Engine", "Hop", "Place", "PlaceError", "Service", "flows_json", "reach"]
