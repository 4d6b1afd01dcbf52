# Every target bootstraps what it needs in .venv, from a plain python3 (3.11 or newer, with venv).
# Another one: make PYTHON=/path/to/python3.12 test

PYTHON ?=
VENV := .venv
PY := $(VENV)/bin/python
RUN := $(VENV)/bin/
PIP_INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes
SEED ?=
COUNT ?= 1000
MINUTES ?= 30
PROCESSES ?= 3
LOCK_UNTIL = $(shell $(PY) -c 'from datetime import date, timedelta as d; print(date.today() - d(7))')
COMPILE = $(RUN)uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	--no-header --python-version 3.11 --upgrade --exclude-newer $(LOCK_UNTIL) pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help setup demo run test check chaos bench soak tools lock clean

help:  ## what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.demo  ## the whole thing on this machine, without any account
	@$(PY) -m bot demo

run: $(VENV)/.demo  ## the bot against the real services; settings from the environment or .env
	@$(PY) -m bot serve

test: $(VENV)/.dev  ## every test; some: make test ARGS='-k undo'
	@$(PY) -m pytest --numprocesses=$(PROCESSES) --dist=loadfile --no-loadscope-reorder $(ARGS)

check: $(VENV)/.dev  ## format, lint, types, architecture, Dockerfile
	$(RUN)ruff format --check
	$(RUN)ruff check
	$(RUN)mypy .
	$(RUN)lint-imports
	$(RUN)hadolint Dockerfile

chaos: $(VENV)/.dev  ## random edits on both sides in all weathers, COUNT=1000; one again: SEED=17
	@CHAOS_SEED=$(SEED) CHAOS_COUNT=$(COUNT) $(PY) -m pytest -q -p no:logging \
		tests/contract/notion_sync/test_oracle.py $(ARGS)

bench: $(VENV)/.dev  ## answer times and throughput; a minute of it: make bench ARGS='load --short'
	@$(PY) -m benchmarks $(ARGS)

soak: $(VENV)/.dev  ## memory under load, half an hour; less: make soak MINUTES=5
	@$(PY) -m benchmarks soak --minutes $(MINUTES) $(ARGS)

tools: $(VENV)/.dev  ## promtool, prometheus and amtool for the tests of deploy/, without root
	@$(PY) -m tests.tools

setup: $(VENV)/.dev  ## everything a developer needs, in .venv

lock: $(VENV)/.dev  ## renew requirements/, with nothing younger than a week
	$(COMPILE) --output-file requirements/run.txt
	$(COMPILE) --extra embedded --output-file requirements/demo.txt
	$(COMPILE) --extra embedded --extra otel --extra dev --output-file requirements/dev.txt

clean:  ## remove what the targets made, the demo's data included
	rm -rf $(VENV) .taskbridge build dist .mypy_cache .pytest_cache .ruff_cache \
		.import_linter_cache .hypothesis *.egg-info

# dev.txt holds all of demo.txt, so what it installs need not be installed again.
$(VENV)/.dev: requirements/dev.txt | $(VENV)/bin/python
	@echo "Installing what development needs into $(VENV) ..."
	@$(PIP_INSTALL) -r requirements/dev.txt
	@touch $(VENV)/.demo $@

$(VENV)/.demo: requirements/demo.txt | $(VENV)/bin/python
	@echo "Installing what the bot needs into $(VENV) ..."
	@$(PIP_INSTALL) -r requirements/demo.txt
	@touch $@

$(VENV)/bin/python:
	@for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		"$$python" -m venv $(VENV) && exit 0; \
		rm -rf $(VENV); \
		echo "$$python cannot make a virtual environment: on Debian and Ubuntu, apt install python3-venv." >&2; \
		exit 1; \
	done; \
	echo "Taskbridge needs Python 3.11 or newer; python3 here is: $$(python3 --version 2>&1)." >&2; \
	echo "Name another one: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" >&2; \
	exit 1
