"""The functions (invokes) that programs ask, one small entry each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from simulator.creation import Session
from simulator.errors import UnsupportedTypeError
from simulator.functions import account, network, workplace
from simulator.operations import Operations

Function = Callable[[Operations, Session, Mapping[str, Any]], Mapping[str, Any]]

FUNCTIONS: Final[Mapping[str, Function]] = {**account.FUNCTIONS, **network.FUNCTIONS, **workplace.FUNCTIONS}
_SECRET: Final = {"aws:secretsmanager/getRandomPassword:getRandomPassword": ("randomPassword",)}


def call(
    token: str, operations: Operations, session: Session, arguments: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Answer a function; gives its outputs and the names of those that are secret.

    Raises UnsupportedTypeError when the simulated account does not know the function, AwsError when AWS would refuse.
    """
    function = FUNCTIONS.get(token)
    if function is None:
        raise UnsupportedTypeError(
            f"{token}: the simulated account does not know this function yet; add it under simulator/functions/"
        )
    return {**arguments, **function(operations, session, arguments)}, _SECRET.get(token, ())
