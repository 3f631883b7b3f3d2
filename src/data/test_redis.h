// A Redis Cluster for tests: that of SOUK_TEST_REDIS, with SOUK_TEST_REDIS_FOLDER to do things to
// its nodes (tests/redis.sh). Tests of it are skipped, and it is said once, when that is not set.
#ifndef SOUK_DATA_TEST_REDIS_H
#define SOUK_DATA_TEST_REDIS_H

#include "core/test.h"
#include "data/redis.h"

// The nodes' addresses, or NULL.
const char *test_redis_url(void);
// Runs tests/redis.sh: "kill", "pause", "resume", "restart". `port` may be NULL. After "resume" and
// "restart" it waits until the cluster is whole again.
bool test_redis_do(const char *what, const char *port);
// One command to one node, its answer as text ("" for none); by "HOST:PORT".
const char *test_redis_tell(struct test *t, const char *node, const char *command);
// The n-th node of the setting; NULL when there are not so many.
const char *test_redis_node(struct test *t, size_t n);

#endif
