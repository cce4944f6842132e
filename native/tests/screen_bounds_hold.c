/*
 * The bounds on rows that screening does not score, against the logits of all rows of a pack: no row
 * of a cluster may err by more than its reach, nor all of them together by more than the spread.
 *
 *   screen_bounds_hold PACK
 */
#include <math.h>
#include <stdio.h>

#include "cli/engine.h"
#include "screen/bounds.h"

enum { TOKENS = 12 };

/* The sum of the squares of what logits differ from their scores; the largest in `most`. */
static double errors_of(const ScreenBounds *b, int cluster, const float *logits, int rows,
                        double *most)
{
    const float *scores = screen_bounds_scores(b, (int)b->section->cluster[cluster].first);
    double centre = screen_bounds_cluster(b, cluster).centre, sum = 0.0;
    *most = 0.0;
    for (int r = 0; r < rows; r++) {
        double error = logits[r] - centre - scores[r];
        *most = fmax(*most, fabs(error));
        sum += error * error;
    }
    return sum;
}

static int check_cluster(ScreenBounds *b, int cluster, const float *row_logits, int vocab)
{
    const ScreenCluster *c = &b->section->cluster[cluster];
    int first = (int)c->first * BLOCK_ROWS, end = first + (int)c->blocks * BLOCK_ROWS;
    int rows = (end < vocab ? end : vocab) - first;
    double most, reach = screen_bounds_reach(b, cluster);
    double spread = screen_bounds_spread(b, cluster, rows);
    screen_bounds_score(b, cluster);
    double sum = errors_of(b, cluster, row_logits + first, rows, &most);
    if (most <= reach && sqrt(sum) <= spread)
        return 0;
    printf("cluster %d: %g of %g, %g of %g\n", cluster, most, reach, sqrt(sum), spread);
    return 1;
}

int main(int argc, char **argv)
{
    Fault fault = {0};
    Engine e;
    EngineOptions options = { .model = argc > 1 ? argv[1] : "", .threads = 1 };
    ScreenSection section;
    ScreenBounds bounds;
    if (!engine_open(&e, &options, &fault) || !screen_section_read(&section, &e.model, &fault)
        || !screen_bounds_open(&bounds, &section, &e.model, &fault)) {
        fprintf(stderr, "screen_bounds_hold: %s\n", fault.text);
        return 1;
    }
    int failed = 0, vocab = e.model.shape.vocab;
    for (int pos = 0, token = 1; pos < TOKENS; pos++, token = (token * 97 + 41) % vocab) {
        transformer_forward(&e.transformer, &token, 1, pos);
        transformer_logits(&e.transformer);
        screen_bounds_start(&bounds, &e.transformer);
        for (int cluster = 0; cluster < section.clusters; cluster++)
            failed += check_cluster(&bounds, cluster, e.transformer.row_logits, vocab);
    }
    printf("%d tokens, %d clusters, %d bounds broken\n", TOKENS, section.clusters, failed);
    screen_bounds_close(&bounds);
    engine_close(&e);
    return failed != 0 || section.clusters == 0;
}
