# Everything sets up its own environment: Python 3.11 or newer, pip and make are all a machine needs.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check

.PHONY: demo test check proof bench clean

demo: $(VENV)/.sandbox  ## Plan, apply and find drift against an embedded IAM; no AWS account
	$(BIN)/iamgroups demo

test: $(VENV)/.dev  ## The tests, with a seeded sample of each fault matrix
	$(BIN)/python -m pytest -n 2 -m "not proof"

check: $(VENV)/.dev  ## Style, types, layers, schemas
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/check-jsonschema --check-metaschema schemas/*.json
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows sample-config/.github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.gitlab-ci --data-transform gitlab-ci sample-config/.gitlab-ci.yml
	$(BIN)/zizmor --quiet --offline --persona auditor sample-config/.github/workflows

proof: $(VENV)/.dev  ## The whole of every matrix: docs/proof.md holds the last run
	$(BIN)/python -m pytest -n 2 -p tests.proof.report

bench: $(VENV)/.dev  ## The measurements of docs/benchmarks.md
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) dist build

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.sandbox: pyproject.toml | $(VENV)/bin/python
	$(PIP) --editable '.[sandbox]'
	touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/bin/python
	$(PIP) --editable '.[dev]'
	touch $@
