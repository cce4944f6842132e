#include "count_decode.h"

static Instruction compressed(uint32_t o)
{
    static const Class quadrant0[8] = {INTEGER, LOAD, LOAD, LOAD, OTHER, STORE, STORE, STORE};
    static const Class quadrant2[8] = {INTEGER, LOAD, LOAD, LOAD, INTEGER, STORE, STORE, STORE};
    Instruction i = {.class = INTEGER};
    int function = o >> 13 & 7;
    if ((o & 3) == 0)
        i.class = quadrant0[function];
    else if ((o & 3) == 1)
        i.class = function >= 5 ? BRANCH : INTEGER;
    else if (function == 4 && (o >> 2 & 31) == 0)
        i.class = BRANCH;
    else
        i.class = quadrant2[function];
    if (i.class == LOAD || i.class == STORE)
        i.bytes = function == 2 || function == 6 ? 4 : 8;
    return i;
}

static Instruction vector_arithmetic(uint32_t o)
{
    int form = o >> 12 & 7, f6 = o >> 26;
    Instruction i = {.class = VINTEGER, .factor = 1};
    if (form == 7)
        return (Instruction){.class = VSET, .vtype = o >> 20 & 0x7ff};
    bool is_float = form == 1 || form == 5, is_mul = form == 2 || form == 6;
    if ((is_float || is_mul) && (f6 == 0x0c || f6 == 0x0d))
        return (Instruction){.class = VMOVE};
    if ((form == 1 && (f6 == 1 || f6 == 3 || f6 == 5 || f6 == 7)) || (form == 2 && f6 < 8) ||
        (form == 0 && f6 >= 0x30 && f6 < 0x32)) {
        i.class = VREDUCE;
        i.ordered = form == 1 && f6 == 3;
    } else if (is_float) {
        i.class = f6 == 0x20 || f6 == 0x21 ? VDIVIDE : VFLOAT;
        bool widening_convert = f6 == 0x22 && (o >> 15 & 31) >= 8;
        i.factor = f6 >= 0x30 || widening_convert ? 2 : 1;
    } else if (f6 >= 0x2c && (is_mul ? f6 >= 0x30 : f6 < 0x30)) {
        i.class = VWIDEN; /* and the narrowing shifts, which read a doubled group */
        i.factor = 2;
    }
    return i;
}

static Instruction full(uint32_t o)
{
    int form = o >> 12 & 7;
    switch (o & 127) {
    case 0x03: return (Instruction){.class = LOAD, .bytes = 1 << (form & 3)};
    case 0x23: return (Instruction){.class = STORE, .bytes = 1 << (form & 3)};
    case 0x07:
    case 0x27: {
        bool is_store = (o & 0x20) != 0;
        if (form >= 1 && form <= 4)
            return (Instruction){.class = is_store ? STORE : LOAD, .bytes = 1 << form};
        return (Instruction){.class = is_store ? VSTORE : VLOAD, .factor = 1,
                             .bytes = form == 0 ? 1 : form == 5 ? 2 : form == 6 ? 4 : 0};
    }
    case 0x63:
    case 0x67:
    case 0x6f: return (Instruction){.class = BRANCH};
    case 0x33:
    case 0x3b:
        if (o >> 25 == 1)
            return (Instruction){.class = form >= 4 ? DIVIDE : MULTIPLY};
        return (Instruction){.class = INTEGER};
    case 0x13:
    case 0x1b:
    case 0x17:
    case 0x37: return (Instruction){.class = INTEGER};
    case 0x43:
    case 0x47:
    case 0x4b:
    case 0x4f:
    case 0x53: return (Instruction){.class = FLOAT};
    case 0x57: return vector_arithmetic(o);
    default: return (Instruction){.class = OTHER};
    }
}

Instruction decode(uint32_t bits, bool is_compressed)
{
    return is_compressed ? compressed(bits) : full(bits);
}
