// Telling live processes from dead ones by /proc. Contract in lease.h.
//
// A lease ends by its time, which is seconds. When the process that holds it was killed, the one
// that is started in its place need not wait for that: the start time tells a process from a later
// one with the same number. Across machines nothing can be told, and the time decides.
#include "services/order/lease.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAME_SIZE = 128, START_FIELD = 22 }; // proc(5): the 22nd field of stat is the start time

// When a process started, in ticks since the boot; 0 when there is none.
static long long start_of(long pid)
{
    char path[48], stat[1024];
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t length = read(fd, stat, sizeof stat - 1);
    close(fd);
    stat[length > 0 ? length : 0] = '\0';
    const char *at = strrchr(stat, ')'); // the second field is a name with anything in it
    for (int field = 2; at != NULL && field < START_FIELD; field++)
        at = strchr(at + 1, ' ');
    return at != NULL ? strtoll(at, NULL, 10) : 0;
}

static void name_of(long pid, char name[NAME_SIZE])
{
    char host[64] = "";
    if (gethostname(host, sizeof host - 1) != 0)
        host[0] = '\0';
    snprintf(name, NAME_SIZE, "%s:%ld:%lld", host, pid, start_of(pid));
}

const char *lease_process(void)
{
    static _Thread_local char name[NAME_SIZE];
    // Workers are forked: what the parent was called must not be kept.
    static _Thread_local pid_t named;
    if (named != getpid()) {
        named = getpid();
        name_of(named, name);
    }
    return name;
}

bool lease_process_gone(const char *process)
{
    char host[64] = "", now[NAME_SIZE];
    const char *pid = process != NULL ? strchr(process, ':') : NULL;
    if (pid == NULL || gethostname(host, sizeof host - 1) != 0 ||
        strlen(host) != (size_t)(pid - process) || strncmp(process, host, strlen(host)) != 0)
        return false;
    name_of(strtol(pid + 1, NULL, 10), now);
    return strcmp(now, process) != 0;
}
