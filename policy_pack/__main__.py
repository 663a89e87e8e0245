"""The policy pack's entry point: everything is in the package beside it."""

from guardrails.pack import serve

serve()
