/* storyteller bench MODEL: tokens per second and where the time goes. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/bench_drafts.h"
#include "cli/clock.h"
#include "cli/commands.h"
#include "cli/engine.h"
#include "cli/generate.h"
#include "cli/median.h"
#include "cli/options.h"
#include "cli/profile.h"
#include "draft/drafts.h"

enum { MOST_RUNS = 1000 };

typedef struct BenchOptions {
    EngineOptions engine;
    float temperature;
    float topp;
    int64_t seed;
    int runs;
    int drafts; /* 0: a story is measured */
    const char *prompt;
} BenchOptions;

static bool read_options(int argc, char **argv, BenchOptions *o, Fault *fault)
{
    *o = (BenchOptions){
        .engine = { .threads = 1, .steps = 256 }, .temperature = 1.0f, .topp = 0.9f, .seed = 1,
        .runs = 5, .prompt = "",
    };
    const Option options[] = {
        { "-t", OPTION_FLOAT, &o->temperature },
        { "-p", OPTION_FLOAT, &o->topp },
        { "-s", OPTION_SEED, &o->seed },
        { "-n", OPTION_INT, &o->engine.steps },
        { "-i", OPTION_TEXT, &o->prompt },
        { "-z", OPTION_TEXT, &o->engine.tokenizer },
        { "-j", OPTION_INT, &o->engine.threads },
        { "-r", OPTION_INT, &o->runs },
        { "--drafts", OPTION_INT, &o->drafts },
        { "--kernel", OPTION_TEXT, &o->engine.kernel },
        { "--full", OPTION_FLAG, &o->engine.full },
        { "--run-c", OPTION_FLAG, &o->engine.as_run_c },
        { "--stream", OPTION_FLAG, &o->engine.stream },
        { 0 },
    };
    int count;
    if (!options_read(argc, argv, options, &o->engine.model, 1, &count, fault))
        return false;
    if (count != 1 || o->runs < 1 || o->runs > MOST_RUNS)
        return fault_set(fault, FAULT_USAGE, "bench takes a model and 1 to %d runs: storyteller "
                         "bench MODEL -r 5", MOST_RUNS);
    if (o->drafts < 0 || o->drafts > MAX_DRAFTS)
        return fault_set(fault, FAULT_USAGE, "--drafts takes 1 to %d, not %d", MAX_DRAFTS,
                         o->drafts);
    if (o->drafts) {
        o->engine.full = true;
        o->engine.spare = MAX_TAG;
        o->engine.steps = 0;
    }
    sampler_correct_options(&o->temperature, &o->topp);
    return true;
}

/* Generates one story and discards its text; run i uses seed + i. */
static bool run_once(Engine *engine, const BenchOptions *o, int run, GenerateStats *stats,
                     Fault *fault)
{
    Sampler sampler;
    GenerateRequest request = { (const uint8_t *)o->prompt, strlen(o->prompt), engine->steps };
    FILE *nowhere = fopen("/dev/null", "w");
    if (!nowhere)
        return fault_set(fault, FAULT_FILE, "cannot open /dev/null: %s", strerror(errno));
    bool done = sampler_open(&sampler, engine->transformer.kernels, &engine->model,
                             o->temperature, o->topp, (uint64_t)o->seed + (uint64_t)run, fault)
        && generate(&engine->transformer, &engine->tokenizer, engine->screen, &sampler, &request,
                    nowhere, stats, fault);
    sampler_close(&sampler);
    fclose(nowhere);
    return done;
}

static bool measure_rate(Engine *engine, const BenchOptions *o, Fault *fault)
{
    double *rates = malloc((size_t)o->runs * sizeof *rates);
    if (!rates)
        return fault_set(fault, FAULT_MEMORY, "not enough memory for %d runs", o->runs);
    bool done = true;
    int count = 0;
    for (int run = 0; done && run < o->runs; run++) {
        GenerateStats stats;
        done = run_once(engine, o, run, &stats, fault);
        if (done && stats.tokens > 0 && stats.seconds > 0.0)
            rates[count++] = stats.tokens / stats.seconds;
    }
    if (done && count) {
        double middle = median(rates, count);
        printf("tokens per second: median %.1f, best %.1f, worst %.1f of %d runs\n", middle,
               rates[count - 1], rates[0], count);
    }
    free(rates);
    return done;
}

/* In a run of its own, because reading the clock around each kernel costs time as well. */
static bool measure_parts(Engine *engine, const BenchOptions *o, Fault *fault)
{
    engine->transformer.kernels = profile_start(engine->kernels, &engine->model);
    GenerateStats stats = {0};
    double start = clock_seconds();
    bool done = run_once(engine, o, 0, &stats, fault);
    double all = clock_seconds() - start, rest = all;
    engine->transformer.kernels = engine->kernels;
    if (!done || stats.tokens < 1)
        return done;
    printf("microseconds per token, measured:\n");
    for (ProfilePart part = 0; part < PART_COUNT; part++) {
        printf("  %-32s %8.1f\n", profile_part_names[part],
               profile_seconds(part) / stats.tokens * 1e6);
        rest -= profile_seconds(part);
    }
    printf("  %-32s %8.1f\n", "everything else", rest / stats.tokens * 1e6);
    return true;
}

static void print_screening(const Screen *screen)
{
    ScreenCounts counts = screen_counts(screen);
    if (counts.picks)
        printf("rows scored per token: %.0f; all rows for %.2f %% of tokens\n",
               (double)counts.blocks * BLOCK_ROWS / (double)counts.picks,
               100.0 * (double)counts.full / (double)counts.picks);
}

/* From /proc: getrusage also counts the parent process before exec. */
static void print_memory(void)
{
    FILE *status = fopen("/proc/self/status", "r");
    char line[256];
    long kilobytes;
    while (status && fgets(line, sizeof line, status))
        if (sscanf(line, "VmHWM: %ld kB", &kilobytes) == 1)
            printf("peak memory: %.1f MB\n", (double)kilobytes / 1024.0);
    if (status)
        fclose(status);
}

bool command_bench(int argc, char **argv, Fault *fault)
{
    BenchOptions o;
    Engine engine;
    double start = clock_seconds();
    if (!read_options(argc, argv, &o, fault) || !engine_open(&engine, &o.engine, fault))
        return false;
    double opened = clock_seconds() - start;
    printf("%s, kernel %s, %d thread%s, opened in %.2f ms\n", o.engine.model, engine.kernels->name,
           o.engine.threads, o.engine.threads == 1 ? "" : "s", opened * 1e3);
    bool measured = o.drafts
        ? bench_drafts(&engine, o.temperature, o.topp, o.seed, o.drafts, o.runs, fault)
        : measure_rate(&engine, &o, fault)
            && (o.engine.threads > 1 || measure_parts(&engine, &o, fault));
    if (measured && engine.screen)
        print_screening(engine.screen);
    if (measured)
        print_memory();
    engine_close(&engine);
    return measured;
}
