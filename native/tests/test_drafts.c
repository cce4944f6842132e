/*
 * Drafts against a reference with explicit masks, against themselves on other kernels, threads and
 * numbers of drafts, and at the context's end.
 */
#include "check.h"
#include "draft/score.h"
#include "draft_model.h"
#include "draft_reference.h"

static bool done(bool ok, const Fault *fault)
{
    if (!ok)
        printf("%s\n", fault->text);
    return ok;
}

static bool draw(Drafts *d, int count, int64_t seed, Goal goal, int most)
{
    Fault fault = {0};
    DraftRequest request = { count, seed, goal, most };
    return done(drafts_draw(d, &request, &fault), &fault);
}

static bool say(bool (*what)(Drafts *d, Bytes text, Fault *fault), Drafts *d, const char *text)
{
    Fault fault = {0};
    return done(what(d, text_of(text), &fault), &fault);
}

static bool keep(Drafts *d, int k)
{
    Fault fault = {0};
    return done(drafts_keep(d, k, &fault), &fault);
}

/* ln p of a draft by the reference, whose story ends where the draft begins. */
static double reference_ln_p(Transformer *t, const Reference *story, const int *tokens, int count,
                             int position, int sentence)
{
    static float logits[512], weights[512];
    Reference r = *story;
    double sum = 0.0;
    for (int i = 0; i < count; i++) {
        reference_logits(t, &r, r.count - 1, logits);
        sum += (double)score_logit(t->model, logits, tokens[i])
             - score_log_sum(t->kernels, logits, t->model->shape.vocab, weights);
        reference_add(&r, tokens[i], position + i, sentence, false);
    }
    return sum;
}

/* The story of the drafts, every sentence with the tag that it was kept with. */
typedef struct Shadow {
    Reference story;
    int sentence;
    int text; /* tokens of text */
} Shadow;

static void shadow_text(Shadow *s, const int *tokens, int count)
{
    for (int i = 0; i < count; i++)
        reference_add(&s->story, tokens[i], s->text++, s->sentence, false);
}

static void shadow_tag(Shadow *s, const Tag *tag)
{
    s->sentence++;
    for (int i = 0; i < tag->count; i++)
        reference_add(&s->story, tag->tokens[i], s->text - tag->count + i, s->sentence, true);
}

/* Checks every waiting draft; returns the story with tag and beginning. */
static Shadow check_drafts(const Drafts *d, const Shadow *story)
{
    Shadow before = *story;
    Transformer *t = d->context.transformer;
    /* the last token may have merged with the beginning */
    before.story.token[before.story.count - 1] = d->context.tokens[d->context.count - 1];
    shadow_tag(&before, &d->tag);
    shadow_text(&before, d->given, d->given_count);
    for (int k = 0; k < d->count; k++) {
        const Draft *draft = &d->drafts[k];
        double expected = reference_ln_p(t, &before.story, draft->tokens, draft->count, before.text,
                                         before.sentence);
        CHECK(expected == draft->ln_in_story);
        if (expected != draft->ln_in_story)
            printf("draft %d of %d tokens: %.17g, not %.17g\n", k, draft->count,
                   draft->ln_in_story, expected);
    }
    return before;
}

/* What keep adds to the shadow: the tokens of the story after it was kept. */
static void shadow_keep(Shadow *s, const Drafts *d)
{
    const Context *c = &d->context;
    shadow_text(s, c->tokens + s->text, c->count - s->text);
}

/* A story that begins with the text, which stands in the shadow, too. */
static DraftStory *open_told(const char *path, const char *text, Shadow *shadow)
{
    DraftStory *story = draft_story_open(path, "scalar", 1, 1.0f);
    Drafts *d = &story->drafts;
    *shadow = (Shadow){0};
    CHECK(say(drafts_tell, d, text));
    shadow_text(shadow, d->context.tokens, d->context.count);
    return story;
}

/* Told, planned, begun, kept and dropped, each draft against the reference. */
static void test_reference(const char *path)
{
    Shadow shadow;
    DraftStory *story = open_told(path, "Once upon a time.", &shadow);
    Drafts *d = &story->drafts;

    CHECK(say(drafts_plan, d, "duck: a b"));
    CHECK(draw(d, 3, 5, GOAL_TOKENS, 9));
    Shadow kept = check_drafts(d, &shadow);
    CHECK(keep(d, 1));
    shadow_keep(&kept, d);

    /* a sentence without a tag sees nothing of the tag before */
    CHECK(say(drafts_begin, d, " a"));
    CHECK(draw(d, 2, 6, GOAL_TOKENS, 6));
    kept = check_drafts(d, &kept);
    CHECK(keep(d, 0));
    shadow_keep(&kept, d);

    CHECK(say(drafts_plan, d, " fox says:"));
    CHECK(say(drafts_begin, d, " \""));
    CHECK(draw(d, 2, 7, GOAL_QUOTATION, 6));
    kept = check_drafts(d, &kept);
    CHECK(draw(d, 2, 8, GOAL_SENTENCE, 6)); /* in place of the others */
    CHECK(keep(d, 1));
    shadow_keep(&kept, d);

    CHECK(draw(d, 2, 9, GOAL_TOKENS, 4));
    check_drafts(d, &kept);
    drafts_drop(d);
    CHECK(draw(d, 2, 10, GOAL_TOKENS, 4));
    check_drafts(d, &kept);
    draft_story_close(story);
}

static int token_of(const Drafts *d, const char *piece)
{
    return tokenizer_find(d->context.tokenizer, text_of(piece));
}

/* A newline merges into the sentence's stop, which is computed again with the sentence's tag. */
static void test_merging(const char *path)
{
    Shadow shadow;
    DraftStory *story = open_told(path, "Hello, b.", &shadow);
    Drafts *d = &story->drafts;
    CHECK(say(drafts_plan, d, "b"));
    CHECK(say(drafts_begin, d, " a a."));
    CHECK(draw(d, 1, 3, GOAL_TOKENS, 1));
    Shadow kept = check_drafts(d, &shadow);
    d->drafts[0].count = 0; /* as if the model had ended the story: the beginning alone is kept */
    CHECK(keep(d, 0));
    shadow_keep(&kept, d);
    int last = d->context.count - 1;
    CHECK(d->context.tokens[last] == token_of(d, "."));

    for (int i = 0; i < 2; i++) { /* a beginning merges, and is dropped */
        CHECK(say(drafts_begin, d, "\n\""));
        CHECK(draw(d, 2, 4, GOAL_QUOTATION, 3));
        CHECK(d->context.tokens[last] == token_of(d, ".\n\"") && d->given_count == 0);
        check_drafts(d, &kept);
        drafts_drop(d);
        CHECK(d->context.tokens[last] == token_of(d, "."));
        CHECK(draw(d, 2, 5, GOAL_TOKENS, 3));
        check_drafts(d, &kept);
        drafts_drop(d);
    }
    CHECK(say(drafts_tell, d, "\n"));
    CHECK(d->context.tokens[last] == token_of(d, ".\n") && d->context.count == last + 1);
    CHECK(draw(d, 2, 6, GOAL_TOKENS, 3));
    check_drafts(d, &kept);
    CHECK(!say(drafts_tell, d, " b")); /* drafts are waiting */
    drafts_drop(d);
    CHECK(say(drafts_tell, d, " b"));
    kept.story.token[kept.story.count - 1] = token_of(d, ".\n");
    kept.sentence++; /* what is told is no part of the tagged sentence */
    shadow_keep(&kept, d);
    CHECK(draw(d, 2, 7, GOAL_TOKENS, 3));
    check_drafts(d, &kept);
    draft_story_close(story);
}

/* A beginning that merges into the last token as a whole is kept, with an empty draft too. */
static void test_merged_alone(const char *path)
{
    Shadow shadow;
    DraftStory *story = open_told(path, "Hello, b.", &shadow);
    Drafts *d = &story->drafts;
    int last = d->context.count - 1;
    CHECK(say(drafts_begin, d, "\n\""));
    CHECK(draw(d, 1, 3, GOAL_TOKENS, 1) && d->given_count == 0);
    d->drafts[0].count = 0; /* as if the model had ended the story */
    CHECK(keep(d, 0));
    CHECK(d->context.count == last + 1);
    CHECK(d->context.tokens[last] == token_of(d, ".\n\""));
    CHECK(draw(d, 2, 4, GOAL_TOKENS, 3));
    check_drafts(d, &shadow);
    draft_story_close(story);
}

static bool bias(Drafts *d, float strength, const char *words)
{
    Fault fault = {0};
    return done(drafts_bias(d, strength, text_of(words), &fault), &fault);
}

static int index_of(const Draft *draft, int token)
{
    for (int i = 0; i < draft->count; i++)
        if (draft->tokens[i] == token)
            return i;
    return -1;
}

#define TWELVE "a b a b a b a b a b a b"

/* Words that drafts are drawn towards: each once, in their order; ln p stays the model's. */
static void test_bias(const char *path)
{
    Shadow shadow;
    DraftStory *story = open_told(path, "Hello b.", &shadow);
    Drafts *d = &story->drafts;
    int a = token_of(d, " a"), b = token_of(d, " b"), opening = token_of(d, "b");
    CHECK(bias(d, MAX_BIAS, "b  a")); /* an empty word is none */
    CHECK(draw(d, 4, 3, GOAL_TOKENS, 6));
    check_drafts(d, &shadow);
    for (int k = 0; k < 4; k++)
        CHECK(index_of(&d->drafts[k], b) == 0 && index_of(&d->drafts[k], a) == 1);
    drafts_drop(d);
    CHECK(draw(d, 4, 3, GOAL_TOKENS, 6)); /* used up */
    int free_of_both = 0;
    for (int k = 0; k < 4; k++)
        free_of_both += index_of(&d->drafts[k], b) != 0;
    CHECK(free_of_both > 0);
    CHECK(!bias(d, 1.0f, "a")); /* drafts are waiting */
    drafts_drop(d);

    /* right after the mark that opens a quotation a word has no space in front */
    CHECK(say(drafts_begin, d, " \""));
    CHECK(bias(d, MAX_BIAS, "b a"));
    CHECK(draw(d, 4, 5, GOAL_TOKENS, 6));
    for (int k = 0; k < 4; k++)
        CHECK(index_of(&d->drafts[k], opening) == 0 && index_of(&d->drafts[k], a) == 1);
    drafts_drop(d);

    /* a word of several tokens, told piece by piece; one of too many is left out */
    CHECK(bias(d, MAX_BIAS, "zq zzzzzzzzzzzzzzzzzzzz"));
    CHECK(draw(d, 1, 7, GOAL_TOKENS, 6));
    const BiasWord *word = &d->bias.words[0];
    CHECK(d->bias.count == 1 && word->count[SPACED] > 1);
    for (int i = 0; i < word->count[SPACED]; i++)
        CHECK(d->drafts[0].tokens[i] == word->tokens[SPACED][i]);
    drafts_drop(d);

    /* the same after such a mark */
    CHECK(say(drafts_begin, d, " \""));
    CHECK(bias(d, MAX_BIAS, "zq a"));
    CHECK(draw(d, 1, 7, GOAL_TOKENS, 6));
    CHECK(word->count[OPENING] == 2 && d->drafts[0].tokens[2] == a);
    for (int i = 0; i < 2; i++)
        CHECK(d->drafts[0].tokens[i] == word->tokens[OPENING][i]);
    drafts_drop(d);

    /* a word named twice stands there twice */
    CHECK(bias(d, MAX_BIAS, "a b a"));
    CHECK(draw(d, 1, 7, GOAL_TOKENS, 3));
    CHECK(d->drafts[0].tokens[0] == a && d->drafts[0].tokens[1] == b
          && d->drafts[0].tokens[2] == a);
    drafts_drop(d);
    CHECK(!bias(d, 1.0f, TWELVE " " TWELVE " a"));

    /* what is left out does not count */
    CHECK(bias(d, 1.0f, TWELVE " " TWELVE " zzzzzzzzzzzzzzzzzzzz"));
    CHECK(bias(d, 1.0f, TWELVE " zzzzzzzzzzzzzzzzzzzz " TWELVE));
    CHECK(d->bias.count == MAX_BIASED);
    draft_story_close(story);
}

/* By how much the logit of a token is raised. */
static float raised(const Drafts *d, const BiasProgress *progress, int token)
{
    float logits[SMALL_VOCAB] = {0};
    bias_raise(&d->bias, progress, false, logits);
    return logits[token];
}

/* A draft that holds nothing yet goes on with the pieces of a word, without the last `less`. */
static void advance(const Drafts *d, BiasProgress *progress, int word, int less)
{
    const BiasWord *w = &d->bias.words[word];
    for (int i = 0; i < w->count[SPACED] - less; i++)
        bias_advance(&d->bias, progress, false, w->tokens[SPACED][i]);
}

/* Words that begin with the same pieces. */
static void test_bias_shared(const char *path)
{
    Shadow shadow;
    DraftStory *story = open_told(path, "Hello b.", &shadow);
    Drafts *d = &story->drafts;
    CHECK(bias(d, 6.0f, "zq zb zq"));
    BiasProgress both = {0};
    int q = d->bias.words[0].tokens[SPACED][d->bias.words[0].count[SPACED] - 1];
    int b = d->bias.words[1].tokens[SPACED][d->bias.words[1].count[SPACED] - 1];
    advance(d, &both, 0, 1);
    CHECK(raised(d, &both, q) == 6.0f && raised(d, &both, b) == 3.0f);
    bias_advance(&d->bias, &both, false, b);
    CHECK(!both.held[0] && both.held[1] && !both.held[2]);
    advance(d, &both, 0, 1);
    CHECK(raised(d, &both, q) == 6.0f && raised(d, &both, b) == 0.0f);
    bias_advance(&d->bias, &both, false, q);
    CHECK(both.held[1] && both.held[0] + both.held[2] == 1); /* one of the two that are the same */

    /* the shorter word comes first in the plan: the text is not drawn on to the longer one ... */
    CHECK(bias(d, 6.0f, "z zq"));
    BiasProgress shorter = {0};
    advance(d, &shorter, 0, 0);
    CHECK(shorter.held[0] && raised(d, &shorter, q) == 0.0f);
    /* ... but where that is what it says, the shorter one does not stand there */
    bias_advance(&d->bias, &shorter, false, q);
    CHECK(!shorter.held[0] && shorter.held[1]);
    advance(d, &shorter, 0, 0);
    CHECK(shorter.held[0] && shorter.held[1]);

    /* the longer word comes first */
    CHECK(bias(d, 6.0f, "zq z"));
    BiasProgress longer = {0};
    advance(d, &longer, 1, 0);
    CHECK(longer.held[1] && raised(d, &longer, q) == 6.0f);
    bias_advance(&d->bias, &longer, false, q);
    CHECK(longer.held[0] && !longer.held[1]);
    draft_story_close(story);
}

/* Marks are drawn in their turn only, and stand there only then. */
static void test_bias_marks(const char *path)
{
    Shadow shadow;
    DraftStory *story = open_told(path, "Hello b.", &shadow);
    Drafts *d = &story->drafts;
    int a = token_of(d, " a"), b = token_of(d, " b");
    int comma = token_of(d, ","), stop = token_of(d, ".");
    CHECK(bias(d, 6.0f, "a , b ."));
    BiasProgress progress = {0};
    CHECK(raised(d, &progress, a) == 6.0f && raised(d, &progress, b) == 3.0f);
    CHECK(raised(d, &progress, comma) == 0.0f && raised(d, &progress, stop) == 0.0f);
    bias_advance(&d->bias, &progress, false, comma); /* too early: it is still to come */
    bias_advance(&d->bias, &progress, false, a);
    CHECK(raised(d, &progress, comma) == 6.0f && raised(d, &progress, b) == 3.0f);
    bias_advance(&d->bias, &progress, false, comma);
    CHECK(raised(d, &progress, b) == 6.0f && raised(d, &progress, stop) == 0.0f);
    bias_advance(&d->bias, &progress, false, b);
    CHECK(raised(d, &progress, stop) == 6.0f);

    /* a word was passed over: the mark after the last one comes before it all the same */
    BiasProgress passed = {0};
    bias_advance(&d->bias, &passed, false, b);
    CHECK(raised(d, &passed, stop) == 6.0f && raised(d, &passed, a) == 3.0f);
    draft_story_close(story);
}

/* Brackets of tags are never drawn: they are no text. */
static void test_brackets(const char *path)
{
    Shadow shadow;
    DraftStory *story = open_told(path, "Hello b.", &shadow);
    Drafts *d = &story->drafts;
    const Model *model = &story->engine.model;
    CHECK(bias(d, MAX_BIAS, "[ ]"));
    CHECK(draw(d, 8, 3, GOAL_TOKENS, 20));
    for (int k = 0; k < 8; k++)
        CHECK(index_of(&d->drafts[k], model->tag_open) < 0
              && index_of(&d->drafts[k], model->tag_close) < 0);
    draft_story_close(story);
}

/* A draft whose last token was cut is kept without what was cut. */
static void test_cut(const char *path)
{
    Shadow shadow;
    DraftStory *story = open_told(path, "Hello.", &shadow);
    Drafts *d = &story->drafts;
    int found = 0;
    for (int64_t seed = 0; found < 3 && seed < 4000; seed++) {
        CHECK(say(drafts_plan, d, "a"));
        CHECK(draw(d, 1, seed, GOAL_SENTENCE, 4));
        Shadow kept = check_drafts(d, &shadow);
        const Draft *draft = &d->drafts[0];
        if (!draft->cut || draft->ending != ENDING_SENTENCE) {
            drafts_drop(d);
            continue;
        }
        CHECK(draft->newline);
        int count = d->context.count + draft->count;
        CHECK(keep(d, 0));
        CHECK(d->context.count == count);
        shadow = kept;
        shadow_keep(&shadow, d);
        Bytes last = tokenizer_piece(d->context.tokenizer, d->context.tokens[count - 1]);
        CHECK(!memchr(last.data, '\n', last.size));
        found++;
    }
    CHECK(found == 3);
    draft_story_close(story);
}

/* Everything that a few commands draw, as one sum of bits. */
static uint64_t digest(const char *path, const char *kernel, int threads, int together, int count)
{
    DraftStory *story = draft_story_open(path, kernel, threads, 0.8f);
    Drafts *d = &story->drafts;
    uint64_t sum = 14695981039346656037ull;
    d->together = together;
    CHECK(say(drafts_tell, d, "Hello \"b\" a b. The duck"));
    for (int round = 0; round < 3; round++) {
        CHECK(say(drafts_plan, d, round % 2 ? "" : "a b"));
        CHECK(say(drafts_begin, d, round ? " the" : ""));
        CHECK(bias(d, 1.5f, round == 1 ? "b a" : ""));
        CHECK(draw(d, count, 11 + round, round % 2 ? GOAL_TOKENS : GOAL_SENTENCE, 12));
        for (int k = 0; k < 4; k++) {
            const Draft *draft = &d->drafts[k];
            uint64_t bits[2];
            memcpy(&bits[0], &draft->ln_in_story, 8);
            memcpy(&bits[1], &draft->ln_alone, 8);
            for (int i = 0; i < draft->count; i++)
                sum = (sum ^ (uint64_t)draft->tokens[i]) * 1099511628211ull;
            sum = (sum ^ bits[0]) * 1099511628211ull;
            sum = (sum ^ bits[1]) * 1099511628211ull;
        }
        CHECK(keep(d, 2));
    }
    draft_story_close(story);
    return sum;
}

/* The same drafts on every kernel, with any number of threads, alone or with others. */
static void test_same(const char *path)
{
    uint64_t expected = digest(path, "scalar", 1, 1, 4);
    for (int k = 0; all_kernels[k]; k++) {
        if (!all_kernels[k]->runs_here())
            continue;
        const char *kernel = all_kernels[k]->name;
        CHECK(digest(path, kernel, 1, MAX_BATCH, 4) == expected);
        CHECK(digest(path, kernel, 1, 3, 9) == expected);
        CHECK(digest(path, kernel, 2, MAX_BATCH, 13) == expected);
        CHECK(digest(path, kernel, 1, 1, 4) == expected);
    }
}

/* At the context's end drafts get shorter, then nothing fits; the story so far stays usable. */
static void test_full(const char *path)
{
    DraftStory *story = draft_story_open(path, NULL, 1, 1.0f);
    Drafts *d = &story->drafts;
    Fault fault = {0};
    char text[2 * SMALL_CONTEXT];
    memset(text, 'a', sizeof text);
    CHECK(!drafts_tell(d, (Bytes){ (uint8_t *)text, sizeof text }, &fault) && fault.code);
    CHECK(d->context.count == 1);
    CHECK(say(drafts_plan, d, "a b"));
    CHECK(!draw(d, 2, 1, GOAL_TOKENS, 4)); /* no text to overlap with */
    drafts_drop(d);
    CHECK(drafts_tell(d, (Bytes){ (uint8_t *)text, SMALL_CONTEXT - 8 }, &fault));
    int used = d->context.count;
    CHECK(used < SMALL_CONTEXT && used > SMALL_CONTEXT / 2);
    CHECK(say(drafts_plan, d, "a b a b a"));
    CHECK(draw(d, 9, 1, GOAL_TOKENS, 200));
    int longest = 0;
    for (int k = 0; k < d->count; k++) {
        CHECK(d->drafts[k].count <= SMALL_CONTEXT - used);
        longest = d->drafts[k].count > d->drafts[longest].count ? k : longest;
    }
    CHECK(keep(d, longest));
    /* other seeds, because a draft may be empty where the model ends the story */
    for (int64_t seed = 0; d->context.count < SMALL_CONTEXT && seed < 1000; seed++)
        CHECK(draw(d, 1, seed, GOAL_TOKENS, 1) && keep(d, 0));
    CHECK(!draw(d, 1, 1, GOAL_TOKENS, 1));
    CHECK(!say(drafts_tell, d, " b") && d->context.count == SMALL_CONTEXT);
    draft_story_close(story);
}

static void test_refused(void)
{
    CHECK(draft_pack("plain.story", CODING_INT8, 32, false));
    DraftStory *story = draft_story_open("plain.story", NULL, 1, 1.0f);
    Drafts *d = &story->drafts;
    CHECK(!say(drafts_plan, d, "duck"));
    CHECK(say(drafts_plan, d, ""));
    CHECK(!keep(d, 0));
    CHECK(!draw(d, 0, 1, GOAL_TOKENS, 1) && !draw(d, MAX_DRAFTS + 1, 1, GOAL_TOKENS, 1));
    CHECK(!draw(d, 1, 1, GOAL_TOKENS, 0) && !draw(d, 1, 1, GOAL_TOKENS, MAX_DRAFT_TOKENS + 1));
    CHECK(draw(d, 2, 1, GOAL_TOKENS, 1) && !keep(d, 2) && !keep(d, -1) && keep(d, 1));
    draft_story_close(story);
    remove("plain.story");
}

int main(void)
{
    static const struct {
        Coding coding;
        int group;
    } packs[] = { { CODING_F32, 0 }, { CODING_INT8, 32 }, { CODING_INT4, 32 } };
    draft_write_tokenizer();
    for (size_t i = 0; i < sizeof packs / sizeof *packs; i++) {
        CHECK(draft_pack("drafts.story", packs[i].coding, packs[i].group, true));
        test_reference("drafts.story");
        test_merging("drafts.story");
        test_merged_alone("drafts.story");
        test_bias("drafts.story");
        test_bias_shared("drafts.story");
        test_bias_marks("drafts.story");
        test_brackets("drafts.story");
        test_cut("drafts.story");
        test_same("drafts.story");
        test_full("drafts.story");
    }
    test_refused();
    remove("drafts.story");
    remove("drafts.bin");
    remove(draft_tokenizer);
    return check_report();
}
