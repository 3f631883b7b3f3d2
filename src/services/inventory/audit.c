// What must hold of stock, recomputed. How stock moves: stock.c, reservation.c.
//
// Three accounts of the same pieces are compared: the level that is sold from (stock), the ledger
// of movements that says how it came about, and the holds of orders that say whose they are. Each
// is written in the same transaction as the others, so any difference is a bug or a hand in the
// database, and the sentence names the SKU.
#include "app/audit_sql.h"

QUERY_AUDIT(
    stock_movements,
    "SELECT 'stock of ' || s.sku || ': ' || s.on_hand || ' on hand, ' || s.reserved"
    " || ' reserved, ' || s.backordered || ' owed; its movements say ' || COALESCE(m.on_hand, 0)"
    " || ', ' || COALESCE(m.reserved, 0) || ', ' || COALESCE(m.backordered, 0) AS sentence"
    " FROM stock s LEFT JOIN (SELECT sku, SUM(on_hand_delta) AS on_hand,"
    " SUM(reserved_delta) AS reserved, SUM(backordered_delta) AS backordered"
    " FROM stock_movement GROUP BY sku) m ON m.sku = s.sku"
    " WHERE s.on_hand <> COALESCE(m.on_hand, 0) OR s.reserved <> COALESCE(m.reserved, 0)"
    " OR s.backordered <> COALESCE(m.backordered, 0)");

QUERY_AUDIT(stock_without_row,
            "SELECT 'stock of ' || sku || ' has movements and no row' AS sentence"
            " FROM stock_movement WHERE sku NOT IN (SELECT sku FROM stock)"
            " GROUP BY sku");

QUERY_AUDIT(
    stock_reservations,
    "SELECT 'stock of ' || s.sku || ': ' || s.reserved || ' reserved and ' || s.backordered"
    " || ' owed; orders hold ' || COALESCE(r.reserved, 0) || ' and ' || COALESCE(r.backordered, 0)"
    " AS sentence FROM stock s LEFT JOIN (SELECT sku,"
    " SUM(CASE WHEN state = 'held' THEN reserved ELSE 0 END) AS reserved,"
    " SUM(CASE WHEN state IN ('held', 'sold') THEN backordered ELSE 0 END) AS backordered"
    " FROM reservation GROUP BY sku) r ON r.sku = s.sku"
    " WHERE s.reserved <> COALESCE(r.reserved, 0)"
    " OR s.backordered <> COALESCE(r.backordered, 0)");

QUERY_AUDIT(
    stock_sold_once,
    "SELECT 'order ' || r.order_id || ' has ' || r.reserved || ' of ' || r.sku || ' ' || r.state"
    " || '; movements took ' || COALESCE(-m.on_hand, 0) || ' out of the house' AS sentence"
    " FROM reservation r LEFT JOIN (SELECT order_id, sku, SUM(on_hand_delta) AS on_hand"
    " FROM stock_movement WHERE order_id IS NOT NULL GROUP BY order_id, sku) m"
    " ON m.order_id = r.order_id AND m.sku = r.sku"
    " WHERE COALESCE(-m.on_hand, 0) <> CASE WHEN r.state = 'sold' THEN r.reserved ELSE 0 END");
