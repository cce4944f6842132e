/* RVV 1.0 with 128-bit registers. */
#define RVV_VERSION 10
#define RVV_LONG 0
#include "kernels/rvv_kernels.h"
#include "kernels/rvv_probe.h"
#include "kernels/tables.h"

static bool runs_here(void)
{
    RvvProbe found = rvv_probe();
    return found.version == 10 && found.bits == 128;
}

const Kernels rvv_kernels = RVV_TABLE("rvv", runs_here);
