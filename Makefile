# Everything a developer does, by name. Bare `make` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PACKAGES = $$(go list ./... | grep -v node_modules)
TOOL     = go tool -modfile=tools/go.mod
FUZZ     = 20000x

# Where npm modules are needed: the page's checks, the browser tests.
NPM      = $(patsubst %/package.json,%/node_modules/.package-lock.json,$(wildcard web/package.json e2e/browser/package.json))

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: build ## Build and serve on http://localhost:8080, for development (needs Go only)
	bin/callsvc serve --dev

.PHONY: build
build: ## Build bin/callsvc, one file with page and migrations in it
	go build -o bin/callsvc ./cmd/callsvc

.PHONY: test
test: tools ## Install what the tests need and run them all; fuzzers get what browsers leave, and who must be alone comes last
	go vet $(PACKAGES)
	CI=true go test -race -shuffle=on -parallel 8 -timeout 20m $(PACKAGES)
	scripts/beside "scripts/fuzz $(FUZZ)" make --no-print-directory web-check e2e-together
	$(MAKE) --no-print-directory e2e-alone

.PHONY: quick
quick: ## Run what needs nothing but Go: no race detector, no browsers, no slow stories
	go vet $(PACKAGES)
	go test -short $(PACKAGES)

.PHONY: check
check: web/node_modules/.package-lock.json ## Check format, modules, vet, staticcheck, architecture, generated files, page types
	@unformatted=$$($(TOOL) gofumpt -l $$(git ls-files '*.go' 2>/dev/null || find . -name '*.go' -not -path '*/node_modules/*')); \
		[ -z "$$unformatted" ] || { echo "run make fmt, these are not formatted:"; echo "$$unformatted"; exit 1; }
	go mod tidy -diff
	go vet $(PACKAGES)
	$(TOOL) staticcheck $(PACKAGES)
	go test ./internal/archtest
	scripts/check-generated
	cd web && npm run --silent check

.PHONY: fmt
fmt: ## Format the Go files
	$(TOOL) gofumpt -w $$(git ls-files '*.go')

.PHONY: lint
lint: ## Run golangci-lint (its first build takes minutes)
	go tool -modfile=tools/golangci/go.mod golangci-lint run

.PHONY: generate
generate: ## Write wire.d.ts, the tables of docs/protocol.md and docs/config.md from the Go types
	go run ./signaling/wire/wiregen -ts web/static/sdk/wire.d.ts -md docs/protocol.md
	go run ./internal/config/configdoc > docs/config.md.new && mv docs/config.md.new docs/config.md

.PHONY: fuzz
fuzz: ## Run every fuzzer FUZZ times (FUZZ=1000000x)
	scripts/fuzz $(FUZZ)

.PHONY: bench
bench: ## Run the benchmarks beside the hot code
	go test -run '^$$' -bench . -benchmem $(PACKAGES) | grep -v -e '^PASS' -e 'no test files'

.PHONY: cover
cover: ## Write coverage.html and print the total
	go test -coverpkg=./... -coverprofile=coverage.out $(PACKAGES) >/dev/null
	go tool cover -html=coverage.out -o coverage.html
	go tool cover -func=coverage.out | tail -1

.PHONY: web-check
web-check: web/node_modules/.package-lock.json ## Check the page's types and run its unit tests
	cd web && npm run --silent check && npm run --silent test

.PHONY: e2e e2e-together e2e-alone
e2e: e2e-together e2e-alone ## Run the browser tests
e2e-together e2e-alone: e2e-%: build $(NPM)
	cd e2e/browser && CALLSVC_BINARY=$(CURDIR)/bin/callsvc npm run --silent test:$*

.PHONY: tools
tools: ## Install what the tests need (Debian packages, npm modules); nothing when it is there
	scripts/install-test-tools
	$(MAKE) --no-print-directory $(NPM)

%/node_modules/.package-lock.json: %/package-lock.json
	cd $* && npm ci --no-audit --no-fund --loglevel=error
	@touch $@
