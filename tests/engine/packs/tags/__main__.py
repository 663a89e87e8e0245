"""One rule on each resource and one on the stack; both refuse what is called `forbidden`."""

from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy, StackValidationPolicy


def no_forbidden_name(args, report_violation):
    if args.name == "forbidden":
        report_violation("a resource is called forbidden")


def has_a_component(args, report_violation):
    if not any(resource.resource_type == "engine:test:Box" for resource in args.resources):
        report_violation("the stack has no box")


PolicyPack(
    name="tags",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=[
        ResourceValidationPolicy(
            name="no-forbidden-name", description="No resource is called forbidden.", validate=no_forbidden_name
        ),
        StackValidationPolicy(name="has-a-component", description="The stack has a box.", validate=has_a_component),
    ],
)
