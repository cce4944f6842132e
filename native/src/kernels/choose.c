#include <stddef.h>
#include <string.h>

#include "kernels/tables.h"

const Kernels *const all_kernels[] = {
#ifdef STORYTELLER_X86
    &avx512_kernels,
    &avx2_kernels,
#elif defined(__aarch64__)
    &neon_kernels,
#elif defined(__riscv) && __riscv_xlen == 64
    &c906_kernels,
    &rvv_kernels,
    &rvv256_kernels,
#endif
    &scalar_kernels,
    NULL,
};

const Kernels *kernels_choose(const char *name)
{
    for (int i = 0; all_kernels[i]; i++)
        if ((!name || strcmp(name, all_kernels[i]->name) == 0) && all_kernels[i]->runs_here())
            return all_kernels[i];
    return NULL;
}
