/* A few threads that share one job at a time; the calling thread is one of them. */
#ifndef STORYTELLER_INFER_THREAD_POOL_H
#define STORYTELLER_INFER_THREAD_POOL_H

#include <stdbool.h>

#include "model/fault.h"

enum { MAX_CREW = 16 };

typedef struct Crew Crew;

/* Part `part` of `parts` of a job; parts of one job run at the same time. */
typedef void CrewJob(void *context, int part, int parts);

/* Starts size - 1 threads (1 <= size <= MAX_CREW). */
bool crew_open(Crew **crew, int size, Fault *fault);

void crew_close(Crew *crew);

/* Runs all parts of a job and returns when every one is done. */
void crew_run(Crew *crew, CrewJob *job, void *context);

#endif
