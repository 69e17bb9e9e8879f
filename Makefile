# All a bare machine needs is make and Python 3.10 or newer; `make help` lists the targets.
# PYTHON=python3.12 chooses the interpreter, ARGS="…" is handed on to the program that runs.

VENV := .venv
BIN := $(VENV)/bin
PYTHONS := $(or $(PYTHON),python3 python3.13 python3.12 python3.11 python3.10 python)
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
UV := uv==0.13.9
AUDIT := pip-audit
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.10 --no-python-downloads --only-binary :all: \
	--no-emit-index-url --no-annotate --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

# each worker takes files of tests; what takes long begins first (tests/conftest.py); ARGS="-n 0" is one after another
PARALLEL := -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
# tests start a hundred programs, which would each compile all modules anew
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run demo quick test soak install lint bench eval audit screenshots deploy lock

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

run: install ## set up what is missing, then serve the page on 127.0.0.1:7860
	@$(BIN)/askme serve $(ARGS)

demo: install ## the page, and an example homepage with the widget on 127.0.0.1:8000
	@ASKME_ALLOWED_ORIGINS=http://127.0.0.1:8000 $(BIN)/askme serve & page=$$!; \
	$(BIN)/python examples/serve.py & home=$$!; \
	trap 'kill $$page $$home 2>/dev/null; { wait; } 2>/dev/null' EXIT; trap 'exit 0' INT TERM; wait $$home

quick: lint ## while working: lint, then all tests without a browser, a server or a process
	$(BIN)/python -m pytest $(PARALLEL) -m "not (browser or server or process)" $(ARGS)

test: lint ## lint, then all tests; no network needed once installed
	$(BIN)/python -m pytest $(PARALLEL) $(ARGS)

soak: $(VENV)/.dev ## the tests that kill at random and try odd things, at full length
	$(BIN)/python -m pytest --soak -m soak $(ARGS)

install: $(VENV)/.installed ## the set-up alone: .venv with the locked packages and the askme command

lint: $(VENV)/.dev ## style, types and the directions of imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev ## measure speed and memory; ARGS=page: the page in a browser
	@$(BIN)/python -m benchmarks $(ARGS)

eval: install ## ask the pins and score the answers
	@$(BIN)/askme eval $(ARGS)

audit: $(VENV)/.audit ## look the locked packages up in the list of known vulnerabilities; without a network: skipped
	@$(VENV)/audit/bin/python .ci/audit.py requirements.txt

screenshots: $(VENV)/.dev ## take the README's pictures anew; needs Chromium
	@$(BIN)/python -m benchmarks.screenshots $(ARGS)

deploy: install ## put it on the Space that SPACE_ID names (owner/name), with the token in HF_TOKEN
	@$(BIN)/python .ci/deploy.py $(ARGS)

lock: $(BIN)/uv ## compile requirements*.txt from pyproject.toml; UPGRADE=1 takes the newest of everything
	@cp requirements.txt $(VENV)/space.txt 2>/dev/null || :
	$(COMPILE) pyproject.toml --group space --output-file $(VENV)/space.txt
	$(COMPILE) pyproject.toml --constraints $(VENV)/space.txt --output-file requirements.txt
	$(COMPILE) --group dev --constraints requirements.txt --output-file requirements-dev.txt

# Stamps: what is newer than its stamp is installed again. A virtual environment doesn't survive a move of the folder
# or the loss of its interpreter, so the first stamp names the folder.

ifneq ($(shell test -x $(BIN)/python && cat $(VENV)/.made 2>/dev/null),$(CURDIR))
.PHONY: $(VENV)/.made
endif

$(VENV)/.made:
	@old=; bare=; \
	for python in $(PYTHONS); do \
		version=$$("$$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue; \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { old=$$version; continue; }; \
		"$$python" -c 'import ensurepip, venv' 2>/dev/null || { bare=$$version; continue; }; \
		echo "making $(VENV) with Python $$version" >&2; \
		"$$python" -m venv --clear $(VENV) && pwd -P > $@; exit; \
	done; \
	if [ -n "$$bare" ]; then \
		echo "Python $$bare can't make virtual environments: its ensurepip is missing." >&2; \
		echo "On Debian and Ubuntu: sudo apt-get install python$$bare-venv" >&2; \
	else \
		echo "askme needs Python 3.10 or newer and found $${old:-none}; tried: $(PYTHONS)." >&2; \
		echo "Install one, or name it: make PYTHON=/path/to/python3 …" >&2; \
	fi; \
	exit 1

$(VENV)/.locked: requirements.txt $(VENV)/.made
	@echo "installing the locked packages (a minute or two the first time)" >&2
	@$(PIP) install --no-deps --requirement requirements.txt
	@touch $@

$(VENV)/.installed: pyproject.toml $(VENV)/.locked
	@$(PIP) install --no-deps --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.installed
	@echo "installing the tools for lint and tests" >&2
	@$(PIP) install --no-deps --requirement requirements-dev.txt
	@touch $@

# pip-audit has some thirty packages of its own: they stay out of the environment that is tested
$(VENV)/.audit: $(VENV)/.made
	@$(BIN)/python -m venv --clear $(VENV)/audit
	@$(VENV)/audit/bin/python -m pip --disable-pip-version-check --no-input --quiet --retries 1 --timeout 20 install $(AUDIT) \
		&& touch $@ || echo "pip-audit could not be installed" >&2

$(BIN)/uv: $(VENV)/.made
	@$(PIP) install $(UV)
	@touch $@
