# Cross build for the Milk-V Duo: Debian's gcc for riscv64, musl linked statically. Vector
# instructions are written as `.insn`, so the compiler itself builds for plain rv64gc.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR riscv64)
if(NOT DEFINED ENV{DUO_COMPILER})
  message(FATAL_ERROR "DUO_COMPILER is not set: build with `make duo`")
endif()
set(CMAKE_C_COMPILER $ENV{DUO_COMPILER})
find_program(CMAKE_AR riscv64-linux-gnu-ar REQUIRED)
find_program(CMAKE_RANLIB riscv64-linux-gnu-ranlib REQUIRED)
set(CMAKE_C_FLAGS_INIT "-march=rv64gc -mabi=lp64d -mtune=thead-c906 -fno-pie")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static -no-pie")
set(CMAKE_CROSSCOMPILING_EMULATOR $ENV{DUO_EMULATOR};-cpu;rv64,x-v=true,vext_spec=v0.7.1,vlen=128)
