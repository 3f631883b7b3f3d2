// Points at which fault tests kill the process. Contract in app.h.
//
// In every build, since what is tested must be what runs; a point costs a look into the
// environment, and they stand only between the durable steps of an order and a payment.
// tests/faults/crash_steps.py walks through them.
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"

void crash_point(const char *name)
{
    static _Atomic int passed;
    const char *wanted = getenv("SOUK_CRASH_AT");
    size_t length = strlen(name);
    if (wanted == NULL || strncmp(wanted, name, length) != 0)
        return;
    if (wanted[length] != '\0' && wanted[length] != ':')
        return;
    long time = wanted[length] == ':' ? strtol(wanted + length + 1, NULL, 10) : 1;
    if (atomic_fetch_add(&passed, 1) + 1 == time)
        // No handler, no atexit, no flush: what a power cut leaves.
        raise(SIGKILL);
}
