/* Model, tokenizer, kernels, thread pool and transformer, opened together. */
#ifndef STORYTELLER_CLI_ENGINE_H
#define STORYTELLER_CLI_ENGINE_H

#include "infer/transformer.h"
#include "screen/screen.h"
#include "tokenizer/tokenizer.h"

typedef struct EngineOptions {
    const char *model;     /* path */
    const char *tokenizer; /* path; NULL: the one inside the model, else ./tokenizer.bin */
    const char *kernel;    /* name; NULL: the best that this CPU runs */
    int threads;           /* 1 to MAX_THREADS */
    int steps;             /* positions; 0 or more than the context: the context */
    int spare;             /* slots of the KV cache beyond the steps */
    bool full;             /* score every row of the classifier for every token */
    bool as_run_c;         /* text exactly as run.c's: see tokenizer.h and generate.h */
    bool stream;           /* release pages of the weights after use */
} EngineOptions;

typedef struct Engine {
    Model model;
    Tokenizer tokenizer;
    const Kernels *kernels;
    ThreadPool *pool;
    Transformer transformer;
    Screen *screen; /* NULL: the model has none, or every row is to be scored */
    int steps;      /* positions that the KV cache has room for */
} Engine;

/* On failure everything is closed again and `fault` is filled. */
bool engine_open(Engine *engine, const EngineOptions *options, Fault *fault);

/* Safe on a zeroed Engine. */
void engine_close(Engine *engine);

#endif
