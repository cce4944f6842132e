/* Which version of the vector instructions this CPU has, found by executing one. */
#ifndef STORYTELLER_KERNELS_RVV_PROBE_H
#define STORYTELLER_KERNELS_RVV_PROBE_H

typedef struct RvvProbe {
    int version; /* 7: RVV 0.7.1, 10: RVV 1.0, 0: neither, or the system does not allow vectors */
    int bits;    /* of one vector register; 0 when version is 0 */
} RvvProbe;

/* The first call probes and must not run in two threads at once; later calls return its result. */
RvvProbe rvv_probe(void);

#endif
