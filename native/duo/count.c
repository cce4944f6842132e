/*
 * A plugin for QEMU 5.2's riscv64 user mode that counts what a program executes, per function and
 * phase, with a snapshot at every token: the base of the figures in docs/duo.md.
 *
 *   qemu-riscv64 -plugin libcount.so,arg=symbols=FILE,arg=out=FILE,arg=token=FUNCTION,
 *                arg=phase=FUNCTION... PROGRAM ...
 *
 *   symbols  what `nm -n PROGRAM` prints (a static program, not position independent)
 *   token    entering this function starts a token: all counts so far are written out
 *   phase    entering this function starts the phase of that name; may be given several times
 *   out      lines of "token phase function class=count ...", cumulative, only classes above 0
 *
 * Vector work is counted in beats of one 128-bit register: a group of m registers takes m beats, a
 * widening operation twice the beats of its source. vl is not visible to a plugin; the C906 takes
 * the same time whatever it is.
 */
#include <glib.h>
#include <inttypes.h>
#include <qemu-plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

enum Class {
    INTEGER, LOAD, STORE, BRANCH, MULTIPLY, DIVIDE, FLOAT, OTHER,            /* scalar */
    VSET, VLOAD, VSTORE, VINTEGER, VWIDEN, VFLOAT, VDIVIDE, VREDUCE, VMOVE,  /* vector */
    LOAD_BYTES, STORE_BYTES, VLOAD_BYTES, VSTORE_BYTES,
    BEATS, VLOAD_BEATS, VSTORE_BEATS, DIVIDE_ELEMENTS, ORDERED_ELEMENTS,
    CLASSES
};
static const char *const class_names[CLASSES] = {
    "integer", "load", "store", "branch", "multiply", "divide", "float", "other",
    "vset", "vload", "vstore", "vinteger", "vwiden", "vfloat", "vdivide", "vreduce", "vmove",
    "load_bytes", "store_bytes", "vload_bytes", "vstore_bytes",
    "beats", "vload_beats", "vstore_beats", "divide_elements", "ordered_elements",
};

enum { MAX_PHASES = 16, MAX_SYMBOLS = 8192 };

typedef struct Counts {
    uint64_t of[CLASSES];
} Counts;

typedef struct Symbol {
    uint64_t address;
    char name[64];
} Symbol;

/* One instruction as its fields tell it. */
typedef struct Instruction {
    enum Class class;
    int bytes;      /* of memory per access; 0 for a vector access as wide as the element */
    int factor;     /* beats per register of the group */
    int vtype;      /* of a vsetvli */
    bool ordered;   /* a sum in element order */
} Instruction;

/* What a translation block adds when it runs. */
typedef struct Block {
    Counts scalar;
    int symbol;
    int phase; /* entered by this block, or -1 */
    bool token;
} Block;

static Symbol symbols[MAX_SYMBOLS];
static int symbol_count;
static const char *phase_names[MAX_PHASES] = {"start"};
static int phase_count = 1;
static const char *token_name = "";
static FILE *out;

static Counts *counts[MAX_PHASES]; /* [phase][symbol] */
static Counts *current;
static int phase;
static int tokens;
static unsigned lmul = 1, sew = 8;

static Instruction compressed(uint32_t o)
{
    static const enum Class quadrant0[8] = {INTEGER, LOAD, LOAD, LOAD, OTHER, STORE, STORE, STORE};
    static const enum Class quadrant2[8] = {INTEGER, LOAD, LOAD, LOAD, INTEGER, STORE, STORE, STORE};
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
    if ((form == 1 && (f6 == 1 || f6 == 3 || f6 == 5 || f6 == 7)) || (form == 2 && f6 < 8)) {
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

static Instruction decode(uint32_t o)
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

static void on_vset(unsigned cpu, void *vtype)
{
    (void)cpu;
    lmul = 1u << ((uintptr_t)vtype & 3);
    sew = 8u << ((uintptr_t)vtype >> 2 & 7);
    current->of[VSET]++;
}

static void on_vector(unsigned cpu, void *data)
{
    (void)cpu;
    const Instruction *i = data;
    unsigned elements = 128 * lmul / sew;
    uint64_t *of = current->of;
    of[i->class]++;
    if (i->class == VLOAD || i->class == VSTORE) {
        bool is_load = i->class == VLOAD;
        of[is_load ? VLOAD_BYTES : VSTORE_BYTES] += elements * (i->bytes ? (unsigned)i->bytes : sew / 8);
        of[is_load ? VLOAD_BEATS : VSTORE_BEATS] += lmul;
    } else if (i->ordered) {
        of[ORDERED_ELEMENTS] += elements;
    } else if (i->class == VDIVIDE) {
        of[DIVIDE_ELEMENTS] += elements;
    } else {
        of[BEATS] += lmul * (unsigned)i->factor;
    }
}

static void write_counts(void)
{
    for (int p = 0; p < phase_count; p++)
        for (int s = 0; s < symbol_count; s++) {
            const uint64_t *of = counts[p][s].of;
            bool any = false;
            for (int c = 0; c < CLASSES; c++) {
                if (of[c] && !any)
                    fprintf(out, "%d %s %s", tokens, phase_names[p], symbols[s].name);
                if (of[c])
                    fprintf(out, " %s=%" PRIu64, class_names[c], of[c]);
                any = any || of[c];
            }
            if (any)
                fputc('\n', out);
        }
}

static void on_block(unsigned cpu, void *data)
{
    (void)cpu;
    const Block *block = data;
    if (block->token) {
        write_counts();
        tokens++;
    }
    if (block->phase >= 0)
        phase = block->phase;
    current = &counts[phase][block->symbol];
    for (int c = INTEGER; c <= OTHER; c++)
        current->of[c] += block->scalar.of[c];
    current->of[LOAD_BYTES] += block->scalar.of[LOAD_BYTES];
    current->of[STORE_BYTES] += block->scalar.of[STORE_BYTES];
}

static int symbol_at(uint64_t address)
{
    int low = 0, high = symbol_count;
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (symbols[middle].address <= address)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void on_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    (void)id;
    Block *block = g_new0(Block, 1);
    uint64_t start = qemu_plugin_tb_vaddr(tb);
    block->symbol = symbol_at(start);
    block->phase = -1;
    if (symbols[block->symbol].address == start) {
        const char *name = symbols[block->symbol].name;
        block->token = strcmp(name, token_name) == 0;
        for (int p = 0; p < phase_count; p++)
            if (strcmp(name, phase_names[p]) == 0)
                block->phase = p;
    }
    for (size_t n = 0; n < qemu_plugin_tb_n_insns(tb); n++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, n);
        uint32_t o = 0;
        memcpy(&o, qemu_plugin_insn_data(insn), qemu_plugin_insn_size(insn));
        Instruction i = qemu_plugin_insn_size(insn) == 2 ? compressed(o) : decode(o);
        if (i.class == VSET) {
            qemu_plugin_register_vcpu_insn_exec_cb(insn, on_vset, QEMU_PLUGIN_CB_NO_REGS,
                                                   (void *)(uintptr_t)i.vtype);
        } else if (i.class > VSET) {
            Instruction *kept = g_new(Instruction, 1);
            *kept = i;
            qemu_plugin_register_vcpu_insn_exec_cb(insn, on_vector, QEMU_PLUGIN_CB_NO_REGS, kept);
        } else {
            block->scalar.of[i.class]++;
            if (i.class == LOAD)
                block->scalar.of[LOAD_BYTES] += (uint64_t)i.bytes;
            if (i.class == STORE)
                block->scalar.of[STORE_BYTES] += (uint64_t)i.bytes;
        }
    }
    qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block, QEMU_PLUGIN_CB_NO_REGS, block);
}

static void on_exit_of_program(qemu_plugin_id_t id, void *data)
{
    (void)id;
    (void)data;
    write_counts();
    fclose(out);
}

static bool read_symbols(const char *path)
{
    FILE *file = fopen(path, "r");
    char line[512], kind;
    while (file && symbol_count < MAX_SYMBOLS && fgets(line, sizeof line, file)) {
        Symbol *s = &symbols[symbol_count];
        if (sscanf(line, "%" SCNx64 " %c %63s", &s->address, &kind, s->name) == 3 &&
            strchr("tTwW", kind) && s->name[0] != '$' && s->name[0] != '.')
            symbol_count++;
    }
    if (file)
        fclose(file);
    return symbol_count > 0;
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
                                           char **argv)
{
    (void)info;
    for (int a = 0; a < argc; a++) {
        char *value = strchr(argv[a], '=');
        if (!value)
            return -1;
        *value++ = '\0';
        if (strcmp(argv[a], "symbols") == 0 && !read_symbols(value))
            return -1;
        if (strcmp(argv[a], "token") == 0)
            token_name = g_strdup(value);
        if (strcmp(argv[a], "phase") == 0 && phase_count < MAX_PHASES)
            phase_names[phase_count++] = g_strdup(value);
        if (strcmp(argv[a], "out") == 0)
            out = fopen(value, "w");
    }
    if (!out || symbol_count == 0)
        return -1;
    for (int p = 0; p < phase_count; p++)
        counts[p] = g_new0(Counts, symbol_count);
    current = &counts[0][0];
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
    qemu_plugin_register_atexit_cb(id, on_exit_of_program, NULL);
    return 0;
}
