// Somebody with one connection who asks a shop on this machine; bench/shop.c and bench/overload.c
// send many of them.
//
//     struct shopper *ann = calloc(1, sizeof *ann);
//     shopper_connect(ann, port);
//     shopper_buy(ann, "BENCH-1", count);
//     shopper_leave(ann);
//
// A shopper is of one thread. Whoever cannot even connect ends the program.
#ifndef SOUK_BENCH_SHOPPER_H
#define SOUK_BENCH_SHOPPER_H

#include "core/base.h"

enum { SHOPPER_ANSWER_MAX = 256 << 10 };

struct shopper {
    int fd; // -1: gone
    i64 sent_us;
    size_t length, whole;            // of the answer, as far as it is there
    char answer[SHOPPER_ANSWER_MAX]; // the last one, head and body
};

void shopper_connect(struct shopper *shopper, u16 port);
void shopper_leave(struct shopper *shopper);
void shopper_send(struct shopper *shopper, const char *request, size_t length);
// Reads what is there, or waits where the connection does. The status of a whole answer, 0: it is
// not whole yet, -1: no answer will come.
int shopper_take(struct shopper *shopper);

// A purchase, as far as it gets: the next step is asked for when the last was a success.
enum shopper_step { STEP_CART, STEP_ITEM, STEP_ORDER, STEPS };
// Told of every step: its status (-1: no answer) and what it took.
typedef void shopper_told(struct shopper *shopper, enum shopper_step step, int status, i64 took_us);
void shopper_buy(struct shopper *shopper, const char *sku, shopper_told *told);

// What requests of a kind took: the last SAMPLES_MAX of them, from any thread.
enum { SAMPLES_MAX = 1 << 17 };

struct samples {
    _Atomic u32 count;
    i64 took_us[SAMPLES_MAX];
};

void samples_add(struct samples *samples, i64 took_us);
// The time that so many of a hundred stayed below; when nobody adds any more.
double samples_ms(struct samples *samples, int percent);

#endif
