# Every target sets up what it needs. `make help` lists them.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
OPENAPI ?=

.PHONY: help demo test lint types unit integration sandbox contract docs clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.demo ## sync a local store into DuckDB, edit the store, sync again
	@$(BIN)/python -m demo

test: lint types unit integration ## everything CI runs

lint: $(VENV)/.tests ## style
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(VENV)/.tests ## static types
	@$(BIN)/mypy

unit: $(VENV)/.tests ## unit tests
	@$(BIN)/pytest -n auto unit_tests

integration: $(VENV)/.tests ## whole syncs against the sandbox store
	@$(BIN)/pytest -n auto integration_tests

sandbox: $(VENV)/.tests ## a local store to develop against (ARGS="--orders 5000 --quota 150")
	@$(BIN)/python -m sandbox $(ARGS)

contract: $(VENV)/.tests ## check the sandbox against BigCommerce's OpenAPI files (OPENAPI=<folder>)
	@test -n "$(OPENAPI)" || { echo "Name the folder with BigCommerce's OpenAPI files: make contract OPENAPI=<folder>"; exit 2; }
	@$(BIN)/python -m sandbox.contract $(OPENAPI)

docs: $(VENV)/.tests ## renew the generated parts of the documentation
	@$(BIN)/python -m docs.streams_table

clean: ## remove what the other targets made
	rm -rf $(VENV) demo_output .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info

$(BIN)/uv:
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 10) <= sys.version_info < (3, 14) else "Python 3.10 to 3.13 is needed: make PYTHON=python3.11 ...")'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check uv

$(VENV)/.tests $(VENV)/.demo: $(VENV)/.%: setup.py $(BIN)/uv
	@echo "Installing the connector and what '$*' needs ..."
	@$(BIN)/uv pip install --quiet --python $(BIN)/python -e '.[$*]'
	@touch $@
