/* Checkpoints with enough tokens that the packer plans screening; slow. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "packing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * The checkpoint (version 0) of an input: its weights are the bytes from the second on, repeated;
 * rows from UNTRAINED on lie near one point. The first byte sets their spread, and the coding.
 */
static uint8_t *planned(const uint8_t *data, size_t size, size_t *whole)
{
    enum { DIM = 64, HIDDEN = 32, VOCAB = 4096, CONTEXT = 8, UNTRAINED = 2000, START = 1 };
    enum { WEIGHTS = VOCAB * DIM + 3 * DIM * DIM + 3 * DIM * HIDDEN + 3 * DIM + CONTEXT * DIM / 2 };
    const int32_t header[7] = { DIM, HIDDEN, 1, 2, 1, VOCAB, CONTEXT };
    *whole = sizeof header + WEIGHTS * sizeof(float);
    uint8_t *file = malloc(*whole);
    if (!file)
        return NULL;
    memcpy(file, header, sizeof header);
    float width = ldexpf(1.0f, -(data[0] % 16));
    for (size_t i = 0; i < WEIGHTS; i++) {
        size_t row = i / DIM, column = i % DIM;
        float weight = (int8_t)data[START + (row * 31 + column) % (size - START)] / 64.0f;
        if (row >= UNTRAINED && row < VOCAB)
            weight = (int8_t)data[START + column % (size - START)] / 64.0f + weight * width;
        memcpy(file + sizeof header + i * sizeof weight, &weight, sizeof weight);
    }
    return file;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t whole;
    if (size < 2)
        return 0;
    uint8_t *file = planned(data, size, &whole);
    if (file)
        pack_and_tell(file, whole, data[0] / 16 % CODINGS); /* one of them takes long enough */
    free(file);
    return 0;
}
