"""Configuration of the pack: which level each rule has, its options, the intent, and what is wrong with any of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guardrails.findings.report import Judgement
from guardrails.rules.base import Finding, Level, Outcome, Rule
from guardrails.rules.catalogue import rule_types

if TYPE_CHECKING:
    from guardrails.facts.intent import Intent

PACK = "guardrails"
"""The name under which the pack's own settings are configured, beside those of the rules."""

FOLDER = Path(__file__).resolve().parents[1]
"""The policy pack's folder."""

_PROBLEM = "FCL003"
ENVIRONMENTS = ("dev", "prod")


class ConfigurationError(Exception):
    """A configuration file that cannot be used at all."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """The pack's configuration after validation."""

    judgement: Judgement
    intent: str = ""
    environment: str = ""

    def intent_of(self, project: str, stack: str) -> tuple[Intent | None, tuple[Finding, ...]]:
        """Give the intent that holds for a stack, and what is wrong with it."""
        path = FOLDER / self.intent if self.intent else find_intent(project, stack)
        if path is None:
            return None, ()
        loaded = load_intent(path)
        return (None, (problem(loaded, path.name),)) if isinstance(loaded, str) else (loaded, ())

    def environment_of(self, intent: Intent | None) -> str:
        """Give the environment whose levels hold: the configured one, the intent's, or production."""
        return self.environment or (intent.environment if intent else "prod")


def problem(why: str, path: str = "") -> Finding:
    """Make a finding of something that is wrong with the configuration."""
    return Finding(_PROBLEM, Outcome.FAIL, "", path, why)


@cache
def load_intent(path: Path) -> Intent | str:
    """Read an intent once; what is wrong with it as text."""
    from guardrails.facts.intent import IntentError, read_intent  # noqa: PLC0415 - slow to load

    try:
        return read_intent(path)
    except IntentError as error:
        return str(error)


@cache
def find_intent(project: str, stack: str) -> Path | None:
    """Find the intent file of a project's stack among those that come with the pack."""
    path = FOLDER / "intents" / f"{stack}.yaml"
    if not stack or "/" in stack or not path.is_file():
        return None
    loaded = load_intent(path)
    if isinstance(loaded, str):
        return path
    return path if (loaded.project, loaded.stack) == (project, stack) else None


def configure(raw: Mapping[str, Mapping[str, Any]], levels: Mapping[str, Level] | None = None) -> Configuration:
    """Validate a configuration: for each policy name its properties, and (apart) its level.

    Unknown names, unknown keys and values of the wrong kind become findings, all of them.
    """
    problems: list[Finding] = []
    settings = dict(raw.get(PACK, {}))
    for key in sorted(set(settings) - {"intent", "environment"}):
        problems.append(problem(f"{PACK} has no setting {key!r}", f"{PACK}.{key}"))
    environment = str(settings.get("environment") or "")
    if environment and environment not in ENVIRONMENTS:
        problems.append(problem(f"{environment!r} is no environment: {', '.join(ENVIRONMENTS)}", f"{PACK}.environment"))
    rules = tuple(_make(item, raw.get(f"{item.id}-{item.slug}", {}), problems) for item in rule_types())
    known = {PACK, "all", *(item.name for item in rules)}
    for name in sorted({*raw, *(levels or {})} - known):
        problems.append(problem(f"there is no rule {name!r}", name))
    by_id = {item.name: item.id for item in rules}
    chosen = {by_id[name]: level for name, level in (levels or {}).items() if name in by_id}
    judgement = Judgement(rules=rules, levels=chosen, problems=tuple(problems))
    return Configuration(judgement, str(settings.get("intent") or ""), environment)


def _make(rule: type[Rule], raw: Mapping[str, Any], problems: list[Finding]) -> Rule:
    """Make a rule with its options; a faulty option is told and the default holds."""
    if not raw:
        return rule()
    if not is_dataclass(rule.options_type):
        raise TypeError(f"the options of {rule.id} are no dataclass")
    name = f"{rule.id}-{rule.slug}"
    declared = {item.name: item for item in fields(rule.options_type)}
    given: dict[str, Any] = {}
    for key, value in raw.items():
        default = getattr(rule.options_type(), key, None) if key in declared else None
        if key not in declared:
            problems.append(problem(f"{name} has no option {key!r}", f"{name}.{key}"))
        elif not _fits(value, default):
            wanted = type(default).__name__
            problems.append(problem(f"option {key!r} of {name} must be of kind {wanted}", f"{name}.{key}"))
        else:
            given[key] = _as(value, default)
    return rule(rule.options_type(**given))


def _fits(value: object, default: object) -> bool:
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    if isinstance(default, int):
        return isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if isinstance(default, tuple):
        return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)  # pyright: ignore[reportUnknownVariableType]
    return isinstance(value, type(default))


def _as(value: Any, default: object) -> Any:
    if isinstance(default, int) and not isinstance(default, bool):
        return int(value)
    return tuple(value) if isinstance(default, tuple) else value


def parse_file(raw: Any, source: str) -> Configuration:
    """Read what a policy-pack-config file says: a level, or an object with a level and options, for each policy.

    Raises:
        ConfigurationError: it is not an object of that kind.
    """
    if not isinstance(raw, Mapping):
        raise ConfigurationError(f"{source}: not an object")
    properties: dict[str, Mapping[str, Any]] = {}
    levels: dict[str, Level] = {}
    names = [f"{item.id}-{item.slug}" for item in rule_types()]
    for name, item in _ordered(raw):  # pyright: ignore[reportUnknownArgumentType]
        level, options = _split(name, item, source)
        if name == "all":
            levels.update(dict.fromkeys(names, level) if level else {})
            continue
        if level is not None and name != PACK:
            levels[name] = level
        properties[name] = options
    return configure(properties, levels)


def _ordered(raw: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """`all` first: what is said of one rule overrides it."""
    return sorted(raw.items(), key=lambda item: item[0] != "all")


def _split(name: str, item: Any, source: str) -> tuple[Level | None, Mapping[str, Any]]:
    if isinstance(item, str):
        return _level(name, item, source), {}
    if not isinstance(item, Mapping):
        raise ConfigurationError(f"{source}: {name} must be a level or an object")
    options: dict[str, Any] = {str(key): value for key, value in item.items() if key != "enforcementLevel"}  # pyright: ignore[reportUnknownVariableType,reportUnknownArgumentType]
    level = item.get("enforcementLevel")  # pyright: ignore[reportUnknownMemberType,reportUnknownVariableType]
    return (None if level is None else _level(name, str(level), source)), options  # pyright: ignore[reportUnknownArgumentType]


def _level(name: str, text: str, source: str) -> Level:
    try:
        return Level(text)
    except ValueError as error:
        raise ConfigurationError(f"{source}: {text!r} is no level for {name}") from error
