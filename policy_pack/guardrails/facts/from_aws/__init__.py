"""The network as AWS itself tells it: from a folder of `aws ... describe-*` answers, or from a live account."""

from __future__ import annotations

from pathlib import Path

from guardrails.facts.from_aws.answers import Answers
from guardrails.facts.from_aws.assemble import assemble
from guardrails.facts.from_aws.snapshot import SnapshotError, read_folder
from guardrails.facts.network import Network

__all__ = ["Answers", "SnapshotError", "assemble", "read_snapshot"]


def read_snapshot(folder: Path) -> Network:
    """Read a folder tree of AWS answers into one network; what could not be used is in `gaps` and `incomplete`.

    Raises:
        SnapshotError: the folder cannot be read, or nothing in it is an answer of AWS.
    """
    return assemble(read_folder(folder))
