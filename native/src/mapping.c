#include "mapping.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

bool mapping_open(Mapping *mapping, const char *path, Fault *fault)
{
    *mapping = (Mapping){0};
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return fault_set(fault, FAULT_FILE, "cannot open %s: %s; check the path", path,
                         strerror(errno));
    struct stat status;
    bool known = fstat(file, &status) == 0;
    if (!known || !S_ISREG(status.st_mode)) {
        close(file);
        return fault_set(fault, FAULT_FILE, "%s is not a regular file; give a model file", path);
    }
    if (status.st_size <= 0 || (uintmax_t)status.st_size > SIZE_MAX / 2) {
        close(file);
        return fault_set(fault, FAULT_MODEL, "%s has %lld bytes, which no model has; copy it again",
                         path, (long long)status.st_size);
    }
    size_t size = (size_t)status.st_size;
    void *data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
    int reason = errno;
    close(file);
    if (data == MAP_FAILED)
        return fault_set(fault, FAULT_MEMORY, "cannot map %s: %s", path, strerror(reason));
    mapping->data = data;
    mapping->size = size;
    return true;
}

void mapping_close(Mapping *mapping)
{
    if (mapping->data)
        munmap((void *)(uintptr_t)mapping->data, mapping->size);
    *mapping = (Mapping){0};
}

static char vanished[512];
static size_t vanished_size;

/* Only async-signal-safe calls: the sentence was made beforehand. */
static void on_bus_error(int number)
{
    (void)number;
    ssize_t written = write(STDERR_FILENO, vanished, vanished_size);
    (void)written;
    _exit(FAULT_VANISHED);
}

void mapping_guard(const char *path)
{
    int length = snprintf(vanished, sizeof vanished,
                          "storyteller: %.400s shrank or could not be read while it was in use; "
                          "copy it again\n", path);
    vanished_size = (size_t)length;
    struct sigaction action = { .sa_handler = on_bus_error };
    sigaction(SIGBUS, &action, NULL);
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

void mapping_will_need(const void *data, size_t size)
{
    advise(data, size, MADV_WILLNEED, false);
}

void mapping_done_with(const void *data, size_t size)
{
    advise(data, size, MADV_DONTNEED, true);
}
