/* Opens a model file of either format. */
#ifndef STORYTELLER_MODEL_LOADER_H
#define STORYTELLER_MODEL_LOADER_H

#include "model/model.h"

/*
 * Maps and checks a model file; its first bytes tell the format. On failure nothing is left open
 * and `fault` holds the reason.
 */
bool model_open(Model *model, const char *path, Fault *fault);

/* Unmaps the file and frees what model_open allocated. Safe on a zeroed Model. */
void model_close(Model *model);

#endif
