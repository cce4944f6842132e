#include "pack/story_writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool failed(const StoryWriter *writer, Fault *fault)
{
    return fault_set(fault, FAULT_FILE, "cannot write %s: %s", writer->path, strerror(errno));
}

static bool put(StoryWriter *writer, const void *data, size_t size, Fault *fault)
{
    if (size && fwrite(data, 1, size, writer->file) != size)
        return failed(writer, fault);
    writer->at += size;
    return true;
}

static bool put_zeros(StoryWriter *writer, uint64_t count, Fault *fault)
{
    static const uint8_t zeros[64];
    while (count) {
        size_t size = count < sizeof zeros ? (size_t)count : sizeof zeros;
        if (!put(writer, zeros, size, fault))
            return false;
        count -= size;
    }
    return true;
}

bool story_writer_open(StoryWriter *writer, const char *path, int sections, Fault *fault)
{
    *writer = (StoryWriter){ .path = path, .room = sections };
    size_t length = strlen(path) + sizeof ".part";
    writer->temporary_path = malloc(length);
    writer->sections = calloc((size_t)sections, sizeof *writer->sections);
    if (!writer->temporary_path || !writer->sections)
        return fault_set(fault, FAULT_MEMORY, "not enough memory to write %s", path);
    snprintf(writer->temporary_path, length, "%s.part", path);
    writer->file = fopen(writer->temporary_path, "wb");
    if (!writer->file)
        return failed(writer, fault);
    uint64_t table = (uint64_t)sections * STORY_ENTRY_BYTES;
    return put_zeros(writer, STORY_HEADER_BYTES + table, fault);
}

bool story_writer_begin(StoryWriter *writer, Section section, Fault *fault)
{
    uint64_t over = writer->at % STORY_ALIGNMENT;
    if (over && !put_zeros(writer, STORY_ALIGNMENT - over, fault))
        return false;
    section.offset = writer->at;
    section.size = 0;
    section.checksum = 0;
    writer->sections[writer->count++] = section;
    return true;
}

bool story_writer_append(StoryWriter *writer, const void *data, size_t size, Fault *fault)
{
    Section *section = &writer->sections[writer->count - 1];
    section->size += size;
    section->checksum = crc32_of(section->checksum, data, size);
    return put(writer, data, size, fault);
}

static void put_u32(uint8_t *data, size_t offset, uint32_t value)
{
    memcpy(data + offset, &value, sizeof value);
}

static void put_u64(uint8_t *data, size_t offset, uint64_t value)
{
    memcpy(data + offset, &value, sizeof value);
}

static void fill_entry(uint8_t *entry, const Section *s)
{
    put_u32(entry, 0, (uint32_t)s->kind);
    put_u32(entry, 4, (uint32_t)s->layer);
    put_u32(entry, 8, (uint32_t)s->coding);
    put_u32(entry, 12, (uint32_t)s->rows);
    put_u32(entry, 16, (uint32_t)s->cols);
    put_u32(entry, 20, s->checksum);
    put_u64(entry, 24, s->offset);
    put_u64(entry, 32, s->size);
}

static void fill_header(uint8_t *data, const StoryWriter *writer, const Shape *shape,
                        int quantisation, int group, uint32_t table_checksum)
{
    memcpy(data, story_magic, sizeof story_magic);
    put_u32(data, 8, STORY_VERSION);
    put_u32(data, 12, STORY_LAYOUT);
    put_u64(data, 16, writer->at);
    put_u32(data, 24, (uint32_t)writer->count);
    put_u32(data, 28, (uint32_t)quantisation);
    const int fields[] = { shape->dim, shape->hidden, shape->layers, shape->heads,
                           shape->kv_heads, shape->vocab, shape->context, group };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        put_u32(data, 32 + 4 * i, (uint32_t)fields[i]);
    put_u32(data, 120, table_checksum);
    put_u32(data, 124, crc32_of(0, data, 124));
}

/* Seeks back and fills the start of the file, which was left zero. */
static bool write_start(StoryWriter *writer, const uint8_t *header, const uint8_t *table,
                        size_t table_size)
{
    return fseek(writer->file, 0, SEEK_SET) == 0
        && fwrite(header, 1, STORY_HEADER_BYTES, writer->file) == STORY_HEADER_BYTES
        && fwrite(table, 1, table_size, writer->file) == table_size
        && fflush(writer->file) == 0 && fsync(fileno(writer->file)) == 0;
}

bool story_writer_finish(StoryWriter *writer, const Shape *shape, int quantisation, int group,
                         Fault *fault)
{
    size_t table_size = (size_t)writer->count * STORY_ENTRY_BYTES;
    uint8_t header[STORY_HEADER_BYTES] = {0};
    uint8_t *table = calloc((size_t)writer->count, STORY_ENTRY_BYTES);
    if (!table)
        return fault_set(fault, FAULT_MEMORY, "not enough memory to write %s", writer->path);
    for (int i = 0; i < writer->count; i++)
        fill_entry(table + (size_t)i * STORY_ENTRY_BYTES, &writer->sections[i]);
    fill_header(header, writer, shape, quantisation, group, crc32_of(0, table, table_size));
    bool written = write_start(writer, header, table, table_size);
    free(table);
    if (!written)
        return failed(writer, fault);
    bool closed = fclose(writer->file) == 0;
    writer->file = NULL;
    if (!closed || rename(writer->temporary_path, writer->path) != 0)
        return failed(writer, fault);
    free(writer->temporary_path);
    writer->temporary_path = NULL;
    return true;
}

void story_writer_close(StoryWriter *writer)
{
    if (writer->file)
        fclose(writer->file);
    if (writer->temporary_path)
        unlink(writer->temporary_path);
    free(writer->temporary_path);
    free(writer->sections);
    *writer = (StoryWriter){0};
}
