# The Milk-V Duo: cross build, tests in an emulator, instruction counts, the contest's harness.
# The top Makefile includes this file; docs/duo-engine.md describes them.
DUO_TOOLS := native/duo/tools.sh
DUO_CPU := rv64,x-v=true,vext_spec=v0.7.1,vlen=128

.PHONY: duo test-duo duo-report duo-drafts contest

duo: ## build the engine for the Milk-V Duo: build/duo/storyteller, static
	@mkdir -p build/duo
	@DUO_COMPILER=$$($(DUO_TOOLS) compiler); DUO_EMULATOR=$$($(DUO_TOOLS) emulator); \
	  export DUO_COMPILER DUO_EMULATOR; \
	  cmake -S native -B build/duo/cmake -DCMAKE_TOOLCHAIN_FILE=$(CURDIR)/native/duo/toolchain.cmake \
	    -DCMAKE_BUILD_TYPE=Release -DCMAKE_COMPILE_WARNING_AS_ERROR=ON \
	    >build/duo/cmake.log || { cat build/duo/cmake.log; exit 1; }; \
	  cmake --build build/duo/cmake -j $(NATIVE_JOBS)
	@native/duo/check_binary.sh build/duo/cmake/storyteller
	@cp build/duo/cmake/storyteller build/duo/storyteller
	@riscv64-linux-gnu-strip build/duo/storyteller
	@ls -l build/duo/storyteller

# DUO_STORIES=50 is the full form, with models of stories15M's shape: about an hour.
DUO_STORIES ?= 4
test-duo: duo engine test-venv build/synthetic ## test the Duo's engine in an emulator (DUO_STORIES=50: all)
	@DUO_EMULATOR=$$($(DUO_TOOLS) emulator); DUO_EMULATOR1=$$($(DUO_TOOLS) emulator1); \
	  export DUO_EMULATOR DUO_EMULATOR1; \
	  "$$DUO_EMULATOR" -cpu $(DUO_CPU) build/duo/cmake/tests/kernels_agree c906; \
	  "$$DUO_EMULATOR1" -cpu rv64,v=true,vext_spec=v1.0,vlen=128 build/duo/cmake/tests/kernels_agree rvv; \
	  for bits in 256 512 1024; do \
	    "$$DUO_EMULATOR1" -cpu rv64,v=true,vext_spec=v1.0,vlen=$$bits \
	      build/duo/cmake/tests/kernels_agree rvv256; done; \
	  DUO_CPU=$(DUO_CPU) DUO_SYNTHETIC=build/synthetic DUO_STORIES=$(DUO_STORIES) \
	    $(PY) -m pytest -q -p no:cacheprovider tests/duo

duo-report: duo engine build/synthetic ## count instructions on the Duo's CPU, write docs/duo-engine.md
	@COUNTER=$$($(DUO_TOOLS) counter); PLUGIN=$$($(DUO_TOOLS) plugin); \
	  EMULATOR=$$($(DUO_TOOLS) emulator); \
	  python3 native/duo/report.py "$$COUNTER" "$$PLUGIN" "$$EMULATOR" build/duo/cmake/storyteller \
	    build/native/storyteller build/synthetic build/duo/report docs/duo-engine.md

# Takes minutes a model.
DUO_DRAFTS_MODELS ?= storybot/data/default.story
duo-drafts: duo ## model what drafts cost on the Duo: one after the other, together, read alone
	@COUNTER=$$($(DUO_TOOLS) counter); PLUGIN=$$($(DUO_TOOLS) plugin); \
	  python3 native/duo/draft_counts.py "$$COUNTER" "$$PLUGIN" build/duo/cmake/storyteller \
	    build/duo/report $(DUO_DRAFTS_MODELS)

# The contest's measurement, by default with its judges' settings (contest.sh has them all).
# CONTEST_MODEL is a llama2.c checkpoint of stories15M's shape; ON=duo runs the Duo's program in the
# emulator, where RUNS and STEPS should be small. RUN_C may name run.c.
ON ?= here
RUN_C ?=
CONTEST_MODEL ?= $(firstword $(wildcard $(SHARED)/models/stories15M.bin \
  $(SHARED)/models/storylike15M.bin) build/contest/synthetic15M.bin)
CONTEST_TOKENIZER ?= $(if $(findstring synthetic,$(CONTEST_MODEL)),build/contest/synthetic15M.tok,$(SHARED)/models/tokenizer.bin)

build/contest/synthetic15M.bin: build/synthetic
	@mkdir -p build/contest
	build/synthetic $@ build/contest/synthetic15M.tok

APT_CONTEST := time espeak-ng
contest: engine $(CONTEST_MODEL) build/.apt-CONTEST $(if $(findstring duo,$(ON)),duo) ## measure as the contest does: 30 runs, texts compared, speech apart (ON=duo: emulated)
	@mkdir -p build/contest/$(ON)
	@program=$(STORYTELLER); \
	  if [ $(ON) = duo ]; then \
	    program="$$($(DUO_TOOLS) emulator) -cpu $(DUO_CPU) $(CURDIR)/build/duo/storyteller"; fi; \
	  RUN_C="$(RUN_C)" native/duo/contest_engines.sh $(CURDIR)/build/contest \
	    $(abspath $(CONTEST_MODEL)) $(abspath $(CONTEST_TOKENIZER)) $(STORYTELLER) $$program \
	    >build/contest/$(ON)/engines; \
	  SCORER="$(STORYTELLER) eval $(abspath $(CONTEST_MODEL)) -z $(abspath $(CONTEST_TOKENIZER))" \
	  SPEAK="espeak-ng -w /dev/null" \
	  native/duo/contest.sh build/contest/$(ON)/engines build/contest/$(ON)

# The folder that the contest asks for: build/submission. The last report of `make contest` is taken.
.PHONY: submission
submission: ## what to hand in to the contest: image, report, scripts (figures of the board: modelled)
	@[ -s build/contest/here/report.json ] || $(MAKE) contest
	@native/duo/submission.sh build/contest/here build/submission docs/duo-engine.md build/image
