# What people and scripts call. `make` alone lists the targets; the work is in eng/.
.DEFAULT_GOAL := help
.PHONY: help build run check test test-memory test-connections format fuzz simulate mutants cluster bench bench-full bench-micro package

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## publish the program to out/keelson (framework-dependent, ReadyToRun)
	@eng/build.sh

run: build ## build, then run everything in one process with its data in ./data
	@exec out/keelson/keelson up --data-dir ./data

cluster: build ## build, then three members on loopback with their data in ./data/cluster and a line that says how they are
	@exec eng/cluster.sh

check: ## the quick gate: restore, format verified, build, unit and architecture tests
	@eng/check.sh

test: ## everything; sets up what it needs; last line: N passed, N failed, N skipped
	@eng/test.sh

test-memory: ## the larger-than-memory test with FACTOR=n (8) times its data, under the same 160 MiB
	@eng/test-memory.sh "$(or $(FACTOR),8)"

test-connections: ## the test of many connections with CONNECTIONS=n (3000) of STREAMS=n (4) watch streams each
	@eng/test-connections.sh "$(or $(CONNECTIONS),3000)" "$(or $(STREAMS),4)"

fuzz: ## mutated bytes into every parser; SECONDS=n TARGET=name, SEED=n for one input; goes on where it stopped
	@eng/fuzz.sh "$(or $(SECONDS),60)" "$(TARGET)" "$(SEED)"

simulate: ## nodes and clusters in virtual time under random load and faults; SECONDS=n KIND=cluster, SEED=n for one; goes on
	@eng/simulate.sh "$(or $(SECONDS),60)" "$(KIND)" "$(SEED)"

mutants: ## breaks the rules of consensus one at a time: a test must notice each; ONLY=word for some of them
	@eng/mutants.sh "$(ONLY)"

format: ## rewrite the sources to the house format
	@eng/format.sh

bench: ## side by side with etcd: put, get and transaction at 4 connections x 16 in flight; ROUNDS=n SECONDS=n
	@eng/bench.sh quick "$(or $(ROUNDS),5)" "$(or $(SECONDS),5)"

bench-full: ## side by side with etcd: every workload, every shape, memory, restart, compaction; hours
	@eng/bench.sh full "$(or $(ROUNDS),5)" "$(or $(SECONDS),5)"

bench-micro: ## nanoseconds and bytes of single parts, and of our log beside FASTER's; ONLY=word for some of them
	@eng/bench-micro.sh $(ONLY)

package: ## NuGet packages and a self-contained single-file program in out/package
	@eng/package.sh
