/*
 * How a service says what it does: shapes (core/shape.h), queries, handlers, routes, calls. All of
 * it is constant data that the program reads at start: the dispatcher, the OpenAPI document, the
 * metrics' labels and the permission matrix come from these tables.
 *
 *     QUERY_ROW(product_by_sku, sku_key, product,
 *               "SELECT id, sku, title FROM product WHERE sku = :sku");
 *
 *     HANDLER(product_show, sku_key, product)
 *     {
 *         return product_by_sku(rq, in, out);
 *     }
 *
 *     static const struct route product_routes[] = {
 *         {GET, "/api/v1/products/{sku}", &product_show_handler, 200, ROLE_ANYONE, "Show."},
 *     };
 *     ROUTES(product, product_routes);
 *
 * A handler's `in` holds path parameters, query parameters (GET, DELETE) and body fields (POST,
 * PUT, PATCH) together: a field that the path names is taken from the path, the rest from the
 * other. Handlers of GET run in a read-only snapshot, those of other methods in a transaction that
 * is committed when they return ERR_OK; both may run more than once and have no effect but through
 * rq->db and `out`, which is zeroed before. A route flagged ROUTE_CONDUCTS owns its transactions
 * instead: rq->db is NULL in it, it works through STEP and SNAPSHOT bodies and calls to other
 * services.
 *
 * Registration goes through linker sections: ELF, gcc and clang only.
 */
#ifndef SOUK_APP_DECLARE_H
#define SOUK_APP_DECLARE_H

#include "app/route.h"
#include "app/rq.h"
#include "core/shape.h"
#include "data/db.h"
#include "data/query.h"

#define HANDLER(name_, In_, Out_)                                                                  \
    static enum err name_(struct rq *rq, const struct In_ *in, struct Out_ *out);                  \
    static enum err name_##_untyped(struct rq *rq, const void *in, void *out)                      \
    {                                                                                              \
        return name_(rq, in, out);                                                                 \
    }                                                                                              \
    static const struct handler name_##_handler = {#name_, name_##_untyped, &In_##_shape,          \
                                                   &Out_##_shape};                                 \
    static enum err name_(UNUSED struct rq *rq, UNUSED const struct In_ *in,                       \
                          UNUSED struct Out_ *out)

// Statements, as typed functions. `in` may be any struct of shape In_; parameters are its fields.
#define QUERY_TEXTS(name_, kind_, In_, Out_, sql_, postgres_)                                      \
    DB_QUERY_TWO(name_##_query, kind_, In_, Out_, sql_, postgres_)

#define QUERY_ROW_FOR(name_, In_, Out_, sql_, postgres_)                                           \
    QUERY_TEXTS(name_, QUERY_KIND_ROW, In_, Out_, sql_, postgres_);                                \
    CHECKED static inline enum err name_(struct rq *rq, const struct In_ *in, struct Out_ *out)    \
    {                                                                                              \
        return db_row(rq->db, &name_##_query, in, rq->arena, out);                                 \
    }                                                                                              \
    _Static_assert(1, "")
#define QUERY_LIST_FOR(name_, In_, Out_, sql_, postgres_)                                          \
    QUERY_TEXTS(name_, QUERY_KIND_LIST, In_, Out_, sql_, postgres_);                               \
    CHECKED static inline enum err name_(struct rq *rq, const struct In_ *in,                      \
                                         struct Out_##_list *out)                                  \
    {                                                                                              \
        return db_list(rq->db, &name_##_query, in, rq->arena, out);                                \
    }                                                                                              \
    _Static_assert(1, "")
#define QUERY_RUN_FOR(name_, In_, sql_, postgres_)                                                 \
    QUERY_TEXTS(name_, QUERY_KIND_RUN, In_, nothing, sql_, postgres_);                             \
    CHECKED static inline enum err name_(struct rq *rq, const struct In_ *in, i64 *changed)        \
    {                                                                                              \
        return db_run(rq->db, &name_##_query, in, changed);                                        \
    }                                                                                              \
    _Static_assert(1, "")

#define QUERY_PUT(name_, In_, sql_)                                                                \
    QUERY_TEXTS(name_, QUERY_KIND_RUN, In_, nothing, sql_, NULL);                                  \
    CHECKED static inline enum err name_(struct rq *rq, const struct In_ *in)                      \
    {                                                                                              \
        return db_put(rq->db, &name_##_query, in);                                                 \
    }                                                                                              \
    _Static_assert(1, "")

// One row (ERR_NOT_FOUND when there is none); many rows into struct Out_list; none, with a count of
// the rows changed (which may be NULL). Those ending in _FOR take a PostgreSQL text beside.
// QUERY_PUT is for what nobody waits for: its failure is that of the next statement, or the commit.
#define QUERY_ROW(name_, In_, Out_, sql_) QUERY_ROW_FOR(name_, In_, Out_, sql_, NULL)
#define QUERY_LIST(name_, In_, Out_, sql_) QUERY_LIST_FOR(name_, In_, Out_, sql_, NULL)
#define QUERY_RUN(name_, In_, sql_) QUERY_RUN_FOR(name_, In_, sql_, NULL)

// A body that runs in a transaction of its own (STEP) or in a read-only snapshot (SNAPSHOT) when a
// conductor, job or command calls it: `err = order_prepare(rq, &in, &out)`. May run more than once.
#define TRANSACTED(name_, In_, Out_, kind_)                                                        \
    static enum err name_##_body(struct rq *rq, const struct In_ *in, struct Out_ *out);           \
    static enum err name_##_untyped(struct rq *rq, const void *in, void *out)                      \
    {                                                                                              \
        return name_##_body(rq, in, out);                                                          \
    }                                                                                              \
    CHECKED static enum err name_(struct rq *rq, const struct In_ *in, struct Out_ *out)           \
    {                                                                                              \
        return rq_transact(rq, name_##_untyped, in, out, sizeof *out, kind_);                      \
    }                                                                                              \
    static enum err name_##_body(UNUSED struct rq *rq, UNUSED const struct In_ *in,                \
                                 UNUSED struct Out_ *out)
#define STEP(name_, In_, Out_) TRANSACTED(name_, In_, Out_, RQ_WRITE)
#define SNAPSHOT(name_, In_, Out_) TRANSACTED(name_, In_, Out_, RQ_SNAPSHOT)
// A STEP that many shoppers do at once. On PostgreSQL it is not run again when it meets another one
// but waits for it, and owes in return that it is right whatever others commit between two of its
// statements: each statement that decides holds its own condition (UPDATE ... WHERE state = :from),
// or what it decides by is locked before it is read (rq_lock, or a row of it changed first).
#define STEP_LOCKING(name_, In_, Out_) TRANSACTED(name_, In_, Out_, RQ_WRITE_LOCKING)

// In X.h: what other services may ask of this one. CALL(inventory_reserve, reserve, reservation)
// declares `enum err call_inventory_reserve(rq, &in, &out)`, which runs the handler of that name,
// here or in another process. There must be a route whose handler has this name (checked at start),
// with ROLE_PEER and a path "/internal/v1/...". A call of a route that writes is made outside any
// transaction; what went wrong is in rq->problem.
//
// Where a file makes the call the compiler leaves a note, name and file, in the section that
// `souk calls` prints (calls.c): a function that nobody calls is not compiled and leaves none.
#define CALL_SITE(name_)                                                                           \
    __asm__ volatile(".pushsection souk_call_sites,\"a\"\n"                                        \
                     ".asciz \"" name_ " " __BASE_FILE__ "\"\n"                                    \
                     ".popsection")
#define CALL(name_, In_, Out_)                                                                     \
    static const char *const name_##_called UNUSED REGISTERED("calls") = #name_;                   \
    CHECKED static inline enum err call_##name_(struct rq *rq, const struct In_ *in,               \
                                                struct Out_ *out)                                  \
    {                                                                                              \
        CALL_SITE(#name_);                                                                         \
        return rq_call(rq, #name_, &In_##_shape, in, &Out_##_shape, out);                          \
    }                                                                                              \
    _Static_assert(1, "")

#endif
