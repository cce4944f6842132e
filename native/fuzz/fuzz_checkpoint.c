/* Arbitrary bytes as a llama2.c checkpoint of any version. */
#include "model/loader.h"
#include "support.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Model model;
    Fault fault;
    if (model_open(&model, file_of(data, size), &fault)) {
        use_model(&model);
        model_close(&model);
    }
    return 0;
}
