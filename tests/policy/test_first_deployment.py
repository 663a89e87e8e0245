"""The first deployment to a real account, as the README describes it: the directory knows nobody yet."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.policy.support.pack import FOLDER, Pack
from tests.policy.support.wire import raw_of
from tests.support.recorder import record, stack_config

USERS = "secure-room:desktops"


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_a_room_passes_before_its_directory_knows_anybody(pack: Pack, stack: str) -> None:
    config: dict[str, Any] = stack_config(stack)
    config[USERS] = {**config[USERS], "users": []}
    pack.configure(json.loads((FOLDER / "config" / f"{stack}.json").read_text(encoding="utf-8")))
    room = raw_of(record(stack, config=config), known=False)
    assert not [item for item in room if item["type"].endswith(":Workspace")]
    assert [item for item in pack.judge(room) if item.mandatory] == []
