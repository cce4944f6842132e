#include "cli/text_out.h"

#include <errno.h>

static Written write_all(FILE *file, const uint8_t *data, size_t size)
{
    if (size && fwrite(data, 1, size, file) != size)
        return errno == EPIPE ? READER_GONE : WRITE_FAILED;
    if (fflush(file) != 0)
        return errno == EPIPE ? READER_GONE : WRITE_FAILED;
    return WRITTEN;
}

Written text_out_bytes(TextOut *out, Bytes bytes)
{
    uint8_t text[256 + MAX_CHARACTER];
    size_t size = 0;
    Written written = WRITTEN;
    for (size_t i = 0; i < bytes.size && written == WRITTEN; i++) {
        size += utf8_filter_take(&out->filter, bytes.data[i], text + size);
        if (size + MAX_CHARACTER > sizeof text) {
            written = write_all(out->file, text, size);
            size = 0;
        }
    }
    return written == WRITTEN ? write_all(out->file, text, size) : written;
}

Written text_out_token(TextOut *out, int previous, int token)
{
    uint8_t byte;
    Bytes piece = tokenizer_decode(out->tokenizer, previous, token, &byte);
    if (out->tokenizer->as_run_c)
        return write_all(out->file, piece.data, piece.size);
    return text_out_bytes(out, piece);
}
