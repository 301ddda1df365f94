# Everything that a verb needs, it sets up: python3 (3.11 to 3.13), pip, git and make are enough. A second call sets up nothing.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run demo test test-plain test-prefect test-duckdb2 test-installed test-s3 test-whole fuzz check format lock audit bench bench-growth bench-figures clean

PYTHON ?= python3
BIN := .venv/bin
UV := .tools/bin/uv
READY := .venv/.ready
READY2 := .venv-duckdb2/.ready
# Random moments and orders that compare our own rules with each other: the engine is the same on both sides.
OURS := test_both_rules.py test_concerns.py test_evidence_since.py test_gates.py test_knowledge.py test_newest.py test_order.py test_parts.py \
	test_steady.py
export PREFECT_SERVER_ANALYTICS_ENABLED ?= false
export DO_NOT_TRACK ?= 1
# Tests start Python anew many times over: what is compiled once is kept, whatever the shell says.
export PYTHONDONTWRITEBYTECODE :=
# In a network with an authority of its own: uv trusts whom the system trusts, and pip the file that is named.
export UV_SYSTEM_CERTS ?= 1
ifdef SSL_CERT_FILE
export PIP_CERT ?= $(SSL_CERT_FILE)
endif

help: ## List the verbs
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 16

run: $(READY) ## Ask every source, score, and say what there is and what to do next
	$(BIN)/speedscore nightly
	@echo
	@echo 'GitHub stars on the last day of each year that ships:'
	@$(BIN)/speedscore sql < docs/five-years.sql
	@echo
	@echo 'The command is $(BIN)/speedscore; "uv tool install ." or "pipx install ." puts it on your path.'

demo: $(READY) ## Run the whole pipeline against a local replica of the upstreams
	$(BIN)/speedscore demo

test: test-plain test-duckdb2 test-prefect ## Run every test

test-plain: $(READY) ## Run the tests that need no Prefect server
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not prefect"

test-prefect: $(READY) ## Run the tests with a real Prefect server
	$(BIN)/python -m pytest -n 2 --dist loadfile -m prefect

test-duckdb2: $(READY2) ## Run the tests of the warehouse that depend on the engine on DuckDB 2.0
	.venv-duckdb2/bin/python -m pytest -n auto --dist worksteal tests/warehouse $(addprefix --ignore=tests/warehouse/,$(OURS))

test-installed: $(READY) ## Build wheel and sdist, install them without development packages, and ask every command
	rm -rf .wheel && mkdir -p .wheel/sdist
	$(BIN)/python -m hatchling build -t sdist -d .wheel
	tar -xzf .wheel/*.tar.gz -C .wheel/sdist --strip-components=1
	cd .wheel/sdist && ../../$(BIN)/python -m hatchling build -t wheel -d ..
	$(UV) venv --quiet --python $(PYTHON) .wheel/env
	$(UV) pip sync --quiet --compile-bytecode --python .wheel/env/bin/python --require-hashes requirements/run.txt
	$(UV) pip install --quiet --compile-bytecode --python .wheel/env/bin/python --no-deps .wheel/*.whl
	$(BIN)/python -m tests.installed .wheel/env/bin/speedscore
	rm -rf .wheel

test-s3: $(READY) ## Run the tests of object stores against a local S3 server; brings 100 MB of packages of their own
	$(UV) pip install --quiet --python $(BIN)/python --target .s3 --group s3
	PYTHONPATH=.s3 $(BIN)/python -m pytest tests/deployments/test_object_store.py

test-whole: $(READY) $(READY2) ## Run the long tests in full: every fault at every source, 50 orders of import, 20 kills
	SPEEDSCORE_TESTS=whole $(BIN)/python -m pytest -n 2 --dist worksteal
	SPEEDSCORE_TESTS=whole .venv-duckdb2/bin/python -m pytest -n 2 --dist worksteal tests/warehouse

fuzz: $(READY) ## Throw 10,000 random inputs at each door
	$(BIN)/python -m pytest -n auto -m fuzz --hypothesis-profile nights

check: $(READY) ## Check format, style, types and the import contract
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY) ## Put the code into the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

audit: .venv-audit/.ready ## Write the bill of materials of the locked packages, and ask which have known faults
	mkdir -p dist
	.venv-audit/bin/cyclonedx-py requirements requirements/run.txt --pyproject pyproject.toml --output-reproducible -o dist/sbom.json
	.venv-audit/bin/python .ci/audit

bench: $(READY) ## Measure what docs/performance.md claims
	$(BIN)/python -m benchmarks.load_and_score
	$(BIN)/python -m benchmarks.night_cost
	$(BIN)/python -m benchmarks.papers_archive
	$(BIN)/python -m benchmarks.gharchive_day
	$(BIN)/python -m benchmarks.gharchive_dask
	$(BIN)/python -m benchmarks.lake

bench-growth: $(READY) ## Measure how nights, scores and cards grow with rows, years and subjects; fails where it is worse than linear
	test -e .bench/speedscore.duckdb || $(BIN)/speedscore demo --keep .bench
	$(BIN)/python -m benchmarks.growth --home .bench

bench-figures: $(READY) ## Print every figure that was asked for beside its baseline; ONLY="NAME ..." runs some, SHARE=0.02 tries all small
	test -e .bench/speedscore.duckdb || $(BIN)/speedscore demo --keep .bench
	$(BIN)/python -m benchmarks.figures --home .bench --share $(or $(SHARE),1) $(if $(ONLY),--only $(ONLY))

lock: $(UV) ## Resolve the requirements anew; hashes, no addresses
	$(UV) pip compile $(COMPILE) -c requirements/locked.in pyproject.toml -o requirements/run.txt
	$(UV) pip compile $(COMPILE) -c requirements/locked.in -c requirements/run.txt pyproject.toml --group dev -o requirements/dev.txt
	$(UV) pip compile $(COMPILE) requirements/tools.in -o requirements/tools.txt
	$(UV) pip compile $(COMPILE) requirements/audit.in -o requirements/audit.txt

clean: ## Remove what the verbs set up
	rm -rf .venv .venv-duckdb2 .venv-audit .tools .wheel .s3 dist .bench .mypy_cache .ruff_cache .hypothesis

COMPILE := --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11

.tools/.ready: requirements/tools.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 14) else "speedscore needs Python 3.11, 3.12 or 3.13; set PYTHON=...")'
	$(PYTHON) -m venv .tools
	.tools/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/tools.txt
	touch $@

$(UV): .tools/.ready

$(READY): requirements/dev.txt pyproject.toml .tools/.ready
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
	$(UV) pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements/dev.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-build-isolation --no-deps --editable .
	touch $@

.venv-audit/.ready: requirements/audit.txt .tools/.ready
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv-audit
	$(UV) pip sync --quiet --python .venv-audit/bin/python --require-hashes requirements/audit.txt
	touch $@

$(READY2): $(READY)
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv-duckdb2
	$(UV) pip sync --quiet --compile-bytecode --python .venv-duckdb2/bin/python --require-hashes requirements/dev.txt
	$(UV) pip install --quiet --python .venv-duckdb2/bin/python --no-deps duckdb==2.0.0
	$(UV) pip install --quiet --python .venv-duckdb2/bin/python --no-build-isolation --no-deps --editable .
	touch $@
