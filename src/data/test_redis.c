// A Redis Cluster for tests. Contract in test_redis.h.
#include "data/test_redis.h"

#include <hiredis/hiredis.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/str.h"

enum { PATIENCE = 600, TENTH_NS = 100000000 };

const char *test_redis_url(void)
{
    static bool told;
    const char *url = getenv("SOUK_TEST_REDIS");
    if (url == NULL && !told)
        printf("SOUK_TEST_REDIS is not set: nothing runs on Redis (tests/redis.sh)\n");
    told = true;
    return url;
}

const char *test_redis_node(struct test *t, size_t n)
{
    const char *at = test_redis_url();
    for (; n > 0 && *at != '\0'; n--) {
        at += strcspn(at, ",");
        at += *at == ',';
    }
    return *at != '\0' ? arena_text_n(t->arena, at + strlen("redis://"),
                                      strcspn(at, ",") - strlen("redis://"))
                       : NULL;
}

const char *test_redis_tell(struct test *t, const char *node, const char *command)
{
    const char *words[16], *text = "";
    int count = 0;
    for (const char *at = command; *at != '\0' && count < 16; at += *at == ' ') {
        words[count++] = arena_text_n(t->arena, at, strcspn(at, " "));
        at += strcspn(at, " ");
    }
    char *colon = strchr(arena_text(t->arena, node), ':');
    i64 port = 0;
    if (!str_i64(colon + 1, &port))
        return "";
    *colon = '\0';
    redisContext *context = redisConnectWithTimeout("127.0.0.1", (int)port, (struct timeval){1, 0});
    redisReply *reply =
        context != NULL && context->err == 0 ? redisCommandArgv(context, count, words, NULL) : NULL;
    if (reply != NULL && reply->str != NULL)
        text = arena_text_n(t->arena, reply->str, reply->len);
    else if (reply != NULL)
        text = arena_printf(t->arena, "%lld", reply->integer);
    freeReplyObject(reply);
    if (context != NULL)
        redisFree(context);
    return text;
}

static bool whole(void)
{
    struct test t = {.arena = arena_new(MIB(16))};
    bool all = true;
    const char *node;
    for (size_t i = 0; all && (node = test_redis_node(&t, i)) != NULL; i++)
        all = strstr(test_redis_tell(&t, node, "CLUSTER INFO"), "cluster_state:ok") != NULL;
    arena_free(t.arena);
    return all;
}

bool test_redis_do(const char *what, const char *port)
{
    char script[] = "tests/redis.sh", verb[16], folder[200], number[16];
    const char *where = getenv("SOUK_TEST_REDIS_FOLDER");
    if (where == NULL)
        return false;
    snprintf(verb, sizeof verb, "%s", what);
    snprintf(folder, sizeof folder, "%s", where);
    snprintf(number, sizeof number, "%s", port != NULL ? port : "");
    char *arguments[] = {script, verb, folder, port != NULL ? number : NULL, NULL};
    pid_t pid;
    int status = 1;
    if (posix_spawn(&pid, script, NULL, NULL, arguments, environ) != 0 ||
        waitpid(pid, &status, 0) != pid || status != 0)
        return false;
    bool waits = str_equal(what, "resume") || str_equal(what, "restart");
    for (int i = 0; waits && i < PATIENCE && !whole(); i++)
        nanosleep(&(struct timespec){.tv_nsec = TENTH_NS}, NULL);
    return !waits || whole();
}
