/*
 * Vector instructions of RISC-V as C macros, one instruction each.
 *
 * A compiler for plain rv64gc never touches a vector register, so v0 to v31 belong to the kernels
 * from the first macro to the last; register numbers are literal, the rest (addresses, scalars,
 * loops) is the compiler's. Instructions are given by their fields to `.insn`: any RISC-V assembler
 * since binutils 2.34 takes that, and no `csrr vlenb` can slip in, which traps on the C906.
 *
 * Two encodings share the kernels:
 *   RVV_VERSION 7   RVV 0.7.1, T-Head's XTheadVector: the C906 of the Milk-V Duo
 *   RVV_VERSION 10  RVV 1.0
 * and two lengths of the vector registers:
 *   RVV_LONG 0      128 bits
 *   RVV_LONG 1      256 bits or more: groups of half as many registers hold as much, and what
 *                   lies in neighbouring registers is loaded for each: one may hold more than it
 * Formats: the RISC-V "V" specification, versions 0.7.1 and 1.0, chapters on vector instruction
 * formats and on the listing of opcodes.
 */
#ifndef STORYTELLER_KERNELS_RVV_INSTRUCTIONS_H
#define STORYTELLER_KERNELS_RVV_INSTRUCTIONS_H

/* vtype: element width and registers of 128 bits per group, of which one remains at least. */
#if RVV_LONG
#define RVV_LMUL(log2_lmul) ((log2_lmul) > 0 ? (log2_lmul) - 1 : 0)
#else
#define RVV_LMUL(log2_lmul) (log2_lmul)
#endif
#if RVV_VERSION == 7
#define RVV_VTYPE(log2_sew, log2_lmul) (((log2_sew) - 3) << 2 | RVV_LMUL(log2_lmul))
#else
#define RVV_VTYPE(log2_sew, log2_lmul) (((log2_sew) - 3) << 3 | RVV_LMUL(log2_lmul))
#endif
#define E8M2 RVV_VTYPE(3, 1)
#define E8M8 RVV_VTYPE(3, 3)
#define E16M4 RVV_VTYPE(4, 2)
#define E32M1 RVV_VTYPE(5, 0)
#define E32M2 RVV_VTYPE(5, 1)
#define E32M4 RVV_VTYPE(5, 2)
#define E32M8 RVV_VTYPE(5, 3)

/* From here on: `length` elements of `vtype`. */
#define VSETVL(length, vtype) \
    __asm__ volatile(".insn i 0x57, 7, x0, %0, %1" : : "r"((long)(length)), "i"(vtype))

/* Whole registers of `vtype`. */
#define VSETVL_ALL(vtype) \
    do { \
        long elements; \
        __asm__ volatile(".insn i 0x57, 7, %0, x0, %1" : "=r"(elements) : "i"(vtype)); \
        (void)elements; \
    } while (0)

/* The format shared by all arithmetic: bits 31-26, bits 14-12, then the fields; unmasked. */
#define RVV_X(f6, f3, vd, vs2, x) \
    __asm__ volatile(".insn r 0x57, %0, %1, x" #vd ", %2, x" #vs2 \
                     : : "i"(f3), "i"((f6) << 1 | 1), "r"(x))
#define RVV_F(f6, vd, vs2, f) \
    __asm__ volatile(".insn r 0x57, 5, %0, x" #vd ", %1, x" #vs2 \
                     : : "i"((f6) << 1 | 1), "f"(f))
#define RVV_V(f6, f3, vd, vs2, vs1) \
    __asm__ volatile(".insn r 0x57, %0, %1, x" #vd ", x" #vs1 ", x" #vs2 \
                     : : "i"(f3), "i"((f6) << 1 | 1))

/* Loads and stores of elements as wide as the current element. */
#if RVV_VERSION == 7
#define RVV_WIDTH8 7
#define RVV_WIDTH32 7
#else
#define RVV_WIDTH8 0
#define RVV_WIDTH32 6
#endif
#define RVV_MEM(opcode, width, f7, v, address, x) \
    __asm__ volatile(".insn r " #opcode ", %0, %1, x" #v ", %2, %3" \
                     : : "i"(width), "i"(f7), "r"(address), "r"(x) : "memory")
#define RVV_UNIT(opcode, width, v, address) \
    __asm__ volatile(".insn r " #opcode ", %0, 1, x" #v ", %1, x0" \
                     : : "i"(width), "r"(address) : "memory")
#define VLE8(vd, address) RVV_UNIT(0x07, RVV_WIDTH8, vd, address)
#define VLE32(vd, address) RVV_UNIT(0x07, RVV_WIDTH32, vd, address)
#define VSE8(vs, address) RVV_UNIT(0x27, RVV_WIDTH8, vs, address)
#define VSE32(vs, address) RVV_UNIT(0x27, RVV_WIDTH32, vs, address)
#define VLSE8(vd, address, stride) RVV_MEM(0x07, RVV_WIDTH8, 5, vd, address, stride)
#define VLSE32(vd, address, stride) RVV_MEM(0x07, RVV_WIDTH32, 5, vd, address, stride)
#define VSSE32(vs, address, stride) RVV_MEM(0x27, RVV_WIDTH32, 5, vs, address, stride)

/*
 * 4 columns of 32 bytes each, one after the other at `address`, to the registers COLUMN_0 to
 * COLUMN_3 (E8M2); COLUMN_4 to COLUMN_7 are those 8 registers further on. Ends with 32 of E8M2.
 */
#if RVV_LONG
#define LOAD_COLUMNS(address) \
    do { \
        VSETVL(32, E8M2); \
        VLE8(0, address); \
        VLE8(1, (address) + 32); \
        VLE8(2, (address) + 64); \
        VLE8(3, (address) + 96); \
    } while (0)
#define COLUMN_0 0
#define COLUMN_1 1
#define COLUMN_2 2
#define COLUMN_3 3
#define COLUMN_4 8
#define COLUMN_5 9
#define COLUMN_6 10
#define COLUMN_7 11
#else
#define LOAD_COLUMNS(address) \
    do { \
        VSETVL(128, E8M8); \
        VLE8(0, address); \
        VSETVL(32, E8M2); \
    } while (0)
#define COLUMN_0 0
#define COLUMN_1 2
#define COLUMN_2 4
#define COLUMN_3 6
#define COLUMN_4 8
#define COLUMN_5 10
#define COLUMN_6 12
#define COLUMN_7 14
#endif

/* The same for columns of two nibbles: the low ones to COLUMN_0 .. 3, the high ones to 4 .. 7. */
#if RVV_LONG
#define LOAD_NIBBLES(address) \
    do { \
        LOAD_COLUMNS(address); \
        VSETVL_ALL(E8M8); \
        VSRL_I(8, 0, 4); \
        VAND_I(0, 0, 15); \
        VSETVL(32, E8M2); \
    } while (0)
#else
#define LOAD_NIBBLES(address) \
    do { \
        VSETVL(128, E8M8); \
        VLE8(0, address); \
        VSRL_I(8, 0, 4); \
        VAND_I(0, 0, 15); \
        VSETVL(32, E8M2); \
    } while (0)
#endif

/*
 * 32 bfloat16 at `address` to 32 floats in vd, 8 registers of which `top` is the fifth; vtype is
 * E32M8 and length 32, before and after.
 */
#if RVV_VERSION == 7
#define LOAD_BF16(vd, top, address) \
    do { \
        RVV_UNIT(0x07, 5, vd, address); /* vlhu.v: halves, zero-extended to 32 bits */ \
        VSLL_I(vd, vd, 16); \
    } while (0)
#else
#define LOAD_BF16(vd, top, address) \
    do { \
        VSETVL(32, E16M4); \
        RVV_UNIT(0x07, 5, top, address); \
        VSETVL(32, E32M8); \
        RVV_V(0x12, 2, vd, top, 6); /* vzext.vf2 */ \
        VSLL_I(vd, vd, 16); \
    } while (0)
#endif

/* Integers */
#define VADD_V(vd, vs2, vs1) RVV_V(0x00, 0, vd, vs2, vs1)
#define VSUB_X(vd, vs2, x) RVV_X(0x02, 4, vd, vs2, x)
#define VRSUB_X(vd, vs2, x) RVV_X(0x03, 4, vd, vs2, x)
#define VMAX_V(vd, vs2, vs1) RVV_V(0x07, 0, vd, vs2, vs1)
#define VAND_X(vd, vs2, x) RVV_X(0x09, 4, vd, vs2, x)
#define VAND_I(vd, vs2, i) RVV_V(0x09, 3, vd, vs2, i)
#define VMV_X(vd, x) RVV_X(0x17, 4, vd, 0, x)
#define VMV_ZERO(vd) RVV_V(0x17, 3, vd, 0, 0)
#define VSLL_I(vd, vs2, i) RVV_V(0x25, 3, vd, vs2, i)
#define VSRL_I(vd, vs2, i) RVV_V(0x28, 3, vd, vs2, i)
#define VNSRA_ZERO(vd, vs2) RVV_V(0x2d, 3, vd, vs2, 0) /* narrows to half the width */
#define VREDSUM(vd, vs2, vs1) RVV_V(0x00, 2, vd, vs2, vs1)
#define VWREDSUMU(vd, vs2, vs1) RVV_V(0x30, 0, vd, vs2, vs1)
#define VWADD_W(vd, vs2, vs1) RVV_V(0x35, 2, vd, vs2, vs1) /* wide vs2 + narrow vs1 */
#define VWMUL_X(vd, vs2, x) RVV_X(0x3b, 6, vd, vs2, x)
#define VWMACC_X(vd, vs2, x) RVV_X(0x3d, 6, vd, vs2, x)

/* Floats */
#define VFADD_V(vd, vs2, vs1) RVV_V(0x00, 1, vd, vs2, vs1)
#define VFADD_F(vd, vs2, f) RVV_F(0x00, vd, vs2, f)
#define VFSUB_V(vd, vs2, vs1) RVV_V(0x02, 1, vd, vs2, vs1)
#define VFSUB_F(vd, vs2, f) RVV_F(0x02, vd, vs2, f)
#define VFMIN_F(vd, vs2, f) RVV_F(0x04, vd, vs2, f)
#define VFNEG(vd, vs) RVV_V(0x09, 1, vd, vs, vs)
#define VFABS(vd, vs) RVV_V(0x0a, 1, vd, vs, vs)
#define VFDIV_F(vd, vs2, f) RVV_F(0x20, vd, vs2, f)
#define VFRDIV_F(vd, vs2, f) RVV_F(0x21, vd, vs2, f) /* f / vs2 */
#define VFMUL_V(vd, vs2, vs1) RVV_V(0x24, 1, vd, vs2, vs1)
#define VFMUL_F(vd, vs2, f) RVV_F(0x24, vd, vs2, f)
#define VFNMSAC_F(vd, f, vs2) RVV_F(0x2f, vd, vs2, f) /* vd - f * vs2, rounded once */
#define VFREDOSUM(vd, vs2, vs1) RVV_V(0x03, 1, vd, vs2, vs1) /* in element order */
#define VFREDMAX(vd, vs2, vs1) RVV_V(0x07, 1, vd, vs2, vs1)
#if RVV_VERSION == 7
#define RVV_VFUNARY0 0x22
#define RVV_SCALAR 0x0d    /* vmv.s.x, vfmv.s.f */
#define RVV_TO_SCALAR 0x0c /* vext.x.v, vfmv.f.s */
#else
#define RVV_VFUNARY0 0x12
#define RVV_SCALAR 0x10
#define RVV_TO_SCALAR 0x10
#endif
#define VFCVT_X_F(vd, vs) RVV_V(RVV_VFUNARY0, 1, vd, vs, 1)   /* to nearest, ties to even */
#define VFCVT_F_X(vd, vs) RVV_V(RVV_VFUNARY0, 1, vd, vs, 3)
#define VFWCVT_F_X(vd, vs) RVV_V(RVV_VFUNARY0, 1, vd, vs, 11) /* int16 to float */

/* Masks live in v0. */
#define VMSNE_V(vd, vs2, vs1) RVV_V(0x19, 0, vd, vs2, vs1)
#define VMFLT_F(vd, vs2, f) RVV_F(0x1b, vd, vs2, f)
#define VMFGE_F(vd, vs2, f) RVV_F(0x1f, vd, vs2, f)
#define VMFEQ_F(vd, vs2, f) RVV_F(0x18, vd, vs2, f)
#define VMERGE_ZERO(vd, vs2) /* vd = v0 ? 0 : vs2 */ \
    __asm__ volatile(".insn r 0x57, 3, 0x2e, x" #vd ", x0, x" #vs2)

#define VFMERGE_F(vd, vs2, f) /* vd = v0 ? f : vs2 */ \
    __asm__ volatile(".insn r 0x57, 5, 0x2e, x" #vd ", %0, x" #vs2 : : "f"(f))

/* Element 0 from a scalar and to one. */
#define VFMV_S_F(vd, f) RVV_F(RVV_SCALAR, vd, 0, f)

static inline float vfmv_f_s_v0(void)
{
    float f;
    __asm__ volatile(".insn r 0x57, 1, %1, %0, x0, x0" : "=f"(f) : "i"(RVV_TO_SCALAR << 1 | 1));
    return f;
}

/*
 * Element 0 of v0 as int32, vtype of 32 bits. RVV 0.7.1 zero-extends where 1.0 sign-extends, so the
 * cast decides.
 */
static inline int vmv_x_s_v0(void)
{
    long x;
    __asm__ volatile(".insn r 0x57, 2, %1, %0, x0, x0" : "=r"(x) : "i"(RVV_TO_SCALAR << 1 | 1));
    return (int)x;
}

/* Index of the first set bit of mask v0, -1 when there is none. */
static inline long vfirst_v0(void)
{
    long x;
#if RVV_VERSION == 7
    __asm__ volatile(".insn r 0x57, 2, 0x2b, %0, x0, x0" : "=r"(x));
#else
    __asm__ volatile(".insn r 0x57, 2, 0x21, %0, x17, x0" : "=r"(x));
#endif
    return x;
}

#endif
