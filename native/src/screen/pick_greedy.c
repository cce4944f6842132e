/* Greedy picks: the largest logit, the lowest token on a tie. */
#include <math.h>

#include "screen/pick.h"

typedef struct Best {
    float logit;
    int token;
} Best;

void screen_score(Screen *screen, Transformer *t, int first, int end)
{
    transformer_classify(t, first, end, t->row_logits + (size_t)first * BLOCK_ROWS);
    for (int i = 0; i < screen->never_count; i++) {
        int block = screen->never[i] / BLOCK_ROWS;
        if (first <= block && block < end)
            t->row_logits[screen->never[i]] = -INFINITY;
    }
    for (int block = first; block < end; block++)
        screen->scored[block] = BLOCK_SCORED;
    screen->scored_end = end > screen->scored_end ? end : screen->scored_end;
    screen->counts.blocks += (uint64_t)(end - first);
}

/* Rows are not in the order of tokens, so equal logits are compared by token. */
static void update_best(Screen *s, const Transformer *t, int row, int count, Best *best)
{
    const float *logits = t->row_logits + row;
    float most = logits[t->kernels->argmax(logits, count)];
    if (!(most >= best->logit))
        return;
    if (most > best->logit)
        *best = (Best){ most, s->model->shape.vocab };
    int tied = t->kernels->collect(s->tied, logits, count, most);
    for (int i = 0; i < tied; i++) {
        int token = (int)s->model->token_of_row[row + s->tied[i]];
        best->token = token < best->token ? token : best->token;
    }
}

static void search_cluster(Screen *s, Transformer *t, int cluster, double centre, Best *best)
{
    const ScreenCluster *c = &s->section.cluster[cluster];
    screen_bounds_score(&s->bounds, cluster);
    for (int block = (int)c->first; block < (int)(c->first + c->blocks); block++) {
        const float *scores = screen_bounds_scores(&s->bounds, block);
        float most = scores[t->kernels->argmax(scores, BLOCK_ROWS)];
        double reach = screen_bounds_block_reach(&s->bounds, cluster, block);
        if (centre + most + reach < best->logit)
            continue;
        screen_score(s, t, block, block + 1);
        update_best(s, t, block * BLOCK_ROWS, rows_of_block(s, block), best);
    }
}

int screen_pick_greedy(Screen *s, Transformer *t)
{
    Best best = { -INFINITY, s->model->shape.vocab };
    int hot = s->section.hot_blocks * BLOCK_ROWS, vocab = s->model->shape.vocab;
    update_best(s, t, 0, hot < vocab ? hot : vocab, &best);
    for (int cluster = 0; cluster < s->section.clusters; cluster++) {
        ClusterBound bound = screen_bounds_cluster(&s->bounds, cluster);
        if (!(bound.centre + bound.reach < best.logit))
            search_cluster(s, t, cluster, bound.centre, &best);
    }
    return isfinite(best.logit) ? best.token : DRAW_UNDECIDED;
}
