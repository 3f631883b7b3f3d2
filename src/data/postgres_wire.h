// What postgres_connection.c and postgres_statement.c share.
#ifndef SOUK_DATA_POSTGRES_WIRE_H
#define SOUK_DATA_POSTGRES_WIRE_H

#include "data/postgres.h"

// Waits for the answer to what was sent. NULL, and a lost connection, when none came in time.
PGresult *postgres_await(struct postgres_connection *connection, bool sent, i64 wait_ms);
// What a result means; NULL is a lost connection. Logs what is not the caller's fault.
enum err postgres_err(struct postgres_connection *connection, const PGresult *result,
                      const char *doing);
// Sends a statement without parameters beside others, to be waited for together.
bool postgres_send_along(struct postgres_connection *connection, const char *sql);
// The name of what failed among what was sent together, `last` when it was that.
const char *postgres_failed_name(const struct postgres_connection *connection, const char *last);
// Of a parameter at this place of the query's shape (see plan_param). Types are given, not guessed
// by the server, so that a comparison like `:after IS NULL OR id > :after` has one.
Oid postgres_param_type(const struct query *query, int position);

#endif
