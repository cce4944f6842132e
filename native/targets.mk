# The engine's targets; the top Makefile includes this file. CTest runs the C unit tests and the
# reference texts, once as released and once under AddressSanitizer and UndefinedBehaviorSanitizer;
# in the second build warnings are errors.
NATIVE_JOBS ?= 2

.PHONY: engine test-native test-neon accuracy reference-texts

APT_NEON := gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user-static

engine: ## build the engine: build/native/storyteller
	cmake -S native -B build/native -DCMAKE_BUILD_TYPE=Release
	cmake --build build/native -j $(NATIVE_JOBS)

test-native: engine ## test the engine, as released and under ASan and UBSan
	ctest --test-dir build/native --output-on-failure --timeout 300 -j $(NATIVE_JOBS)
	cmake -S native -B build/asan -DCMAKE_BUILD_TYPE=Release -DSTORYTELLER_SANITIZE=ON \
	  -DCMAKE_COMPILE_WARNING_AS_ERROR=ON
	cmake --build build/asan -j $(NATIVE_JOBS)
	ctest --test-dir build/asan --output-on-failure --timeout 600 -j $(NATIVE_JOBS)

test-neon: | build/.apt-NEON ## test the kernels for 64-bit ARM in QEMU
	cd native && cmake --preset aarch64
	cmake --build build/aarch64 -j $(NATIVE_JOBS)
	ctest --test-dir build/aarch64 --output-on-failure --timeout 300 -R "kernels_agree_neon|arithmetic|sampler|tokenizer"

reference-texts: engine ## write the synthetic reference texts anew (RUN_C=llama2.c's run, compiled)
	python3 native/tests/reference_texts.py build/native/tests/synthetic $(RUN_C)

# DEFAULT_CHECKPOINT and DEFAULT_TOKENIZER name the default model's fp32 weights, where they lie.
ACCURACY_STORIES ?= 100
DEFAULT_CHECKPOINT ?= training/out/model.bin
DEFAULT_TOKENIZER ?= training/out/tokenizer.bin

accuracy: engine ## what int8 and int4 cost against fp32, for every model at hand
	@python3 native/bench/accuracy.py build/native/storyteller $(SHARED) build/accuracy \
	  $(ACCURACY_STORIES) default=$(DEFAULT_CHECKPOINT),$(DEFAULT_TOKENIZER)
