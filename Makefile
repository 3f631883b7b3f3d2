# A thin front on Meson: `make help` lists what there is. Where a thing takes more than two lines to
# do, it lives in tools/.
BUILD ?= build
JOBS ?= $(shell nproc)
T ?=
SECONDS ?= 60
STACK ?= /tmp/souk-stack
PORT ?= 31000
NAME ?= primary
FROM ?=
FIREWALL ?=

DEBUG := --buildtype=debug -Db_sanitize=address,undefined -Db_lundef=false
RELEASE := -Doptimization=2 -Ddebug=false -Db_pie=true -Db_lto=true -Dhardened=true
NINJA := ninja -j$(JOBS)
# Meson says a page where all is well; it is shown when something is not.
MESON = @out=$$($(1) meson setup $(2) 2>&1) || { echo "$$out"; exit 1; }

.DEFAULT_GOAL := all
.PHONY: $(shell sed -nE 's/^([a-z-]+):.*## .*/\1/p' Makefile)

all: $(BUILD)/build.ninja ## builds the debug form (ASan, UBSan) in build/
	@$(NINJA) -C $(BUILD)

run: shop ## installs what is missing, builds, makes a demo shop in ./data, serves localhost:30080
	@tools/run.sh build-release/souk

test: ## installs what is missing, builds, passes the tests
	@tools/check.sh test

quick: ## under ten seconds: style checks, debug build, unit tests on SQLite
	@$(MAKE) --no-print-directory all
	@tools/tidy >$(BUILD)/tidy.log & tidy=$$!; $(BUILD)/souk-test --quick $(T); tests=$$?; \
		wait $$tidy; tidy=$$?; cat $(BUILD)/tidy.log; exit $$((tests | tidy))

check: ## all that CI does
	@tools/check.sh check

shop: ## installs what is missing, builds the optimised form, the pages and the demo's pictures
	@tools/setup.sh build web
	@$(MAKE) --no-print-directory -j2 web pictures
	@$(MAKE) --no-print-directory release

release: build-release/build.ninja ## builds the optimised form in build-release/
	@$(NINJA) -C build-release souk

clang: build-clang/build.ninja ## builds with clang, warnings as errors, in build-clang/
	@$(NINJA) -C build-clang

fuzz: build-fuzz/build.ninja ## fuzzes every target, or T=name, for SECONDS=60 each
	@$(NINJA) -C build-fuzz fuzzers
	@tools/fuzz.sh build-fuzz $(SECONDS) $(T)

bench: shop ## measures the whole shop beside nginx and SQLite
	@$(NINJA) -C build-release >/dev/null
	@bench/shop.sh build-release

bench-cluster: shop ## measures the cluster form beside single and PostgreSQL
	@tools/setup.sh test stack
	@$(NINJA) -C build-release bench/bench-shop >/dev/null
	@bench/cluster.py build-release

bench-import: release ## measures the import of 100,000 variants beside the sqlite3 shell
	@bench/import.py build-release/souk

bench-search: build-release/build.ninja ## measures relevance and speed of search on ../shared/data
	@$(NINJA) -C build-release bench/bench-search >/dev/null
	@build-release/bench/bench-search

bench-overload: shop ## measures checkout while more browse than can be served
	@bench/overload.sh build-release

bench-streams: release ## follows orders by 5,000 streams of one process
	@tests/faults/streams.py build-release/souk --streams 5000

openapi: all ## writes api/openapi.json and the web's types from the binary
	@mkdir -p api && $(BUILD)/souk openapi >api/openapi.json
	@cd web && npm run --silent types

docs: all ## writes the handbook's list of settings from the binary
	@tools/docs-settings.sh $(BUILD)/souk >docs/operator/settings.md

golden: release ## rewrites the expected conversations of tests/http; read the diff
	@tools/with-shop.sh build-release/souk tools/golden --write tests/http/*.http

format: ## lays out the C files with clang-format 14
	@git ls-files -co --exclude-standard '*.c' '*.h' | xargs clang-format-14 --style=file -i

stack: shop ## the whole platform on this machine (STACK=/tmp/souk-stack PORT=31000 FIREWALL=)
	@tools/setup.sh stack
	@deploy/stack/stack.py start build-release/souk --folder $(STACK) --port $(PORT) \
		$(if $(FIREWALL),--firewall $(FIREWALL))

stack-status: ## whether each part of the stack is well, who is the primary, who lags
	@deploy/stack/stack.py status --folder $(STACK)

switchover: ## another primary, before the node of the old one is taken out
	@deploy/stack/stack.py switchover --folder $(STACK)

stack-stop: ## ends every process of the stack and removes its folder
	@deploy/stack/stack.py stop --folder $(STACK)

drill: ## breaks the stack under load: NAME=primary, or another that NAME=list names
	@tests/cluster/drill.py $(NAME) --folder $(STACK)

drills: shop ## every drill, on a stack of its own, and a table of what they measured
	@tools/setup.sh stack
	@tests/cluster/drills.py build-release/souk

upgrade: shop ## from the version before (FROM=REF) to this one and back, on a stack under load
	@tools/setup.sh stack
	@tests/cluster/upgrade.py build-release/souk $(if $(FROM),--from $(FROM))

kube-check: all ## holds deploy/kubernetes against schemas, rules, the program and the nodes
	@tools/setup.sh kube
	@tools/kube.sh check $(BUILD)/souk

kube-golden: all ## rewrites what the overlays build to; read the diff
	@tools/setup.sh kube
	@tools/kube.sh golden $(BUILD)/souk

image: ## builds souk, souk-frontend and souk-database with podman, and looks into them
	@tools/setup.sh image
	@tools/image.sh

kube-play: image ## runs the images from the manifests under podman, and buys something (root)
	@tests/kube/kube_play.py

gdb: all ## runs one test in the debugger: make gdb T=name
	@ASAN_OPTIONS=detect_leaks=0 gdb -q -ex run --args $(BUILD)/souk-test $(T)

setup: ## installs every Debian and npm package that building and testing need
	@tools/setup.sh

web: ## builds the storefront and the dashboard, when their sources changed
	@tools/web.sh

pictures: ## draws the demo catalogue's pictures, when what draws them changed
	@tools/seed-pictures.sh build-pictures

clean: ## removes what was built; keeps ./data
	@rm -rf build build-[a-z]* web/*/dist

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BUILD)/build.ninja:
	$(call MESON,,$(BUILD) $(DEBUG))

build-release/build.ninja:
	$(call MESON,,build-release $(RELEASE))

build-clang/build.ninja:
	$(call MESON,CC=clang,build-clang $(DEBUG))

build-fuzz/build.ninja:
	$(call MESON,CC=clang,build-fuzz $(DEBUG) -Dfuzz=true -Doptimization=1)
