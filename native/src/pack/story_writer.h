/* Writes a .story section by section, with no more than one block of rows in memory. */
#ifndef STORYTELLER_PACK_STORY_WRITER_H
#define STORYTELLER_PACK_STORY_WRITER_H

#include <stdio.h>

#include "model/story.h"

typedef struct StoryWriter {
    const char *path;  /* of the finished file */
    char *temporary_path; /* is written, then renamed to `path` */
    FILE *file;
    uint64_t at;       /* bytes written */
    int room;          /* sections that the table has room for */
    int count;
    Section *sections; /* (room) */
} StoryWriter;

/* Starts a temporary file beside `path` with a table for `sections` sections. */
bool story_writer_open(StoryWriter *writer, const char *path, int sections, Fault *fault);

/* Starts the next section; its offset, size and checksum are filled as it is written. */
bool story_writer_begin(StoryWriter *writer, Section section, Fault *fault);

/* Appends bytes to the section begun last. */
bool story_writer_append(StoryWriter *writer, const void *data, size_t size, Fault *fault);

/* Writes header and table, flushes the file to the disk and renames it to `path`. */
bool story_writer_finish(StoryWriter *writer, const Shape *shape, int quantisation, int group,
                         Fault *fault);

/* Frees everything and removes an unfinished temporary file. Safe on a zeroed writer. */
void story_writer_close(StoryWriter *writer);

#endif
