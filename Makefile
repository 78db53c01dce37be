# Everything a newcomer needs: Python >= 3.11, git and make. `make help` lists the targets.
PYTHON ?= python3
VENV := .venv
# Compiled modules are kept, whatever the shell says: without them every command compiles everything again, for seconds.
unexport PYTHONDONTWRITEBYTECODE
BIN := $(VENV)/bin
SOURCES := mentorgraph plugin schema integrations migrations tests benchmarks examples
JOBS ?= 2
comma := ,

.DEFAULT_GOAL := help
.PHONY: help run test check audit sbom fuzz lint types imports fast slow browser bench bench-peers bench-long format pictures theme schema lock clean

help: ## list what can be done
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make run PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "the venv module is missing: install it (Debian: apt-get install python3-venv)"; exit 1; }
	@$(BIN)/pip install --quiet --disable-pip-version-check uv 2>/dev/null || true

# uv installs in seconds what takes pip a minute; without it, pip does.
INSTALL = $(BIN)/uv pip install --quiet --python $(BIN)/python -c constraints.txt $(1) 2>/dev/null || $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt $(1)

$(VENV)/.run: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing into $(VENV) …"
	@$(call INSTALL,-e .)
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing into $(VENV), with what the tests need …"
	@$(call INSTALL,-e '.[dev]')
	@touch $@ $(VENV)/.run

run: $(VENV)/.run ## start a demo forum and the service, connect them, show the first suggestions
	@$(BIN)/mentorgraph demo

# Two at a time: types take one processor and tests wait for each other's processes, so that one stage fills what another leaves.
test: check ## everything that CI runs
	@$(MAKE) --no-print-directory -j 2 slow browser

check: $(VENV)/.dev ## the fast part of it
	@$(MAKE) --no-print-directory -j 2 lint imports types fast

lint: $(VENV)/.dev ## style
	@$(BIN)/ruff check --quiet $(SOURCES)
	@$(BIN)/ruff format --quiet --check $(SOURCES) || { echo "run: make format"; exit 1; }

types: $(VENV)/.dev ## types, strict, over code and tests
	@$(BIN)/mypy --no-error-summary

imports: $(VENV)/.dev ## who may import whom
	@$(BIN)/lint-imports --no-logo > .import-contracts.log 2>&1 || { cat .import-contracts.log; exit 1; }
	@rm -f .import-contracts.log

fast: $(VENV)/.dev ## fast tests
	@$(BIN)/pytest -q -n $(JOBS) --dist loadgroup -m "not slow and not unfinished" --ignore=tests/browser

slow: $(VENV)/.dev ## slow tests
	@$(BIN)/pytest -q -n $(JOBS) --dist loadgroup -m "slow and not unfinished" --ignore=tests/browser

# Temporary files of their own: every pytest that starts shuts the folder that it shares to others, and PostgreSQL's user could begin nothing in it just then.
BROWSER_TEMP = $${PYTEST_DEBUG_TEMPROOT:-$${TMPDIR:-/tmp}}/mentorgraph-browser
# A process for each file: Playwright holds the event loop of the process that it runs in, and nothing asynchronous can run there any more. The longest first.
browser: $(VENV)/.dev ## tests in a real browser
	@mkdir -p $(BROWSER_TEMP)
	@ls -S tests/browser/test_*.py tests/browser/pages/test_*.py | PYTEST_DEBUG_TEMPROOT=$(BROWSER_TEMP) xargs -P $(JOBS) -n 1 $(BIN)/pytest -q -m "not unfinished"

audit: $(VENV)/.dev ## what well-known mistakes and licences there are; workflows too where there are some
	@$(BIN)/python -m bandit -q -c pyproject.toml -r mentorgraph plugin schema integrations migrations
	@$(BIN)/pytest -q tests/security/test_supply.py
	@if [ -d .github/workflows ]; then $(call INSTALL,zizmor); $(BIN)/zizmor --offline .github; fi

sbom: $(VENV)/.run ## dist/sbom.cdx.json: every package of the installation (CycloneDX)
	@$(call INSTALL,cyclonedx-bom)
	@mkdir -p dist && $(BIN)/cyclonedx-py environment --of JSON -o dist/sbom.cdx.json $(BIN)/python && echo dist/sbom.cdx.json

fuzz: $(VENV)/.dev ## mutate what comes in for a minute each, by coverage (atheris)
	@$(call INSTALL,-e '.[dev$(comma)fuzz]')
	@for target in delivery graphql form cookie socket redirect; do $(BIN)/python -m tests.security.fuzzing $$target -max_total_time=60 -rss_limit_mb=3000 || exit 1; done

bench: $(VENV)/.dev ## benchmarks: ratios against a peer or a limit in the same run
	@$(BIN)/python benchmarks/intake.py
	@$(BIN)/python benchmarks/queries.py
	@$(BIN)/python benchmarks/importing.py
	@$(BIN)/python -m benchmarks.widget
	@$(BIN)/python benchmarks/newcomer.py

# Packages that ours are compared with bring modules of equal names and much else: each is in an environment of its own, none among what is tested.
.peers/%/.made: | $(BIN)/python
	@$(PYTHON) -m venv .peers/$* && .peers/$*/bin/pip install --quiet --disable-pip-version-check $(PEERS) && touch $@

.peers/stable/.made: PEERS := matching==1.4.3 algmatch==1.5.2
.peers/mentor-match/.made: PEERS := mentor-match==7.0.1
.peers/teams/.made: PEERS := team-formation==2.0.0

bench-peers: $(VENV)/.dev .peers/stable/.made .peers/mentor-match/.made .peers/teams/.made ## rounds and groups beside packages that do the like; assignment.py takes .peers/stable/bin/python
	@$(BIN)/python benchmarks/rounds.py --peer .peers/mentor-match/bin/python
	@$(BIN)/python benchmarks/groups.py --peer .peers/teams/bin/python

bench-long: bench ## benchmarks and endurance runs
	@$(BIN)/python benchmarks/endurance.py
	@$(BIN)/python benchmarks/burst.py
	@$(BIN)/python benchmarks/ranking_scale.py
	@$(BIN)/python -m benchmarks.bad_day

pictures: $(VENV)/.dev ## the pictures of README.md and docs/, anew
	@PYTHONPATH=. $(BIN)/python docs/pictures/make.py

format: $(VENV)/.dev ## put the code in shape
	@$(BIN)/ruff check --quiet --fix $(SOURCES)
	@$(BIN)/ruff format --quiet $(SOURCES)

theme: $(VENV)/.run ## the theme component as an archive, for forums whose admin installs it by hand
	@$(BIN)/python -m integrations.discourse.theme dist

schema: $(VENV)/.dev ## write schema/schema.graphql anew
	@$(BIN)/python -m schema

lock: $(VENV)/.dev ## write constraints.txt anew from what is installed
	@{ head -1 constraints.txt; $(BIN)/uv pip freeze --python $(BIN)/python | grep -viE '^(-e |mentorgraph|uv=|pip=|setuptools=)'; } > constraints.new && mv constraints.new constraints.txt

clean: ## remove what was installed and built, and the demo's data
	@rm -rf $(VENV) .demo .peers build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
