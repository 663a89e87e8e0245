"""Fixtures: folders of answers, written as the test needs them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from guardrails.facts.from_aws import read_snapshot
from guardrails.facts.network import Network
from tests.unit.guardrails.from_aws.aws_answers import Read, Write


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write files (name -> text, bytes, or something to print as JSON) into a folder and give the folder."""

    def write_files(files: dict[str, Any]) -> Path:
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, bytes):
                path.write_bytes(content)
            else:
                path.write_text(content if isinstance(content, str) else json.dumps(content, indent=4))
        return tmp_path

    return write_files


@pytest.fixture
def read(write: Write) -> Read:
    """Write files into a folder and read it as a snapshot."""

    def read_files(files: dict[str, Any]) -> Network:
        return read_snapshot(write(files))

    return read_files
