/*
 * Hardware capabilities and /proc/cpuinfo do not tell: the Duo's own Linux 5.10 reports the V
 * bit for RVV 0.7.1, mainline reports it for 1.0 alone, and emulators report nothing. Both versions
 * have `vsetvli`, but read the vtype 8 differently: 32-bit elements in 0.7.1, 16-bit ones
 * in 1.0. So the largest vl for vtype 0 (bytes in both) and for vtype 8 tell version and length.
 */
#include "kernels/rvv_probe.h"

#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

static sigjmp_buf no_vectors;

static void on_illegal_instruction(int number)
{
    (void)number;
    siglongjmp(no_vectors, 1);
}

static RvvProbe try_vsetvli(void)
{
    long bytes, elements;
    __asm__ volatile(".insn i 0x57, 7, %0, x0, 8" : "=r"(elements));
    __asm__ volatile(".insn i 0x57, 7, %0, x0, 0" : "=r"(bytes));
    RvvProbe found = {.bits = (int)bytes * 8};
    if (elements > 0 && bytes == 4 * elements)
        found.version = 7;
    else if (elements > 0 && bytes == 2 * elements)
        found.version = 10;
    return found;
}

RvvProbe rvv_probe(void)
{
    static RvvProbe found;
    static bool done;
    if (done)
        return found;
    struct sigaction trap = {.sa_handler = on_illegal_instruction}, before;
    if (sigaction(SIGILL, &trap, &before) == 0) {
        if (sigsetjmp(no_vectors, 1) == 0)
            found = try_vsetvli();
        sigaction(SIGILL, &before, NULL);
    }
    done = true;
    return found;
}
