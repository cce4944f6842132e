/* .story packs with valid checksums and arbitrary contents. */
#include <stdlib.h>
#include <string.h>

#include "model/loader.h"
#include "model/story.h"
#include "support.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    Model model;
    Fault fault;
    if (!copy)
        return 0;
    if (size)
        memcpy(copy, data, size);
    mend_checksums(copy, size);
    const char *path = file_of(copy, size);
    if (model_open(&model, path, &fault)) {
        Tokenizer tokenizer;
        story_verify(&model, path, &fault);
        if (model.tokenizer.data
            && tokenizer_open_section(&tokenizer, model.tokenizer, model.shape.vocab, &fault)) {
            use_tokenizer(&tokenizer, data, size < 64 ? size : 64);
            tokenizer_close(&tokenizer);
        }
        use_model(&model);
        model_close(&model);
    }
    free(copy);
    return 0;
}
