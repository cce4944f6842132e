#include "cli/bench_drafts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/median.h"
#include "draft/drafts.h"
#include "draft/draw.h"
#include "draft/score.h"

enum { STORY_TOKENS = 150, SENTENCE_TOKENS = 40, TRIES = 5 };

/* What one round took, in seconds of processor time. */
typedef struct Round {
    double apart;    /* drawing one draft after the other */
    double together; /* drawing all in shared passes */
    double scoring;  /* ln p alone of all drafts, positions in shared passes */
} Round;

static double processor_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* A story of 150 tokens; where the model would end it, it is told how to go on. */
static bool make_story(Drafts *d, int64_t seed, Fault *fault)
{
    static const char more[] = " The next day, it went on.";
    while (d->context.count < STORY_TOKENS) {
        int before = d->context.count, left = STORY_TOKENS - before;
        DraftRequest request = { 1, seed++, GOAL_TOKENS, left < 40 ? left : 40 };
        if (!drafts_draw(d, &request, fault) || !drafts_keep(d, 0, fault))
            return false;
        if (d->context.count == before
            && !drafts_tell(d, (Bytes){ (const uint8_t *)more, sizeof(more) - 1 }, fault))
            return false;
    }
    return true;
}

static bool start_all(Drafts *d, const DraftRequest *request, int together, Fault *fault)
{
    d->together = together;
    for (int k = 0; k < request->count; k++)
        if (!draw_start(d, k, request, fault))
            return false;
    return true;
}

/* The least time of several tries: what others do on the machine only adds to it. */
static bool draw_timed(Drafts *d, const DraftRequest *request, int together, double *least,
                       Fault *fault)
{
    if (!start_all(d, request, together, fault))
        return false;
    double start = processor_seconds();
    draw_all(d, request);
    double seconds = processor_seconds() - start;
    *least = *least == 0.0 || seconds < *least ? seconds : *least;
    return true;
}

static bool score_timed(Drafts *d, const DraftRequest *request, double *least, Fault *fault)
{
    d->count = request->count;
    double start = processor_seconds();
    if (!score_alone(d, request->goal, fault))
        return false;
    double seconds = processor_seconds() - start;
    *least = *least == 0.0 || seconds < *least ? seconds : *least;
    return true;
}

static bool agree(const Draft *one, const Draft *other)
{
    return one->count == other->count && one->ln_in_story == other->ln_in_story
        && memcmp(one->tokens, other->tokens, (size_t)one->count * sizeof *one->tokens) == 0;
}

/* Both ways of drawing after the prepared story, in turn; they must agree in every token and sum. */
static bool draw_both_ways(Drafts *d, const DraftRequest *request, Round *round, int *tokens,
                           Fault *fault)
{
    static Draft apart[MAX_DRAFTS];
    *round = (Round){0};
    for (int try = 0; try < TRIES; try++) {
        if (!draw_timed(d, request, 1, &round->apart, fault))
            return false;
        memcpy(apart, d->drafts, sizeof apart);
        if (!draw_timed(d, request, MAX_BATCH, &round->together, fault)
            || !score_timed(d, request, &round->scoring, fault))
            return false;
        for (int k = 0; k < request->count; k++)
            if (!agree(&apart[k], &d->drafts[k]))
                return fault_set(fault, FAULT_MODEL, "draft %d of seed %lld differs when drawn "
                                 "with others; report this", k, (long long)request->seed);
    }
    for (int k = 0; k < request->count; k++)
        *tokens += d->drafts[k].count;
    return true;
}

static void print_rounds(const Round *rounds, double *values, int count, int drafts, int tokens)
{
    double apart, together, scoring, ratio;
    for (int i = 0; i < count; i++)
        values[i] = rounds[i].apart;
    apart = median(values, count);
    for (int i = 0; i < count; i++)
        values[i] = rounds[i].together;
    together = median(values, count);
    for (int i = 0; i < count; i++)
        values[i] = rounds[i].scoring;
    scoring = median(values, count);
    for (int i = 0; i < count; i++)
        values[i] = rounds[i].apart / rounds[i].together;
    ratio = median(values, count);
    printf("%d drafts of a sentence after %d tokens, %.1f tokens each, %d rounds, the same texts\n",
           drafts, STORY_TOKENS, (double)tokens / count / drafts, count);
    printf("milliseconds of processor time, the least of %d tries, medians:\n"
           "  one after the other %8.2f\n  together            %8.2f\n  scoring alone       %8.2f\n",
           TRIES, apart * 1e3, together * 1e3, scoring * 1e3);
    printf("together is %.2f times as fast (%.2f to %.2f)\n", ratio, values[0], values[count - 1]);
}

static bool measure(Drafts *d, int64_t seed, int count, int rounds, Fault *fault)
{
    Round *round = malloc((size_t)rounds * sizeof *round);
    double *values = malloc((size_t)rounds * sizeof *values);
    int tokens = 0;
    bool measured = (round && values)
        || fault_set(fault, FAULT_MEMORY, "not enough memory for %d rounds", rounds);
    for (int i = 0; measured && i < rounds; i++) {
        DraftRequest request = { count, seed + i, GOAL_SENTENCE, SENTENCE_TOKENS };
        measured = draw_both_ways(d, &request, &round[i], &tokens, fault);
    }
    if (measured)
        print_rounds(round, values, rounds, count, tokens);
    free(round);
    free(values);
    return measured;
}

bool bench_drafts(Engine *engine, float temperature, float topp, int64_t seed, int count,
                  int rounds, Fault *fault)
{
    if (engine->model.shape.context < STORY_TOKENS + SENTENCE_TOKENS)
        return fault_set(fault, FAULT_USAGE, "a context of %d tokens is too short to measure "
                         "drafts after %d", engine->model.shape.context, STORY_TOKENS);
    Drafts *d = calloc(1, sizeof *d);
    DraftRequest first = { 1, seed, GOAL_SENTENCE, 1 };
    bool measured = d ? drafts_open(d, &engine->transformer, &engine->tokenizer, temperature, topp,
                                    fault)
                            && make_story(d, seed, fault)
                            && drafts_draw(d, &first, fault) /* puts the past into the cache */
                            && measure(d, seed, count, rounds, fault)
                      : fault_set(fault, FAULT_MEMORY, "not enough memory for drafts");
    if (d)
        drafts_close(d);
    free(d);
    return measured;
}
