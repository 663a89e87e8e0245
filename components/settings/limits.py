"""AWS' limits on what the settings come to, once everything else about them is right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from components.settings.errors import Problem
from components.settings.model import Settings

RULES_PER_GROUP = 60
"""Inward, and outward, of one security group.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
"""

KEY = "network.production"
REMEDY = "declare fewer ports or subnets, or subnets that join into one range"


def exceeded(settings: Settings) -> Iterator[Problem]:
    """Problems where the port matrices need more security group rules or ACL entries than AWS gives, or more room."""
    yield from _landing_exceeded(settings)
    yield from _unknown_imports(settings)
    # Imported late: a plan is made from settings, so its modules import this package.
    from components.network.acls import plan_acls  # noqa: PLC0415 - see above
    from components.network.plan import plan_network  # noqa: PLC0415 - see above
    from components.network.ports import group_rules  # noqa: PLC0415 - see above

    production = settings.network.production
    asked = f"{len(production.ports)} ports to {len(production.subnets)} subnets"
    plan = plan_network(settings)
    rules = Counter((rule.group, rule.direction) for rule in group_rules(plan))
    for (group, direction), count in rules.items():
        if count > RULES_PER_GROUP:
            rule = f"the {group} group would have {count} {direction} rules, AWS gives {RULES_PER_GROUP}"
            yield Problem(KEY, asked, rule, REMEDY)
    try:
        plan_acls(plan)
    except ValueError as error:
        yield Problem(KEY, asked, str(error), REMEDY)


def _unknown_imports(settings: Settings) -> Iterator[Problem]:
    """Problems where something is to be taken over that the plan has no place for."""
    # Imported late, as above.
    from components.landing.parts import vpc_plans  # noqa: PLC0415 - see above
    from components.network.plan import plan_network  # noqa: PLC0415 - see above

    plans = {f"landing.{purpose}": make for purpose, make in vpc_plans(settings).items()}
    for key, make in {"network": lambda: plan_network(settings), **plans}.items():
        try:
            plan = make()
        except ValueError:
            continue  # told already
        if plan.imports is None:
            continue
        keys = [subnet.key for subnet in plan.subnets]
        for part in ("subnets", "route_tables"):
            found: Mapping[str, str] = getattr(plan.imports, part)
            for name, value in found.items():
                if name not in keys:
                    rule = f"the plan's subnets are {', '.join(keys)}"
                    yield Problem(f"{key}.imports.{part}.{name}", value, rule, "use one of these keys")
                elif list(found.values()).count(value) > 1:
                    rule = "one object is taken over in one place"
                    yield Problem(f"{key}.imports.{part}.{name}", value, rule, "name each object once")


def _landing_exceeded(settings: Settings) -> Iterator[Problem]:
    # Imported late, as above.
    from components.landing.matrix import acl_plans, group_rules  # noqa: PLC0415 - see above
    from components.landing.parts import vpc_plans  # noqa: PLC0415 - see above

    for purpose, make in vpc_plans(settings).items():
        key = f"landing.{purpose}"
        try:
            plan = make()
            acl_plans(plan)
        except ValueError as error:
            yield Problem(key, "(as a whole)", str(error), "use a larger range, or declare less")
            continue
        rules: Counter[tuple[str, str]] = Counter()
        for rule in group_rules(plan):
            rules[rule.group, rule.direction] += rule.weight
        for (group, direction), count in rules.items():
            if count > RULES_PER_GROUP:
                rule = f"the {group} group would have {count} {direction} rules, AWS gives {RULES_PER_GROUP}"
                yield Problem(key, "(as a whole)", rule, "declare less")
