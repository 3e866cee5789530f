# make run     install, annotate the sample stories (or DOCS=path), start Label Studio, push, export
# make test    install what the tests need, run the whole suite
# make stop    stop Label Studio; nothing is lost
# README.md tells the rest.

PYTHON ?= python3
# Newer releases of torch bring gigabytes that nothing here needs: this one is installed first, by exact version.
TORCH := torch==2.13.0
STUDIO := label-studio==1.23.2
PIP := -m pip --disable-pip-version-check install --quiet
export OMP_NUM_THREADS ?= 1
ifdef PORT
export ANNOTATOR_STUDIO_PORT := $(PORT)
endif

.PHONY: run test stop bench lint schemas clean
.DELETE_ON_ERROR:

run: .venv/.run .venv-studio/.installed
	@.venv/bin/annotator run $(if $(DOCS),"$(DOCS)") $(if $(OUT),--out "$(OUT)")

stop: .venv/.run
	@.venv/bin/annotator studio stop

test: .venv/.test .venv-studio/.installed
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	  echo "No Chromium on the path: the tests that use a browser will be skipped (Debian: apt-get install chromium)."
	@command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || \
	  echo "No PostgreSQL: the tests over one will be skipped (Debian: apt-get install postgresql)."
	.venv/bin/python -m pytest

bench: .venv/.bench
	.venv/bin/python benchmarks/bench.py
	.venv/bin/python benchmarks/register.py

lint: .venv/.test
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

schemas: .venv/.run
	.venv/bin/annotator schemas

# What was annotated (out/) and Label Studio's data (.studio/) are people's work: they stay.
clean:
	rm -rf .venv .venv-studio build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 ..."; exit 2; }
	@echo "Making .venv"
	@$(PYTHON) -m venv .venv || \
	  { rm -rf .venv; echo "No virtual environment could be made (Debian: apt-get install python3-venv)"; exit 2; }
	@.venv/bin/python $(PIP) --upgrade pip
	@touch $@

.venv/.run: .venv/.made pyproject.toml
	@echo "Installing the annotator into .venv (a few minutes the first time)"
	@.venv/bin/python $(PIP) $(TORCH)
	@.venv/bin/python $(PIP) --editable '.[nlp,labelstudio,audit]'
	@touch $@

.venv/.test: .venv/.run pyproject.toml
	@echo "Installing what the tests need into .venv"
	@.venv/bin/python $(PIP) --group dev --editable '.[nlp,labelstudio,audit,notebooks]'
	@touch $@

.venv/.bench: .venv/.run pyproject.toml
	@echo "Installing what the benchmarks compare with into .venv"
	@.venv/bin/python $(PIP) --editable '.[nlp,bench]'
	@touch $@

# The server has pins of its own and weighs a gigabyte: it never shares an environment with the package.
.venv-studio/.installed: | .venv/.made
	@echo "Installing Label Studio into .venv-studio (about 1 GB, once)"
	@.venv/bin/python -m venv --clear .venv-studio
	@.venv-studio/bin/python $(PIP) --upgrade pip
	@.venv-studio/bin/python $(PIP) $(STUDIO)
	@touch $@
