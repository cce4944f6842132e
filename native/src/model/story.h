/* The .story pack: docs/format.md is its specification. */
#ifndef STORYTELLER_MODEL_STORY_H
#define STORYTELLER_MODEL_STORY_H

#include "model/model.h"

enum { STORY_HEADER_BYTES = 128, STORY_ENTRY_BYTES = 48, STORY_ALIGNMENT = 64 };
enum { STORY_VERSION = 1, STORY_LAYOUT = 1 };

extern const uint8_t story_magic[8];

typedef enum SectionKind {
    SECTION_TOKENIZER = 1,
    SECTION_NORMS = 2,
    SECTION_EMBEDDING = 3,
    SECTION_WQ = 4,
    SECTION_WK = 5,
    SECTION_WV = 6,
    SECTION_WO = 7,
    SECTION_W1 = 8,
    SECTION_W2 = 9,
    SECTION_W3 = 10,
    SECTION_CLASSIFIER = 11,
    SECTION_ROWS = 12,
    SECTION_SCREEN = 13,
    SECTION_KEYWORDS = 14,
} SectionKind;

/* The section of a model that knows keywords: the tokens around them, docs/drafts.md. */
typedef struct KeywordsSection {
    uint32_t version; /* 1 */
    uint32_t open;    /* the token before a tag's text */
    uint32_t close;   /* the one after it */
    uint32_t zero;
} KeywordsSection;

/* An entry of the section table. */
typedef struct Section {
    SectionKind kind;
    int layer;
    Coding coding;
    int rows;
    int cols;
    uint32_t checksum;
    uint64_t offset;
    uint64_t size;
} Section;

/* Does the file start with the magic of a .story? */
bool story_recognise(const Mapping *mapping);

/* Fills `model`, whose mapping is open, with views into the file; checks header and table. */
bool story_read(Model *model, const char *path, Fault *fault);

/* Section `index` of a .story that story_read accepted; false past the last. */
bool story_section(const Model *model, int index, Section *section);

/* Compares every section's checksum and the range of weights; `fault` names the first wrong one. */
bool story_verify(const Model *model, const char *path, Fault *fault);

/* CRC-32 (the reflected 0xedb88320) of `size` bytes, continued from `crc`, which starts at 0. */
uint32_t crc32_of(uint32_t crc, const void *data, size_t size);

#endif
