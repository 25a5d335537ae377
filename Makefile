# The daily commands. Each installs what it needs by itself, the first time; `make` alone lists them.
# ARGS is passed on: make demo ARGS="--exit", make test ARGS="tests/sdk -k label".
.DEFAULT_GOAL := help
.PHONY: help demo test soak bench lint format docs collector clean
.DELETE_ON_ERROR:

BIN := .venv/bin
ENVIRONMENT := sh tools/python -m tools.environment .venv --extra processor
# What the machine cannot have is skipped, with its reason; in CI that is a failure.
OPTIONAL := test -z "$$CI"

help: ## This list
	@echo "Usage: make <target> [ARGS=\"...\"]"
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  %-11s %s\n", $$1, $$2}' Makefile

demo: ## A year of flights through the whole product; ARGS="--exit" ends when the year is over
	@$(ENVIRONMENT)
	@$(BIN)/model-monitoring demo $(ARGS)

test: ## All tests; ARGS="tests/stats -k psi" for some of them
	@$(ENVIRONMENT) --group test
	@sh tools/python -m tools.debian || $(OPTIONAL)
	@sh tools/python -m tools.collector || $(OPTIONAL)
	$(BIN)/python -m pytest --numprocesses auto --dist loadgroup $(ARGS)

soak: ## The long simulations, whole (`make test` runs a slice of each)
	@$(ENVIRONMENT) --group test
	$(BIN)/python -m pytest --numprocesses auto --dist loadgroup -m soak $(ARGS)

bench: ## The figures of docs/performance.md, on this machine
	@$(ENVIRONMENT) --group test
	@for script in benchmarks/[a-z]*.py; do echo "$$script"; $(BIN)/python $$script $(ARGS) || exit 1; done

lint: ## Style, types and the walls between the rooms
	@$(ENVIRONMENT) --group test --group lint
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/mypy tests/typing/api.py
	$(BIN)/lint-imports

format: ## Put the code into its form
	@$(ENVIRONMENT) --group test --group lint
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: ## Regenerate docs/semconv.md and docs/metrics.md
	@$(ENVIRONMENT)
	$(BIN)/python -m model_monitoring_processor.catalog

collector: ## Build the OpenTelemetry Collector of otel-collector/builder.yaml; prints where it is
	@sh tools/python -m tools.collector

clean: ## Forget environments, builds and caches
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist state
