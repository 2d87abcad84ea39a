# What a person types; `make` alone builds and runs every check.

GO       ?= go
FUZZTIME ?= 30s
PYTHON   ?= python3
EXE      := $(shell $(GO) env GOEXE)

# The version in the binary comes from the repository, so a machine that turns
# that off in GOFLAGS is overruled.
BUILD := CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=auto -ldflags='-s -w'
PLATFORMS := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

.PHONY: all build install demo test lint race fuzz bench golden cross interop interop-npm interop-chromium interop-python interop-nginx interop-net clean

all: build test

build: # ./wscope, one static binary
	$(BUILD) -o wscope$(EXE) .

install: # the same into $GOBIN
	CGO_ENABLED=0 $(GO) install -trimpath -buildvcs=auto -ldflags='-s -w' .

demo: build # a conversation between listen and connect, frame by frame
	@WSCOPE=./wscope$(EXE) sh testdata/demo.sh

test: lint race # every check that needs nothing from outside
	@$(MAKE) --no-print-directory fuzz FUZZTIME=2s

lint:
	@files=$$(gofmt -l .); test -z "$$files" || { echo "gofmt has something to say about:"; echo "$$files"; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

race:
	$(GO) test -race ./...

# On a busy machine the end of FUZZTIME can be reported as a failure; then once more.
# What was found is kept as a seed and fails again.
fuzz: # each fuzz target for FUZZTIME; a package is compiled once for all of its own
	@bin=$$(mktemp -d) && trap 'rm -rf "$$bin"' EXIT && cache=$$($(GO) env GOCACHE)/fuzz && \
	$(GO) list -f '{{.ImportPath}} {{.Dir}}' ./... | while read -r package dir; do \
		grep -qs '^func Fuzz' "$$dir"/*_test.go || continue; \
		$(GO) test -c -fuzz=. -o "$$bin/test$(EXE)" "$$package" && cd "$$dir" || exit 1; \
		for name in $$("$$bin/test$(EXE)" -test.list '^Fuzz'); do \
			echo "fuzz $$package $$name $(FUZZTIME)"; \
			for try in 1 2; do \
				out=$$("$$bin/test$(EXE)" -test.run '^$$' -test.fuzz "^$$name\$$" -test.fuzztime $(FUZZTIME) \
					-test.fuzzcachedir "$$cache/$$package" 2>&1 </dev/null) && break; \
				case "$$try $$out" in "1 "*"context deadline exceeded"*) continue;; esac; \
				echo "$$out"; exit 1; \
			done; \
		done; \
		cd "$(CURDIR)"; \
	done

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./...

golden: # rewrite the golden files and the files in the scripts
	$(GO) test ./render -update
	$(GO) test ./cmd -run '^TestScript$$' -update-scripts

cross: # compile for every platform, keep nothing
	@for p in $(PLATFORMS); do \
		echo "build $$p"; \
		GOOS=$${p%/*} GOARCH=$${p#*/} $(BUILD) -o /dev/null . || exit 1; \
	done

# The targets with compression test it twice: with the race detector, and without
# it, over every window that there is.
interop: # Go libraries in both roles, from a module of their own
	cd testdata/interop && $(GO) vet ./... && $(GO) test -race -count=1 ./... && \
		$(GO) test -count=1 -timeout 40m -run 'Deflate' .

interop-npm: # npm's ws in both roles, and wscat; installs them beside the tests
	cd testdata/interop && npm ci --no-audit --no-fund && export WSCOPE_PEERS=npm && \
		$(GO) test -race -count=1 -run '/^ws$$|Wscat' . && $(GO) test -count=1 -timeout 40m -run 'Deflate/^ws$$' .

interop-chromium: # Chromium as the client, without a window; $CHROMIUM, or that of PATH
	cd testdata/interop && export WSCOPE_PEERS=chromium && \
		$(GO) test -race -count=1 -run '/^chromium$$|Browser' . && $(GO) test -count=1 -timeout 40m -run 'BrowserDeflate' .

interop-python: # Python's websockets in both roles; $PYTHON has to have it
	cd testdata/interop && \
		PYTHON=$(PYTHON) WSCOPE_PEERS=python $(GO) test -race -count=1 -run '/^websockets$$' .

interop-nginx: # event streams through nginx, with and without a buffer
	cd testdata/interop && WSCOPE_PEERS=nginx $(GO) test -race -count=1 -run '^TestNginx$$' .

interop-net: # TLS of nginx and OpenSSL, tinyproxy for HTTP, microsocks for SOCKS5
	cd testdata/interop && WSCOPE_PEERS=net $(GO) test -race -count=1 -run '^Test(NginxTLS|OpenSSL|Tinyproxy|Microsocks)$$' .

clean:
	rm -f wscope wscope.exe
