# Everything a contributor does with the Stories Workbench. `make test` is what CI runs.
#
#   make run                       the demo
#   make test                      all checks and all tests, a browser's included; installs what is missing where it may
#   make test WITHOUT="browser"    the same without what this machine can't run, named at the end as not run
#   make check                     the checks alone: generated code, formatting, vet, staticcheck, known vulnerabilities, third-party files
#   make fuzz FUZZTIME=5m          every fuzz target for that long
#   make generate                  *_templ.go from *.templ
#   make screenshots               the pictures of the README, from the demo
#   make bench                     the benchmarks; bench/README.md says how to compare with databases

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.NOTPARALLEL:
.PHONY: test check go e2e fuzz smoke generate generated format vet staticcheck vulnerabilities third-party run screenshots bench needs report clean

TOOL     := go tool -modfile=tools/go.mod
OUT      := $(CURDIR)/.build
FUZZTIME ?= 1m
WITHOUT  ?=
VULNDB   ?= $(wildcard ../shared/data/vulndb.tar.gz)

test: clean needs check go smoke e2e report

run:
	go run ./cmd/workbench demo

generate:
	$(TOOL) templ fmt .
	$(TOOL) templ generate

check: generated format vet staticcheck vulnerabilities third-party

# Generating again, always from here because the output depends on where it runs, must change nothing.
generated:
	@echo "== generated code is fresh"
	@mkdir -p $(OUT)
	@list() { find . -name '*_templ.go' -not -path './e2e/*' -print0 | sort -z | xargs -0 -r sha256sum; }; \
	list >$(OUT)/templ.before; \
	$(TOOL) templ generate -log-level warn; \
	list >$(OUT)/templ.after; \
	diff $(OUT)/templ.before $(OUT)/templ.after >&2 || { echo "generated code was stale and is now made anew: commit it" >&2; exit 1; }

format:
	@echo "== formatting"
	@unformatted=$$(git ls-files --cached --others --exclude-standard -- '*.go' ':!*_templ.go' | xargs -r gofmt -l); \
	[ -z "$$unformatted" ] || { printf 'not formatted by gofmt:\n%s\n' "$$unformatted" >&2; exit 1; }
	@$(TOOL) templ fmt -fail -log-level warn . || { echo "*.templ were not formatted and now are: commit them" >&2; exit 1; }

vet:
	@echo "== go vet"
	@go vet ./...
	@go -C tools vet ./testreport
	@go -C e2e/msal vet ./...
	@go -C bench vet ./...

staticcheck:
	@echo "== staticcheck"
	@$(TOOL) staticcheck ./...
	@go -C bench tool -modfile=../tools/go.mod staticcheck ./...

# The database is read from a file, so that a check means the same everywhere: VULNDB=a tar.gz of it, or VULNDB=online to ask the public one.
vulnerabilities:
	@echo "== known vulnerabilities"
	@tools/vulnerabilities.sh "$(VULNDB)" $(OUT)

third-party:
	@echo "== third-party files are what they say"
	@bash static/third_party/check.sh

# All with the race detector. Live ingestion, and the index against the naive one, run at their full size without it and at a smaller one with it, and
# what is measured in memory without.
go:
	@echo "== go test"
	@mkdir -p $(OUT)
	@go -C tools test ./testreport
	@{ go test -race -shuffle=on -timeout 25m -json $$(go list ./... | grep -v '/ingest$$') \
	&& { go test -shuffle=on -timeout 25m -json ./ingest >$(OUT)/ingest.json & whole=$$!; bad=0; \
		go test -race -short -timeout 25m -json ./ingest || bad=1; wait $$whole || bad=1; cat $(OUT)/ingest.json; [ $$bad = 0 ]; } \
	&& go test -run StreamMemory -json ./handlers && go test -run IndexIsTheNaiveOne -json ./store/index && go -C e2e/msal test -json ./... && go -C bench test -json ./...; } | go -C tools run ./testreport -record $(OUT)/go.counts

# Every fuzz target for a moment, so that none rots; the seeds run with the tests.
smoke:
	@echo "== fuzz targets, 2 s each"
	@tools/fuzz.sh 2s

fuzz:
	@tools/fuzz.sh $(FUZZTIME)

e2e:
	@tools/browser.sh "$(WITHOUT)" $(OUT)

screenshots: needs
	@CGO_ENABLED=0 go build -o $(OUT)/workbench ./cmd/workbench
	@cd e2e && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && E2E_BINARY=$(OUT)/workbench node screenshots.js

bench:
	go test -run '^$$' -bench . ./...

needs:
	@tools/needs.sh "$(WITHOUT)"

report:
	@go -C tools run ./testreport -close $(OUT)

clean:
	@rm -rf $(OUT)
