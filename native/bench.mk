# Benchmarks, the report on screening and the fuzzers; the top Makefile includes this file.
#   make bench PEER=path/to/run PEERQ=path/to/runq     against llama2.c's programs, where given
#   make bench PEER=path/to/run.c ONLY="greedy"        of these lines alone (an expression)
#   make screen-report STORIES=2000                    every screened pick against the full one
#   make bench-drafts DRAFTS_MODELS=a.story          drafts one after the other and together
#   make fuzz SECONDS=60                               each fuzzer for so long
PEER ?=
PEERQ ?=
ROUNDS ?= 7
ONLY ?=
STORIES ?= 2000
SECONDS ?= 60
APT_FUZZ := clang libclang-rt-dev
FUZZERS := checkpoint story tokenizer pack plan drafts
BENCH_SHAPE := $(SHARED)/models/storylike15M.bin
BENCH_TOKENS := $(SHARED)/models/tokenizer.bin

# The drafts of the shipped model and of models of the 15M shape; temperature and top-p of a draft.
DRAFTS_MODELS ?= storybot/data/default.story build/bench/int8.story build/bench/int4.story
DRAFTS_ROUNDS ?= 20

.PHONY: bench bench-drafts screen-report fuzz bench-models

build/synthetic: native/bench/synthetic.c
	@mkdir -p build
	$(CC) -std=c11 -O2 -Wall -Wextra -Werror -ffp-contract=off -o $@ $<

# A trained checkpoint of the 15M shape where there is one, else the synthetic one; and its packs.
bench-models: engine build/synthetic
	@mkdir -p build/bench
	@if [ -f $(BENCH_SHAPE) ]; then \
	  cp -u $(BENCH_SHAPE) build/bench/model.bin; cp -u $(BENCH_TOKENS) build/bench/tokenizer.bin; \
	elif [ ! -f build/bench/model.bin ]; then \
	  echo "no trained checkpoint in $(SHARED): measuring a synthetic one of the same shape"; \
	  build/synthetic build/bench/model.bin build/bench/tokenizer.bin; \
	fi
	@for q in fp32 int8 int4; do \
	  if [ build/bench/model.bin -nt build/bench/$$q.story ] \
	    || [ $(STORYTELLER) -nt build/bench/$$q.story ]; then \
	    $(STORYTELLER) pack build/bench/model.bin build/bench/tokenizer.bin -q $$q \
	      -o build/bench/$$q.story; \
	  fi; \
	done

build/bench/q80.bin: build/q80 bench-models
	@build/q80 build/bench/model.bin $@

bench: bench-models $(if $(PEERQ),build/bench/q80.bin) ## speed and memory of the engine, beside PEER=run and PEERQ=runq
	@python3 native/bench/compare.py --storyteller $(STORYTELLER) --models build/bench \
	  --rounds $(ROUNDS) --peer "$(PEER)" --peerq "$(PEERQ)" --cc "$(CC)" --only "$(ONLY)"

bench-drafts: bench-models ## 8 drafts of a sentence, one after the other and together
	@for m in $(DRAFTS_MODELS); do \
	  $(STORYTELLER) bench $$m --drafts 8 -r $(DRAFTS_ROUNDS) -t 0.8 -p 0.95; done

build/spread build/q80: build/%: native/bench/%.c engine
	@$(CC) -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -Inative/src -o $@ $< \
	  build/native/libengine.a -lm -lpthread

screen-report: bench-models build/spread ## compare every screened pick of STORIES=2000 stories
	@for q in int8 int4 fp32; do echo "== $$q"; \
	  build/native/tests/screen_agrees build/bench/$$q.story $(STORIES); done
	@for f in 3 10 30; do for q in int8 int4; do echo "== $$q, unseen rows spread $$f times as far"; \
	  build/spread build/bench/model.bin build/bench/tokenizer.bin $$f build/bench/spread.bin; \
	  $(STORYTELLER) pack build/bench/spread.bin build/bench/tokenizer.bin -q $$q \
	    -o build/bench/spread.story; \
	  build/native/tests/screen_agrees build/bench/spread.story 100; done; done

# The same build as the preset `fuzz`. What a fuzzer finds on its way stays in build/fuzz/corpus.
fuzz: build/.apt-FUZZ ## fuzz loaders, tokenizer, packer and the drafts protocol, SECONDS=60 each
	@cmake -S native -B build/fuzz -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_COMPILER=clang \
	  -DSTORYTELLER_FUZZ=ON -DSTORYTELLER_TESTS=OFF \
	  -DCMAKE_COMPILE_WARNING_AS_ERROR=ON >/dev/null
	@cmake --build build/fuzz -j $(NATIVE_JOBS) --target $(FUZZERS:%=fuzz_%)
	@for f in $(FUZZERS); do mkdir -p build/fuzz/corpus/$$f; echo "== $$f, $(SECONDS) s"; \
	  build/fuzz/fuzz_$$f -max_total_time=$(SECONDS) -max_len=20000 -rss_limit_mb=3000 \
	    -artifact_prefix=build/fuzz/$$f- -print_final_stats=1 build/fuzz/corpus/$$f \
	    native/fuzz/seeds/$$f 2>build/fuzz/$$f.log \
	    || { tail -n 40 build/fuzz/$$f.log; exit 1; }; \
	  grep -E "DONE|number_of_executed_units" build/fuzz/$$f.log; done
