"""Cases of `guardrails reach`: a page of AWS's documentation, a network, and questions with the answers the page gives.

A question is `FROM > TO [PROTOCOL [PORT]] [from SOURCE_PORT] [one-way] = yes|no|unknown`; without a service, TCP 443.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.unit.guardrails.reach_cases.described_account import Account

Make = Callable[[Account], object]
ANSWERS = {"yes": True, "no": False, "unknown": None}
_FORM = re.compile(
    r"(?P<source>\S+) > (?P<target>\S+)(?: (?!one-way|from)(?P<protocol>[\w-]+))?(?: (?P<port>\d[\d-]*))?"
    r"(?: from (?P<sport>\S+))?(?P<one_way> one-way)? = (?P<answer>yes|no|unknown)"
)


@dataclass(frozen=True)
class Case:
    """A network and what is asked about it."""

    name: str
    page: str
    questions: tuple[str, ...]
    make: Make

    def write(self, folder: Path) -> Path:
        """Write the network into a folder."""
        account = Account()
        made = self.make(account)
        if made is None:
            account.write(folder)
        for number, other in enumerate(made if isinstance(made, list) else []):
            other.write(folder / f"{other.number}-{number}" / other.region)
        return folder


CASES: dict[str, Case] = {}


def case(page: str, *questions: str) -> Callable[[Make], Make]:
    """Register a case; its function writes the network into the account that it is given, or gives several accounts."""

    def register(make: Make) -> Make:
        name = make.__name__.replace("_", "-")
        assert name not in CASES, name
        CASES[name] = Case(name, page, questions, make)
        return make

    return register


def asked(question: str) -> tuple[list[str], bool | None]:
    """Give the command line of a question and the answer that it should get."""
    found = _FORM.fullmatch(question)
    assert found is not None, question
    part = found.groupdict()
    service = part["protocol"] or "tcp"
    port = part["port"] or (None if part["protocol"] else "443")
    line = ["--from", part["source"], "--to", part["target"], "--protocol", service]
    line += ["--port", port] if port else []
    line += ["--source-port", part["sport"]] if part["sport"] else []
    line += ["--one-way"] if part["one_way"] else []
    return line, ANSWERS[part["answer"]]
