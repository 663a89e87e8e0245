# Every command sets itself up first. `make help` lists them; all the work is in tools/engine.
PYTHON ?= python3
STACK ?= dev
ARGS ?=

COMMANDS := setup preview up refresh destroy account clock blocked test bench faults doctor clean

.DEFAULT_GOAL := help
.PHONY: help $(COMMANDS)

help:
	@$(PYTHON) -m tools.engine --help

$(COMMANDS):
	@$(PYTHON) -m tools.engine $@ --stack $(STACK) -- $(ARGS)

# The whole life of every topology, in development and in production, through the engine: some minutes each.
.PHONY: topologies
topologies:
	@$(PYTHON) -m tools.engine setup
	@.venv/bin/python -m tests.engine.topologies $(ARGS)

# An error, a death and a state file cut off at every single call of both stacks' lives, call by call; some half an hour.
# ARGS names other stacks, the topologies among them: make sweep ARGS="single inline hub attach relay --on create"
.PHONY: sweep
sweep:
	@$(PYTHON) -m tools.engine setup
	@.venv/bin/python -m tests.support.sweep $(ARGS)

# Every part of both stacks' networks changed in every way, one at a time; writes docs/mutations.md. Some ten minutes.
.PHONY: mutations
mutations:
	@$(PYTHON) -m tools.engine setup
	@PYTHONPATH=.:policy_pack .venv/bin/python -m tests.mutation.write_page $(ARGS)
