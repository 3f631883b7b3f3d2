// Has the sales report mailed. Contract in sales.h; who lays it out and sends it:
// services/notification/report_mail.c.
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "core/json.h"
#include "core/uuid.h"
#include "data/outbox.h"
#include "services/order/order.h"
#include "services/order/sales.h"

STEP_LOCKING(order_report_tell, order_report, nothing)
{
    return outbox_add(rq->db, "order.report", in->mail_id.s,
                      json_text(&order_report_shape, in, rq->arena));
}

// Follows from span and address, so that the second one finds the first one's mail; its beginning
// is the time, as in any id, because mails are listed by it.
static struct uuid mail_id(struct rq *rq, const struct sales_report *report, const char *recipient)
{
    struct uuid id =
        uuid_of(arena_printf(rq->arena, "sales report %lld %lld %s", (long long)report->from,
                             (long long)report->until, recipient));
    u64 ms = (u64)max_i64(0, report->until);
    char time[14];
    snprintf(time, sizeof time, "%08x-%04x", (unsigned)(ms >> 16), (unsigned)(ms & 0xffff));
    memcpy(id.s, time, strlen(time));
    id.s[14] = '7';
    return id;
}

enum err sales_mail(struct rq *rq, const struct sales_report *report, const char *recipient)
{
    struct buf text = buf_in(rq->arena);
    struct sales_span span = {.from = report->from, .until = report->until};
    sales_write_text(report, &text);
    struct order_report mail = {
        .mail_id = mail_id(rq, report, recipient),
        .recipient = recipient,
        .subject = arena_printf(rq->arena, "Sales of %s", sales_span_name(rq->arena, &span)),
        .text = buf_as_text(&text),
        .from = report->from,
        .until = report->until,
    };
    return order_report_tell(rq, &mail, &(struct nothing){0});
}
