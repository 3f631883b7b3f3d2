// Memcached nodes for tests: processes of Debian's memcached on free ports of 127.0.0.1, which end
// with the process that started them.
#ifndef SOUK_DATA_TEST_MEMCACHED_H
#define SOUK_DATA_TEST_MEMCACHED_H

#include <sys/types.h>

#include "core/base.h"

struct test_memcached {
    pid_t pid; // 0: stopped
    int port;
    char address[32]; // "127.0.0.1:PORT"
};

// Starts a node, again on its own port when it had one. Aborts when it does not come up.
void test_memcached_start(struct test_memcached *node);
// Kills it; without effect when it does not run.
void test_memcached_stop(struct test_memcached *node);
// Stops it from answering, with its connections open, and lets it go on.
void test_memcached_hang(const struct test_memcached *node, bool hang);

#endif
