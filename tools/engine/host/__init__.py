"""The Python language host that the engine starts where no official one is on PATH.

It implements the `pulumirpc.LanguageRuntime` service (generated stubs: `pulumi.runtime.proto`) as far as running a
program and a policy pack goes. The engine's own documentation of the service is in the comments of its language.proto.
"""
