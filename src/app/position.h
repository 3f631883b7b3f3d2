// Reading one's own writes though reads take place on replicas: how far the database's history has
// to be where a request reads, and how far the request's own writes have brought it.
//
// A reply to a write tells the position of its commit (data/position.h), in a header for programs
// and in a cookie for browsers; what comes with a request says what it has to see. Calls of other
// services carry it on and bring it back. Without one a request reads all there is, at the primary,
// unless its reply is everybody's (a route that is cached for anyone): there any state will do.
//
// Whoever lies about a position lies to himself: writes, sessions and roles are never read on a
// replica.
#ifndef SOUK_APP_POSITION_H
#define SOUK_APP_POSITION_H

#include "app/rq.h"
#include "core/buf.h"
#include "data/position.h"

#define POSITION_HEADER "X-Souk-Position"
#define POSITION_COOKIE "souk_position"

// What the request of rq has to see, by its route and by what it brought.
struct db_view position_wanted(const struct rq *rq);
// A commit for this request stands at `position`; 0: nothing is known. Later reads of it see it.
void position_reached(struct rq *rq, u64 position);
// The lines of the reply's head that tell the client; nothing where nothing was written.
void position_tell(const struct rq *rq, struct buf *head);

#endif
