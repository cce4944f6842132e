# storybot: `make story` tells a story, `make test` tests everything, `make help` lists all.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PY := $(CURDIR)/.venv/bin/python
STORYTELLER := $(CURDIR)/build/native/storyteller
STORYBOT := $(PY) -m storybot
SHARED ?= $(abspath $(CURDIR)/../shared)
export ABOUT ?=
PYTEST_ARGS ?=
TEST_JOBS ?= 2
export STORYBOT_SHARED := $(SHARED)

# What Debian 12 and 13 call the packages that building, speaking and testing need.
APT_STORY := gcc libc6-dev cmake make pkg-config python3 python3-dev python3-venv portaudio19-dev \
  libsystemd-dev libespeak-ng1 libspeexdsp1 alsa-utils
APT_TEST := espeak-ng flite libebur128-1 pulseaudio pulseaudio-utils libasound2-plugins sox wamerican procps psmisc

.PHONY: help story test lint format engine venv test-venv clean test-python test-install house libraries

help: ## list all targets
	@echo "storybot: a box that tells children stories, offline. Targets:"
	@grep -hE '^[a-z][a-z0-9-]*:.*## ' $(MAKEFILE_LIST) | sort | \
	  awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

story: venv ## install what is missing, build, and tell a story (ABOUT="a dragon and a boat")
	@[ -x $(STORYTELLER) ] || echo "building the engine"
	@$(MAKE) engine >build/engine.log 2>&1 || { cat build/engine.log; exit 1; }
	@$(STORYBOT) tell --or-wav story.wav $${ABOUT:+"$$ABOUT"}

test: test-venv engine test-native test-python ## run all tests of the engine and of storybot

# $(call tested,ARGUMENTS,ARGUMENTS OF THE FIRST TRY): many tests are of real processes with deadlines;
# on a machine that does other things, too, a few may come too late. So what failed (exit status 1)
# is run once more, alone, and must pass then.
tested = $(PY) -m pytest $(1) $(2) $(PYTEST_ARGS) || { [ $$? = 1 ] && \
  echo "== what failed, once more and alone" && $(PY) -m pytest --last-failed $(1) $(PYTEST_ARGS); }

# Tests with sound run on one of the processes, one after the other (tests/conftest.py).
test-python: test-venv engine
	@rm -f .coverage .coverage.*
	@$(call tested,--cov --cov-append --cov-report=,-n $(TEST_JOBS) --dist loadgroup)
	@$(PY) -m coverage report --fail-under=90 | tail -n 60

lint: test-venv ## mypy --strict, ruff, and what may import what
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports --no-cache >build/imports.log || { cat build/imports.log; exit 1; }
	@grep "^Contracts:" build/imports.log

format: test-venv ## put the Python code into ruff's format
	@$(PY) -m ruff check --fix . && $(PY) -m ruff format .

venv: .venv/.story

test-venv: .venv/.test

build/.apt-%:
	@mkdir -p build
	@missing=""; for p in $(APT_$*); do \
	  dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; \
	done; \
	if [ -n "$$missing" ]; then \
	  as_root=""; if [ "$$(id -u)" != 0 ]; then as_root=sudo; fi; \
	  echo "installing:$$missing"; \
	  $$as_root apt-get -o DPkg::Lock::Timeout=600 -q update >/dev/null; \
	  $$as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 -qq -y \
	    --no-install-recommends install $$missing >/dev/null; \
	fi
	@touch $@

# The engine of a checkout is build/native/storyteller, so the editable install builds none. "inplace"
# puts the checkout itself on the path: a module that is added or moved needs no new install.
EDITABLE := --config-settings wheel.cmake=false --config-settings editable.mode=inplace

.venv/.story: pyproject.toml | build/.apt-STORY
	@echo "preparing .venv"
	@python3 -m venv .venv
	@$(PY) -m pip install -q --disable-pip-version-check $(EDITABLE) -e .
	@touch $@

.venv/.test: .venv/.story | build/.apt-TEST
	@$(PY) -m pip install -q --disable-pip-version-check $(EDITABLE) -e '.[test]'
	@touch $@

house: venv ## figures of the code's structure (docs/house.md); BEFORE=folder of another checkout
	@$(PY) -m storybot.measuring.house $(BEFORE) .

# In a virtual environment of their own: what is not adopted is not installed beside storybot.
build/libraries: | .venv/.story
	@python3 -m venv $@
	@$@/bin/pip install -q --disable-pip-version-check pyyaml msgspec pydantic pooch soxr
libraries: build/libraries ## what libraries would cost and give where we have code (docs/dependencies.md)
	@build/libraries/bin/python -m tests.measuring.libraries

clean: ## remove everything built
	@rm -rf build .venv .mypy_cache .ruff_cache .pytest_cache .coverage story.wav

-include native/targets.mk native/bench.mk native/duo/targets.mk
-include training/targets.mk tests/sound/targets.mk tests/home/targets.mk tests/home/page/targets.mk systemd/targets.mk shell/targets.mk
-include image/targets.mk
