#include "infer/thread_pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/*
 * Jobs follow each other within microseconds, so a thread that waits first looks this many times.
 * After that it sleeps: on a busy machine the thread it waits for may need the processor.
 */
enum { SPINS = 4000 };

typedef struct Worker {
    Crew *crew;
    int part;
    pthread_t thread;
} Worker;

struct Crew {
    int size;
    CrewJob *job;
    void *context;
    bool leaving;
    atomic_uint ticket;  /* number of the job to do */
    atomic_int unfinished; /* parts of it that run on other threads */
    atomic_int asleep;   /* workers that wait on `wake` */
    atomic_bool waiting; /* the calling thread waits on `done` */
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    pthread_cond_t done;
    Worker workers[MAX_CREW];
    int started;
};

static inline void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
}

static void wait_for_ticket(Crew *crew, unsigned seen)
{
    for (int i = 0; i < SPINS; i++) {
        if (atomic_load_explicit(&crew->ticket, memory_order_acquire) != seen)
            return;
        relax();
    }
    pthread_mutex_lock(&crew->mutex);
    atomic_fetch_add(&crew->asleep, 1);
    while (atomic_load(&crew->ticket) == seen)
        pthread_cond_wait(&crew->wake, &crew->mutex);
    atomic_fetch_sub(&crew->asleep, 1);
    pthread_mutex_unlock(&crew->mutex);
}

static void *work(void *argument)
{
    Worker *worker = argument;
    Crew *crew = worker->crew;
    for (unsigned seen = 0;; seen++) {
        wait_for_ticket(crew, seen);
        if (crew->leaving)
            return NULL;
        crew->job(crew->context, worker->part, crew->size);
        if (atomic_fetch_sub(&crew->unfinished, 1) == 1 && atomic_load(&crew->waiting)) {
            pthread_mutex_lock(&crew->mutex);
            pthread_cond_signal(&crew->done);
            pthread_mutex_unlock(&crew->mutex);
        }
    }
}

static void wait_for_workers(Crew *crew)
{
    for (int i = 0; i < SPINS; i++) {
        if (atomic_load_explicit(&crew->unfinished, memory_order_acquire) == 0)
            return;
        relax();
    }
    pthread_mutex_lock(&crew->mutex);
    atomic_store(&crew->waiting, true);
    while (atomic_load(&crew->unfinished))
        pthread_cond_wait(&crew->done, &crew->mutex);
    atomic_store(&crew->waiting, false);
    pthread_mutex_unlock(&crew->mutex);
}

/* Publishes the next ticket; sleepers hold the mutex while they decide to sleep. */
static void call_workers(Crew *crew)
{
    atomic_fetch_add(&crew->ticket, 1);
    if (atomic_load(&crew->asleep)) {
        pthread_mutex_lock(&crew->mutex);
        pthread_cond_broadcast(&crew->wake);
        pthread_mutex_unlock(&crew->mutex);
    }
}

bool crew_open(Crew **result, int size, Fault *fault)
{
    Crew *crew = calloc(1, sizeof *crew);
    *result = crew;
    if (!crew)
        return fault_set(fault, FAULT_MEMORY, "not enough memory for threads");
    crew->size = size;
    pthread_mutex_init(&crew->mutex, NULL);
    pthread_cond_init(&crew->wake, NULL);
    pthread_cond_init(&crew->done, NULL);
    for (int i = 1; i < size; i++) {
        Worker *worker = &crew->workers[i];
        *worker = (Worker){ .crew = crew, .part = i };
        int error = pthread_create(&worker->thread, NULL, work, worker);
        if (error) {
            crew_close(crew);
            *result = NULL;
            return fault_set(fault, FAULT_MEMORY, "cannot start thread %d: %s; use fewer with -j",
                             i + 1, strerror(error));
        }
        crew->started++;
    }
    return true;
}

void crew_close(Crew *crew)
{
    if (!crew)
        return;
    crew->leaving = true;
    call_workers(crew);
    for (int i = 1; i <= crew->started; i++)
        pthread_join(crew->workers[i].thread, NULL);
    pthread_cond_destroy(&crew->wake);
    pthread_cond_destroy(&crew->done);
    pthread_mutex_destroy(&crew->mutex);
    free(crew);
}

void crew_run(Crew *crew, CrewJob *job, void *context)
{
    if (crew->size > 1) {
        crew->job = job;
        crew->context = context;
        atomic_store_explicit(&crew->unfinished, crew->size - 1, memory_order_relaxed);
        call_workers(crew);
    }
    job(context, 0, crew->size);
    if (crew->size > 1)
        wait_for_workers(crew);
}
