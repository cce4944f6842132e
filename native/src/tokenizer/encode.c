/*
 * Encoding: code points first, then merges. llama2.c scans all pairs for the best one before each
 * merge; a heap of pairs over a linked list gives the same merges in the same order in
 * O(n log n), so a megabyte of prompt takes a fraction of a second.
 */
#include <stdlib.h>
#include <string.h>

#include "tokenizer/tokenizer.h"

/* A token in the list; `left` and `right` are -1 at the ends, `token` is -1 once merged away. */
typedef struct Node {
    int token;
    int left;
    int right;
} Node;

/* A pair that could merge into `merged`, valid while its two nodes still hold these tokens. */
typedef struct Pair {
    float score;
    int at; /* the left node */
    int left_token;
    int right_token;
    int merged;
} Pair;

typedef struct Merger {
    const Tokenizer *tokenizer;
    Node *nodes;
    Pair *heap;
    size_t pairs;
} Merger;

/* The higher score goes first, the leftmost on a tie. */
static bool goes_before(const Pair *a, const Pair *b)
{
    return a->score > b->score || (a->score == b->score && a->at < b->at);
}

static void push(Merger *m, Pair pair)
{
    size_t at = m->pairs++;
    while (at && goes_before(&pair, &m->heap[(at - 1) / 2])) {
        m->heap[at] = m->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    m->heap[at] = pair;
}

static Pair pop(Merger *m)
{
    Pair top = m->heap[0], last = m->heap[--m->pairs];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= m->pairs)
            break;
        if (child + 1 < m->pairs && goes_before(&m->heap[child + 1], &m->heap[child]))
            child++;
        if (!goes_before(&m->heap[child], &last))
            break;
        m->heap[at] = m->heap[child];
        at = child;
    }
    m->heap[at] = last;
    return top;
}

/* Pushes the pair of node `left` and its right neighbour if a piece is their concatenation. */
static void consider(Merger *m, int left)
{
    if (left < 0 || m->nodes[left].right < 0)
        return;
    int right = m->nodes[left].right;
    Bytes a = tokenizer_piece(m->tokenizer, m->nodes[left].token);
    Bytes b = tokenizer_piece(m->tokenizer, m->nodes[right].token);
    uint8_t text[2 * MAX_PIECE];
    if (a.size + b.size > MAX_PIECE || a.size + b.size == 0)
        return;
    if (a.size)
        memcpy(text, a.data, a.size);
    if (b.size)
        memcpy(text + a.size, b.data, b.size);
    int merged = tokenizer_find_text(m->tokenizer, (Bytes){ text, a.size + b.size });
    if (merged < 0 || !(m->tokenizer->scores[merged] > -1e10f))
        return;
    push(m, (Pair){ m->tokenizer->scores[merged], left, m->nodes[left].token,
                    m->nodes[right].token, merged });
}

/* Merges until no pair is left. Every merge removes a node and pushes at most two pairs. */
static void merge_all(Merger *m, int count)
{
    for (int i = 0; i + 1 < count; i++)
        consider(m, i);
    while (m->pairs) {
        Pair pair = pop(m);
        Node *left = &m->nodes[pair.at];
        if (left->token != pair.left_token || left->right < 0
            || m->nodes[left->right].token != pair.right_token)
            continue;
        Node *right = &m->nodes[left->right];
        left->token = pair.merged;
        left->right = right->right;
        right->token = -1;
        if (left->right >= 0)
            m->nodes[left->right].left = pair.at;
        consider(m, left->left);
        consider(m, pair.at);
    }
}

/* Bytes of the code point at `text`: a byte and its continuation bytes, at most four. */
static size_t code_point(const uint8_t *text, size_t size)
{
    size_t length = 1;
    while (length < size && length < 4 && (text[length] & 0xC0) == 0x80)
        length++;
    return length;
}

static int byte_token(const Tokenizer *t, uint8_t byte)
{
    int token = byte + TOKEN_FIRST_BYTE;
    return token < t->vocab ? token : TOKEN_UNKNOWN;
}

/* Fills `nodes` with one token per code point or byte, behind BOS and a space at a text's start. */
static int split(const Tokenizer *t, const uint8_t *text, size_t size, bool starts, Node *nodes)
{
    int count = 0;
    if (starts)
        nodes[count++].token = TOKEN_BOS;
    int space = tokenizer_find(t, (Bytes){ (const uint8_t *)" ", 1 });
    if (starts && size && space >= 0)
        nodes[count++].token = space;
    for (size_t at = 0; at < size;) {
        size_t length = code_point(text + at, size - at);
        int token = tokenizer_find_text(t, (Bytes){ text + at, length });
        if (token >= 0)
            nodes[count++].token = token;
        else
            for (size_t i = 0; i < length; i++)
                nodes[count++].token = byte_token(t, text[at + i]);
        at += length;
    }
    for (int i = 0; i < count; i++) {
        nodes[i].left = i - 1;
        nodes[i].right = i + 1 < count ? i + 1 : -1;
    }
    return count;
}

static bool encode(const Tokenizer *t, const uint8_t *text, size_t size, bool starts, int **tokens,
                   size_t *count, Fault *fault)
{
    *tokens = NULL;
    size_t room = size + 2;
    Node *nodes = size < INT32_MAX / 4 ? calloc(room, sizeof *nodes) : NULL;
    Pair *heap = nodes ? calloc(3 * room, sizeof *heap) : NULL;
    int *result = heap ? calloc(room, sizeof *result) : NULL;
    if (!result) {
        free(nodes);
        free(heap);
        return fault_set(fault, FAULT_MEMORY, "not enough memory for a prompt of %zu bytes", size);
    }
    int length = split(t, text, size, starts, nodes);
    Merger merger = { .tokenizer = t, .nodes = nodes, .heap = heap };
    merge_all(&merger, length);
    size_t kept = 0;
    for (int i = length ? 0 : -1; i >= 0; i = nodes[i].right)
        result[kept++] = nodes[i].token;
    free(nodes);
    free(heap);
    *tokens = result;
    *count = kept;
    return true;
}

bool tokenizer_encode(const Tokenizer *t, const uint8_t *text, size_t size, int **tokens,
                      size_t *count, Fault *fault)
{
    return encode(t, text, size, true, tokens, count, fault);
}

bool tokenizer_encode_more(const Tokenizer *t, const uint8_t *text, size_t size, int **tokens,
                           size_t *count, Fault *fault)
{
    return encode(t, text, size, false, tokens, count, fault);
}
