"""The catalogue as pages: what each rule is, why, and what to do."""

from __future__ import annotations

from typing import Any

from guardrails.rules.base import Rule, option_names


def summary(rule: type[Rule]) -> dict[str, Any]:
    """Give what a machine wants to know of a rule."""
    defaults = rule.options_type()
    return {
        "id": rule.id,
        "slug": rule.slug,
        "name": f"{rule.id}-{rule.slug}",
        "title": rule.title,
        "severity": rule.severity.value,
        "scope": rule.scope.value,
        "needs_intent": rule.needs_intent,
        "exemptible": rule.exemptible,
        "enforcement": {key: level.value for key, level in sorted(rule.enforcement.items())},
        "controls": list(rule.controls),
        "covers": list(rule.covers),
        "references": list(rule.references),
        "options": {name: getattr(defaults, name) for name in option_names(rule.options_type)},
    }


def page(rule: type[Rule]) -> str:
    """Give a rule's page in Markdown."""
    levels = ", ".join(f"{level.value} in {environment}" for environment, level in sorted(rule.enforcement.items()))
    parts = [
        f"# {rule.id}: {rule.title}",
        f"`{rule.id}-{rule.slug}` · severity {rule.severity.value} · {_SCOPES[rule.scope.value]} · {levels}"
        + ("" if rule.exemptible else " · no exemption possible")
        + (" · needs an intent" if rule.needs_intent else ""),
        f"## Why\n\n{rule.rationale}",
        f"## What to do\n\n{rule.fix}",
    ]
    if rule.avoid:
        parts.append(f"## Avoid\n\n```yaml\n{rule.avoid.strip()}\n```")
    if rule.prefer:
        parts.append(f"## Prefer\n\n```yaml\n{rule.prefer.strip()}\n```")
    if rule.example_intent:
        parts.append(f"Both with this intent:\n\n```yaml\n{rule.example_intent.strip()}\n```")
    options = option_names(rule.options_type)
    if options:
        defaults = rule.options_type()
        rows = [f"| `{name}` | `{getattr(defaults, name)!r}` |" for name in options]
        parts.append("\n".join(["## Options\n", "| option | default |", "|---|---|", *rows]))
    if rule.controls:
        parts.append(f"## Covers\n\n{', '.join(rule.controls)}")
    if rule.references:
        parts.append("## Sources\n\n" + "\n".join(f"- <{item}>" for item in rule.references))
    return "\n\n".join(parts) + "\n"


_SCOPES = {
    "resource": "judges each resource before it is made",
    "early": "judges the stack, and stops a resource before it is made where that alone decides",
    "stack": "judges the stack as a whole",
}
