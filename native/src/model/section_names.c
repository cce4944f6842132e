#include "model/section_names.h"

#include <string.h>

static const char *const names[] = {
    [SECTION_TOKENIZER] = "tokenizer", [SECTION_NORMS] = "norms",
    [SECTION_EMBEDDING] = "embedding", [SECTION_WQ] = "wq", [SECTION_WK] = "wk",
    [SECTION_WV] = "wv", [SECTION_WO] = "wo", [SECTION_W1] = "w1", [SECTION_W2] = "w2",
    [SECTION_W3] = "w3", [SECTION_CLASSIFIER] = "classifier", [SECTION_ROWS] = "rows",
    [SECTION_SCREEN] = "screen", [SECTION_KEYWORDS] = "keywords",
};

const char *section_name(SectionKind kind)
{
    size_t count = sizeof names / sizeof *names;
    return (size_t)kind < count && names[kind] ? names[kind] : "unknown";
}

SectionKind section_kind_named(const char *name, size_t length)
{
    for (int kind = SECTION_EMBEDDING; kind <= SECTION_CLASSIFIER; kind++)
        if (strlen(names[kind]) == length && memcmp(names[kind], name, length) == 0)
            return (SectionKind)kind;
    return (SectionKind)0;
}

const char *coding_name(Coding coding)
{
    switch (coding) {
    case CODING_F32_ROWS:
    case CODING_F32: return "fp32";
    case CODING_Q80_ROWS:
    case CODING_INT8: return "int8";
    case CODING_INT4: return "int4";
    default: return "unknown";
    }
}
