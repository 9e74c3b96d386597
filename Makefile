# From a fresh clone: `make run` starts the product, `make test` runs every test. Both set up what they need.
.DEFAULT_GOAL := help
SHELL := /bin/bash

VENV ?= .venv
BIN := $(VENV)/bin
# The tests and tools bring their own settings.
unexport DJANGO_SETTINGS_MODULE

.PHONY: help
help: ## show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | column -t -s "$$(printf '\t')"

.PHONY: venv-run venv-dev packages
venv-run:
	@bin/make-venv "$(VENV)" requirements.txt
venv-dev:
	@bin/make-venv "$(VENV)" requirements-dev.txt
packages:
	@bin/install-packages

.PHONY: run
run: venv-run ## start the product with sample data (web, worker and beat); Ctrl-C ends it
	@exec $(BIN)/python manage.py run_embedded

.PHONY: test
test: venv-dev packages ## run every test, on SQLite and on PostgreSQL; ARGS="-k word" chooses some
	@bin/run-tests $(BIN)/python $(ARGS)

.PHONY: lint
lint: venv-dev ## check style and layout
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.PHONY: format
format: venv-dev ## mend style and layout
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: types
types: venv-dev ## check types
	$(BIN)/mypy

.PHONY: bench-parser
bench-parser: venv-dev ## measure the parser
	$(BIN)/python benchmarks/bench_parser.py

.PHONY: bench-reminders
bench-reminders: venv-dev packages ## measure planning and sending of reminders; ARGS="--measures 100000" for less
	$(BIN)/python benchmarks/bench_reminders.py $(ARGS)

.PHONY: bench-pages
bench-pages: venv-dev packages ## measure every page over a million measures; ARGS="--measures 100000" for less
	$(BIN)/python benchmarks/bench_pages.py $(ARGS)

.PHONY: faults
faults: venv-dev packages ## break the reminders at every step, write docs/reliability.md; GROUPS="1 4" for some only
	$(BIN)/python -m tests.faults $(GROUPS)

COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host
.PHONY: requirements
requirements: venv-dev ## compile requirements*.txt from pyproject.toml; UPGRADE=1 takes newer versions
	$(COMPILE) $(if $(UPGRADE),--upgrade) --output-file requirements.txt pyproject.toml
	$(COMPILE) $(if $(UPGRADE),--upgrade) --extra dev --constraint requirements.txt \
		--output-file requirements-dev.txt pyproject.toml
