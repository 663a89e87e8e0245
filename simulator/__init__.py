"""The simulated account: a Pulumi resource provider for `aws` that stands in for a real one."""
