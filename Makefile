# Everything a developer or a pipeline runs. `make help` explains; set PYTHON to choose another Python.
PYTHON ?= python3
RUN := .venv/bin/python
# What a test starts finds compiled modules, also where the surroundings ask Python to keep none; nothing lands beside the sources.
COMPILED := env -u PYTHONDONTWRITEBYTECODE PYTHONPYCACHEPREFIX=$(CURDIR)/.work/pycache $(RUN)
# As words, not as a target: make runs a line with $(MAKE) in it also where it is asked to only say what it would do.
RUFF := $(RUN) -m ruff check . && $(RUN) -m ruff format --check .
MYPY := $(RUN) -m mypy
PYTEST := $(COMPILED) -m pytest --numprocesses auto --dist loadgroup --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help synth setup test quick lint bench ohif keycloak bindings provider-facts cdktn docs goldens lock wheel clean

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "make %-15s %s\n", $$1, $$2 }'

synth: ## Set up what is needed and synthesize all sites of sites/ into cdktf.out/
	@$(call python)
	@$(PYTHON) tools/environment.py synth
	@$(RUN) main.py

setup: ## Set up what all other commands need (plan, check, review, report, handoff, smoke, rehearse), without running tests
	@$(call python)
	@$(PYTHON) tools/environment.py test

test: ## Set up everything, lint, type-check and run all tests; says what each phase took
	@$(call python)
	@start=$$(date +%s); bash tools/system-programs.sh & programs=$$!; $(PYTHON) tools/environment.py test || { wait; exit 1; }; \
	  echo "phase set up: $$(( $$(date +%s) - start )) s"; \
	  start=$$(date +%s); $(RUN) tools/npm_programs.py & npm=$$!; $(RUFF) && $(MYPY) || { wait; exit 1; }; \
	  wait $$npm && wait $$programs && echo "phase lint, system programs beside it: $$(( $$(date +%s) - start )) s"
	@$(PYTEST) || $(COMPILED) tools/second_look.py $$?

quick: ## lint, types, and all tests that start no server, no browser and no Terraform
	@$(call python)
	@$(PYTHON) tools/environment.py test
	@$(RUFF)
	@said=$$(mktemp); $(MYPY) >$$said 2>&1 & types=$$!; $(PYTEST) --quick; tests=$$?; \
	  wait $$types; types=$$?; echo "types: $$(cat $$said)"; rm -f $$said; exit $$(( tests ? tests : types ))

lint: ## ruff and mypy --strict
	@$(RUFF) && $(MYPY)

bench: ## Print the performance ratios (docs/benchmarks.md keeps the last table)
	@$(PYTHON) tools/environment.py test
	@$(RUN) -m benchmarks

ohif: ## Fetch the viewer (50 MB, needs the npm registry) for `rehearse viewer` and its test
	@$(RUN) -m tools.ohif

keycloak: ## Fetch Keycloak (180 MB, needs mvn and Maven Central) for `rehearse viewer --identity keycloak` and its test
	@$(RUN) -m tools.keycloak

bindings: ## Rebuild the wheel of bindings in vendor/ (needs the npm registry); VERSION=1.290.0 moves it to that release
	@$(PYTHON) tools/environment.py test
	@$(RUN) provider/bindings/$(if $(VERSION),move.py "$(VERSION)",build.py)

provider-facts: ## Facts of a provider release from its source: VERSION=1.290.0 SOURCE=checkout [BINARY=provider] [CHECK=1]
	@$(PYTHON) tools/environment.py test
	@$(RUN) -m provider.derive "$(VERSION)" "$(SOURCE)" $(if $(BINARY),--binary "$(BINARY)") \
	  $(if $(CHECK),--check docs/provider-facts-$(VERSION).md)

cdktn: ## Prove that changing over to cdktn, cdktf's fork, changes no stack (needs the npm registry and PyPI; minutes)
	@$(PYTHON) tools/environment.py test
	@$(RUN) tools/cdktn/prove.py

docs: ## Regenerate settings, command and API reference, JSON Schema, list of what offline plans do not imitate
	@$(RUN) -m dicom_cdk.settings.reference
	@$(RUN) -m dicom_cdk.plan.deviations
	@$(RUN) -m dicom_cdk.preflight.reference
	@$(RUN) -m dicom_cdk.releases.reference
	@$(RUN) -m dicom_cdk.handoff.alarm_pages
	@$(RUN) tools/api_reference.py
	@$(RUN) tools/command_reference.py

goldens: ## Regenerate rendered goldens and cdktf.out after a change that you meant
	@$(RUN) -m pytest -q --regenerate
	@$(RUN) main.py

lock: ## Choose versions again: pyproject.toml to constraints*.txt
	@$(RUN) tools/lock.py

wheel: ## Build our own wheel into dist/
	@$(RUN) -m build --wheel --no-isolation

clean: ## Remove the environment and caches; never cdktf.out or a state file
	rm -rf .venv dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .work

define python
command -v $(PYTHON) >/dev/null || { echo "dicom-cdk: no $(PYTHON) on PATH; install Python 3.11 or newer, or name yours: make PYTHON=python3.12" >&2; exit 2; }
endef
