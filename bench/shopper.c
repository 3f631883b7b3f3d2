// One shopper's HTTP and purchase. Contract in shopper.h.
#include "shopper.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/time.h"
#include "core/uuid.h"

void shopper_connect(struct shopper *shopper, u16 port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    shopper->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (shopper->fd < 0 || connect(shopper->fd, (struct sockaddr *)&address, sizeof address) != 0) {
        perror("bench: cannot connect");
        exit(1);
    }
}

void shopper_leave(struct shopper *shopper)
{
    if (shopper->fd >= 0)
        close(shopper->fd);
    shopper->fd = -1;
}

void shopper_send(struct shopper *shopper, const char *request, size_t length)
{
    shopper->sent_us = monotonic_us();
    shopper->length = shopper->whole = 0;
    // A server that is gone is seen when the answer is read.
    if (send(shopper->fd, request, length, MSG_NOSIGNAL) != (ssize_t)length)
        perror("bench: cannot ask");
}

int shopper_take(struct shopper *shopper)
{
    ssize_t n = recv(shopper->fd, shopper->answer + shopper->length,
                     SHOPPER_ANSWER_MAX - 1 - shopper->length, 0);
    if (n <= 0)
        return n < 0 && errno == EAGAIN ? 0 : -1;
    shopper->length += (size_t)n;
    shopper->answer[shopper->length] = '\0';
    const char *end = strstr(shopper->answer, "\r\n\r\n");
    const char *size = strstr(shopper->answer, "Content-Length: ");
    if (shopper->whole == 0 && end != NULL && size != NULL)
        shopper->whole = (size_t)(end + 4 - shopper->answer) + strtoul(size + 16, NULL, 10);
    if (shopper->whole == 0 || shopper->length < shopper->whole)
        return 0;
    return (int)strtol(shopper->answer + 9, NULL, 10);
}

static bool ask(struct shopper *shopper, enum shopper_step step, const char *path, const char *body,
                shopper_told *told)
{
    char request[2048];
    int status = 0;
    int length = snprintf(request, sizeof request,
                          "POST %s HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n"
                          "Idempotency-Key: %s\r\nContent-Length: %zu\r\n\r\n%s",
                          path, uuid_new().s, strlen(body), body);
    shopper_send(shopper, request, (size_t)length);
    while (status == 0)
        status = shopper_take(shopper);
    told(shopper, step, status, monotonic_us() - shopper->sent_us);
    return status == 201;
}

void shopper_buy(struct shopper *shopper, const char *sku, shopper_told *told)
{
    char id[37] = "", path[128], body[1024];
    if (!ask(shopper, STEP_CART, "/api/v1/carts", "{\"currency\":\"EUR\"}", told))
        return;
    const char *found = strstr(shopper->answer, "\"id\":\"");
    if (found != NULL)
        snprintf(id, sizeof id, "%.36s", found + 6);
    snprintf(path, sizeof path, "/api/v1/carts/%s/items", id);
    snprintf(body, sizeof body, "{\"sku\":\"%s\",\"quantity\":1}", sku);
    if (!ask(shopper, STEP_ITEM, path, body, told))
        return;
    snprintf(
        body, sizeof body,
        "{\"cart_id\":\"%s\",\"email\":\"ann@bench.test\",\"shipping_address\":{\"name\":\"Ann\","
        "\"line1\":\"1 Road\",\"city\":\"Bonn\",\"postcode\":\"53111\",\"country\":\"DE\"},"
        "\"payment\":{\"provider\":\"test\",\"token\":\"tok_ok\"}}",
        id);
    ask(shopper, STEP_ORDER, "/api/v1/orders", body, told);
}

void samples_add(struct samples *samples, i64 took_us)
{
    samples->took_us[atomic_fetch_add(&samples->count, 1) % SAMPLES_MAX] = took_us;
}

static int by_size(const void *a, const void *b)
{
    const i64 *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

double samples_ms(struct samples *samples, int percent)
{
    size_t count = samples->count < SAMPLES_MAX ? samples->count : SAMPLES_MAX;
    qsort(samples->took_us, count, sizeof *samples->took_us, by_size);
    return count > 0 ? (double)samples->took_us[count * (size_t)percent / 100] / 1000 : 0;
}
