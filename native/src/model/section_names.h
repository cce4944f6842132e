/* Names of the sections of a .story, as in docs/format.md and on the command line. */
#ifndef STORYTELLER_MODEL_SECTION_NAMES_H
#define STORYTELLER_MODEL_SECTION_NAMES_H

#include <stddef.h>

#include "model/story.h"

/* "wq" and so on; "unknown" for a kind that has no name. */
const char *section_name(SectionKind kind);

/* The kind of a matrix section with this name of `length` bytes, or 0. */
SectionKind section_kind_named(const char *name, size_t length);

const char *coding_name(Coding coding);

#endif
