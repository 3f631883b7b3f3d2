// Mails about orders: paid, waiting, not paid after all, cancelled, refunded.
//
// They follow the event order.changed, which carries the whole order as it was then: the mail says
// what was true when it happened, and nothing has to be asked of the order service, which may be in
// another process.
#include "app/app.h"
#include "app/consume.h"
#include "core/money.h"
#include "core/str.h"
#include "services/notification/mail.h"
#include "services/order/order.h"

static void add_row(struct rq *rq, struct buf *rows, const struct order *order, const char *label,
                    i64 minor)
{
    buf_printf(rows, "%s: %s %s\n", label, money_text(rq->arena, minor, order->currency),
               order->currency);
}

// Before discount, as in the cart; the discount has a row of its own.
static void add_item(struct rq *rq, struct buf *rows, const struct order *order,
                     const struct order_item *item)
{
    bool plain = item->variant_title == NULL;
    const char *label =
        arena_printf(rq->arena, "%lld x %s%s%s", (long long)item->quantity, item->title,
                     plain ? "" : ", ", plain ? "" : item->variant_title);
    add_row(rq, rows, order, label, item->quantity * item->unit_price_minor);
}

// A row a line of text: mail programs set columns as they like.
static const char *rows_of(struct rq *rq, const struct order *order)
{
    struct buf rows = buf_in(rq->arena);
    for (size_t i = 0; i < order->items.count; i++)
        add_item(rq, &rows, order, &order->items.items[i]);
    if (order->discount_minor > 0)
        add_row(rq, &rows, order, "Discount", -order->discount_minor);
    if (order->shipping_option != NULL)
        add_row(rq, &rows, order, order->shipping_option->name, order->shipping_minor);
    for (size_t i = 0; i < order->tax_lines.count; i++) {
        const struct tax_line *tax = &order->tax_lines.items[i];
        bool within = order->prices_include_tax;
        add_row(rq, &rows, order,
                within ? arena_printf(rq->arena, "%s, included", tax->name) : tax->name,
                tax->tax_minor);
    }
    add_row(rq, &rows, order, "Total", order->total_minor);
    return buf_as_text(&rows);
}

// What each state says; the subject goes on after the order's number.
static const struct {
    const char *subject, *words;
} told[order_state_count] = {
    [order_state_prepared] = {"has begun", "We have your order."},
    [order_state_authorized] = {"is confirmed",
                                "Thank you for your order. Your bank holds the amount for us; it "
                                "is taken when we send your goods, and not before."},
    [order_state_paid] = {"is confirmed",
                          "Thank you for your order. We have received your payment."},
    [order_state_pending_payment] = {"waits for its payment",
                                     "Thank you for your order. The payment provider does not "
                                     "answer at the moment; we try again and write to you when it "
                                     "is paid. You do not have to do anything."},
    [order_state_declined] = {"could not be paid",
                              "The payment was declined, and nothing was charged. What you chose "
                              "is still in your cart, should you want to try another card."},
    [order_state_cancelled] = {"is cancelled",
                               "Your order was cancelled. If you had paid, the money is on its way "
                               "back to you; what your bank only held for us is free again."},
    [order_state_refunded] = {"is refunded",
                              "We have given you back all that you paid for this order."},
};

// Its turn came when others had bought the rest.
static const char *sold_out_words(void)
{
    return "We are sorry: what you ordered was sold out when it was your turn, so your order is "
           "cancelled. Nothing was charged, and what you chose is still in your cart.";
}

// Confirmed it was before; it may be less than was held.
static const char *captured_words(struct rq *rq, const struct order *order)
{
    i64 captured_minor = order->payment != NULL ? order->payment->captured_minor : 0;
    return arena_printf(rq->arena,
                        "We have taken %s %s for your order. Whatever your bank held beyond that "
                        "is free again.",
                        money_text(rq->arena, captured_minor, order->currency), order->currency);
}

// The link carries the order's token: who has the mail may see the order.
static void compose(struct rq *rq, const struct order_changed *changed, struct mail_new *mail)
{
    const struct order *order = changed->order;
    bool captured = changed->before == order_state_authorized && order->state == order_state_paid;
    bool sold_out = order->state == order_state_cancelled && order->refunded_minor == 0 &&
                    str_equal(order->refusal, err_code(ERR_OUT_OF_STOCK));
    struct letter letter = {
        .recipient = order->email,
        .subject = arena_printf(rq->arena, "Your order %s %s", order->number,
                                captured ? "is paid" : told[order->state].subject),
        .greeting = arena_printf(rq->arena, "Hello %s,", order->billing_address->name),
        .paragraphs = {captured   ? captured_words(rq, order)
                       : sold_out ? sold_out_words()
                                  : told[order->state].words},
        .rows = rows_of(rq, order),
        .link = arena_printf(rq->arena, "%s/orders/%s?token=%s", rq->app->public_url, order->id.s,
                             order->access_token),
        .link_text = "See your order",
    };
    letter_compose(rq, &letter, mail);
}

// An event that comes twice has the same id, and makes one mail.
CONSUMER(mail_order, "order.changed", order_changed)
{
    struct mail_new mail = {.id = event->id};
    // Who is refused at once has seen it on the page.
    bool seen =
        in->before == order_state_prepared && !in->accepted &&
        (in->order->state == order_state_declined || in->order->state == order_state_cancelled);
    if (seen)
        return ERR_OK;
    compose(rq, in, &mail);
    return mail_deliver(rq, &mail);
}
