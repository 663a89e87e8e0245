"""Runs one component instead of the whole program under the recording monitor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pulumi
import pulumi_aws as aws

from tests.support import recorder


def build(make: Callable[[pulumi.ResourceOptions], object], stack: str, *, known: bool = False) -> recorder.Recording:
    """What `make` registers with a provider of its own; as in a preview, or as after a deployment where `known`."""

    def program(_path: Path) -> None:
        make(pulumi.ResourceOptions(providers={"aws": aws.Provider("account", region="ap-northeast-1")}))

    with mock.patch.object(recorder, "_program", program):
        return recorder.record(stack, known=known)
