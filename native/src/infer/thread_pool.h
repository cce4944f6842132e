/* A pool of threads that run one job at a time; the calling thread takes part in it. */
#ifndef STORYTELLER_INFER_THREAD_POOL_H
#define STORYTELLER_INFER_THREAD_POOL_H

#include <stdbool.h>

#include "model/fault.h"

enum { MAX_THREADS = 16 };

typedef struct ThreadPool ThreadPool;

/* Part `part` of `parts` of a job; parts of one job run at the same time. */
typedef void ThreadPoolJob(void *context, int part, int parts);

/* Starts size - 1 threads (1 <= size <= MAX_THREADS). */
bool thread_pool_open(ThreadPool **pool, int size, Fault *fault);

void thread_pool_close(ThreadPool *pool);

/* Runs all parts of a job and returns when every one is done. */
void thread_pool_run(ThreadPool *pool, ThreadPoolJob *job, void *context);

#endif
