# Everything sets up its own environment: Python 3.11 or newer, pip and make are all a machine needs.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
UV := tools/uv $(PYTHON) $(BIN)/python
LOCKED := --require-hashes --only-binary :all:
LOCK = $(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock"

WORKFLOWS := sample-config/.github/workflows sample-config/accounts/.github/workflows

# The tests start the command a thousand times: compiled modules are kept, whatever the environment says.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-newest check proof bench lock clean

demo: $(VENV)/.sandbox  ## Twenty people move to a group, on an embedded IAM; no AWS account
	$(BIN)/iamgroups demo

test: $(VENV)/.dev  ## The tests, with a seeded sample of each fault matrix
	$(BIN)/python -m pytest -n 2 -m "not proof"

test-newest: $(VENV)/.dev  ## The same tests on the newest of everything that pyproject.toml allows
	$(UV) venv --quiet --clear $(VENV)-newest
	$(UV) pip install --quiet --python $(VENV)-newest --upgrade --editable '.[dev]'
	$(VENV)-newest/bin/python -m pytest -n 2 -m "not proof"

check: $(VENV)/.dev  ## Style, types, layers, prose, schemas
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools.prose
	$(BIN)/check-jsonschema --check-metaschema schemas/*.json
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows $(WORKFLOWS:=/*.yml)
	$(BIN)/check-jsonschema --builtin-schema vendor.gitlab-ci --data-transform gitlab-ci \
		sample-config/.gitlab-ci.yml sample-config/accounts/.gitlab-ci.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-actions action.yml
	$(BIN)/zizmor --quiet --offline --persona auditor $(WORKFLOWS) action.yml

proof: $(VENV)/.dev  ## The whole of every matrix: docs/proof.md holds the last run
	$(BIN)/python -m pytest -n 2 -p tests.proof.report

bench: $(VENV)/.dev  ## The measurements of docs/benchmarks.md
	$(BIN)/python -m benchmarks

lock: $(VENV)/.dev  ## The newest of everything that pyproject.toml allows, into requirements/
	$(LOCK) pyproject.toml --extra dev --group build --output-file requirements/dev.txt
	$(LOCK) pyproject.toml --extra sandbox --group build --constraint requirements/dev.txt --output-file requirements/sandbox.txt
	$(LOCK) pyproject.toml --constraint requirements/dev.txt --output-file requirements/runtime.txt
	$(LOCK) --group build --constraint requirements/dev.txt --output-file requirements/build.txt
	echo uv | $(LOCK) - --constraint requirements/dev.txt --output-file requirements/uv.txt

clean:
	rm -rf $(VENV) $(VENV)-newest dist build

# Without pip of its own, which takes longer to install than all the rest: the machine's pip brings uv.
$(VENV)/.uv: requirements/uv.txt
	@echo "Setting up $(VENV): a virtual environment with uv"
	@$(PYTHON) -m venv --without-pip $(VENV)
	@$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check $(LOCKED) --requirement $<
	@touch $@

$(VENV)/.%: requirements/%.txt pyproject.toml $(VENV)/.uv
	@echo "Installing $$(grep -c == $<) packages, the versions and hashes of $<"
	@$(UV) pip install --quiet --python $(BIN)/python $(LOCKED) --requirement $<
	@echo "Installing iamgroups itself, from this folder"
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@
