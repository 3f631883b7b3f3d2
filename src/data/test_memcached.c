// Starting and stopping Memcached. Contract in test_memcached.h.
#include "data/test_memcached.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct sockaddr_in loopback(int port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                .sin_port = htons((u16)port)};
}

// One that no system gives out by itself: it is free until Memcached takes it (tools/ports.py).
static int free_port(void)
{
    for (int tries = 0; tries < 1000; tries++) {
        struct sockaddr_in address = loopback(10000 + (int)arc4random_uniform(6000));
        int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        int bound = bind(probe, (struct sockaddr *)(void *)&address, sizeof address);
        close(probe);
        if (bound == 0)
            return ntohs(address.sin_port);
    }
    assert(!"no port is free");
    return 0;
}

static bool answers(int port)
{
    struct sockaddr_in address = loopback(port);
    int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool up = connect(probe, (struct sockaddr *)(void *)&address, sizeof address) == 0;
    close(probe);
    return up;
}

void test_memcached_start(struct test_memcached *node)
{
    char port[8];
    if (node->port == 0)
        node->port = free_port();
    snprintf(node->address, sizeof node->address, "127.0.0.1:%d", node->port);
    snprintf(port, sizeof port, "%d", node->port);
    node->pid = fork();
    assert(node->pid >= 0);
    if (node->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        // As root it wants to be told whose rights to take.
        execlp("memcached", "memcached", "-l", "127.0.0.1", "-p", port, "-U", "0", "-m", "16", "-t",
               "1", "-u", geteuid() == 0 ? "root" : "nobody", (char *)NULL);
        _exit(127);
    }
    for (int i = 0; !answers(node->port); i++) {
        assert(i < 12000 && waitpid(node->pid, NULL, WNOHANG) == 0);
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
}

void test_memcached_stop(struct test_memcached *node)
{
    if (node->pid == 0)
        return;
    kill(node->pid, SIGKILL);
    waitpid(node->pid, NULL, 0);
    node->pid = 0;
}

void test_memcached_hang(const struct test_memcached *node, bool hang)
{
    kill(node->pid, hang ? SIGSTOP : SIGCONT);
}
