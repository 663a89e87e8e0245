"""Options of resources that exist already and are taken over: imported by id, and protected.

The engine reads such a resource, then brings it into line with the program. Protection makes it refuse what would
replace or delete it, such as a range or an AZ that differs; taking the stack down leaves it to a person.
Source: https://www.pulumi.com/docs/iac/concepts/resources/options/import/
"""

from __future__ import annotations

import pulumi


def adopting(options: pulumi.ResourceOptions, existing: str | None) -> pulumi.ResourceOptions:
    """The options of a resource that is taken over where `existing` is its id, and made where that is None."""
    if existing is None:
        return options
    return pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(import_=existing, protect=True))
