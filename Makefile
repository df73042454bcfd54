# The front door. `make help` lists what there is.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
INKUBE := node packages/cli/src/main.ts
BIN_DIR = $$(node packages/embedded/src/components-main.ts --print-dir)

# Besides what is printed, each tier leaves a report from which `make features` tells what was shown.
report = --reporter=default --reporter=json --outputFile.json=.results/$(1).json

.PHONY: help
help: ## List the targets
	@awk -F':.*## ' '/^[a-z][a-z0-9-]*:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

node_modules/.package-lock.json: package-lock.json package.json $(wildcard packages/*/package.json)
	@echo "Installing the pinned npm packages (Node included)"
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: deps
deps: node_modules/.package-lock.json ## Install npm and system packages
	@scripts/install-packages.sh

.PHONY: components
components: deps ## Get the real binaries (Kubernetes, kine, CoreDNS, …) into the cache
	@node packages/embedded/src/components-main.ts

.PHONY: up
up: deps ## Bring up an embedded host and the nested cluster `demo`
	@$(INKUBE) up

.PHONY: down
down: deps ## Remove the embedded host and everything on it
	@$(INKUBE) down

.PHONY: generate
generate: deps ## Write generated files (CRDs, chart, references)
	node packages/api/src/generate.ts
	node packages/hub/src/chart/generate.ts
	node packages/hub/src/reference/generate.ts
	node packages/cli/src/reference/generate.ts

.PHONY: lint
lint: deps ## Check style, import rules and types
	biome check --error-on-warnings .
	tsc -p tsconfig.json

.PHONY: format
format: deps ## Put every file into the project's format
	biome check --write .

.PHONY: test-unit
test-unit: node_modules/.package-lock.json ## Unit and property tests, in seconds
	vitest run --project unit $(call report,unit)

.PHONY: test-real
test-real: components ## Tests against the real kube-apiserver and the real embedded host
	INKUBE_BIN_DIR=$(BIN_DIR) vitest run --project real $(call report,real)

.PHONY: test-e2e
test-e2e: components ## Nested clusters with real containers
	INKUBE_BIN_DIR=$(BIN_DIR) vitest run --project e2e $(call report,e2e)
	@if [[ -n "$${INKUBE_K3S_IMAGE:-}" ]]; then INKUBE_E2E_DISTRO=k3s INKUBE_BIN_DIR=$(BIN_DIR) vitest run --project e2e; \
	else echo "Distro k3s was not run: INKUBE_K3S_IMAGE names no image archive"; fi

.PHONY: test
test: deps ## Everything that continuous integration runs
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory test-unit
	@$(MAKE) --no-print-directory test-real
	@$(MAKE) --no-print-directory test-e2e

.PHONY: features
features: deps ## Print which features the last test runs have shown
	@node features/main.ts

.PHONY: bench
bench: deps ## Benchmarks, as ratios to a reference measured in the same run
	INKUBE_BIN_DIR=$$(node packages/embedded/src/components-main.ts --print-dir kwok) node bench/main.ts
