# Everything a person or a machine does with this project; CI calls the same lines.
# `make` alone lists them.

SHELL := /bin/sh
BIN := .venv/bin
NAME ?= all

.DEFAULT_GOAL := help
.PHONY: help run test check fix bench migrate seed index assets speech docs clean ready ready-check ready-test ready-bench

help: ## list what can be done
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | awk -F'\t' '{printf "  make %-9s %s\n", $$1, $$2}'

run: ready ## install what is missing and start the platform (Ctrl-C stops it)
	@exec $(BIN)/resource-hub up

test: ready-test ## all tests, on SQLite and PostgreSQL, with real storage, ffmpeg and browser
	@PATH="$$PWD/$(BIN):$$PATH" npm --prefix static test --silent
	@$(BIN)/python -m pytest -n 2 --dist loadfile --durations=15 --durations-min=10

check: ready-check ## style, types, import contracts and the fast tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy resource_hub media_worker
	@$(BIN)/lint-imports --no-logo
	@PATH="$$PWD/$(BIN):$$PATH" npm --prefix static run check --silent
	@$(BIN)/python -m pytest -m "not slow"

fix: ready-check ## let ruff mend what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: ready-bench ## figures as JSON lines: make bench NAME=memory, or all of them
	@if [ "$(NAME)" = all ]; then \
	  for file in $$(grep -l __main__ benchmarks/*.py); do $(BIN)/python -m "benchmarks.$$(basename "$$file" .py)" || failed=1; done; exit $${failed:-0}; \
	else exec $(BIN)/python -m "benchmarks.$(NAME)"; fi

migrate: ready ## bring the database to the newest revision
	@$(BIN)/resource-hub database upgrade

seed: ready ## fill the demo district
	@$(BIN)/resource-hub demo seed

index: ready ## build the search index anew, without downtime
	@$(BIN)/resource-hub index rebuild

assets: ## build the pages' scripts and styles
	@python3 bootstrap.py assets

speech: ## install speech recognition with a small model, and say the setting that turns it on
	@python3 bootstrap.py speech

docs: ready-check ## write the generated pages of docs/ anew
	@$(BIN)/resource-hub docs

clean: ## remove what can be made again (never the data folder)
	@rm -rf .venv static/node_modules static/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

ready:
	@python3 bootstrap.py run

ready-check:
	@python3 bootstrap.py check

ready-test:
	@python3 bootstrap.py test

ready-bench:
	@python3 bootstrap.py bench
