# make solution       work out examples/mazur.toml into outputs/
# make test           check, build, install and test the package, as CI does
# make test-oracles   compare it with PyTorch, JAX and TensorFlow
# make test-consumers give exams to the programs that import and grade them: Anki, nbgrader, Otter, AMC, text2qti
# make benchmarks     measure it
# make lock           renew each lock in requirements/ from its *.in and pyproject.toml (LOCK=--upgrade: with the newest versions)
# make clean          remove what all of these made, except outputs/
#
# Each command makes an environment of its own the first time. Paths are relative: the folder's name may hold spaces.

PYTHON ?= python3

# PyTorch's wheels differ from index to index (CPU, CUDA), so it cannot be locked. The usual one on Linux is for CUDA and
# takes gigabytes, where a CPU build would do: TORCH may be any words of `pip install`.
TORCH ?= torch==2.13.0

# An environment is stamped with its lock and its Python: it is made anew when one of them changes, and only then.
stamp = $(1)/made-$(shell { cat requirements/$(2).txt; $(PYTHON) --version; } | cksum | cut -d ' ' -f 1)

SOLUTION := $(call stamp,.venv,base)
TEST     := $(call stamp,.venv-test,test)
ORACLES  := $(call stamp,.venv-oracles,oracles)
LOCKER   := $(call stamp,.venv-lock,lock)

# Those who import our exams, each in an environment of its own; auto-multiple-choice comes from the system.
NAMES     := anki nbgrader otter text2qti
CONSUMERS := $(foreach name,$(NAMES),$(call stamp,.venv-consumers/$(name),consumers/$(name)))

# $(call environment,LOCK): pip refuses whatever the lock does not name or whose hash differs. Debian's Python comes
# without ensurepip, which is put there first where that is allowed.
define environment
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "symbackprop needs Python 3.11 or newer")'
@$(PYTHON) tests/system.py ensurepip
@echo "Making $(@D) from requirements/$(1).txt, this once"
rm -rf $(@D)
$(PYTHON) -m venv $(@D)
$(@D)/bin/python -m pip install --quiet --require-hashes --requirement requirements/$(1).txt
endef

# $(call install,ENVIRONMENT,WHAT): the package itself, in place of the one that was there.
install = $(1)/bin/python -m pip install --quiet --no-deps --no-index --no-build-isolation --force-reinstall $(2)

.PHONY: solution test test-oracles test-consumers benchmarks lock clean system lint wheel

solution: $(SOLUTION)
	$(call install,.venv,.)
	.venv/bin/symbackprop derive examples/mazur.toml --to markdown,latex,typst,pdf,html,text,json -o outputs

test: lint wheel
	cd build/elsewhere && SYMBACKPROP_TESTED=wheel ../../.venv-test/bin/python -m pytest ../../tests

test-oracles: $(ORACLES)
	$(call install,.venv-oracles,.)
	mkdir -p build/elsewhere
	cd build/elsewhere && SYMBACKPROP_TESTED=wheel ../../.venv-oracles/bin/python -m pytest ../../tests/oracles

test-consumers: wheel $(CONSUMERS)
	@$(PYTHON) tests/system.py auto-multiple-choice
	cd build/elsewhere && SYMBACKPROP_TESTED=wheel ../../.venv-test/bin/python -m pytest ../../tests/consumers

lint: $(TEST)
	.venv-test/bin/python -m ruff check .
	.venv-test/bin/python -m mypy
	.venv-test/bin/lint-imports --no-logo

# The wheel is built from the sdist, installed among what the lock names, and tested from a folder that holds nothing.
wheel: $(TEST)
	rm -rf build
	mkdir -p build/elsewhere
	.venv-test/bin/python -m build --no-isolation --outdir build/dist .
	$(call install,.venv-test,build/dist/*.whl)

benchmarks: wheel
	@set -e; for script in benchmarks/*.py; do [ ! -e "$$script" ] || .venv-test/bin/python "$$script"; done

system:
	@$(PYTHON) tests/system.py

$(SOLUTION):
	$(call environment,base)
	touch $@

$(TEST): | system
	$(call environment,test)
	touch $@

$(ORACLES): | system
	$(call environment,oracles)
	$(@D)/bin/python -m pip install --quiet $(TORCH)
	touch $@

$(CONSUMERS): | system
	$(call environment,consumers/$(notdir $(@D)))
	touch $@

$(LOCKER):
	$(call environment,lock)
	touch $@

COMPILE = .venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header $(LOCK)

# Each lock keeps to the one before it, so that all environments hold the same versions.
lock: $(LOCKER)
	$(COMPILE) requirements/lock.in -o requirements/lock.txt
	$(COMPILE) pyproject.toml --extra pdf --extra exact requirements/base.in -o requirements/base.txt
	$(COMPILE) pyproject.toml --extra all requirements/test.in -o requirements/test.txt
	$(COMPILE) pyproject.toml --extra all requirements/oracles.in -o requirements/oracles.txt
	@set -e; for name in $(NAMES); do $(COMPILE) requirements/consumers/$$name.in -o requirements/consumers/$$name.txt; done

clean:
	rm -rf .venv .venv-test .venv-oracles .venv-consumers .venv-lock build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
