#include "infer/thread_pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/*
 * Jobs follow each other within microseconds, so a waiting thread first polls this many times.
 * After that it sleeps: on a busy machine the thread it waits for may need the processor.
 */
enum { SPINS = 4000 };

typedef struct Worker {
    ThreadPool *pool;
    int part;
    pthread_t thread;
} Worker;

struct ThreadPool {
    int size;
    ThreadPoolJob *job;
    void *context;
    bool stopping;
    atomic_uint job_number; /* counts the jobs; a new value starts one */
    atomic_int unfinished; /* parts of it that run on other threads */
    atomic_int asleep;   /* workers that wait on `wake` */
    atomic_bool waiting; /* the calling thread waits on `done` */
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    pthread_cond_t done;
    Worker workers[MAX_THREADS];
    int started;
};

static inline void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
}

static void wait_for_job(ThreadPool *pool, unsigned seen)
{
    for (int i = 0; i < SPINS; i++) {
        if (atomic_load_explicit(&pool->job_number, memory_order_acquire) != seen)
            return;
        relax();
    }
    pthread_mutex_lock(&pool->mutex);
    atomic_fetch_add(&pool->asleep, 1);
    while (atomic_load(&pool->job_number) == seen)
        pthread_cond_wait(&pool->wake, &pool->mutex);
    atomic_fetch_sub(&pool->asleep, 1);
    pthread_mutex_unlock(&pool->mutex);
}

static void *work(void *argument)
{
    Worker *worker = argument;
    ThreadPool *pool = worker->pool;
    for (unsigned seen = 0;; seen++) {
        wait_for_job(pool, seen);
        if (pool->stopping)
            return NULL;
        pool->job(pool->context, worker->part, pool->size);
        if (atomic_fetch_sub(&pool->unfinished, 1) == 1 && atomic_load(&pool->waiting)) {
            pthread_mutex_lock(&pool->mutex);
            pthread_cond_signal(&pool->done);
            pthread_mutex_unlock(&pool->mutex);
        }
    }
}

static void wait_for_workers(ThreadPool *pool)
{
    for (int i = 0; i < SPINS; i++) {
        if (atomic_load_explicit(&pool->unfinished, memory_order_acquire) == 0)
            return;
        relax();
    }
    pthread_mutex_lock(&pool->mutex);
    atomic_store(&pool->waiting, true);
    while (atomic_load(&pool->unfinished))
        pthread_cond_wait(&pool->done, &pool->mutex);
    atomic_store(&pool->waiting, false);
    pthread_mutex_unlock(&pool->mutex);
}

/* Starts the next job; workers hold the mutex while they decide to sleep, so none misses it. */
static void wake_workers(ThreadPool *pool)
{
    atomic_fetch_add(&pool->job_number, 1);
    if (atomic_load(&pool->asleep)) {
        pthread_mutex_lock(&pool->mutex);
        pthread_cond_broadcast(&pool->wake);
        pthread_mutex_unlock(&pool->mutex);
    }
}

bool thread_pool_open(ThreadPool **result, int size, Fault *fault)
{
    ThreadPool *pool = calloc(1, sizeof *pool);
    *result = pool;
    if (!pool)
        return fault_set(fault, FAULT_MEMORY, "not enough memory for threads");
    pool->size = size;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->wake, NULL);
    pthread_cond_init(&pool->done, NULL);
    for (int i = 1; i < size; i++) {
        Worker *worker = &pool->workers[i];
        *worker = (Worker){ .pool = pool, .part = i };
        int error = pthread_create(&worker->thread, NULL, work, worker);
        if (error) {
            thread_pool_close(pool);
            *result = NULL;
            return fault_set(fault, FAULT_MEMORY, "cannot start thread %d: %s; use fewer with -j",
                             i + 1, strerror(error));
        }
        pool->started++;
    }
    return true;
}

void thread_pool_close(ThreadPool *pool)
{
    if (!pool)
        return;
    pool->stopping = true;
    wake_workers(pool);
    for (int i = 1; i <= pool->started; i++)
        pthread_join(pool->workers[i].thread, NULL);
    pthread_cond_destroy(&pool->wake);
    pthread_cond_destroy(&pool->done);
    pthread_mutex_destroy(&pool->mutex);
    free(pool);
}

void thread_pool_run(ThreadPool *pool, ThreadPoolJob *job, void *context)
{
    if (pool->size > 1) {
        pool->job = job;
        pool->context = context;
        atomic_store_explicit(&pool->unfinished, pool->size - 1, memory_order_relaxed);
        wake_workers(pool);
    }
    job(context, 0, pool->size);
    if (pool->size > 1)
        wait_for_workers(pool);
}
