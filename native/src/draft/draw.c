#include "draft/draw.h"

#include <string.h>

#include "draft/score.h"

/* splitmix64: draft k's numbers are those of one seed of its own. */
static uint64_t random_state(int64_t seed, int k)
{
    uint64_t z = (uint64_t)seed + ((uint64_t)k + 1) * 0x9E3779B97F4A7C15ull;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ z >> 27) * 0x94D049BB133111EBull;
    z ^= z >> 31;
    return z ? z : 1;
}

bool draw_start(Drafts *d, int k, const DraftRequest *request, Fault *fault)
{
    Draft *draft = &d->drafts[k];
    KvCache cache = draft->cache;
    if (cache.positions < request->most) {
        kvcache_close(&draft->cache);
        if (!kvcache_open(&cache, d->context.transformer->model, request->most, fault))
            return false;
    }
    *draft = (Draft){ .cache = cache, .random = random_state(request->seed, k) };
    ending_start(&draft->reader, request->goal, (Bytes){ d->begin.data, d->begin.size });
    return true;
}

/* Adds a token to the draft, or ends the draft with or without it. */
static void take(const Drafts *d, Draft *draft, int token, int most)
{
    if (tokenizer_ends_story(d->context.tokenizer, token)) {
        draft->ending = draft->reader.asking ? ENDING_SENTENCE : ENDING_STORY;
        return;
    }
    draft->tokens[draft->count++] = token;
    uint8_t byte;
    Bytes piece = drafts_piece(d, draft, draft->count - 1, &byte);
    EndingStep step = ending_take(&draft->reader, piece);
    draft->ending = step.ending;
    draft->newline = step.newline;
    if (step.ending != ENDING_NONE && step.kept == 0) {
        draft->count--;
        return;
    }
    draft->cut = piece.size - step.kept;
    if (draft->ending == ENDING_NONE && draft->count == most)
        draft->ending = draft->reader.asking ? ENDING_SENTENCE : ENDING_TOKENS;
}

/* Draws one token for a draft from the logits by row. */
static void draw(Drafts *d, Draft *draft, const float *row_logits, int most)
{
    const Transformer *t = d->context.transformer;
    const Model *model = t->model;
    int vocab = model->shape.vocab, before = draft->count;
    double log_sum = score_log_sum(t->kernels, row_logits, vocab, d->weights);
    if (!model->row_of_token)
        memcpy(d->logits, row_logits, (size_t)vocab * sizeof *d->logits);
    else
        for (int token = 0; token < vocab; token++)
            d->logits[token] = row_logits[model->row_of_token[token]];
    bool opening = ending_opens(&draft->reader);
    bias_raise(&d->bias, &draft->biased, opening, d->logits);
    d->sampler.state = draft->random;
    int token = sampler_pick(&d->sampler, d->logits);
    draft->random = d->sampler.state;
    bias_advance(&d->bias, &draft->biased, opening, token);
    take(d, draft, token, most);
    if (draft->count > before)
        draft->ln_in_story += (double)score_logit(model, row_logits, token) - log_sum;
}

/* Starts drafts with the first token until the pass is full; returns how many are in it. */
static int fill(Drafts *d, const DraftRequest *request, int *next, Draft **pass, int n)
{
    while (n < d->together && *next < request->count) {
        Draft *draft = &d->drafts[(*next)++];
        draw(d, draft, d->first, request->most);
        if (draft->ending == ENDING_NONE)
            pass[n++] = draft;
    }
    return n;
}

/* Runs the last token of each draft of the pass through the layers; logits go to d->rows. */
static void run(Drafts *d, Draft *const *pass, int n)
{
    Transformer *t = d->context.transformer;
    Row rows[MAX_BATCH];
    for (int i = 0; i < n; i++) {
        int slot = pass[i]->computed++;
        rows[i] = (Row){ .token = pass[i]->tokens[slot],
                         .position = d->context.count + d->given_count + slot,
                         .past = &t->cache, .past_count = d->shared,
                         .own = &pass[i]->cache, .slot = slot };
    }
    transformer_forward_rows(t, rows, n);
    transformer_score(t, n, d->rows);
}

void draw_all(Drafts *d, const DraftRequest *request)
{
    size_t stride = (size_t)padded_cols(d->context.transformer->model->shape.vocab, 0);
    Draft *pass[MAX_BATCH];
    int next = 0;
    for (int n = 0; (n = fill(d, request, &next, pass, n)) > 0;) {
        int left = 0;
        run(d, pass, n);
        for (int i = 0; i < n; i++) {
            draw(d, pass[i], d->rows + (size_t)i * stride, request->most);
            if (pass[i]->ending == ENDING_NONE)
                pass[left++] = pass[i];
        }
        n = left;
    }
}
