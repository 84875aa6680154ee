# Every habit of this house, by name. `make` alone prints them.
# Needs only Python 3.11 or newer, make and git; the rest goes into .venv, by hash.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: clients collection help setup demo serve test test-distributed fast fuzz check fmt migrate migration openapi sweep bench audit advisories sbom image lock

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp
AUDIT := $(VENV)/.audit
GENERATOR := clients/.venv
WORKERS ?= 3
STAY ?= 1
SECONDS ?= 40
SEED ?= 7
IMAGE ?= accord
PORT ?=
port = $(if $(PORT),--port $(PORT))
# What is new to the world may be broken or worse: the lock takes releases a week old.
COOLING_DAYS ?= 7

export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Compiled once, tests' assertions too, not anew in every process: half of what rules take to test.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV PYTHONDONTWRITEBYTECODE

help: ## print this list
	@echo 'Accord: make <habit>'
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(STAMP) ## make .venv from requirements.lock; again only when that changed
	@echo "setup  $(VENV) is ready"

demo: $(STAMP) ## play a story against a running server, which then stays (STAY=0 ends it; PORT=…)
	@$(BIN)/accord demo $(port) $(if $(filter 0,$(STAY)),--no-stay)

serve: $(STAMP) ## start the server (PORT=…), with its own PostgreSQL unless ACCORD_DATABASE_URL names one
	@$(BIN)/accord serve $(port)

test: $(STAMP) ## run every test, on a real PostgreSQL (WORKERS=3)
	@$(BIN)/python -m pytest -n $(WORKERS)

test-distributed: $(STAMP) ## run what needs a database on URL=, spread over servers, its owner postgres
	@ACCORD_TEST_SPREAD_URL=$(URL) $(BIN)/python -m pytest -n 0 tests/storage tests/services \
		tests/concurrency tests/scenarios tests/routers

fast: $(STAMP) ## run the tests that touch no database: rules, architecture
	@$(BIN)/python -m pytest -n $(WORKERS) tests/domain tests/architecture

fuzz: $(STAMP) ## ask every operation what no client would (SECONDS=40 SEED=7)
	@$(BIN)/python -m tests.fuzz.run $(SECONDS) $(SEED)

check: $(STAMP) ## lint, format, types, import walls, migrations against tables, OpenAPI against docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/migrations
	$(BIN)/accord openapi --check
	$(BIN)/accord figures --check
	$(BIN)/accord roles --check
	$(BIN)/accord events --check
	$(BIN)/accord files --check
	$(BIN)/accord compliance --check

fmt: $(STAMP) ## format, and mend what can be mended safely
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

migrate: $(STAMP) ## bring the database to the newest revision
	@$(BIN)/accord migrate

migration: $(STAMP) ## write a new migration from what the tables say (m="add a column")
	@test -n '$(m)' || { echo 'Say what it does: make migration m="add a column"' >&2; exit 2; }
	@$(BIN)/accord migration '$(m)'

openapi: $(STAMP) ## write docs/openapi.json and the pages of docs made of the code
	@$(BIN)/accord openapi
	@$(BIN)/accord figures
	@$(BIN)/accord roles
	@$(BIN)/accord events
	@$(BIN)/accord files
	@$(BIN)/accord compliance

clients: $(STAMP) $(GENERATOR)/.stamp clients/node_modules/.package-lock.json ## lint docs/openapi.json, generate clients of it, check their types, play with them (needs node)
	clients/node_modules/.bin/redocly lint --config .redocly.yaml accord
	clients/node_modules/.bin/spectral lint --fail-severity=warn docs/openapi.json
	cd clients && node_modules/.bin/openapi-typescript ../docs/openapi.json -o made/openapi.ts --default-non-nullable=false
	cd clients && node_modules/.bin/openapi-ts -i ../docs/openapi.json -o made/hey-api -c @hey-api/client-fetch
	cd clients && .venv/bin/openapi-python-client generate --path ../docs/openapi.json --config python.yaml \
		--output-path made/python/accord_client --overwrite --meta none --fail-on-warning
	cd clients && node_modules/.bin/tsc -p .
	MYPYPATH=clients/made/python $(BIN)/mypy --config-file= --strict clients/stories/story.py
	node clients/collection.mjs --check
	$(BIN)/python -m tests.clients.play
	$(BIN)/python -m tests.clients.pages

collection: clients/node_modules/.package-lock.json ## write docs/accord.postman_collection.json (needs node)
	@node clients/collection.mjs

sweep: $(STAMP) ## close the day for every account (DATE=2026-02-28; default: the business date)
	@$(BIN)/accord sweep $(DATE)

bench: $(STAMP) ## replay the real portfolios and compare (DATA=folder)
	@test -n '$(DATA)' || { echo 'Say where the data is: make bench DATA=folder' >&2; exit 2; }
	$(BIN)/python -m benchmarks.replay_traffic_fines '$(DATA)'
	$(BIN)/python -m benchmarks.replay_berka '$(DATA)'
	$(BIN)/python -m benchmarks.sweep_berka '$(DATA)'

audit: $(AUDIT) ## look for dangerous constructs in our code (bandit)
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive app alembic scripts

advisories: $(AUDIT) ## ask PyPI and OSV for advisories against the locked packages (needs the network)
	$(BIN)/pip-audit --strict --disable-pip --require-hashes --requirement requirements.lock

sbom: $(AUDIT) ## write dist/accord.cdx.json: what the production image is made of (CycloneDX)
	@mkdir -p dist
	@$(BIN)/cyclonedx-py requirements requirements.image.lock --pyproject pyproject.toml \
		--output-reproducible --output-file dist/accord.cdx.json
	@echo 'dist/accord.cdx.json is written.'

image: ## build the production image (IMAGE=accord; needs docker)
	docker build --tag $(IMAGE) .

lock: ## write the lock files anew (needs uv)
	@command -v uv > /dev/null || { echo 'make lock needs uv on the PATH.' >&2; exit 2; }
	@scripts/lock $(COOLING_DAYS)

$(STAMP): pyproject.toml requirements.lock
	@scripts/setup $(VENV)
	@touch $@

clients/node_modules/.package-lock.json: clients/package.json clients/package-lock.json
	@command -v npm > /dev/null || { echo 'make clients needs node and npm on the PATH.' >&2; exit 2; }
	@cd clients && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(GENERATOR)/.stamp: $(STAMP) requirements.clients.lock
	@$(BIN)/python -m venv $(GENERATOR)
	@$(GENERATOR)/bin/python -m pip install --quiet --require-hashes -r requirements.clients.lock
	@touch $@

$(AUDIT): $(STAMP) requirements.audit.lock
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.audit.lock
	@touch $@
