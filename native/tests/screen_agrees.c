/*
 * Picks every token twice, screened and from all rows; both must give the same token and leave the
 * same state of the random numbers. Prints, by temperature and top-p, how often screening needed
 * every row.
 *
 *   screen_agrees PACK [stories [percent [kernel]]]
 *
 * Also fails if more than so many percent of the picks (default 100) needed every row, which would
 * mean that screening is hardly used.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/engine.h"
#include "sample/sampler.h"

typedef struct Setting {
    float temperature;
    float topp;
} Setting;

static const Setting settings[] = {
    { 0.0f, 0.9f }, { 1.0f, 0.9f }, { 0.8f, 0.9f }, { 1.0f, 0.5f }, { 0.5f, 0.95f },
    { 1.3f, 0.9f }, { 1.0f, 0.99f }, { 1.0f, 1.0f }, { 0.7f, 0.0f }, { 0.1f, 0.9f },
};

enum { SETTINGS = sizeof settings / sizeof *settings };

static const char *const openings[] = {
    "", "Once upon a time", "One day, a little dog", "Lily and Tom", "The dragon", "In the forest",
};

enum { OPENINGS = sizeof openings / sizeof *openings };

typedef struct Tally {
    ScreenCounts counts;
    int stories;
} Tally;

/* Generates one story; returns the number of tokens that differ, 0 or 1. */
static int tell_twice(Engine *e, Sampler *sampler, const char *opening, Tally *tally)
{
    int *tokens, pos = 0, differ = 0;
    size_t count;
    Fault fault;
    if (!tokenizer_encode(&e->tokenizer, (const uint8_t *)opening, strlen(opening), &tokens,
                          &count, &fault))
        return 1;
    for (; pos + 1 < (int)count && pos < e->steps; pos++)
        transformer_forward(&e->transformer, tokens + pos, 1, pos);
    ScreenCounts before = screen_counts(e->screen);
    for (int token = tokens[count - 1]; pos < e->steps && !differ; pos++) {
        transformer_forward(&e->transformer, &token, 1, pos);
        uint64_t state = sampler->state;
        int screened = screen_pick(e->screen, &e->transformer, sampler);
        uint64_t state_after = sampler->state;
        sampler->state = state;
        token = sampler_pick(sampler, transformer_logits(&e->transformer));
        differ = token != screened || sampler->state != state_after;
        if (differ)
            printf("differs: temperature %g, top-p %g, position %d: %d, not %d\n",
                   (double)sampler->temperature, (double)sampler->topp, pos, screened, token);
        if (token == TOKEN_BOS)
            break;
    }
    ScreenCounts after = screen_counts(e->screen);
    tally->counts.picks += after.picks - before.picks;
    tally->counts.full += after.full - before.full;
    tally->counts.blocks += after.blocks - before.blocks;
    tally->stories++;
    free(tokens);
    return differ;
}

static void print_tally(const Tally *t, const char *name)
{
    if (t->counts.picks)
        printf("%-26s %5d stories %8llu tokens, all rows for %6.3f %%, rows scored %6.0f\n", name,
               t->stories, (unsigned long long)t->counts.picks,
               100.0 * (double)t->counts.full / (double)t->counts.picks,
               32.0 * (double)t->counts.blocks / (double)t->counts.picks);
}

/* Prints all tallies; returns the percentage of picks that needed every row. */
static double print_all(const Tally *tallies)
{
    Tally all = {0};
    for (int i = 0; i < SETTINGS; i++) {
        char name[64];
        snprintf(name, sizeof name, "temperature %g, top-p %g", (double)settings[i].temperature,
                 (double)settings[i].topp);
        print_tally(&tallies[i], name);
        all.stories += tallies[i].stories;
        all.counts.picks += tallies[i].counts.picks;
        all.counts.full += tallies[i].counts.full;
        all.counts.blocks += tallies[i].counts.blocks;
    }
    print_tally(&all, "all");
    return all.counts.picks ? 100.0 * (double)all.counts.full / (double)all.counts.picks : 100.0;
}

int main(int argc, char **argv)
{
    Fault fault = {0};
    Engine engine;
    EngineOptions options = { .model = argc > 1 ? argv[1] : "", .threads = 1,
                              .kernel = argc > 4 ? argv[4] : NULL };
    int stories = argc > 2 ? atoi(argv[2]) : 40, differ = 0;
    double most_full = argc > 3 ? atof(argv[3]) : 100.0;
    if (!engine_open(&engine, &options, &fault)) {
        fprintf(stderr, "screen_agrees: %s\n", fault.text);
        return 1;
    }
    Tally tallies[SETTINGS] = {0};
    for (int i = 0; i < stories && engine.screen; i++) {
        Sampler sampler;
        const Setting *setting = &settings[i % SETTINGS];
        if (!sampler_open(&sampler, engine.kernels, &engine.model,
                          setting->temperature, setting->topp, (uint64_t)i + 1, &fault))
            return 1;
        differ += tell_twice(&engine, &sampler, openings[i / SETTINGS % OPENINGS],
                             &tallies[i % SETTINGS]);
        sampler_close(&sampler);
        if ((i + 1) % 100 == 0)
            fprintf(stderr, "%d stories, %d differ\n", i + 1, differ);
    }
    bool seldom_full = print_all(tallies) <= most_full;
    if (!seldom_full)
        printf("more than %g %% of picks needed all rows\n", most_full);
    if (!engine.screen)
        printf("%s has no screen section\n", argv[1]);
    bool failed = differ || !engine.screen || !seldom_full;
    engine_close(&engine);
    return failed;
}
