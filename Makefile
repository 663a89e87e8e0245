# Every command sets itself up first. `make help` lists them; all the work is in tools/engine.
PYTHON ?= python3
STACK ?= dev
ARGS ?=

COMMANDS := setup preview up refresh destroy account blocked test bench faults doctor clean

.DEFAULT_GOAL := help
.PHONY: help $(COMMANDS)

help:
	@$(PYTHON) -m tools.engine --help

$(COMMANDS):
	@$(PYTHON) -m tools.engine $@ --stack $(STACK) -- $(ARGS)
