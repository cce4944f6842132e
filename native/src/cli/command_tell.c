/* storyteller MODEL [options]: generates one story; the options are those of run.c and more. */
#include <signal.h>
#include <string.h>
#include <time.h>

#include "cli/commands.h"
#include "cli/engine.h"
#include "cli/generate.h"
#include "cli/options.h"

typedef struct TellOptions {
    EngineOptions engine;
    float temperature;
    float topp;
    int64_t seed;
    const char *prompt;
    bool stats;
} TellOptions;

static bool read_options(int argc, char **argv, TellOptions *o, Fault *fault)
{
    *o = (TellOptions){
        .engine = { .threads = 1, .steps = 256 }, .temperature = 1.0f, .topp = 0.9f, .prompt = "",
    };
    const Option options[] = {
        { "-t", OPTION_FLOAT, &o->temperature },
        { "-p", OPTION_FLOAT, &o->topp },
        { "-s", OPTION_SEED, &o->seed },
        { "-n", OPTION_INT, &o->engine.steps },
        { "-i", OPTION_TEXT, &o->prompt },
        { "-z", OPTION_TEXT, &o->engine.tokenizer },
        { "-j", OPTION_INT, &o->engine.threads },
        { "--kernel", OPTION_TEXT, &o->engine.kernel },
        { "--full", OPTION_FLAG, &o->engine.full },
        { "--run-c", OPTION_FLAG, &o->engine.as_run_c },
        { "--stream", OPTION_FLAG, &o->engine.stream },
        { "--stats", OPTION_FLAG, &o->stats },
        { 0 },
    };
    int count;
    if (!options_read(argc, argv, options, &o->engine.model, 1, &count, fault))
        return false;
    if (count != 1)
        return fault_set(fault, FAULT_USAGE, "which model? storyteller MODEL [options]; see "
                         "storyteller --help");
    sampler_correct_options(&o->temperature, &o->topp);
    if (o->seed == 0)
        o->seed = (int64_t)time(NULL);
    return true;
}

bool command_tell(int argc, char **argv, Fault *fault)
{
    TellOptions o;
    if (!read_options(argc, argv, &o, fault))
        return false;
    signal(SIGPIPE, SIG_IGN); /* a closed stdout shows as EPIPE */
    Engine engine;
    if (!engine_open(&engine, &o.engine, fault))
        return false;
    Sampler sampler;
    GenerateRequest request = { (const uint8_t *)o.prompt, strlen(o.prompt), engine.steps };
    GenerateStats stats;
    bool done = sampler_open(&sampler, engine.kernels, &engine.model, o.temperature,
                             o.topp, (uint64_t)o.seed, fault);
    if (o.engine.as_run_c)
        sampler.never_count = 0; /* run.c draws every token */
    done = done
        && generate(&engine.transformer, &engine.tokenizer, engine.screen, &sampler, &request,
                    stdout, &stats, fault);
    if (done && stats.tokens > 0 && stats.seconds > 0.0)
        fprintf(stderr, "achieved tok/s: %f\n", (double)stats.tokens / stats.seconds);
    if (done && o.stats)
        fprintf(stderr, "{\"tokens\": %d, \"ended\": \"%s\"}\n", stats.length,
                stats.ended ? "model" : "limit");
    sampler_close(&sampler);
    engine_close(&engine);
    return done;
}
