"""The command line of the guard: `guardrails check | rules | explain | reach`.

One object goes to stdout, notes go to stderr. Exit 0 is clean, 1 is findings, 2 is wrong usage or unreadable input.
"""

from __future__ import annotations

import gc

import typer

from guardrails.cli import check, reach, rules

app = typer.Typer(
    help="Prove before deployment what a Pulumi AWS stack allows.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
check.register(app)
rules.register(app)
reach.register(app)


def main() -> None:
    """Run the command line."""
    # One run and the process ends: facts are trees, and looking for cycles among them takes a fifth of the time.
    gc.disable()
    app()
