"""Finds the rules: every module in a family's folder that defines a `Rule` adds it, by being there."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from functools import cache

import guardrails.rules
from guardrails.rules.base import Rule

SHARED = "common"
"""The module of a family that holds what its rules share, and no rule."""


class CatalogueError(Exception):
    """Two rules with one id or name, or a rule without what every rule must say."""


@cache
def rule_types() -> tuple[type[Rule], ...]:
    """Give every rule of the catalogue, sorted by id.

    Raises:
        CatalogueError: the catalogue contradicts itself.
    """
    found: dict[str, type[Rule]] = {}
    for family in pkgutil.iter_modules(guardrails.rules.__path__):
        if not family.ispkg:
            continue
        package = importlib.import_module(f"guardrails.rules.{family.name}")
        for module in pkgutil.iter_modules(package.__path__):
            if module.name == SHARED:
                continue
            _add(found, importlib.import_module(f"guardrails.rules.{family.name}.{module.name}"))
    return tuple(found[key] for key in sorted(found))


def _add(found: dict[str, type[Rule]], module: object) -> None:
    for _, member in inspect.getmembers(module, inspect.isclass):
        if not issubclass(member, Rule) or inspect.isabstract(member) or member.__module__ != module.__name__:  # pyright: ignore[reportAttributeAccessIssue,reportUnknownMemberType]
            continue
        missing = [
            key for key in ("id", "slug", "title", "rationale", "fix", "avoid", "prefer") if not hasattr(member, key)
        ]
        if missing:
            raise CatalogueError(f"{member.__module__}.{member.__qualname__} says nothing about {', '.join(missing)}")
        if member.id in found:
            raise CatalogueError(f"{member.id} is both {found[member.id].__module__} and {member.__module__}")
        found[member.id] = member


def find_rule(name: str) -> type[Rule] | None:
    """Find a rule by its id, slug or CrossGuard name; None where there is none."""
    wanted = name.lower()
    for rule in rule_types():
        if wanted in {rule.id.lower(), rule.slug, f"{rule.id}-{rule.slug}".lower()}:
            return rule
    return None
