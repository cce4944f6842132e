#include "screen/screen.h"

#include <stdlib.h>
#include <string.h>

#include "screen/bounds.h"
#include "screen/pick.h"

bool screen_open(Screen **screen, const Model *model, Fault *fault)
{
    *screen = NULL;
    if (!model->screen.data || !model->token_of_row)
        return true;
    /* bounds use the quantised state if the model quantises; an fp32 classifier does not use it */
    if (model->classifier.coding == CODING_F32 && model->group)
        return true;
    if (screen_section_is_older(model))
        return true; /* all rows are scored: the same picks, slower */
    Screen *s = calloc(1, sizeof *s);
    if (!s)
        return fault_set(fault, FAULT_MEMORY, "not enough memory for screening");
    s->model = model;
    size_t vocab = (size_t)model->shape.vocab;
    bool opened = screen_section_read(&s->section, model, fault)
        && screen_bounds_open(&s->bounds, &s->section, model, fault);
    if (opened) {
        s->known = malloc(vocab * sizeof *s->known);
        s->scored = calloc((size_t)s->section.blocks, 1);
        s->weights = malloc(vocab * sizeof *s->weights);
        s->tied = malloc(vocab * sizeof *s->tied);
        opened = (s->known && s->scored && s->weights && s->tied)
            || fault_set(fault, FAULT_MEMORY, "not enough memory to screen %zu rows", vocab);
    }
    if (!opened) {
        screen_close(s);
        return false;
    }
    *screen = s;
    return true;
}

void screen_close(Screen *screen)
{
    if (!screen)
        return;
    screen_bounds_close(&screen->bounds);
    free(screen->known);
    free(screen->scored);
    free(screen->weights);
    free(screen->tied);
    free(screen);
}

int screen_resident_blocks(const Screen *screen)
{
    return screen ? screen->section.untrained_block : -1;
}

ScreenCounts screen_counts(const Screen *screen)
{
    return screen->counts;
}

/* Scores all rows and samples from all logits. */
static int pick_from_all_rows(Screen *s, Transformer *t, Sampler *sampler)
{
    s->counts.full++;
    s->counts.blocks += (uint64_t)s->section.blocks;
    return sampler_pick(sampler, transformer_logits(t));
}

int screen_pick(Screen *screen, Transformer *t, Sampler *sampler)
{
    if (!screen)
        return sampler_pick(sampler, transformer_logits(t));
    screen->counts.picks++;
    screen->never_count = sampler->never_count;
    for (int i = 0; i < sampler->never_count; i++)
        screen->never[i] = (int)screen->model->row_of_token[sampler->never[i]];
    memset(screen->scored, 0, (size_t)screen->section.blocks);
    screen->scored_end = 0;
    screen_score(screen, t, 0, screen->section.hot_blocks);
    screen_bounds_start(&screen->bounds, t);
    int token;
    if (sampler->temperature == 0.0f) {
        token = screen_pick_greedy(screen, t);
    } else {
        uint64_t state = sampler->state;
        float coin = sampler_coin(sampler);
        token = screen_pick_sampled(screen, t, sampler, coin);
        if (token == DRAW_UNDECIDED)
            sampler->state = state; /* sampler_pick draws the same coin again */
    }
    return token == DRAW_UNDECIDED ? pick_from_all_rows(screen, t, sampler) : token;
}
