/* A file mapped read-only; a file that shrinks while mapped ends the program with a message. */
#ifndef STORYTELLER_MODEL_MAPPING_H
#define STORYTELLER_MODEL_MAPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/fault.h"

typedef struct Mapping {
    const uint8_t *data; /* page aligned */
    size_t size;         /* bytes */
} Mapping;

/*
 * Maps the whole of a regular, non-empty file. A read of a mapping that the file no longer backs
 * (SIGBUS) ends the process with FAULT_VANISHED and one sentence that names `path`.
 */
bool mapping_open(Mapping *mapping, const char *path, Fault *fault);

/* Unmaps; safe on a zeroed Mapping. */
void mapping_close(Mapping *mapping);

/*
 * Hints for streaming a file larger than memory: start reading [data, data + size), or release its
 * pages. Neither changes what a later read returns.
 */
void mapping_prefetch(const void *data, size_t size);
void mapping_release(const void *data, size_t size);

#endif
