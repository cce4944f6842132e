/* RVV 0.7.1, T-Head's XTheadVector: the C906 of the Milk-V Duo. */
#define RVV_VERSION 7
#define RVV_LONG 0
#include "kernels/rvv_kernels.h"
#include "kernels/rvv_probe.h"
#include "kernels/tables.h"

static bool runs_here(void)
{
    RvvProbe found = rvv_probe();
    return found.version == 7 && found.bits == 128;
}

const Kernels c906_kernels = RVV_TABLE("c906", runs_here);
