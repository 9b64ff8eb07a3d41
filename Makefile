# Everything that is done with this repository. CI calls these targets and nothing else.

SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# For `make run`: further arguments of `accord demo`, such as ARGS="--exit --seed 7".
ARGS ?=
# So many tests run at once: each then has the machine's time for itself, and no timeout starves.
width := --experimental-maximum-parallelization-width
# Arguments of `swift test` may follow, such as TEST_ARGS="--filter SettingsTests".

executables := accord accord-icp accord-scoring accord-routing accord-sla accord-metrics
kinds := PropertyTests|IntegrationTests|SimulationTests|FaultTests|ConformanceTests|RealDataTests
# Kinds that keep both cores busy for a while: by themselves, so that they starve no test of a timeout.
heavy_kinds := IntegrationTests|SimulationTests|FaultTests|RealDataTests
# Also those of Benchmarks/run, docker/Dockerfile and .ci/test-container.
release_flags := -c release --static-swift-stdlib

##@ Use it

.PHONY: help
help: ## Show this help
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo

.PHONY: bootstrap
bootstrap: ## Install the system packages that the build needs, where they are missing
	@.ci/bootstrap build

.PHONY: run
run: bootstrap ## Build accord and play a quarter of a company through the five services (ARGS="--exit")
	swift build $(release_flags) --product accord
	"$$(swift build $(release_flags) --show-bin-path)/accord" demo $(ARGS)

##@ Test it

.PHONY: test
test: bootstrap ## Run every test: the quick ones, then those that run whole suites and real processes
ifdef TEST_ARGS
	swift test $(TEST_ARGS)
else
	swift test $(width) 4 --skip '^($(heavy_kinds))\.'
	swift test $(width) 3 --skip-build --filter '^($(heavy_kinds))\.'
endif

.PHONY: test-unit
test-unit: bootstrap ## Run the tests of single parts
	swift test --skip '^($(kinds))\.' $(TEST_ARGS)

.PHONY: test-property test-integration test-simulation test-fault test-conformance
test-property: kind = PropertyTests
test-property: ## Run the tests of laws, on seeded random input
test-integration: kind = IntegrationTests
test-integration: ## Run the tests of several services and of real processes
test-simulation: kind = SimulationTests
test-simulation: ## Run the whole suite in one process under a manual clock
test-fault: kind = FaultTests
test-fault: ## Run the tests with kills, bad input and full disks (ACCORD_KILLS=N for more kills)
test-conformance: kind = ConformanceTests
test-conformance: ## Run the tests of the Connect protocol over raw sockets and real HTTP
test-property test-integration test-simulation test-fault test-conformance: bootstrap
	swift test --filter '^$(kind)\.' $(TEST_ARGS)

.PHONY: test-real-data
test-real-data: bootstrap ## Reproduce the published figures of real data (ACCORD_REAL_DATA=folder)
	swift test --filter '^RealDataTests\.' $(TEST_ARGS)

.PHONY: test-interop
test-interop: build ## Call running services with third-party clients: connectrpc, buf curl, curl
	@.ci/bootstrap interop
	.ci/test-interop

.PHONY: test-container
test-container: bootstrap ## Build the five images and run them end to end with podman
	@.ci/bootstrap container
	.ci/test-container

.PHONY: check-metrics
check-metrics: build ## Check the metrics of each running service with promtool
	@.ci/bootstrap metrics
	.ci/check-metrics

.PHONY: check-calibration
check-calibration: build ## Compare calibration with scikit-learn's logistic regression on the same data
	@.ci/bootstrap calibration
	.ci/check-calibration

.PHONY: bench
bench: bootstrap ## Measure, and print the figures as ratios
	@.ci/bootstrap bench
	Benchmarks/run

##@ Change it

.PHONY: build
build: bootstrap ## Build everything, tests included, and check that each target imports only what it declares
	swift build --build-tests --explicit-target-dependency-import-check error

.PHONY: generate
generate: bootstrap ## Write the Swift of the contracts from the .proto files
	@.ci/bootstrap generate
	Shared/Contracts/generate.sh

.PHONY: check-generate
check-generate: bootstrap ## Fail where the committed Swift differs from what the .proto files give
	@.ci/bootstrap generate
	.ci/check-generate

.PHONY: proto-lint
proto-lint: ## Check the style of the .proto files with buf
	@.ci/bootstrap buf
	cd Shared/Contracts/proto && ../../../.build/tools/bin/buf lint

.PHONY: proto-breaking
proto-breaking: ## Fail where the .proto files break what main's last commit promised
	@.ci/bootstrap buf
	.ci/proto-breaking

.PHONY: format
format: ## Format all Swift that is written by hand
	.ci/swift-files | xargs -0 swift format -i

.PHONY: check-format
check-format: ## Fail where Swift is not formatted
	.ci/check-format

.PHONY: lint
lint: ## Check the style of the Swift, the purity of the domains and the names
	.ci/swift-files | xargs -0 swift format lint --strict --parallel
	.ci/check-source

.PHONY: release
release: bootstrap ## Build the six executables for use elsewhere
	for name in $(executables); do swift build $(release_flags) --product "$$name"; done
	@echo "built in $$(swift build $(release_flags) --show-bin-path): $(executables)"

.PHONY: clean
clean: ## Remove everything that was built
	rm -rf .build
