# Every target sets up what it needs: a machine with Python >= 3.10 (and its venv module), Rust and a C
# compiler is enough. `make help` lists the targets.

VENV  := .venv
BIN   := $(VENV)/bin
STAMP := $(VENV)/.agenther
PATH  := $(PATH):$(HOME)/.cargo/bin
export PATH
export PYO3_PYTHON := $(CURDIR)/$(BIN)/python

RUST_MIN   := $(shell sed -n 's,^rust-version = "\(.*\)",\1,p' Cargo.toml)
PYTHONS    := $(PYTHON) python3.13 python3.12 python3.11 python3.10 python3.14 python3
RUST_FILES := Cargo.toml Cargo.lock $(shell find rust -type f -not -path '*/target/*' 2>/dev/null)
DEMO_OUT   := out/demo

.DEFAULT_GOAL := help
.PHONY: help demo test check format bench clean

help: ## list the targets
	@grep -E '^[a-z]+: .*##' $(firstword $(MAKEFILE_LIST)) | sed -E 's/^([a-z]+):.*## (.*)/  make \1@\2/' | column -t -s @ 2>/dev/null \
	  || grep -E '^[a-z]+: .*##' $(firstword $(MAKEFILE_LIST))

demo: $(STAMP)-native ## build, run the main job on examples/logs and show where the files are
	@rm -rf $(DEMO_OUT)
	@# Exit code 1 says that records were rejected, and the examples hold two on purpose.
	@$(BIN)/agenther run examples/logs -o $(DEMO_OUT); code=$$?; [ $$code -le 1 ] || exit $$code
	@printf '\nThe files are in %s: sft.jsonl, dpo.jsonl and sharegpt.jsonl train, rejects.jsonl and summary.json tell the rest.\n' "$(DEMO_OUT)"
	@printf 'What each run of the examples shows is in examples/README.md. Next: %s/agenther run YOUR_LOGS -o OUT\n' "$(BIN)"

test: $(STAMP)-test ## run the tests of the engine and of the Python package
	@[ -n "$(LIBPYTHON)" ] || echo 'Found no libpython to link: the Rust tests of the binding are left out, the Python tests cover it (on Debian: apt install python3-dev).'
	cargo test --workspace --quiet $(if $(LIBPYTHON),,--exclude agenther-py)
	$(BIN)/python -m pytest -q

check: $(STAMP)-dev ## formatting, lints, types, stubs, and the code in the documents
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --quiet -- -D warnings
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest agenther._native
	$(BIN)/python -m pytest -q --doctest-modules python/agenther tests/docs

format: $(STAMP)-dev ## format Rust and Python
	cargo fmt --all
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMP)-native ## measure the engine and JSONL to SFT against their references, in one run
	$(BIN)/python -m benches $(ARGS)

clean: ## remove what was built (the environment, the target folder, the outputs)
	rm -rf $(VENV) target out python/agenther/_native*.so
	find python tests benches -name __pycache__ -type d -prune -exec rm -rf {} +

# One installation serves demo, test and check: the package is linked to python/, the engine is built in release.
$(STAMP)-native: $(STAMP)-python pyproject.toml $(RUST_FILES)
	@$(call need_rust)
	$(call develop,)
	@touch $@

$(STAMP)-test: $(STAMP)-native
	$(call develop,--extras test)
	@touch $@

$(STAMP)-dev: $(STAMP)-native
	$(call develop,--extras test$(comma)dev)
	@touch $@

# Test binaries, unlike the module itself, link libpython, which Debian's python3 comes without.
LIBPYTHON = $(shell $(BIN)/python -c 'import os, sysconfig as s; v = s.get_config_var; print(*filter(os.path.exists, [os.path.join(v("LIBDIR"), n) for n in (v("LDLIBRARY"), v("LIBRARY"))]))')

comma := ,
develop = PIP_QUIET=1 PIP_DISABLE_PIP_VERSION_CHECK=1 VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/maturin develop --release --quiet $(1)

$(STAMP)-python:
	@$(call need_rust)
	@for candidate in $(PYTHONS); do \
	  $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || continue; \
	  recent=$$candidate; \
	  if $$candidate -c 'import ensurepip, venv' 2>/dev/null; then found=$$candidate; break; fi; \
	done; \
	if [ -z "$$recent" ]; then echo 'agenther needs Python 3.10 or newer: install it (on Debian: apt install python3 python3-venv), or name one: make PYTHON=/path/to/python3.'; exit 1; fi; \
	if [ -z "$$found" ]; then echo "$$recent has no venv module: install it (on Debian: apt install python3-venv)."; exit 1; fi; \
	echo "Creating $(VENV) with $$($$found --version)"; \
	rm -rf $(VENV) && $$found -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'maturin>=1.10,<2'
	@touch $@

define need_rust
version=$$(rustc --version 2>/dev/null | cut -d ' ' -f 2); \
if ! command -v cargo >/dev/null || [ -z "$$version" ]; then echo 'agenther needs Rust $(RUST_MIN) or newer: install it from https://rustup.rs.'; exit 1; fi; \
if [ "$$(printf '%s\n' $(RUST_MIN) "$$version" | sort -V | head -n 1)" != $(RUST_MIN) ]; then echo "agenther needs Rust $(RUST_MIN) or newer, and found $$version: run \`rustup update\`, or install it from https://rustup.rs."; exit 1; fi; \
if ! command -v cc >/dev/null; then echo 'agenther needs a C compiler: install one (on Debian: apt install build-essential).'; exit 1; fi
endef
