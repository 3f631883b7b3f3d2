// The listening socket. Contract in listen.h.
#include "net/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/time.h"

// The kernel cuts the backlog to net.core.somaxconn, 4096 on Linux today.
enum { BACKLOG = 4096, BIND_RETRY_MS = 500, HOST_SIZE = 256 };

struct endpoint {
    char host[HOST_SIZE];
    char port[6];
};

// Splits "host:port", "[v6]:port" and ":port".
static bool split(const char *address, struct endpoint *endpoint)
{
    const char *colon = strrchr(address, ':');
    if (colon == NULL)
        return false;
    const char *host = address;
    size_t length = (size_t)(colon - address), digits = strlen(colon + 1);
    if (length >= 2 && host[0] == '[' && host[length - 1] == ']') {
        host++;
        length -= 2;
    } else if (memchr(host, ':', length) != NULL) {
        return false; // IPv6 without brackets
    }
    if (length >= HOST_SIZE || digits == 0 || digits >= sizeof endpoint->port ||
        colon[1 + strspn(colon + 1, "0123456789")] != '\0')
        return false;
    *endpoint = (struct endpoint){0};
    memcpy(endpoint->host, host, length);
    memcpy(endpoint->port, colon + 1, digits);
    int port = 0;
    return sscanf(endpoint->port, "%d", &port) == 1 && port <= 65535;
}

static int open_socket(const struct addrinfo *found)
{
    int on = 1, off = 0;
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    // Connections of the last run in TIME_WAIT do not hold the port. SO_REUSEPORT was rejected:
    // closing one of several listeners resets the connections waiting in its queue.
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); // inherited by what is accepted
    // "[::]" serves IPv4 too, whatever the system's default is.
    if (found->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (bind(fd, found->ai_addr, found->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    int saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

static int open_patiently(const struct addrinfo *found)
{
    i64 until_ms = monotonic_ms() + BIND_RETRY_MS;
    int fd = open_socket(found);
    while (fd < 0 && errno == EADDRINUSE && monotonic_ms() < until_ms) {
        usleep(20000);
        fd = open_socket(found);
    }
    return fd;
}

int listen_open(const char *address, char error[LISTEN_ERROR_SIZE])
{
    struct endpoint endpoint;
    struct addrinfo *found, hints = {.ai_family = AF_UNSPEC,
                                     .ai_socktype = SOCK_STREAM,
                                     .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    if (!split(address, &endpoint)) {
        snprintf(error, LISTEN_ERROR_SIZE, "\"%s\" is not an address like 127.0.0.1:30080",
                 address);
        return -1;
    }
    int problem =
        getaddrinfo(endpoint.host[0] != '\0' ? endpoint.host : NULL, endpoint.port, &hints, &found);
    if (problem != 0) {
        snprintf(error, LISTEN_ERROR_SIZE, "cannot listen on %s: %s", address,
                 gai_strerror(problem));
        return -1;
    }
    int fd = -1;
    for (const struct addrinfo *at = found; at != NULL && fd < 0; at = at->ai_next)
        fd = open_patiently(at);
    if (fd < 0)
        snprintf(error, LISTEN_ERROR_SIZE, "cannot listen on %s: %s", address, strerror(errno));
    freeaddrinfo(found);
    return fd;
}

u16 listen_port(int listener)
{
    struct sockaddr_storage name;
    socklen_t size = sizeof name;
    int result = getsockname(listener, (struct sockaddr *)&name, &size);
    assert(result == 0);
    return ntohs(name.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&name)->sin6_port
                                            : ((struct sockaddr_in *)&name)->sin_port);
}
