"""`python -m guardrails` is the command line."""

from guardrails.cli import main

main()
