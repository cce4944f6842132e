#include "screen/partial_draw.h"

#include <math.h>

/* Unit roundoff of float: the largest relative error of a rounded result. */
#define ROUNDOFF 0x1p-24

/* Total orders of the known rows; equal weights are ordered by token, as in the sampler. */
typedef bool Before(const WeightedToken *a, const WeightedToken *b);

static bool heavier(const WeightedToken *a, const WeightedToken *b)
{
    return a->weight > b->weight || (a->weight == b->weight && a->token < b->token);
}

static bool lower_token(const WeightedToken *a, const WeightedToken *b)
{
    return a->token < b->token;
}

static void swap(WeightedToken *a, WeightedToken *b)
{
    WeightedToken kept = *a;
    *a = *b;
    *b = kept;
}

/* Median of three of [first, end), swapped to `first`. */
static void choose_pivot(WeightedToken *rows, int first, int end, Before *before)
{
    WeightedToken *a = rows + first, *b = rows + first + (end - first) / 2, *c = rows + end - 1;
    if (before(a, b) == before(b, c))
        swap(a, b);
    else if (before(b, a) == before(a, c))
        return;
    else
        swap(a, c);
}

/* The row at which a running sum in some order exceeds a target. */
typedef struct Crossing {
    int at;        /* index; the rows before it in the order lie before it in the array */
    double before; /* sum of the weights of the rows before it */
    double after;  /* the same with its own weight */
} Crossing;

/*
 * The first row of known[first .. count), in the given order, whose running sum, which starts at
 * `sum`, exceeds `target`; the last row where none does. Quickselect, in expected linear time: each
 * round keeps only the side of the pivot that contains the crossing.
 */
static Crossing find_crossing(WeightedToken *rows, int first, int count, double sum, double target,
                              Before *before)
{
    int end = count;
    while (end - first > 1) {
        choose_pivot(rows, first, end, before);
        int middle = first; /* rows (first, middle] go before the pivot at `first` */
        double mass = 0.0;
        for (int i = first + 1; i < end; i++)
            if (before(&rows[i], &rows[first])) {
                mass += rows[i].weight;
                swap(&rows[++middle], &rows[i]);
            }
        swap(&rows[first], &rows[middle]);
        if (sum + mass > target && middle > first) {
            end = middle;
        } else if (sum + mass + rows[middle].weight > target || middle + 1 == end) {
            sum += mass;
            first = middle;
            end = middle + 1;
        } else {
            sum += mass + rows[middle].weight;
            first = middle + 1;
        }
    }
    return (Crossing){ first, sum, sum + rows[first].weight };
}

/*
 * Bounds on the sum that the sampler computes. The error of a float addition is at most the smaller
 * of the addend and ROUNDOFF times the running sum; an exact weight is off by at most 2^-35.
 */
static void bound_sum(const PartialDraw *d, double *least, double *most)
{
    /* half a unit in the last place of the largest running sum */
    double exact = d->known_mass + d->most_rest, rounded = 1.0 + d->vocab * (2.0 * ROUNDOFF);
    double per_row = ldexp(ROUNDOFF, ilogb(exact * rounded));
    double error = d->scored * per_row + fmin(d->most_rest, (d->vocab - d->scored) * per_row);
    if (d->exact)
        error = (d->vocab - d->scored) * 0x1p-35;
    *least = (d->known_mass + d->least_rest - error) * (1.0 - 1e-12);
    *most = (exact + error) * (1.0 + 1e-12);
}

/* Does every draw in `low` to `high` select this row, for all relative errors up to `slack`? */
static bool holds(const Crossing *c, double low, double high, double slack)
{
    return c->before * (1.0 + slack) <= low && high < c->after * (1.0 - slack);
}

/* Is another weight so close that rounding their division by the sum may swap the two? */
static bool has_near_tie(const WeightedToken *rows, int count, int at)
{
    float weight = rows[at].weight, least = weight * (1.0f - 0x1p-21f);
    float most = weight * (1.0f + 0x1p-21f);
    for (int i = 0; i < count; i++)
        if (rows[i].weight >= least && rows[i].weight <= most && rows[i].weight != weight)
            return true;
    return false;
}

/* Relative error of k divisions by the sum, k additions and the product with the coin. */
static double slack_of(const PartialDraw *d, int k)
{
    return d->exact ? 1e-12 : (k + 8) * (2.0 * ROUNDOFF);
}

/* Moves the rows of at least this weight to the front; returns how many. */
static int keep_heavy(WeightedToken *rows, int count, double least_weight)
{
    int kept = 0;
    for (int i = 0; i < count; i++)
        if (rows[i].weight >= least_weight)
            swap(&rows[kept++], &rows[i]);
    return kept;
}

/* Bounds on the weight of the prefix that the sampler keeps. */
typedef struct Prefix {
    int rows;     /* the drawn row is among so many of the known ones */
    double least;
    double most;
    double slack; /* relative error of the sampler's sums */
} Prefix;

/*
 * The kept prefix from the `count` known rows that are heavier than every row that is not listed,
 * all of which weigh at most `hidden`. It may end among those.
 */
static Prefix find_prefix(const PartialDraw *d, int count, double hidden, double least, double most)
{
    double topp = d->topp, slack = slack_of(d, count);
    /* the end: an upper bound with the slack of all listed rows, then a sharper one */
    Crossing last = find_crossing(d->known, 0, count, 0.0, topp * most * (1.0 + slack), heavier);
    bool is_listed = last.after > topp * most * (1.0 + slack);
    slack = slack_of(d, is_listed ? last.at + 1 : d->vocab);
    if (is_listed)
        last = find_crossing(d->known, 0, last.at + 1, 0.0, topp * most * (1.0 + slack), heavier);
    int rows = is_listed ? last.at + 1 : count;
    double target = topp * least * (1.0 - slack);
    Crossing first = find_crossing(d->known, 0, rows, 0.0, target, heavier);
    if (is_listed)
        return (Prefix){ rows, first.after, last.after, slack };
    /* rows below the cutoff weigh less than 1 - topp together, give or take its rounding */
    bool may_end = first.after > target;
    double end = may_end ? d->known[first.at].weight : hidden;
    return (Prefix){ rows, may_end ? first.after : fmax(0.0, (topp - 1e-6) * least * (1.0 - slack)),
                     (topp * most + end) * (1.0 + slack), slack };
}

static int draw_from_top(PartialDraw *d)
{
    double least, most;
    bound_sum(d, &least, &most);
    float cutoff = (1.0f - d->topp) / (float)(d->vocab - 1);
    double hidden = fmax(fmax(cutoff * most, d->least_known), d->most_weight + 0x1p-34);
    hidden *= 1.0 + 4e-6; /* the rounding of weights divided by the sum changes no order here */
    int count = keep_heavy(d->known, d->count, hidden);
    if (count == 0)
        return DRAW_UNDECIDED;
    Prefix prefix = find_prefix(d, count, hidden, least, most);
    double slack = prefix.slack;
    double low = d->coin * prefix.least * (1.0 - slack);
    double high = d->coin * prefix.most * (1.0 + slack);
    Crossing drawn = find_crossing(d->known, 0, prefix.rows, 0.0, low, heavier);
    if (!holds(&drawn, low, high, slack)
        || (!d->exact && has_near_tie(d->known, count, drawn.at)))
        return DRAW_UNDECIDED;
    return d->known[drawn.at].token;
}

static int draw_from_all(PartialDraw *d)
{
    double least, most;
    bound_sum(d, &least, &most);
    if (!(least > 0.0) || d->least_known > 0.0)
        return DRAW_UNDECIDED;
    /* the sampler compares running sums / total with the coin; here both are times the total */
    double slack = slack_of(d, d->vocab);
    double low = d->coin * least * (1.0 - slack), high = d->coin * most * (1.0 + slack);
    Crossing drawn = find_crossing(d->known, 0, d->count, 0.0, high, lower_token);
    /* rounding of the exact weights of rows that are not scored, as in bound_sum */
    double rounded_weight = d->exact ? (d->vocab - d->scored) * 0x1p-35 : 0.0;
    bool surely_before = (drawn.before + d->most_rest + rounded_weight) * (1.0 + slack) <= low;
    if (!surely_before || !(high < drawn.after * (1.0 - slack)))
        return DRAW_UNDECIDED;
    return d->known[drawn.at].token;
}

int partial_draw(PartialDraw *draw)
{
    if (draw->count == 0 || !(draw->known_mass + draw->most_rest < INFINITY))
        return DRAW_UNDECIDED;
    if (draw->topp <= 0.0f || draw->topp >= 1.0f)
        return draw_from_all(draw);
    return draw_from_top(draw);
}
