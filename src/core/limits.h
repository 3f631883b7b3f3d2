// Every bound on a queue, body, list and loop, in one place. What is not bounded here is bounded
// by the shape of the field it came in.
#ifndef SOUK_CORE_LIMITS_H
#define SOUK_CORE_LIMITS_H

#include "core/base.h"

enum {
    LIMIT_REQUEST_LINE = 8 << 10,
    LIMIT_HEADER_BYTES = 16 << 10,
    LIMIT_HEADERS = 64,
    LIMIT_BODY = 1 << 20,    // JSON bodies; a route may say less or more
    LIMIT_UPLOAD = 16 << 20, // pictures
    LIMIT_ARENA = 256 << 20, // memory of one request, import batch or job
    LIMIT_JSON_DEPTH = 16,
    LIMIT_PROBLEM_FIELDS = 20,    // field errors told in one problem document
    LIMIT_TEXT_DEFAULT = 1000,    // characters, where a field does not say
    LIMIT_LIST_DEFAULT = 100,     // items, where a field does not say
    LIMIT_PAGE = 100,             // items a page
    LIMIT_PIPELINED = 64,         // requests of one connection that wait for their reply
    LIMIT_OUTPUT_QUEUE = 4 << 20, // bytes of replies that a slow reader may keep here
    LIMIT_CSV_RECORD = 1 << 20,   // bytes of one row
    LIMIT_CSV_FIELDS = 512,       // columns of one row
    LIMIT_FIELDS = 64,            // fields of a shape
    LIMIT_CART_LINES = 200,
    LIMIT_QUANTITY = 9999,
    LIMIT_DEADLINE_MS = 2000, // a request, unless its route says otherwise
};

// The largest integer that JSON readers keep exact (2^53 - 1, RFC 8259 section 6).
#define LIMIT_INTEGER INT64_C(9007199254740991)
// Amounts of money, in minor units: a billion units of a currency with three decimals.
#define LIMIT_MINOR INT64_C(1000000000000)

#endif
