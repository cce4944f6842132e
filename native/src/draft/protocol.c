#include "draft/protocol.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tokenizer/utf8_filter.h"

static const char *const goal_names[] = {
    [GOAL_SENTENCE] = "sentence", [GOAL_QUOTATION] = "quotation", [GOAL_TOKENS] = "tokens",
};

static const char *const ending_names[] = {
    [ENDING_NONE] = "none", [ENDING_SENTENCE] = "sentence", [ENDING_QUOTATION] = "quotation",
    [ENDING_NEWLINE] = "newline", [ENDING_TOKENS] = "tokens", [ENDING_STORY] = "story",
};

/* Undoes the escapes in place; returns the new size, or -1 where a backslash has no meaning. */
static long unescape(uint8_t *text, size_t size)
{
    size_t kept = 0;
    for (size_t i = 0; i < size; i++) {
        uint8_t c = text[i];
        if (c == '\\') {
            if (++i == size)
                return -1;
            c = text[i];
            if (c != '\\' && c != 'n' && c != 'r')
                return -1;
            c = c == 'n' ? '\n' : c == 'r' ? '\r' : c;
        }
        text[kept++] = c;
    }
    return (long)kept;
}

static void write_escaped(Bytes text, FILE *out)
{
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i];
        if (c == '\\' || c == '\n' || c == '\r')
            fputc('\\', out);
        fputc(c == '\n' ? 'n' : c == '\r' ? 'r' : c, out);
    }
}

static void write_draft(const Drafts *d, int k, FILE *out)
{
    const Draft *draft = &d->drafts[k];
    fprintf(out, "draft %d %d %.4f %.4f %s %d ", k, draft->count, draft->ln_in_story,
            draft->ln_alone, ending_names[draft->ending], draft->newline);
    Utf8Filter filter = {0};
    for (int i = 0; i < draft->count; i++) {
        uint8_t byte, character[MAX_CHARACTER];
        Bytes piece = drafts_piece(d, draft, i, &byte);
        for (size_t at = 0; at < piece.size; at++) {
            size_t size = utf8_filter_take(&filter, piece.data[at], character);
            write_escaped((Bytes){ character, size }, out);
        }
    }
    fputc('\n', out);
}

/* The next of the words between single spaces as a number, which must be whole. */
static bool next_number(char **at, const char *name, long long least, long long most,
                        long long *value, Fault *fault)
{
    char *word = strsep(at, " "), *end;
    errno = 0;
    *value = word ? strtoll(word, &end, 10) : 0;
    if (word && end != word && !*end && !errno && *value >= least && *value <= most)
        return true;
    return fault_set(fault, FAULT_USAGE, "%s is a whole number from %lld to %lld, not \"%.40s\"",
                     name, least, most, word ? word : "");
}

static bool next_goal(char **at, Goal *goal, Fault *fault)
{
    char *word = strsep(at, " ");
    for (Goal g = GOAL_SENTENCE; word && g <= GOAL_TOKENS; g++)
        if (strcmp(word, goal_names[g]) == 0) {
            *goal = g;
            return true;
        }
    return fault_set(fault, FAULT_USAGE, "a draft ends with sentence, quotation or tokens, not "
                     "\"%.40s\"", word ? word : "");
}

static bool nothing_left(const char *at, Fault *fault)
{
    return !at || fault_set(fault, FAULT_USAGE, "\"%.40s\" is too much on the line", at);
}

/* draft N SEED END MAX */
static bool answer_draft(Drafts *d, Bytes words, FILE *out, Fault *fault)
{
    char *at = (char *)(uintptr_t)words.data; /* ends with a zero byte */
    long long count, seed, most;
    DraftRequest request;
    if (!next_number(&at, "the number of drafts", 1, MAX_DRAFTS, &count, fault)
        || !next_number(&at, "the seed", INT64_MIN, INT64_MAX, &seed, fault)
        || !next_goal(&at, &request.goal, fault)
        || !next_number(&at, "the number of tokens", 1, MAX_DRAFT_TOKENS, &most, fault)
        || !nothing_left(at, fault))
        return false;
    request.count = (int)count;
    request.seed = seed;
    request.most = (int)most;
    if (!drafts_draw(d, &request, fault))
        return false;
    for (int k = 0; k < d->count; k++)
        write_draft(d, k, out);
    return true;
}

static bool answer_keep(Drafts *d, Bytes words, FILE *out, Fault *fault)
{
    char *at = (char *)(uintptr_t)words.data;
    long long k;
    (void)out;
    return next_number(&at, "the draft to keep", 0, MAX_DRAFTS - 1, &k, fault)
        && nothing_left(at, fault) && drafts_keep(d, (int)k, fault);
}

static bool answer_drop(Drafts *d, Bytes words, FILE *out, Fault *fault)
{
    (void)out;
    if (words.size)
        return nothing_left((const char *)words.data, fault);
    drafts_drop(d);
    return true;
}

static bool answer_told(Drafts *d, Bytes text, FILE *out, Fault *fault)
{
    (void)out;
    return drafts_tell(d, text, fault);
}

static bool answer_plan(Drafts *d, Bytes text, FILE *out, Fault *fault)
{
    (void)out;
    return drafts_plan(d, text, fault);
}

static bool answer_begin(Drafts *d, Bytes text, FILE *out, Fault *fault)
{
    (void)out;
    return drafts_begin(d, text, fault);
}

/* bias STRENGTH WORDS */
static bool answer_bias(Drafts *d, Bytes text, FILE *out, Fault *fault)
{
    char *at = (char *)(uintptr_t)text.data, *end = at; /* ends with a zero byte */
    float strength = strtof(at, &end);
    (void)out;
    bool number = end != at && (!*end || *end == ' ');
    if (text.size && !(number && strength >= 0.0f && strength <= MAX_BIAS))
        return fault_set(fault, FAULT_USAGE, "a bias is a number from 0 to %g and words, not "
                         "\"%.40s\"", (double)MAX_BIAS, at);
    size_t start = (size_t)(end - at);
    return drafts_bias(d, strength, (Bytes){ text.data + start, text.size - start }, fault);
}

static const struct {
    const char *name;
    bool text; /* takes text, in which escapes are undone, not words */
    bool (*answer)(Drafts *d, Bytes rest, FILE *out, Fault *fault);
} commands[] = {
    { "told", true, answer_told },   { "plan", true, answer_plan },
    { "begin", true, answer_begin }, { "bias", true, answer_bias },
    { "draft", false, answer_draft }, { "keep", false, answer_keep },
    { "drop", false, answer_drop },
};

static bool answer(Drafts *d, uint8_t *line, size_t size, FILE *out, Fault *fault)
{
    const uint8_t *space = memchr(line, ' ', size);
    size_t length = space ? (size_t)(space - line) : size;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strlen(commands[i].name) != length || memcmp(commands[i].name, line, length) != 0)
            continue;
        size_t start = space ? length + 1 : length;
        long left = (long)(size - start);
        if (commands[i].text)
            left = unescape(line + start, size - start);
        if (left < 0)
            return fault_set(fault, FAULT_USAGE, "a backslash stands before n, r or a backslash "
                             "only");
        line[start + (size_t)left] = 0;
        return commands[i].answer(d, (Bytes){ line + start, (size_t)left }, out, fault);
    }
    return fault_set(fault, FAULT_USAGE, "\"%.*s\" is no command; there are told, plan, begin, "
                     "bias, draft, keep and drop", (int)(length < 40 ? length : 40), (char *)line);
}

static void write_error(const Fault *fault, FILE *out)
{
    fputs("error ", out);
    write_escaped((Bytes){ (const uint8_t *)fault->text, strlen(fault->text) }, out);
    fputc('\n', out);
}

void protocol_answer(Drafts *d, uint8_t *line, size_t size, FILE *out)
{
    Fault fault = {0};
    if (answer(d, line, size, out, &fault))
        fprintf(out, "ok %d %d\n", d->context.count, d->context.room);
    else
        write_error(&fault, out);
}

/* The next line without its newline; false at the end. One that is too long has size MAX_LINE + 1. */
static bool read_line(FILE *in, uint8_t *line, size_t *size)
{
    int c;
    *size = 0;
    while ((c = getc(in)) != EOF && c != '\n')
        if (*size <= MAX_LINE)
            line[(*size)++] = (uint8_t)c;
    return c != EOF || *size > 0;
}

bool protocol_run(Drafts *d, FILE *in, FILE *out, Fault *fault)
{
    static uint8_t line[MAX_LINE + 2]; /* and a zero byte */
    size_t size;
    fprintf(out, "ready %d %s\n", d->context.room,
            d->context.transformer->model->knows_keywords ? "keywords" : "plain");
    while (fflush(out) == 0 && read_line(in, line, &size)) {
        if (size <= MAX_LINE) {
            protocol_answer(d, line, size, out);
        } else {
            Fault too_long;
            fault_set(&too_long, FAULT_USAGE, "a line has at most %d bytes", MAX_LINE);
            write_error(&too_long, out);
        }
    }
    if (ferror(in))
        return fault_set(fault, FAULT_FILE, "cannot read commands: %s", strerror(errno));
    if (ferror(out) && errno != EPIPE)
        return fault_set(fault, FAULT_FILE, "cannot write answers: %s", strerror(errno));
    return true;
}
