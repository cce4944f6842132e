/* storyteller drafts MODEL [options]: keeps one story's context and drafts its next sentences. */
#include <signal.h>
#include <stdlib.h>

#include "cli/commands.h"
#include "cli/engine.h"
#include "cli/options.h"
#include "draft/protocol.h"

typedef struct DraftsOptions {
    EngineOptions engine;
    float temperature;
    float topp;
} DraftsOptions;

static bool read_options(int argc, char **argv, DraftsOptions *o, Fault *fault)
{
    /* ln p needs the logits of every token, so nothing is screened */
    *o = (DraftsOptions){
        .engine = { .threads = 1, .full = true, .spare = MAX_TAG }, .temperature = 1.0f,
        .topp = 0.9f,
    };
    const Option options[] = {
        { "-t", OPTION_FLOAT, &o->temperature },
        { "-p", OPTION_FLOAT, &o->topp },
        { "-z", OPTION_TEXT, &o->engine.tokenizer },
        { "-j", OPTION_INT, &o->engine.threads },
        { "--kernel", OPTION_TEXT, &o->engine.kernel },
        { "--stream", OPTION_FLAG, &o->engine.stream },
        { 0 },
    };
    int count;
    if (!options_read(argc, argv, options, &o->engine.model, 1, &count, fault))
        return false;
    if (count != 1)
        return fault_set(fault, FAULT_USAGE, "which model? storyteller drafts MODEL [options]; see "
                         "storyteller --help");
    sampler_correct_options(&o->temperature, &o->topp);
    return true;
}

bool command_drafts(int argc, char **argv, Fault *fault)
{
    DraftsOptions o;
    Engine engine;
    if (!read_options(argc, argv, &o, fault) || !engine_open(&engine, &o.engine, fault))
        return false;
    signal(SIGPIPE, SIG_IGN); /* a closed stdout shows as EPIPE */
    Drafts *drafts = calloc(1, sizeof *drafts);
    bool done = drafts ? drafts_open(drafts, &engine.transformer, &engine.tokenizer,
                                     o.temperature, o.topp, fault)
                             && protocol_run(drafts, stdin, stdout, fault)
                       : fault_set(fault, FAULT_MEMORY, "not enough memory for drafts");
    if (drafts)
        drafts_close(drafts);
    free(drafts);
    engine_close(&engine);
    return done;
}
