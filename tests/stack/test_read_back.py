"""What a topology's state says of its network, and what AWS's APIs say of the same account: two readers, one answer.

Each topology is deployed to a simulated account with moto behind it. The guard reads the network from the state and
from the account, and answers every question between two zones of the intent.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from guardrails.cli.sources import Source, read_network
from guardrails.facts.intent import read_intent
from guardrails.facts.network import Network
from guardrails.network import Engine
from guardrails.sets import IntervalSet
from simulator.account import Account
from simulator.emulator.endpoint import Endpoint
from simulator.operations import Operations
from simulator.quotas import set_quota
from tests.engine.topologies import ADDRESSES
from tests.support.examples import EXAMPLES, FOLDER, example_in
from tests.support.recorder import record
from tests.support.replay import Deployment

# moto keeps its objects in module globals: one account at a time.
pytestmark = pytest.mark.xdist_group("emulator")

REGION = "ap-northeast-1"
PROVIDER = "urn:pulumi:dev::p::pulumi:providers:aws::account"
QUESTIONS = (("tcp", 443), ("any", None))


def state_of(deployment: Deployment) -> dict[str, Any]:
    """The state that an engine would have written."""
    types = {item.urn: item.type for item in deployment.recording.registrations}
    provider = {
        "urn": PROVIDER,
        "custom": True,
        "id": "1",
        "type": "pulumi:providers:aws",
        "inputs": {"region": REGION},
    }
    resources = [
        {"urn": urn, "custom": True, "id": known.id, "type": types[urn], "inputs": known.inputs,
         "outputs": {**known.outputs, "id": known.id}, "provider": f"{PROVIDER}::1"}
        for urn, known in deployment.state.items()
    ]  # fmt: skip
    return {"version": 3, "deployment": {"manifest": {}, "resources": [provider, *resources]}}


@pytest.fixture(params=EXAMPLES)
def topology(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[str, Mapping[str, Network]]]:
    """A topology's name, and its network as the state and as the account tell it."""
    account = Account(tmp_path / "account")
    set_quota(account, ADDRESSES)
    operations = Operations(account, emulate=True)
    deployment = Deployment(record(request.param, known=True, config=example_in(request.param, "dev")))
    assert deployment.up(operations) == []
    account.set_fact("account id", deployment.session.account)
    (tmp_path / "state.json").write_text(json.dumps(state_of(deployment)))
    endpoint = Endpoint(operations.answer)
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, REGION)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "simulated")
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint.url)
    told = {"state": Source(state=tmp_path / "state.json"), "account": Source(live=True)}
    yield request.param, {name: read_network(source) for name, source in told.items()}
    endpoint.close()
    account.close()


def answers(network: Network, intent: Path) -> dict[tuple[str, str, str], bool | None]:
    zones = {name: (zone.cidrs, zone.tags) for name, zone in read_intent(intent).zones.items()}
    engine, places = Engine(network, zones), (*zones, "internet")
    return {
        (start, end, f"{protocol} {port}"): engine.reach(
            start, end, protocol=protocol, ports=IntervalSet.span(port, port) if port else None
        ).reachable
        for start in places
        for end in places
        for protocol, port in QUESTIONS
    }


def test_a_state_and_its_account_give_the_same_answers(topology: tuple[str, Mapping[str, Network]]) -> None:
    name, networks = topology
    state, account = (answers(network, FOLDER / name / "intent.yaml") for network in networks.values())
    # An account may know what a state leaves open, such as the groups of a firewall's own interfaces.
    definite = {question: answer for question, answer in state.items() if answer is not None}
    assert {question: answer for question, answer in definite.items() if account[question] != answer} == {}
    assert len(definite) > 0.8 * len(state)
    assert {True, False} <= set(definite.values())
