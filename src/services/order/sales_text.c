// The sales report in words and as a table. Contract in sales.h.
#include <string.h>

#include "core/csv.h"
#include "core/money.h"
#include "core/str.h"
#include "core/time.h"
#include "services/order/sales.h"

enum { LABEL_WIDTH = 24, VALUE_WIDTH = 16, TITLE_WIDTH = 32, AMOUNT_WIDTH = 14 };

// "2026-11-21" at midnight, else "2026-11-21 09:30"; seconds where there are any.
static const char *moment_text(struct arena *arena, i64 at_ms)
{
    char text[25];
    time_format(at_ms, text);
    if (at_ms % DAY_MS == 0)
        return arena_text_n(arena, text, 10);
    text[10] = ' ';
    return at_ms % MINUTE_MS == 0 ? arena_text_n(arena, text, 16)
                                  : arena_text_n(arena, text, at_ms % SECOND_MS == 0 ? 19 : 23);
}

const char *sales_span_name(struct arena *arena, const struct sales_span *span)
{
    const char *from = moment_text(arena, span->from);
    bool day = span->from % DAY_MS == 0 && span->until - span->from == DAY_MS;
    return day ? from : arena_printf(arena, "%s until %s", from, moment_text(arena, span->until));
}

static void add_row(struct buf *out, const char *label, const char *value)
{
    buf_printf(out, "  %-*s%*s\n", LABEL_WIDTH, label, VALUE_WIDTH, value);
}

static void add_count(struct buf *out, const char *label, i64 number)
{
    add_row(out, label, arena_printf(out->arena, "%lld", (long long)number));
}

static void add_money(struct buf *out, const char *label, i64 minor, const char *currency)
{
    add_row(out, label, money_text(out->arena, minor, currency));
}

// Cut to the width of its column, in characters.
static const char *short_title(struct arena *arena, const char *title)
{
    const char *at = title;
    for (int i = 0; i < TITLE_WIDTH && *at != '\0'; i++)
        utf8_next(&at);
    return *at == '\0' ? title : arena_text_n(arena, title, (size_t)(at - title));
}

static void add_products(struct buf *out, const struct sales *sales)
{
    if (sales->products.count > 0)
        buf_text(out, "\n  Sold best\n");
    for (size_t i = 0; i < sales->products.count; i++) {
        const struct sales_product *product = &sales->products.items[i];
        const char *title = short_title(out->arena, product->title);
        buf_printf(out, "  %6lld  %s%*s%*s\n", (long long)product->pieces, title,
                   TITLE_WIDTH - (int)utf8_length(title), "", AMOUNT_WIDTH,
                   money_text(out->arena, product->total_minor, sales->currency));
    }
}

static void add_currency(struct buf *out, const struct sales *sales)
{
    const char *currency = sales->currency;
    buf_printf(out, "\n%s\n", currency);
    add_count(out, "Orders paid", sales->orders_paid);
    add_count(out, "Orders cancelled", sales->orders_cancelled);
    add_count(out, "Orders refunded", sales->orders_refunded);
    add_count(out, "Pieces sold", sales->pieces);
    add_money(out, "Gross", sales->gross_minor, currency);
    add_money(out, "  tax in it", sales->tax_minor, currency);
    add_money(out, "  shipping in it", sales->shipping_minor, currency);
    add_money(out, "  discounts before it", sales->discount_minor, currency);
    add_money(out, "Refunds", sales->refunded_minor, currency);
    add_money(out, "Net: gross less refunds", sales->net_minor, currency);
    if (IS_SET(sales, sales, average_minor))
        add_money(out, "Average order", sales->average_minor, currency);
    add_products(out, sales);
    buf_text(out, "\n");
    add_count(out, "Now waiting for payment", sales->waiting_payment);
    add_count(out, "Now waiting for capture", sales->waiting_capture);
    if (sales->orders_archived > 0)
        buf_printf(out,
                   "\n  %lld of the orders paid are archived: their money is\n"
                   "  counted; tax, shipping, discounts and pieces are not.\n",
                   (long long)sales->orders_archived);
}

void sales_write_text(const struct sales_report *report, struct buf *out)
{
    buf_printf(out, "Sales from %s until %s UTC\n", moment_text(out->arena, report->from),
               moment_text(out->arena, report->until));
    for (size_t i = 0; i < report->currencies.count; i++)
        add_currency(out, &report->currencies.items[i]);
}

// The columns of the table: a row `total` a currency, and a row `product` for what sold best, which
// fills those it has.
#define CSV_COLUMNS(X)                                                                             \
    X(from)                                                                                        \
    X(until)                                                                                       \
    X(currency)                                                                                    \
    X(row)                                                                                         \
    X(handle)                                                                                      \
    X(title)                                                                                       \
    X(pieces)                                                                                      \
    X(gross)                                                                                       \
    X(orders_paid)                                                                                 \
    X(orders_cancelled)                                                                            \
    X(orders_refunded)                                                                             \
    X(tax)                                                                                         \
    X(shipping)                                                                                    \
    X(discounts)                                                                                   \
    X(refunds)                                                                                     \
    X(net)                                                                                         \
    X(average_order) X(waiting_payment) X(waiting_capture) X(orders_archived)

#define CSV_AT(name_) csv_##name_,
enum { CSV_COLUMNS(CSV_AT) CSV_COLUMN_COUNT };
#define CSV_NAME(name_) #name_,
static const char *const csv_names[] = {CSV_COLUMNS(CSV_NAME)};

static const char *number(struct buf *out, i64 value)
{
    return arena_printf(out->arena, "%lld", (long long)value);
}

static void write_product(const struct sales *sales, const struct sales_product *product,
                          const char *fields[CSV_COLUMN_COUNT], struct buf *out)
{
    fields[csv_row] = "product";
    fields[csv_handle] = product->handle;
    fields[csv_title] = product->title;
    fields[csv_pieces] = number(out, product->pieces);
    fields[csv_gross] = money_text(out->arena, product->total_minor, sales->currency);
    csv_write(out, fields, CSV_COLUMN_COUNT);
}

static void write_total(const struct sales *sales, const char *fields[CSV_COLUMN_COUNT],
                        struct buf *out)
{
    struct arena *arena = out->arena;
    fields[csv_row] = "total";
    fields[csv_pieces] = number(out, sales->pieces);
    fields[csv_gross] = money_text(arena, sales->gross_minor, sales->currency);
    fields[csv_orders_paid] = number(out, sales->orders_paid);
    fields[csv_orders_cancelled] = number(out, sales->orders_cancelled);
    fields[csv_orders_refunded] = number(out, sales->orders_refunded);
    fields[csv_tax] = money_text(arena, sales->tax_minor, sales->currency);
    fields[csv_shipping] = money_text(arena, sales->shipping_minor, sales->currency);
    fields[csv_discounts] = money_text(arena, sales->discount_minor, sales->currency);
    fields[csv_refunds] = money_text(arena, sales->refunded_minor, sales->currency);
    fields[csv_net] = money_text(arena, sales->net_minor, sales->currency);
    if (IS_SET(sales, sales, average_minor))
        fields[csv_average_order] = money_text(arena, sales->average_minor, sales->currency);
    fields[csv_waiting_payment] = number(out, sales->waiting_payment);
    fields[csv_waiting_capture] = number(out, sales->waiting_capture);
    fields[csv_orders_archived] = number(out, sales->orders_archived);
    csv_write(out, fields, CSV_COLUMN_COUNT);
}

void sales_write_csv(const struct sales_report *report, struct buf *out)
{
    char from[25], until[25];
    time_format(report->from, from);
    time_format(report->until, until);
    csv_write(out, csv_names, CSV_COLUMN_COUNT);
    for (size_t i = 0; i < report->currencies.count; i++) {
        const struct sales *sales = &report->currencies.items[i];
        const char *span[CSV_COLUMN_COUNT] = {from, until, sales->currency}, *row[CSV_COLUMN_COUNT];
        memcpy(row, span, sizeof row);
        write_total(sales, row, out);
        for (size_t j = 0; j < sales->products.count; j++) {
            memcpy(row, span, sizeof row);
            write_product(sales, &sales->products.items[j], row, out);
        }
    }
}
