/* llama2.c checkpoints: versions 0 and 1 (fp32) and version 2 (q80). */
#ifndef STORYTELLER_MODEL_CHECKPOINT_H
#define STORYTELLER_MODEL_CHECKPOINT_H

#include "model/model.h"

/*
 * Fills shape and weights of `model`, whose mapping is open, with views into the file. The size
 * that the header implies must be exactly the file's.
 */
bool checkpoint_read(Model *model, const char *path, Fault *fault);

#endif
