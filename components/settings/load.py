"""Reading the settings of a stack, with everything that is wrong with them told at once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Set
from contextlib import suppress
from functools import cache
from typing import get_type_hints

from pulumi.runtime import config as runtime_config
from pydantic import TypeAdapter, ValidationError

from components.settings.checks import CHECKS, Check
from components.settings.errors import SECRET, Problem, SettingsError, from_pydantic, show
from components.settings.fields import Section
from components.settings.limits import exceeded
from components.settings.model import Settings
from components.settings.salvage import UnreadError, salvage
from components.vocabulary import PROJECT

_NAMESPACE = f"{PROJECT}:"


def load() -> Settings:
    """The settings of the stack that runs; SettingsError with every problem where they cannot be used."""
    everything: dict[str, object] = {**runtime_config.get_config_env(), **runtime_config.CONFIG.get()}
    raw = {
        key.removeprefix(_NAMESPACE): _decoded(value) for key, value in everything.items() if key.startswith(_NAMESPACE)
    }
    secrets = {key for key in raw if _is_secret(_NAMESPACE + key)}
    return from_mapping(raw, secrets=secrets)


def _is_secret(key: str) -> bool:
    return key in runtime_config.get_config_secret_keys_env() or runtime_config.is_config_secret(key)


def from_mapping(raw: Mapping[str, object], *, secrets: Set[str] = frozenset()) -> Settings:
    """Settings from plain values, by top-level key; the values of `secrets` are never shown.

    SettingsError with every problem where they cannot be used.
    """
    problems = [
        Problem(key, SECRET if key in secrets else show(value), "not a key of this project", "remove it, or correct it")
        for key, value in raw.items()
        if key not in Settings.model_fields
    ]
    found: dict[str, object] = {}
    for key, kind in _kinds().items():
        if key not in raw and not Settings.model_fields[key].is_required():
            found[key] = Settings.model_fields[key].get_default()
            continue
        if key not in raw:
            problems.append(Problem(key, "(not set)", f"every stack has `{_NAMESPACE}{key}`", "add the key"))
            continue
        try:
            found[key] = kind.validate_python(raw[key])
        except ValidationError as error:
            problems += [from_pydantic(key, details) for details in error.errors(include_url=False)]
            kind_of_section = Settings.model_fields[key].annotation
            if isinstance(kind_of_section, type) and issubclass(kind_of_section, Section):
                found[key] = salvage(kind_of_section, raw[key])
    for check in CHECKS:
        if all(section in found for section in check.reads):
            problems += _run(check, found)
    if problems:
        raise SettingsError(_masked(problem, secrets) for problem in problems)
    settings = Settings.model_validate(found)
    if beyond := tuple(exceeded(settings)):
        raise SettingsError(beyond)
    return settings


def _run(check: Check, found: Mapping[str, object]) -> list[Problem]:
    problems: list[Problem] = []
    with suppress(UnreadError):
        problems.extend(check.run(found))
    return problems


@cache
def _kinds() -> dict[str, TypeAdapter[object]]:
    """How each top-level key is read: one by one, so that one's errors do not hide another's."""
    return {
        key: TypeAdapter(hint)
        for key, hint in get_type_hints(Settings, include_extras=True).items()
        if key in Settings.model_fields
    }


def _masked(problem: Problem, secrets: Set[str]) -> Problem:
    section = problem.key.split(".", 1)[0].split("[", 1)[0]
    if section not in secrets:
        return problem
    return Problem(problem.key, SECRET, "a value of a secret key is wrong", problem.remedy)


def _decoded(value: object) -> object:
    """The engine hands structured values over as JSON text, and plain ones as they are."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            return value
    return value
