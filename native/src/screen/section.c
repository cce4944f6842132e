#include "screen/section.h"

#include <string.h>

static size_t aligned(size_t size)
{
    return (size + SCREEN_ALIGNMENT - 1) / SCREEN_ALIGNMENT * SCREEN_ALIGNMENT;
}

ScreenLayout screen_layout(int dim, int blocks, int hot_blocks, int clusters, int leading)
{
    size_t skippable = (size_t)(blocks - hot_blocks);
    ScreenLayout l = { .cluster = SCREEN_HEADER_BYTES };
    l.block = l.cluster + aligned((size_t)clusters * sizeof(ScreenCluster));
    l.centroids = l.block + aligned(skippable * sizeof(ScreenBlock));
    l.directions = l.centroids + aligned((size_t)clusters * (size_t)dim * sizeof(float));
    int directions = leading < dim ? leading : 0;
    l.coordinates = l.directions + (size_t)blocks_of(directions) * block_bytes(CODING_F32, dim, 0);
    l.end = l.coordinates + skippable * block_bytes(CODING_INT8, leading, SCREEN_GROUP);
    return l;
}

static bool refuse(Fault *fault, const char *why)
{
    return fault_set(fault, FAULT_MODEL, "the screen section of the model is damaged (%s); pack "
                     "the model again", why);
}

/* A count of the header, or -1 where it exceeds `most`. */
static int count_at(Bytes section, size_t offset, uint32_t most)
{
    uint32_t value;
    memcpy(&value, section.data + offset, sizeof value);
    return value > most ? -1 : (int)value;
}

static bool clusters_fit(const ScreenSection *s)
{
    uint32_t next = (uint32_t)s->hot_blocks;
    for (int c = 0; c < s->clusters; c++) {
        const ScreenCluster *cluster = &s->cluster[c];
        if (cluster->first != next || cluster->blocks == 0
            || cluster->blocks > (uint32_t)s->blocks - next)
            return false;
        next += cluster->blocks;
    }
    return next == (uint32_t)s->blocks;
}

bool screen_section_is_older(const Model *model)
{
    return model->screen.size >= SCREEN_HEADER_BYTES
        && count_at(model->screen, 0, SCREEN_VERSION - 1) > 0;
}

bool screen_section_read(ScreenSection *s, const Model *model, Fault *fault)
{
    Bytes section = model->screen;
    int blocks = blocks_of(model->shape.vocab), dim = model->shape.dim;
    *s = (ScreenSection){ .blocks = blocks };
    if (section.size < SCREEN_HEADER_BYTES
        || count_at(section, 0, SCREEN_VERSION) != SCREEN_VERSION)
        return refuse(fault, "its version is unknown");
    s->hot_blocks = count_at(section, 4, (uint32_t)blocks - 1);
    s->clusters = count_at(section, 8, SCREEN_MAX_CLUSTERS);
    s->leading = count_at(section, 12, SCREEN_MAX_DIM);
    s->untrained_block = count_at(section, 20, (uint32_t)blocks);
    memcpy(&s->skew, section.data + 16, sizeof s->skew);
    if (s->hot_blocks < 1 || s->untrained_block < s->hot_blocks || s->clusters < 0
        || s->leading < SCREEN_GROUP || s->leading > dim || s->leading % SCREEN_GROUP
        || dim > SCREEN_MAX_DIM)
        return refuse(fault, "its counts do not fit the model");
    ScreenLayout l = screen_layout(dim, blocks, s->hot_blocks, s->clusters, s->leading);
    if (section.size != l.end)
        return refuse(fault, "its size does not fit its counts");
    s->cluster = (const void *)(section.data + l.cluster);
    s->block = (const void *)(section.data + l.block);
    if (!clusters_fit(s))
        return refuse(fault, "its clusters do not fit together");
    s->centroids = (const void *)(section.data + l.centroids);
    s->directions = (Matrix){ .coding = CODING_F32, .rows = s->leading < dim ? s->leading : 0,
                              .cols = dim,
                              .data = section.data + l.directions };
    s->coordinates = (Matrix){
        .coding = CODING_INT8, .rows = (blocks - s->hot_blocks) * BLOCK_ROWS, .cols = s->leading,
        .group = SCREEN_GROUP, .data = section.data + l.coordinates,
    };
    return true;
}
