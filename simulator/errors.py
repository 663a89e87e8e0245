"""Refusals, in the wording of AWS and of the provider that reports them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.settling import Made


@dataclass
class AwsError(Exception):
    """What an AWS API answers when it refuses a call.

    `code` and `message` are AWS's (each service lists its own; EC2's are at
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html); `status` is the HTTP status.
    """

    code: str
    message: str
    status: int = 400
    until: int = 0
    """The virtual second at which the reason passes by itself, where AWS's provider goes on trying until then."""

    def __str__(self) -> str:
        return f"api error {self.code}: {self.message}"


@dataclass
class OperationError(Exception):
    """An `AwsError` as the aws provider reports it: which step on which object, and the API's own words."""

    action: str
    service: str
    operation: str
    cause: AwsError

    def __str__(self) -> str:
        return (
            f"{self.action}: operation error {self.service}: {self.operation}, "
            f"https response error StatusCode: {self.cause.status}, {self.cause}"
        )


class UnsupportedTypeError(Exception):
    """A resource type or function that the simulated account does not know."""


class SimulatedFaultError(Exception):
    """A failure that the fault plan asked for."""


@dataclass
class UnfinishedError(Exception):
    """An object is there but did not become ready while the provider waited: what is known of it, and why."""

    made: Made
    reason: str

    def __str__(self) -> str:
        return self.reason


class OutdatedStateError(Exception):
    """The account was kept by another version of this program, which knew other things of it."""


class StateLockedError(Exception):
    """Another process serves the same account."""
