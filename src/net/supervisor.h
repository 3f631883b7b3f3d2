// The parent process: holds the listening socket, starts the workers, and starts again what dies.
// A worker runs net/http.h on the inherited socket.
//
// A dead worker is replaced within milliseconds; one that keeps dying (more than 5 times in 10 s)
// after 1 s, then 2, 4 ... 30 s. SIGTERM and SIGINT are passed on as SIGTERM and end everything,
// with SIGKILL for who is not done after drain_ms; a second one does so at once. SIGHUP is passed
// on (workers ignore it until they handle it), but on a terminal it ends everything. Workers are
// killed by the system when the parent dies. Call it before any thread is started.
//
//     int serve(int listener, int index, void *context);   // a worker: runs until SIGTERM
//     struct supervisor_settings settings = {.address = "127.0.0.1:30080", .run = serve};
//     return supervisor_run(&settings);
#ifndef SOUK_NET_SUPERVISOR_H
#define SOUK_NET_SUPERVISOR_H

#include "core/base.h"

// A worker that returns this cannot work at all (configuration, schema): everything ends with it.
// SUPERVISOR_CUT: it ended, but not everybody had been answered.
enum { SUPERVISOR_GIVE_UP = 78, SUPERVISOR_CUT = 75, SUPERVISOR_WORKERS_MAX = 64 };

struct supervisor_settings {
    const char *address; // see listen_open
    int workers;         // 0: 1
    i64 drain_ms;        // 0: 15000
    // In the child: its result is the exit status. `index` 0 .. workers - 1 stays over restarts.
    int (*run)(int listener, int index, void *context);
    void (*listening)(u16 port,
                      void *context); // in the parent, once, before the first fork; may be NULL
    void *context;
};

// Returns the exit status: 0 after a signal; SUPERVISOR_CUT when a worker returned that, or had to
// be killed; 1 when the address cannot be had (told on stderr), else SUPERVISOR_GIVE_UP.
int supervisor_run(const struct supervisor_settings *settings);

#endif
