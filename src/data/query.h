// Declares a query and registers it, so that db_check_queries can be given all of them at start.
// Typed wrappers stand in app/declare.h; data/ itself calls db_row, db_list and db_run with these.
//
//     DB_QUERY(stock_take, QUERY_KIND_RUN, stock_want, nothing,
//              "UPDATE stock SET on_hand = on_hand - :quantity WHERE sku = :sku"
//              " AND on_hand >= :quantity");
//     err = db_run(session, &stock_take, &want, &changed);
//
// DB_QUERY_TWO takes a second text for PostgreSQL where the engines truly differ.
#ifndef SOUK_DATA_QUERY_H
#define SOUK_DATA_QUERY_H

#include "data/db.h"

#define DB_QUERY(name_, kind_, In_, Out_, sql_) DB_QUERY_TWO(name_, kind_, In_, Out_, sql_, NULL)
#define DB_QUERY_TWO(name_, kind_, In_, Out_, sql_, postgres_)                                     \
    DB_QUERY_DEFINE(name_, kind_, In_, Out_, sql_, postgres_);                                     \
    static const struct query *const name_##_registered REGISTERED("queries") = &name_
// Not registered: for tests whose tables are not the program's, and for what one engine alone
// knows.
#define DB_QUERY_APART(name_, kind_, In_, Out_, sql_)                                              \
    DB_QUERY_DEFINE(name_, kind_, In_, Out_, sql_, NULL)
#define DB_QUERY_DEFINE(name_, kind_, In_, Out_, sql_, postgres_)                                  \
    static bool name_##_reached;                                                                   \
    static const struct query name_ = {#name_, sql_,         postgres_,     __FILE__,              \
                                       kind_,  &In_##_shape, &Out_##_shape, &name_##_reached}

// Tables of which a failover may forget the last moment: a transaction that writes to such tables
// alone is committed on the primary and answered; every other one waits for a synchronous replica
// too, where PostgreSQL has one. Say what can be had again or was not promised to anybody, and
// nothing that another transaction is committed because of: the log is one, but one process may
// hear of a commit just before a failover and commit just after it, when the former is forgotten.
// So holds on stock wait, for an order relies on them, and whatever an event brings about.
#define DB_LOCAL(name_, ...)                                                                       \
    static const char *const name_##_tables[] = {__VA_ARGS__, NULL};                               \
    static const char *const *const name_##_registered REGISTERED("local_tables") = name_##_tables

// Every registered query: for (p = __start_queries; p < __stop_queries; p++).
REGISTRY(const struct query *const, queries);

#endif
