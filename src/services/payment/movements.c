// What moved in the ledger in a span of time: for those who report. Contract in payment.h; who
// books: payment.c.
#include "services/payment/payment.h"

// Of the two sides of a movement that of the sales: what they gain is negative there.
QUERY_LIST(movements_between, movement_stretch, movement,
           "SELECT l.payment_id, p.order_id, l.movement AS kind, l.currency,"
           " CASE WHEN l.movement = 'capture' THEN -l.amount_minor ELSE l.amount_minor END"
           " AS amount_minor, l.at"
           " FROM ledger_entry l JOIN payment p ON p.id = l.payment_id"
           " WHERE l.account = 'sales' AND l.at >= :after_at AND l.at < :until"
           " AND (l.at, l.payment_id, l.movement) > (:after_at, :after_payment, :after_kind)"
           " ORDER BY l.at, l.payment_id, l.movement LIMIT :limit");

HANDLER(payment_movements, movement_stretch, movements_in)
{
    return movements_between(rq, in, &out->items);
}

static const struct route movement_routes[] = {
    {POST, "/internal/v1/payment_movements", &payment_movements_handler, 200, ROLE_PEER,
     "Captures and refunds of a span of time.", .flags = ROUTE_READS, .load = CLASS_REPORT},
};
ROUTES(payment, movement_routes);
