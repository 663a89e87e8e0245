"""How a wrong configuration is told: everything at once, each with its key, value, rule and remedy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic_core import ErrorDetails, PydanticCustomError

MAX_VALUE_LENGTH = 80
SECRET = "[secret]"  # noqa: S105 - what is shown in place of one

_REMEDIES: dict[str, str] = {
    "missing": "add the key",
    "extra_forbidden": "remove the key, or correct its spelling",
    "enum": "use one of the values that are named",
    "literal_error": "use one of the values that are named",
    "string_type": "write a string; put digits in quotes",
    "int_parsing": "write a whole number",
    "bool_parsing": "write true or false",
    "too_short": "add an entry",
    "too_long": "remove entries",
    "ip_v4_network": "write an IPv4 range such as 10.20.0.0/20",
}


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong with the configuration."""

    key: str
    value: str
    rule: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.key} = {self.value}\n    rule:   {self.rule}\n    remedy: {self.remedy}"


class SettingsError(ValueError):
    """The configuration cannot be used; `problems` holds all that is wrong with it, sorted by key."""

    problems: tuple[Problem, ...]

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        lines = "\n".join(f"- {problem}" for problem in self.problems)
        super().__init__(f"{len(self.problems)} problem(s) in the configuration:\n{lines}")


def broken(rule: str, remedy: str) -> PydanticCustomError:
    """What a validator of one field raises: the rule and how to satisfy it."""
    return PydanticCustomError("rule", "{rule}", {"rule": rule, "remedy": remedy})


def show(value: object) -> str:
    """A value as the reader wrote it, shortened."""
    text = value if isinstance(value, str) else repr(value)
    text = text if text else "(empty)"
    return text if len(text) <= MAX_VALUE_LENGTH else text[: MAX_VALUE_LENGTH - 1] + "…"


def from_pydantic(section: str, error: ErrorDetails) -> Problem:
    """Turn one of Pydantic's errors into a `Problem`; `section` is the key that was being read."""
    path = section
    for part in error["loc"]:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    context = error.get("ctx") or {}
    kind = error["type"]
    return Problem(
        key=path,
        value="(not set)" if kind == "missing" else show(error["input"]),
        rule=str(context.get("rule", error["msg"])),
        remedy=str(context.get("remedy", _REMEDIES.get(kind, "write a value that satisfies the rule"))),
    )
