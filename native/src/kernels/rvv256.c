/* RVV 1.0 with registers of 256 bits and more, of which the kernels use 256. */
#define RVV_VERSION 10
#define RVV_LONG 1
#include "kernels/rvv_kernels.h"
#include "kernels/rvv_probe.h"
#include "kernels/tables.h"

static bool runs_here(void)
{
    RvvProbe found = rvv_probe();
    return found.version == 10 && found.bits >= 256;
}

const Kernels rvv256_kernels = RVV_TABLE("rvv256", runs_here);
