/* storyteller eval MODEL TEXT: how well the model predicts the text. */
#include <math.h>
#include <stdio.h>

#include "cli/commands.h"
#include "cli/evaluate.h"
#include "cli/options.h"

typedef struct EvalOptions {
    EngineOptions engine;
    const char *text;
    const char *reference; /* another model of the same vocabulary, or NULL */
} EvalOptions;

static bool read_options(int argc, char **argv, EvalOptions *o, Fault *fault)
{
    *o = (EvalOptions){ .engine = { .threads = 1 } };
    const Option options[] = {
        { "--compare", OPTION_TEXT, &o->reference },
        { "-n", OPTION_INT, &o->engine.steps },
        { "-z", OPTION_TEXT, &o->engine.tokenizer },
        { "-j", OPTION_INT, &o->engine.threads },
        { "--kernel", OPTION_TEXT, &o->engine.kernel },
        { 0 },
    };
    const char *words[2];
    int count;
    if (!options_read(argc, argv, options, words, 2, &count, fault))
        return false;
    if (count != 2)
        return fault_set(fault, FAULT_USAGE, "eval takes a model and a text: storyteller eval "
                         "MODEL TEXT");
    o->engine.model = words[0];
    o->text = words[1];
    return true;
}

static void print_score(const Score *score, bool compared)
{
    double tokens = (double)score->tokens, per_token = score->nats / tokens;
    printf("stories: %d, tokens: %ld\n", score->stories, score->tokens);
    printf("nats per token: %.4f\n", per_token);
    printf("bits per character: %.4f\n", score->nats / log(2.0) / (double)score->characters);
    if (!compared)
        return;
    double of_reference = score->nats_of_other / tokens;
    printf("nats per token of the reference: %.4f\n", of_reference);
    printf("perplexity against the reference: %+.3f %%\n",
           100.0 * (exp(per_token - of_reference) - 1.0));
    printf("same top token: %.2f %%\n", 100.0 * (double)score->same_top / tokens);
}

static bool score_text(Engine *engine, Engine *reference, const char *path, Fault *fault)
{
    if (reference && reference->model.shape.vocab != engine->model.shape.vocab)
        return fault_set(fault, FAULT_USAGE, "the two models have different vocabularies; compare "
                         "a model with its own reference");
    Mapping text;
    if (!mapping_open(&text, path, fault)) {
        fault->code = fault->code == FAULT_MODEL ? FAULT_FILE : fault->code;
        return false;
    }
    Score score;
    bool scored = evaluate(engine, reference, text.data, text.size, &score, fault);
    mapping_close(&text);
    if (scored && score.tokens == 0)
        return fault_set(fault, FAULT_FILE, "%s holds no text to score", path);
    if (scored)
        print_score(&score, reference != NULL);
    return scored;
}

bool command_eval(int argc, char **argv, Fault *fault)
{
    EvalOptions o;
    if (!read_options(argc, argv, &o, fault))
        return false;
    Engine engine, reference = {0};
    if (!engine_open(&engine, &o.engine, fault))
        return false;
    EngineOptions other = o.engine;
    other.model = o.reference;
    other.steps = engine.steps;
    bool done = (!o.reference || engine_open(&reference, &other, fault))
        && score_text(&engine, o.reference ? &reference : NULL, o.text, fault);
    engine_close(&reference);
    engine_close(&engine);
    return done;
}
