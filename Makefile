# Every target makes .venv and installs what it needs: Python 3.11 or newer, pip and make are enough.
# A stamp file per group of packages keeps repeated calls quick.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
# the folder of type tests may be absent
TYPED := src $(wildcard tests/typing)

.DEFAULT_GOAL := help
.PHONY: help demo test check test-long bench docs reference clean constraints format
.SECONDARY:
.NOTPARALLEL:

help: ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

demo: $(VENV)/.with-demo ## a real year of a grocery's loyalty card, checked against figures worked out apart
	@$(BIN)/python docs/examples/real_year

test: $(VENV)/.with-test ## the suite, with README, docs and docstrings; branch coverage
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile --cov --cov-report=
	@$(BIN)/coverage report --include='*/loyaltykit/rules/*,*/loyaltykit/domain/*' --fail-under=100 > $(VENV)/coverage.txt \
	  || { cat $(VENV)/coverage.txt; echo 'rules/ and domain/ must be covered wholly'; exit 1; }
	@$(BIN)/coverage report --omit='*/loyaltykit/rules/*,*/loyaltykit/domain/*' --fail-under=95 > $(VENV)/coverage.txt \
	  || { cat $(VENV)/coverage.txt; echo 'everything else must be covered to 95 %'; exit 1; }

test-long: $(VENV)/.with-test ## the suite with many more examples and the tests marked long
	@$(BIN)/python -m pytest -q -n 2 -m long tests/test_long_machine.py
	@HYPOTHESIS_PROFILE=long $(BIN)/python -m pytest -q -n 2 --dist loadfile -m '' --ignore tests/test_long_machine.py

check: $(VENV)/.with-check ## style, types by two checkers, layers, change log
	@$(BIN)/ruff check --quiet --output-format concise .
	@$(BIN)/ruff format --quiet --check . || { echo 'make format puts these right'; exit 1; }
	@$(BIN)/mypy --no-error-summary $(TYPED)
	@$(BIN)/python tests/type_mistakes/check.py > $(VENV)/mistakes.txt || { cat $(VENV)/mistakes.txt; exit 1; }
	@$(BIN)/basedpyright --level warning --warnings $(TYPED) > $(VENV)/basedpyright.txt || { cat $(VENV)/basedpyright.txt; exit 1; }
	@$(BIN)/lint-imports --no-logo > $(VENV)/lint-imports.txt || { cat $(VENV)/lint-imports.txt; exit 1; }
	@$(BIN)/towncrier build --draft --version next > $(VENV)/changes.txt 2>&1 || { cat $(VENV)/changes.txt; exit 1; }
	@echo 'check: style, types, layers and change log are in order'

format: $(VENV)/.with-check ## put style right where a machine can
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .

bench: $(VENV)/.with-bench ## workloads beside their peers, one table
	@$(BIN)/python -m benchmarks

reference: $(VENV)/.with-test ## the pages of docs/reference/, from the docstrings
	@$(BIN)/python docs/generate_reference.py

docs: $(VENV)/.with-docs ## the documentation site in site/, without a warning
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict > $(VENV)/docs.txt 2>&1 || { cat $(VENV)/docs.txt; exit 1; }
	@echo 'docs: site/index.html'

constraints: ## constraints.txt anew, from the newest versions that fit together
	@rm -rf $(VENV)-constraints
	@$(PYTHON) -m venv $(VENV)-constraints
	@$(VENV)-constraints/bin/python -m pip --disable-pip-version-check -qq install --upgrade pip
	@$(VENV)-constraints/bin/python -m pip -qq install --group dev --editable .
	@$(VENV)-constraints/bin/python -c 'import sys; print("# Names and versions of one resolve; the suite ran with them on Python %d.%d." % sys.version_info[:2])' > constraints.txt
	@$(VENV)-constraints/bin/python -m pip freeze --all --exclude-editable --exclude setuptools >> constraints.txt
	@rm -rf $(VENV)-constraints

clean: ## everything that can be made again, .venv too
	@rm -rf $(VENV) $(VENV)-constraints site dist build .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find src tests docs benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2> /dev/null || true

$(VENV)/.made: constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "loyaltykit needs Python 3.11 or newer; say make PYTHON=python3.11")'
	@echo 'making $(VENV)'
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --constraint constraints.txt --upgrade pip
	@touch $@

# pip compiles what it installs; our own sources are compiled here, so that the first import is not slower than the second
$(VENV)/.with-%: $(VENV)/.made pyproject.toml constraints.txt
	@echo 'installing what $* needs'
	@$(PIP) install --constraint constraints.txt --group build
	@$(PIP) install --constraint constraints.txt --no-build-isolation --group $* --editable .
	@$(BIN)/python -m compileall -q src
	@touch $@
