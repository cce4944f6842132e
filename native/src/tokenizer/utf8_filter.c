#include "tokenizer/utf8_filter.h"

#include <stdbool.h>
#include <string.h>

/* Length of the sequence that a byte leads; 0 for one that leads none. */
static size_t sequence_size(uint8_t lead)
{
    if (lead < 0x80)
        return 1;
    if (lead < 0xC2 || lead > 0xF4)
        return 0;
    return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

static uint32_t code_point(const uint8_t *bytes, size_t size)
{
    uint32_t code = size == 1 ? bytes[0] : bytes[0] & (0xFFu >> (size + 1));
    for (size_t i = 1; i < size; i++)
        code = code << 6 | (bytes[i] & 0x3Fu);
    return code;
}

/* Is a code point in a sequence of `size` bytes in its shortest form, no surrogate, no control? */
static bool is_text(uint32_t code, size_t size)
{
    static const uint32_t least[MAX_CHARACTER + 1] = { 0, 0, 0x80, 0x800, 0x10000 };
    if (code < least[size] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        return false;
    if (code < 0x20)
        return code >= '\t' && code <= '\r';
    return code < 0x7F || code > 0x9F;
}

size_t utf8_filter_take(Utf8Filter *f, uint8_t byte, uint8_t character[MAX_CHARACTER])
{
    if (f->count == 0 || (byte & 0xC0) != 0x80) { /* what is held stays incomplete */
        f->count = 0;
        f->size = sequence_size(byte);
        if (f->size == 0)
            return 0;
    }
    f->held[f->count++] = byte;
    if (f->count < f->size)
        return 0;
    size_t size = f->size;
    memcpy(character, f->held, size);
    *f = (Utf8Filter){0};
    return is_text(code_point(character, size), size) ? size : 0;
}
