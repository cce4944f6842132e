#include "cli/engine.h"

#include <stdio.h>

#include "model/loader.h"

static bool choose_kernels(Engine *engine, const char *name, Fault *fault)
{
    engine->kernels = kernels_choose(name);
    if (engine->kernels)
        return true;
    char names[256] = "";
    for (int i = 0, at = 0; all_kernels[i] && at < (int)sizeof names; i++)
        at += snprintf(names + at, sizeof names - (size_t)at, " %s", all_kernels[i]->name);
    return fault_set(fault, FAULT_KERNEL, "this machine cannot run the kernel \"%s\"; the program "
                     "has:%s", name, names);
}

static bool open_tokenizer(Engine *engine, const char *path, Fault *fault)
{
    const Model *model = &engine->model;
    if (!path && model->tokenizer.data)
        return tokenizer_open_section(&engine->tokenizer, model->tokenizer, model->shape.vocab,
                                      fault);
    return tokenizer_open_file(&engine->tokenizer, path ? path : "tokenizer.bin",
                               model->shape.vocab, fault);
}

static bool open_all(Engine *engine, const EngineOptions *options, Fault *fault)
{
    if (options->threads < 1 || options->threads > MAX_THREADS)
        return fault_set(fault, FAULT_USAGE, "-j takes 1 to %d threads, not %d", MAX_THREADS,
                         options->threads);
    if (!choose_kernels(engine, options->kernel, fault)
        || !model_open(&engine->model, options->model, fault))
        return false;
    int context = engine->model.shape.context;
    engine->steps = options->steps <= 0 || options->steps > context ? context : options->steps;
    if (!open_tokenizer(engine, options->tokenizer, fault)
        || !thread_pool_open(&engine->pool, options->threads, fault)
        || !transformer_open(&engine->transformer, &engine->model, engine->kernels, engine->pool,
                             engine->steps + options->spare, fault))
        return false;
    engine->tokenizer.as_run_c = options->as_run_c;
    engine->transformer.stream = options->stream;
    if (!options->full && !screen_open(&engine->screen, &engine->model, fault))
        return false;
    engine->transformer.hot_blocks = screen_resident_blocks(engine->screen);
    return true;
}

bool engine_open(Engine *engine, const EngineOptions *options, Fault *fault)
{
    *engine = (Engine){0};
    if (open_all(engine, options, fault))
        return true;
    engine_close(engine);
    return false;
}

void engine_close(Engine *engine)
{
    screen_close(engine->screen);
    transformer_close(&engine->transformer);
    thread_pool_close(engine->pool);
    tokenizer_close(&engine->tokenizer);
    model_close(&engine->model);
    *engine = (Engine){0};
}
