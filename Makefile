# Cầu Nối: everything a newcomer needs is a target here. Only Python 3.11+, git and make must be there before.
PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
# Tests run side by side; each worker has its own databases on servers that are started once.
JOBS   ?= 2

.DEFAULT_GOAL := help
.PHONY: help install install-dev demo reform up test chaos bench lint lock chromium smtp-sink clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /\1\t/' | awk -F'\t' '{printf "  make %-10s %s\n", $$1, $$2}'

$(BIN)/.installed: requirements.lock pyproject.toml
	@echo "Installing into $(VENV) (about a minute the first time) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(BIN)/.installed-dev: requirements-dev.lock $(BIN)/.installed
	@echo "Installing what the tests need …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

install: $(BIN)/.installed ## Install the system into .venv
install-dev: $(BIN)/.installed-dev ## Install also what the tests need

demo: $(BIN)/.installed ## The main job on real units: escalate, kill, wipe, deliver, acknowledge
	@$(BIN)/caunoi demo

reform: $(BIN)/.installed ## The same with a second act: the reform of 1 July 2025 over the whole country
	@$(BIN)/caunoi demo --reform

up: $(BIN)/.installed ## The whole system on one port until Ctrl-C
	@$(BIN)/caunoi up

test: $(BIN)/.installed-dev chromium smtp-sink ## All tests, on real servers
	@rm -f .pytest_cache/v/cache/lastfailed
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup || $(BIN)/python -m tests.support.again

chaos: $(BIN)/.installed-dev ## A longer crash test: more escalations, more kills (about ten minutes)
	@CAUNOI_CHAOS_ESCALATIONS=20000 CAUNOI_CHAOS_ROUNDS=12 $(BIN)/python -m pytest -q -s tests/journeys/test_crashes.py

bench: $(BIN)/.installed ## The figures of docs/benchmarks.md, as JSON, each beside its yardstick
	@$(BIN)/caunoi bench

lint: $(BIN)/.installed-dev ## Style, types and import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy

lock: ## Resolve the dependencies again (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --extra build -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --extra build --extra dev -c requirements.lock -o requirements-dev.lock

chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Chromium for the browser tests …"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	else \
		echo "The browser tests need Chromium. On Debian or Ubuntu: sudo apt-get install chromium"; exit 1; \
	fi

# Postfix's test server, with the libraries it needs. It is only unpacked: nobody's machine becomes a mail server.
smtp-sink:
	@command -v smtp-sink >/dev/null || test -x /usr/sbin/smtp-sink || test -x $(VENV)/postfix/usr/sbin/smtp-sink || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Fetching smtp-sink for the mail tests …"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			$$(apt-cache depends postfix | awk '$$1 == "Depends:" && $$2 ~ /^lib/ {print $$2}') >/dev/null && \
		mkdir -p $(VENV)/postfix && cd $(VENV)/postfix && apt-get download -qq postfix 2>/dev/null && \
		dpkg-deb -x postfix_*.deb . && rm postfix_*.deb; \
	else \
		echo "The mail tests need smtp-sink of Postfix. On Debian or Ubuntu: sudo apt-get install postfix"; exit 1; \
	fi

clean: ## Remove the virtual environment and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info
