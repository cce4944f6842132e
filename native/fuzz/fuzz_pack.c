/* Checkpoints too small for screening, packed in every coding. */
#include "packing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pack_and_tell(data, size, EVERY_CODING);
    return 0;
}
