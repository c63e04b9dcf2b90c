# `make` prints what there is to do.

ROWS = 16
COLS = 16
BUILD = build
CONFIG = release
PREFIX = /usr/local
DESTDIR =

MIMEGEN = .build/$(CONFIG)/mimegen
# Testable imports change how every module is compiled, so the tests have a build folder of their own.
TEST_BUILD = .build-test
SWIFT_SOURCES = Package.swift Sources Tests testbenches Examples

SHELL = /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup setup-verify setup-lint setup-prove setup-python setup-train setup-test build verify verify-vgg16 regress regress-all \
  prove test claims crosscheck \
  lint format format-check golden-check golden-update rtl cocotb sweep fusesoc bench bench-language \
  bench-scalesim fuzz train train-smoke train-results train-cycles \
  install clean

help: ## print this list
	@echo "Targets:"
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' Makefile
	@echo "Variables:"
	@printf '  %-18s %s\n' \
	  "ROWS=$(ROWS)" "rows of the array that verify and bench run" \
	  "COLS=$(COLS)" "its columns" \
	  "BUILD=$(BUILD)" "folder for reports" \
	  "CONFIG=$(CONFIG)" "debug or release" \
	  "SEED=$(SEED)" "first seed of regress" \
	  "MINUTES=$(MINUTES)" "how long regress begins accelerators" \
	  "SHAPES=$(SHAPES)" "sizes of regress-all: n is n/16+1 rows, n%16+1 columns" \
	  "PREFIX=$(PREFIX)" "install puts bin/mimegen here" \
	  "DESTDIR=$(DESTDIR)" "put before PREFIX, for packaging"

setup: setup-test ## install the Debian packages that are missing

setup-verify:
	@scripts/setup verify

setup-lint:
	@scripts/setup lint

setup-prove:
	@scripts/setup prove

setup-python:
	@scripts/setup python

setup-train:
	@scripts/setup train

setup-test:
	@scripts/setup test

build: setup-verify ## build mimegen
	@mkdir -p "$(BUILD)"
	@if [ -t 1 ]; then \
	  swift build -c $(CONFIG) --product mimegen; \
	else \
	  swift build -c $(CONFIG) --product mimegen > "$(BUILD)/swift-build.log" 2>&1 \
	    || { cat "$(BUILD)/swift-build.log"; exit 1; }; \
	fi

verify: build golden-check ## run the five tasks on rtl/ and compare every bit with the golden model
	@scripts/verify $(MIMEGEN) "$(BUILD)" $(ROWS) $(COLS)

verify-vgg16: build golden-check ## run VGG16 with three tasks on the whole accelerator
	@scripts/verify-vgg16 $(MIMEGEN) "$(BUILD)"

SEED = $(shell date +%s)
MINUTES = 10
SHAPES = 0-255

regress: build ## run random networks on random accelerators for MINUTES, from SEED on
	@nice $(MIMEGEN) regress --seed $(SEED) --minutes $(MINUTES) $(if $(CASES),--cases $(CASES))

regress-all: build ## the same on all sizes from 1x1 to 16x16, SHAPES of them; goes on where it ended
	@nice $(MIMEGEN) regress --seed $(SEED) --shape-range $(SHAPES) --resume "$(BUILD)/regress-all"

prove: setup-prove build ## prove claims about the hardware for all inputs, and find planted faults
	@$(MIMEGEN) prove

test: setup-test lint format-check ## lint, check the format and run the Swift tests
	swift test -c $(CONFIG) --scratch-path $(TEST_BUILD)

claims: build golden-check ## recompute the figures of the paper's abstract, on the models of golden/ and by shapes
	@$(MIMEGEN) claims --model golden/vgg16/model.safetensors --vectors golden/vgg16/vectors.safetensors \
	  --axi-data-width 256 --act-buffer-kb 256 --threshold-buffer-kb 64
	@echo
	@$(MIMEGEN) claims --model golden/small/model.safetensors --vectors golden/small/golden.safetensors \
	  --conventional-model golden/small/finetuned.safetensors \
	  --conventional-vectors golden/small/finetuned.golden.safetensors --images 3 --act-buffer-kb 256

cocotb: setup-python build ## run a program on the accelerator with cocotb in Icarus Verilog
	@scripts/cocotb $(MIMEGEN) "$(BUILD)"

sweep: setup-python build ## run a network on four sizes of the RTL with Snakemake
	@scripts/sweep $(MIMEGEN) "$(BUILD)"

fusesoc: setup-python ## lint the accelerator by its FuseSoC core file
	@scripts/fusesoc "$(BUILD)"

crosscheck: setup-python build golden-check ## run networks in onnxruntime and compare every number with the golden model
	@scripts/crosscheck $(MIMEGEN) "$(BUILD)"

lint: setup-lint ## lint rtl/ with Verilator, Icarus Verilog and Yosys at many configurations
	@scripts/lint rtl

format: ## format the Swift sources
	swift format --in-place --parallel --recursive $(SWIFT_SOURCES)

format-check: ## say where the Swift sources are not formatted
	@swift format lint --strict --parallel --recursive $(SWIFT_SOURCES)

golden-check: ## check the committed models and vectors against their checksums
	@cd golden && sha256sum --check --quiet --strict SHA256SUMS

golden-update: ## make the reports of the last verify the committed ones
	mkdir -p golden/derived
	cp "$(BUILD)/report.json" "$(BUILD)/events.json" "$(BUILD)/energy.json" \
	  "$(BUILD)/accelerator.json" golden/derived/

rtl: build ## write rtl/ anew
	$(MIMEGEN) -o rtl

bench: setup-python build golden-check ## time golden model, co-simulation and statistical model beside others
	@scripts/bench-golden $(MIMEGEN) "$(BUILD)"
	$(MIMEGEN) bench --rtl rtl --model golden/small/model.safetensors \
	  --vectors golden/small/golden.safetensors --rows $(ROWS) --cols $(COLS)
	@echo "The statistical model over designs for VGG16 at 224x224:"
	@$(MIMEGEN) explore --network vgg16-224 --sparsity 0.5 --rows 1..16 --cols 4..64 --front all \
	  >/dev/null

bench-language: setup-verify ## time the hardware language beside Amaranth, its simulator beside Verilator
	@mkdir -p "$(BUILD)"
	swift build -c $(CONFIG) --product pe-array
	@scripts/bench-language .build/$(CONFIG)/pe-array "$(BUILD)"

SCALESIM_SEED = 0
SCALESIM_NETWORKS = 20

bench-scalesim: build ## compare the model with SCALE-Sim 3, figure by figure and in time
	@scripts/bench-scalesim $(MIMEGEN) "$(BUILD)" $(SCALESIM_SEED) $(SCALESIM_NETWORKS)

FUZZ = icarus
FUZZ_SEED = 0
FUZZ_MODULES = 10000

fuzz: setup-test ## compare random modules with FUZZ=icarus, verilator or cxxrtl
	swift build -c $(CONFIG) --product hdl-fuzz
	.build/$(CONFIG)/hdl-fuzz compare $(FUZZ) --seed $(FUZZ_SEED) --modules $(FUZZ_MODULES)

train: setup-train ## learn thresholds, aligned ones and fine-tuned weights on real images; goes on where it was ended
	@scripts/train full "$(BUILD)"

train-smoke: setup-train build ## test training/ and run every stage of it on a few images, to the RTL
	@scripts/train smoke "$(BUILD)" $(MIMEGEN)

train-results: setup-train ## print the tables of `make train`
	@scripts/train results "$(BUILD)"

train-cycles: setup-train build ## quantize what `make train` has learned, evaluate it and count its cycles on the RTL
	@scripts/train cycles "$(BUILD)" $(MIMEGEN)

install: build ## put mimegen into PREFIX/bin
	install -D -m 755 $(MIMEGEN) "$(DESTDIR)$(PREFIX)/bin/mimegen"

clean: ## remove everything that was built
	rm -rf "$(BUILD)" .build $(TEST_BUILD) .snakemake
