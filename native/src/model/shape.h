/* Checks of a shape that are common to all formats. */
#ifndef STORYTELLER_MODEL_SHAPE_H
#define STORYTELLER_MODEL_SHAPE_H

#include "model/model.h"

/* Checks every field against its bound and fills head_size and kv_dim. */
bool shape_check(Shape *shape, const char *path, Fault *fault);

/* Allocates model->layers for model->shape, which was checked. */
bool model_allocate_layers(Model *model, Fault *fault);

#endif
