/* storyteller info MODEL [--verify]: what a model file holds. */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "model/loader.h"
#include "model/section_names.h"

static void print_sections(const Model *model)
{
    Section s;
    printf("%-10s %5s %6s %7s %7s %10s %10s  %s\n", "section", "layer", "coding", "rows", "cols",
           "offset", "bytes", "checksum");
    for (int i = 0; story_section(model, i, &s); i++)
        printf("%-10s %5d %6s %7d %7d %10llu %10llu  %08x\n", section_name(s.kind), s.layer,
               s.rows ? coding_name(s.coding) : "", s.rows, s.cols, (unsigned long long)s.offset,
               (unsigned long long)s.size, s.checksum);
}

static void print_model(const Model *model)
{
    const Shape *s = &model->shape;
    bool tied = model->classifier.data == model->embedding.data;
    printf("format: %s\n", model->is_story ? ".story" : "llama2.c checkpoint");
    printf("bytes: %zu\n", model->mapping.size);
    printf("dim: %d\nhidden: %d\nlayers: %d\nheads: %d\nkv heads: %d\nvocab: %d\ncontext: %d\n",
           s->dim, s->hidden, s->layers, s->heads, s->kv_heads, s->vocab, s->context);
    printf("weights: %s, groups of %d\n", coding_name(model->layers[0].wq.coding), model->group);
    printf("classifier: %s\n", tied ? "tied to the embedding" : "its own");
    printf("tokenizer: %s\n", model->tokenizer.data ? "inside" : "apart");
    printf("keywords: %s\n", model->knows_keywords ? "known" : "unknown");
    if (model->is_story)
        print_sections(model);
}

bool command_info(int argc, char **argv, Fault *fault)
{
    bool verify = false;
    const Option options[] = { { "--verify", OPTION_FLAG, &verify }, { 0 } };
    const char *path;
    int count;
    if (!options_read(argc, argv, options, &path, 1, &count, fault))
        return false;
    if (count != 1)
        return fault_set(fault, FAULT_USAGE, "info takes a model: storyteller info MODEL");
    Model model;
    if (!model_open(&model, path, fault))
        return false;
    bool valid = !verify || !model.is_story || story_verify(&model, path, fault);
    if (valid)
        print_model(&model);
    if (valid && verify && model.is_story)
        printf("every checksum holds\n");
    model_close(&model);
    return valid;
}
