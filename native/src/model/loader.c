#include "model/loader.h"

#include <stdlib.h>

#include "model/checkpoint.h"
#include "model/story.h"

bool model_open(Model *model, const char *path, Fault *fault)
{
    *model = (Model){0};
    if (!mapping_open(&model->mapping, path, fault))
        return false;
    model->is_story = story_recognise(&model->mapping);
    bool read = model->is_story ? story_read(model, path, fault)
                                : checkpoint_read(model, path, fault);
    if (!read)
        model_close(model);
    return read;
}

void model_close(Model *model)
{
    mapping_close(&model->mapping);
    free(model->layers);
    *model = (Model){0};
}
