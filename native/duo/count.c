/*
 * A plugin for QEMU 5.2's riscv64 user mode that counts what a program executes, per function and
 * phase, with a snapshot at every token: the base of the figures in docs/duo-engine.md.
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

#include "count_decode.h"

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

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

/* What a translation block adds when it runs. */
typedef struct Block {
    Counts counts;
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

static void on_vset(unsigned cpu, void *vtype)
{
    (void)cpu;
    lmul = 1u << ((uintptr_t)vtype & 3);
    sew = 8u << ((uintptr_t)vtype >> 2 & 7);
}

/*
 * What one instruction adds to its block. QEMU ends a block at vsetvli and translates a block anew
 * for each vtype it runs under, right before it first runs: the vtype now is the block's for good.
 */
static void add_instruction(Counts *counts, const Instruction *i)
{
    unsigned elements = 128 * lmul / sew;
    uint64_t *of = counts->of;
    of[i->class]++;
    if (i->class == LOAD || i->class == STORE) {
        of[i->class == LOAD ? LOAD_BYTES : STORE_BYTES] += (uint64_t)i->bytes;
    } else if (i->class == VLOAD || i->class == VSTORE) {
        bool is_load = i->class == VLOAD;
        unsigned width = i->bytes ? (unsigned)i->bytes : sew / 8;
        of[is_load ? VLOAD_BYTES : VSTORE_BYTES] += elements * width;
        of[is_load ? VLOAD_BEATS : VSTORE_BEATS] += lmul;
    } else if (i->ordered) {
        of[ORDERED_ELEMENTS] += elements;
    } else if (i->class == VDIVIDE) {
        of[DIVIDE_ELEMENTS] += elements;
    } else if (i->class > VSET) {
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
    for (int c = 0; c < CLASSES; c++)
        current->of[c] += block->counts.of[c];
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
        Instruction i = decode(o, qemu_plugin_insn_size(insn) == 2);
        add_instruction(&block->counts, &i);
        if (i.class == VSET)
            qemu_plugin_register_vcpu_insn_exec_cb(insn, on_vset, QEMU_PLUGIN_CB_NO_REGS,
                                                   (void *)(uintptr_t)i.vtype);
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
