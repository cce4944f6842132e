# The Milk-V Duo: cross build, tests in an emulator, instruction counts, the contest's harness.
# The top Makefile includes this file; docs/duo.md tells the story.
DUO_TOOLS := native/duo/tools.sh
DUO_CPU := rv64,x-v=true,vext_spec=v0.7.1,vlen=128

.PHONY: duo test-duo duo-report contest

duo: ## build the engine for the Milk-V Duo: build/duo/storyteller, static
	@DUO_COMPILER=$$($(DUO_TOOLS) compiler); DUO_EMULATOR=$$($(DUO_TOOLS) emulator); \
	  export DUO_COMPILER DUO_EMULATOR; \
	  cmake -S native -B build/duo/cmake -DCMAKE_TOOLCHAIN_FILE=$(CURDIR)/native/duo/toolchain.cmake \
	    -DCMAKE_BUILD_TYPE=Release >build/duo-cmake.log || { cat build/duo-cmake.log; exit 1; }; \
	  cmake --build build/duo/cmake -j $(NATIVE_JOBS)
	@native/duo/check_binary.sh build/duo/cmake/storyteller
	@cp build/duo/cmake/storyteller build/duo/storyteller
	@riscv64-linux-gnu-strip build/duo/storyteller
	@ls -l build/duo/storyteller
