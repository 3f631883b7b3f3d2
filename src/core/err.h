// The closed list of what can go wrong, with its HTTP status and its name on the wire.
#ifndef SOUK_CORE_ERR_H
#define SOUK_CORE_ERR_H

#include "core/base.h"

// X(name, status, code, title): the caller's fault is 4xx, the world's is 5xx; ours is an assert.
#define ERR_MAP(X)                                                                                 \
    X(OK, 200, "ok", "OK")                                                                         \
    X(MALFORMED, 400, "malformed", "The request could not be read")                                \
    X(UNAUTHENTICATED, 401, "unauthenticated", "Please log in")                                    \
    X(PAYMENT_DECLINED, 402, "payment_declined", "The payment was declined")                       \
    X(FORBIDDEN, 403, "forbidden", "Not allowed")                                                  \
    X(NOT_FOUND, 404, "not_found", "Not found")                                                    \
    X(METHOD_NOT_ALLOWED, 405, "method_not_allowed", "Method not allowed")                         \
    X(CONFLICT, 409, "conflict", "In conflict with what is there")                                 \
    X(OUT_OF_STOCK, 409, "out_of_stock", "Not enough in stock")                                    \
    X(PRICE_CHANGED, 409, "price_changed", "The total has changed")                                \
    X(VERSION_MISMATCH, 412, "version_mismatch", "Changed by somebody else meanwhile")             \
    X(TOO_LARGE, 413, "too_large", "Too large")                                                    \
    X(UNSUPPORTED_MEDIA, 415, "unsupported_media", "Unsupported media type")                       \
    X(INVALID, 422, "invalid", "Some fields are not valid")                                        \
    X(IDEMPOTENCY_MISMATCH, 422, "idempotency_mismatch",                                           \
      "Idempotency-Key used for another request")                                                  \
    X(RATE_LIMITED, 429, "rate_limited", "Too many requests")                                      \
    X(UNAVAILABLE, 503, "unavailable", "Not available for the moment")                             \
    X(BUSY, 503, "busy", "Too much to do at the moment")                                           \
    X(TIMEOUT, 504, "timeout", "It took too long")

enum err {
#define X(name_, status_, code_, title_) ERR_##name_,
    ERR_MAP(X)
#undef X
};

// HTTP status of an error, 200 for ERR_OK.
int err_status(enum err err);
// Stable name on the wire, for example "out_of_stock".
const char *err_code(enum err err);
// The error of that name, ERR_UNAVAILABLE for one that this program does not know (a newer peer's).
enum err err_of_code(const char *code);
// One short sentence for people, without a full stop.
const char *err_title(enum err err);

#endif
