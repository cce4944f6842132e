/* Every part of every job runs exactly once, whatever the number of threads. */
#include <stdatomic.h>
#include <string.h>

#include "check.h"
#include "infer/thread_pool.h"

enum { JOBS = 3000, MOST_PARTS = 4 };

typedef struct Tally {
    atomic_int runs[MOST_PARTS];
    int parts;
} Tally;

static void count(void *context, int part, int parts)
{
    Tally *tally = context;
    if (parts == tally->parts && part < parts)
        atomic_fetch_add(&tally->runs[part], 1);
}

int main(void)
{
    Fault fault;
    for (int size = 1; size <= MOST_PARTS; size++) {
        ThreadPool *pool;
        Tally tally = { .parts = size };
        CHECK(thread_pool_open(&pool, size, &fault));
        for (int job = 0; job < JOBS; job++)
            thread_pool_run(pool, count, &tally);
        for (int part = 0; part < size; part++)
            CHECK(atomic_load(&tally.runs[part]) == JOBS);
        thread_pool_close(pool);
    }
    return check_report();
}
