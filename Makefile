# make run     tracks the shipped sample, or your own videos: make run VIDEOS=<folder or file> [OUT=<storage root>]
# make test    passes all tests
# make check   all that CI looks at: format, lint, layers, types, tests
# make docs     builds the documentation into build/site
# make coverage  the tests, with the share of lines they reach
# Each sets up what it needs, in .venv, on a machine that has Python 3.11 to 3.13 and make.

.DEFAULT_GOAL := help
.PHONY: help run test lint docs check coverage clean
SHELL := /bin/sh

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
NO_SECRETS := --disable-plugin HexHighEntropyString --disable-plugin Base64HighEntropyString  # digests of weights look like them
TWO_AT_ONCE := --numprocesses auto --maxprocesses 2 --dist loadfile  # more would want more than 8 GB of memory
GIVEN = $(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),$(name)))  # on the command line
export KEDRO_DISABLE_TELEMETRY := 1
export DO_NOT_TRACK := 1
export NO_MKDOCS_2_WARNING := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help:
	@sed -n 's/^# //p' Makefile

run: $(VENV)/.run
	@$(BIN)/python tools/run.py $(GIVEN)

test: $(VENV)/.dev
	$(BIN)/python -m pytest $(TWO_AT_ONCE)

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	git ls-files -z | xargs -0 $(BIN)/detect-secrets-hook $(NO_SECRETS)

docs: $(VENV)/.dev
	$(BIN)/python -m mkdocs build --strict --quiet

check: lint docs test

coverage: $(VENV)/.dev
	$(BIN)/python -m pytest $(TWO_AT_ONCE) --cov --cov-report=term

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "tennalytix must have Python 3.11, 3.12 or 3.13, found none. Install one, or name it: make PYTHON=/path/to/python"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml | $(VENV)/bin/python
	@echo "Setting up in $(VENV) (once)..."
	$(BIN)/python -m pip install --quiet --upgrade "pip>=24"
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/bin/python
	@echo "Setting up for development in $(VENV) (once)..."
	$(BIN)/python -m pip install --quiet --upgrade "pip>=24"
	$(BIN)/python -m pip install --quiet --editable ".[dev]"
	@touch $@ $(VENV)/.run

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .coverage build dist
