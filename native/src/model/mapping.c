#include "model/mapping.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is mapped now. A signal handler may not format text, so each has its message ready. */
static struct Guarded {
    uintptr_t start;
    size_t size; /* 0: free */
    char sentence[512];
} guarded[4];

/* Calls async-signal-safe functions only. For any other address the default action comes next. */
static void on_bus_error(int number, siginfo_t *info, void *context)
{
    (void)context;
    uintptr_t at = (uintptr_t)info->si_addr;
    for (size_t i = 0; i < sizeof guarded / sizeof *guarded; i++)
        if (guarded[i].size && at - guarded[i].start < guarded[i].size) {
            ssize_t written = write(STDERR_FILENO, guarded[i].sentence,
                                    strlen(guarded[i].sentence));
            (void)written;
            _exit(FAULT_VANISHED);
        }
    signal(number, SIG_DFL);
}

static void guard(const void *data, size_t size, const char *path)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), i = 0;
    while (i < sizeof guarded / sizeof *guarded && guarded[i].size)
        i++;
    if (i == sizeof guarded / sizeof *guarded)
        return;
    snprintf(guarded[i].sentence, sizeof guarded[i].sentence,
             "storyteller: %.400s shrank or could not be read while it was in use; copy it again\n",
             path);
    guarded[i].start = (uintptr_t)data;
    guarded[i].size = (size + page - 1) / page * page;
    struct sigaction action = { .sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO };
    sigaction(SIGBUS, &action, NULL);
}

static void unguard(const void *data)
{
    for (size_t i = 0; i < sizeof guarded / sizeof *guarded; i++)
        if (guarded[i].start == (uintptr_t)data)
            guarded[i].size = 0;
}

bool mapping_open(Mapping *mapping, const char *path, Fault *fault)
{
    *mapping = (Mapping){0};
    /* O_NONBLOCK: opening a pipe must not wait for its writer */
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return fault_set(fault, FAULT_FILE, "cannot open %s: %s; check the path", path,
                         strerror(errno));
    struct stat status;
    bool known = fstat(file, &status) == 0;
    if (!known || !S_ISREG(status.st_mode)) {
        close(file);
        return fault_set(fault, FAULT_FILE, "%s is not a regular file; check the path", path);
    }
    if (status.st_size <= 0 || (uintmax_t)status.st_size > SIZE_MAX / 2) {
        close(file);
        return fault_set(fault, FAULT_MODEL, "%s has %lld bytes; copy it again", path,
                         (long long)status.st_size);
    }
    size_t size = (size_t)status.st_size;
    void *data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
    int reason = errno;
    close(file);
    if (data == MAP_FAILED)
        return fault_set(fault, FAULT_MEMORY, "cannot map %s: %s", path, strerror(reason));
    guard(data, size, path);
    mapping->data = data;
    mapping->size = size;
    return true;
}

void mapping_close(Mapping *mapping)
{
    if (mapping->data) {
        unguard(mapping->data);
        munmap((void *)(uintptr_t)mapping->data, mapping->size);
    }
    *mapping = (Mapping){0};
}

/* The pages that [data, data + size) touches, or with `inner` those that it covers. */
static void advise(const void *data, size_t size, int advice, bool inner)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t start = (uintptr_t)data, end = start + size;
    start = inner ? (start + page - 1) / page * page : start / page * page;
    end = inner ? end / page * page : (end + page - 1) / page * page;
    if (start < end)
        madvise((void *)start, end - start, advice);
}

void mapping_prefetch(const void *data, size_t size)
{
    advise(data, size, MADV_WILLNEED, false);
}

void mapping_release(const void *data, size_t size)
{
    advise(data, size, MADV_DONTNEED, true);
}
