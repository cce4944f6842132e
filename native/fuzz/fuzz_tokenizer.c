/* A tokenizer file and a text for it: byte 0 is the vocabulary, byte 1 where to split. */
#include "support.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Tokenizer tokenizer;
    Fault fault;
    if (size < 2)
        return 0;
    int vocab = 4 + data[0] * 2;
    size_t text = data[1] < size - 2 ? data[1] : size - 2;
    if (tokenizer_open_file(&tokenizer, file_of(data + 2 + text, size - 2 - text), vocab, &fault)) {
        use_tokenizer(&tokenizer, data + 2, text);
        tokenizer_close(&tokenizer);
    }
    return 0;
}
