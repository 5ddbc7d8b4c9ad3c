# Every target sets up what it needs. `make help` lists them.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
OPENAPI ?=
ONLY ?=
SELECT ?=
PYTEST := $(BIN)/pytest
# The suites spend much of their time waiting. Each prints its output when it ends (from version 4 of make).
SIDE_BY_SIDE := --no-print-directory --keep-going --jobs=2 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
SUITES := lint types integration dbt-test image-test unit examples-test form report
# Set up before the suites, as one that waits for its environment would start last; one by one, as the first of them
# may replace the uv that installs the others.
ENVIRONMENTS := $(VENV)/.tests $(VENV)/.dbt-tests $(VENV)/.examples
APART := dbt examples form image report # folders of integration_tests with a target of their own

.PHONY: help demo test test-all lint types unit integration dbt-test examples-test form form-screenshot report report-screenshot image image-test lock sandbox bench soak reliability contract schemas docs diagram released dist clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.demo $(VENV)/.dbt ## sync a local store into DuckDB, edit it, sync again, and draw a report
	@$(BIN)/python -m demo

test: ## what every change must pass: a few cases of every suite
	@$(MAKE) --no-print-directory --jobs=1 $(ENVIRONMENTS)
	@$(MAKE) $(SIDE_BY_SIDE) $(SUITES)

test-all: ## every case of every suite, as in CI
	@$(MAKE) --no-print-directory --jobs=1 $(ENVIRONMENTS)
	@$(MAKE) $(SIDE_BY_SIDE) SELECT="$(or $(SELECT),-m '')" EXAMPLES=--hypothesis-profile=thorough $(SUITES)

lint: $(VENV)/.tests ## style
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/hadolint --no-color --failure-threshold warning Dockerfile
	@$(BIN)/actionlint
	@$(BIN)/zizmor --offline --quiet --no-progress .github

types: $(VENV)/.tests ## static types
	@$(BIN)/mypy

unit: $(VENV)/.tests ## unit tests
	@$(PYTEST) -n auto $(SELECT) $(EXAMPLES) unit_tests

integration: $(VENV)/.tests $(VENV)/.dbt ## whole syncs against the sandbox store
	@$(PYTEST) -n auto $(SELECT) integration_tests $(APART:%=--ignore=integration_tests/%)

dbt-test: $(VENV)/.tests $(VENV)/.dbt-tests ## the dbt package on DuckDB and Postgres, against the store's own figures
	@$(PYTEST) $(SELECT) integration_tests/dbt

examples-test: $(VENV)/.tests $(VENV)/.examples ## run the examples against sandbox stores
	@$(PYTEST) $(SELECT) integration_tests/examples

form: $(VENV)/.tests ## the connection form in a real browser (node, npm and chromium)
	@$(PYTEST) $(SELECT) integration_tests/form

form-screenshot: $(VENV)/.tests ## renew the picture of the form in docs/images
	@$(BIN)/python -m integration_tests.form.screenshot

report: $(VENV)/.tests $(VENV)/.dbt ## the report of the demo in a real browser (chromium)
	@$(PYTEST) $(SELECT) integration_tests/report

report-screenshot: $(VENV)/.tests ## renew the picture of the report in docs/images, after `make demo`
	@$(BIN)/python -m integration_tests.report.screenshot

image: $(VENV)/.tests ## the container image, and its list of materials (docker, podman or buildah)
	@$(BIN)/python -m image

image-test: $(VENV)/.tests ## build the image, and test it in containers
	@$(PYTEST) $(SELECT) integration_tests/image

lock: $(VENV)/.tests ## renew the locks of what the image contains
	@image/lock.sh $(BIN)/uv

sandbox: $(VENV)/.tests ## a local store to develop against (ARGS="--orders 5000 --quota 150")
	@$(BIN)/python -m sandbox $(ARGS)

bench: $(VENV)/.tests ## measure everything side by side; about 25 minutes (ARGS="--quick", ARGS="--only heavy")
	@$(BIN)/python -m benchmarks $(ARGS)

soak: $(VENV)/.tests ## days of a store's life, again and again (ARGS="--minutes 60 --processes 2")
	@$(BIN)/python -m integration_tests.soak $(ARGS)

reliability: $(VENV)/.tests ## play every fault and renew docs/reliability.md
	@$(BIN)/python -m integration_tests.faults

contract: $(VENV)/.tests ## check schemas, streams and sandbox against BigCommerce's OpenAPI files (OPENAPI=<folder>)
	@test -n "$(OPENAPI)" || { echo "Name the folder with BigCommerce's OpenAPI files: make contract OPENAPI=<folder>"; exit 2; }
	@$(BIN)/python -m tools.contract $(OPENAPI)

schemas: $(VENV)/.tests ## renew schemas from BigCommerce's OpenAPI files (OPENAPI=<folder> ONLY=brands,new=v3/...)
	@test -n "$(OPENAPI)" || { echo "Name the folder with BigCommerce's OpenAPI files: make schemas OPENAPI=<folder>"; exit 2; }
	@$(BIN)/python -m tools.contract.schemas $(OPENAPI) $(ONLY)

docs: $(VENV)/.tests ## renew the generated parts of the documentation
	@$(BIN)/python -m tools.docs.request_counts > /dev/null
	@$(BIN)/python -m tools.docs.streams_table
	@$(BIN)/python -m tools.docs.data_dictionary
	@$(BIN)/python -m tools.docs.dbml
	@$(BIN)/python -m tools.docs.diagram
	@$(BIN)/python -m tools.docs.probe_questions
	@$(BIN)/python -m integration_tests.acceptance

diagram: $(VENV)/.tests ## renew the picture of the main tables in docs/images (graphviz)
	@$(BIN)/python -m tools.docs.diagram --picture

released: $(VENV)/.tests ## at a release: keep what it promises, for the next one to be compared with
	@$(BIN)/python -m tools.released

dist: $(VENV)/.tests ## wheel and source distribution: built twice, compared, installed and started
	@$(BIN)/python -m tools.distribution

clean: ## remove what the other targets made
	rm -rf $(VENV) demo_output dist .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
	@umount build/containers/storage/overlay 2>/dev/null || true
	rm -rf build || podman unshare rm -rf build

$(BIN)/uv:
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 10) <= sys.version_info < (3, 14) else "Python 3.10 to 3.13 is needed: make PYTHON=python3.11 ...")'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check uv

$(VENV)/.tests $(VENV)/.demo: $(VENV)/.%: pyproject.toml $(BIN)/uv
	@echo "Installing the connector and what '$*' needs ..."
	@$(BIN)/uv pip install --quiet --python $(BIN)/python -e '.[$*]'
	@touch $@

$(VENV)/.dbt-tests: $(VENV)/.dbt # the same environment: never both at once

$(VENV)/.dbt $(VENV)/.dbt-tests: $(VENV)/.%: pyproject.toml $(BIN)/uv
	@echo "Installing dbt into $(VENV)/dbt ..."
	@test -e $(VENV)/dbt/bin/python || $(PYTHON) -m venv $(VENV)/dbt
	@$(BIN)/uv pip install --quiet --python $(VENV)/dbt/bin/python --group $*
	@touch $@

$(VENV)/.examples: pyproject.toml $(BIN)/uv
	@echo "Installing the connector and the examples into $(VENV)/examples ..."
	@test -e $(VENV)/examples/bin/python || $(PYTHON) -m venv $(VENV)/examples
	@$(BIN)/uv pip install --quiet --python $(VENV)/examples/bin/python -e . --group examples
	@touch $@
