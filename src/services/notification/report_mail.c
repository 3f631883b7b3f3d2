// The mail with the sales report. It follows the event order.report, whose text is mailed as it is;
// the id of the mail follows from span and address, so that one that is made twice is sent once.
#include "app/app.h"
#include "app/consume.h"
#include "core/time.h"
#include "services/notification/mail.h"
#include "services/order/order.h"

CONSUMER(mail_report, "order.report", order_report)
{
    struct mail_new mail = {.id = in->mail_id};
    char from[25], until[25];
    time_format(in->from, from);
    time_format(in->until, until);
    struct letter letter = {
        .recipient = in->recipient,
        .subject = in->subject,
        .greeting = "Hello,",
        .paragraphs = {"this is what was sold. Days are those of UTC."},
        .rows = in->text,
        .link = arena_printf(rq->arena, "%s/admin/sales?from=%s&until=%s", rq->app->public_url,
                             from, until),
        .link_text = "See it in the dashboard",
    };
    letter_compose(rq, &letter, &mail);
    return mail_deliver(rq, &mail);
}
