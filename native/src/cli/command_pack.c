/* storyteller pack MODEL [TOKENIZER] -q CODING -o FILE: makes a .story. */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "model/loader.h"
#include "model/section_names.h"
#include "pack/pack.h"
#include "pack/screen_plan.h"

typedef struct PackCommand {
    const char *model;
    const char *tokenizer; /* NULL: the one inside the model */
    const char *output;
    const char *quantisation;
    const char *keep_int8; /* NULL: the packer chooses */
    bool keywords;
    int group; /* 0: the packer chooses */
} PackCommand;

static bool read_options(int argc, char **argv, PackCommand *o, Fault *fault)
{
    *o = (PackCommand){ .quantisation = "int8", .keep_int8 = NULL };
    const Option options[] = {
        { "-q", OPTION_TEXT, &o->quantisation },
        { "-o", OPTION_TEXT, &o->output },
        { "-g", OPTION_INT, &o->group },
        { "--keep-int8", OPTION_TEXT, &o->keep_int8 },
        { "--keywords", OPTION_FLAG, &o->keywords },
        { 0 },
    };
    const char *words[2] = {0};
    int count;
    if (!options_read(argc, argv, options, words, 2, &count, fault))
        return false;
    if (count < 1 || !o->output)
        return fault_set(fault, FAULT_USAGE, "pack takes a model, its tokenizer and an output: "
                         "storyteller pack MODEL TOKENIZER -q int8 -o FILE");
    o->model = words[0];
    o->tokenizer = words[1];
    return true;
}

static bool choose_coding(const PackCommand *o, PackOptions *options, Fault *fault)
{
    const char *q = o->quantisation;
    if (strcmp(q, "fp32") == 0)
        options->coding = CODING_F32;
    else if (strcmp(q, "int8") == 0)
        options->coding = CODING_INT8;
    else if (strcmp(q, "int4") == 0)
        options->coding = CODING_INT4;
    else
        return fault_set(fault, FAULT_USAGE, "-q takes int8, int4 or fp32, not \"%s\"", q);
    if (o->group < 0 || o->group > MAX_GROUP || o->group % BLOCK_ROWS)
        return fault_set(fault, FAULT_USAGE, "-g takes a multiple of 32 up to %d, not %d",
                         MAX_GROUP, o->group);
    return true;
}

/* A list like "wo,w2" as bits of section kinds. */
static bool read_kinds(const char *list, unsigned *bits, Fault *fault)
{
    while (*list) {
        size_t length = strcspn(list, ",");
        SectionKind kind = section_kind_named(list, length);
        if (!kind)
            return fault_set(fault, FAULT_USAGE, "--keep-int8 takes a list like wo,w2 of "
                             "embedding, wq, wk, wv, wo, w1, w2, w3 and classifier, not \"%s\"",
                             list);
        *bits |= 1u << kind;
        list += length + (list[length] == ',');
    }
    return true;
}

static bool open_tokenizer(const PackCommand *o, const Model *model, Tokenizer *tokenizer,
                           Fault *fault)
{
    if (o->tokenizer)
        return tokenizer_open_file(tokenizer, o->tokenizer, model->shape.vocab, fault);
    if (!model->tokenizer.data)
        return fault_set(fault, FAULT_USAGE, "%s has no tokenizer inside; name one: storyteller "
                         "pack MODEL TOKENIZER -o FILE", o->model);
    return tokenizer_open_section(tokenizer, model->tokenizer, model->shape.vocab, fault);
}

bool command_pack(int argc, char **argv, Fault *fault)
{
    PackCommand o;
    PackOptions options = {0};
    Model model;
    Tokenizer tokenizer = {0};
    if (!read_options(argc, argv, &o, fault) || !choose_coding(&o, &options, fault)
        || !read_kinds(o.keep_int8 ? o.keep_int8 : "", &options.keep_int8, fault)
        || !model_open(&model, o.model, fault))
        return false;
    RowPlan plan = {0};
    options.plan = &plan;
    options.keywords = o.keywords || model.knows_keywords;
    if (options.coding != CODING_F32)
        options.group = o.group ? o.group : pack_group(&model.shape);
    if (!o.keep_int8)
        options.keep_int8 = pack_keep_int8(&model.shape);
    bool packed = open_tokenizer(&o, &model, &tokenizer, fault)
        && screen_plan(&plan, &model, &tokenizer, pack_classifier_coding(&model, &options),
                       options.group, fault)
        && pack(&model, &tokenizer, &options, o.output, fault);
    screen_plan_free(&plan);
    tokenizer_close(&tokenizer);
    model_close(&model);
    return packed;
}
