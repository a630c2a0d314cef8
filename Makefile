# The five words of this project: help, run, test, check, bench.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
JOBS ?= 2
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev

.DEFAULT_GOAL := help
.PHONY: help run test check format bench lock rights clean

help:  ## Say what can be done here
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(STAMP)  ## Install, load the demo network on SQLite, serve it, and say where to look
	@$(BIN)/summit demo

# Compiled files are kept even where the machine says not to: hundreds of processes start in the tests.
test: $(DEV_STAMP)  ## Install what the tests need and run the whole suite
	@PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n $(JOBS) --dist worksteal

check: $(DEV_STAMP)  ## Format, lint, types, import contracts, drift of the migrations
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m summit_service.drift

format: $(DEV_STAMP)  ## Put the code into its format and mend what the linter can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(DEV_STAMP)  ## Measure, and print the figures
	@for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

lock: $(DEV_STAMP)  ## Resolve the dependencies anew into the two lock files
	@$(BIN)/uv pip compile -q --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 \
		pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile -q --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 \
		--group build -c requirements.lock -o requirements-build.lock
	@$(BIN)/uv pip compile -q --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 \
		pyproject.toml --group dev -c requirements.lock -c requirements-build.lock -o requirements-dev.lock

rights: $(DEV_STAMP)  ## Write docs/rights.md anew from the table in tests/rights
	@$(BIN)/python -m tests.rights.document

clean:  ## Remove what was built and the demo's data, but nothing that git tracks
	rm -rf $(VENV) var dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)

# The locks are whole, so nothing is resolved here: `--no-deps` keeps a release of today from getting past a pin.
$(STAMP): $(BIN)/python requirements.lock requirements-build.lock pyproject.toml
	@echo "Installing (once; about a minute) ..."
	@$(PIP) --require-hashes --no-deps -r requirements.lock -r requirements-build.lock
	@$(PIP) --no-build-isolation --no-deps -e .
	@touch $@

$(DEV_STAMP): $(BIN)/python requirements-dev.lock pyproject.toml
	@echo "Installing what the tests need (once; about a minute) ..."
	@$(PIP) --require-hashes --no-deps -r requirements-dev.lock
	@$(PIP) --no-build-isolation --no-deps -e .
	@touch $@
