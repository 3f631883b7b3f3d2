// `souk report`: the command line around sales.h.
#include <stdio.h>
#include <string.h>

#include "app/command.h"
#include "app/services.h"
#include "core/json.h"
#include "core/str.h"
#include "core/time.h"
#include "services/order/order.h"
#include "services/order/sales.h"

// What is mailed to the address of SOUK_REPORT_MAIL, whatever it is.
static const char shop_address[] = "shop";

#define REPORT_FORMAT(X, E) X(E, text) X(E, json) X(E, csv)
ENUMERATION(report_format, REPORT_FORMAT);

struct asked {
    struct sales_span span;
    enum report_format format;
    const char *recipient; // NULL: nobody
};

static bool read_date(struct command *command, const char *option, i64 *at_ms, bool *given)
{
    const char *text = command_option(command, option);
    *given = text != NULL;
    return text == NULL || time_parse(text, at_ms) ||
           command_fail("%s is a date such as 2026-11-21; %s is none", option, text) == 0;
}

// False after saying what is wrong.
static bool read_span(struct command *command, struct sales_span *span)
{
    struct sales_query query = {.set = 0};
    const char *days = command_option(command, "--days"), *field, *fault;
    bool from, until;
    if (days != NULL &&
        (!str_i64(days, &query.days) || query.days < 1 || query.days > SALES_DAYS_MOST))
        return command_fail("--days is a number from 1 to %d", SALES_DAYS_MOST) == 0;
    if (!read_date(command, "--from", &query.from, &from) ||
        !read_date(command, "--until", &query.until, &until))
        return false;
    if (days != NULL)
        SET(&query, sales_query, days, query.days);
    if (from)
        SET(&query, sales_query, from, query.from);
    if (until)
        SET(&query, sales_query, until, query.until);
    fault = sales_span_of(&query, time_now_ms(), span, &field);
    return fault == NULL || command_fail("--%s %s", field, fault) == 0;
}

static bool read_format(struct command *command, enum report_format *format)
{
    const char *name = command_option(command, "--format");
    int found = name != NULL ? enumeration_find(&report_format_enumeration, name) : 0;
    *format = (enum report_format)max_i64(0, found);
    return found >= 0 || command_fail("--format is text, json or csv") == 0;
}

// What is mailed is mailed once: a span that goes on would be told in part.
static bool read_recipient(struct command *command, struct asked *asked)
{
    const char *address = command_option(command, "--mail");
    if (address == NULL)
        return true;
    bool shop = str_equal(address, shop_address);
    asked->recipient = shop ? command->config.report_mail : address;
    if (shop && *asked->recipient == '\0') {
        fprintf(stderr, "souk: SOUK_REPORT_MAIL is empty: nothing is mailed\n");
        asked->recipient = NULL;
        return true;
    }
    struct problem problem = {.arena = command->arena};
    field_check(&order_report_fields[order_report_at_recipient], &asked->recipient,
                shop ? "SOUK_REPORT_MAIL" : "--mail", &problem);
    if (problem.count > 0)
        return command_fail_problem("nothing is mailed", &problem) == 0;
    return asked->span.until <= time_now_ms() ||
           command_fail("--mail is for a span that is over; this one goes on") == 0;
}

static void print(struct command *command, const struct sales_report *report,
                  enum report_format format)
{
    struct buf out = buf_in(command->arena);
    if (format == report_format_json) {
        json_write(&sales_report_shape, report, &out);
        buf_char(&out, '\n');
    } else if (format == report_format_csv) {
        sales_write_csv(report, &out);
    } else {
        sales_write_text(report, &out);
    }
    fputs(buf_as_text(&out), stdout);
}

static int make(struct command *command, const struct asked *asked)
{
    struct rq *rq = rq_begin(command->app, "report", HOUR_MS);
    struct sales_report report;
    int status = 0;
    if (sales_read(rq, &asked->span, &report) != ERR_OK)
        status = command_fail_problem("the sales cannot be read", &rq->problem);
    else if (asked->recipient == NULL)
        print(command, &report, asked->format);
    else if (sales_mail(rq, &report, asked->recipient) != ERR_OK)
        status = command_fail_problem("nothing is mailed", &rq->problem);
    else
        printf("to be mailed to %s: sales of %s\n", asked->recipient,
               sales_span_name(command->arena, &asked->span));
    rq_end(rq);
    return status;
}

static int report(struct command *command)
{
    struct asked asked = {.recipient = NULL};
    if (!read_span(command, &asked.span) || !read_format(command, &asked.format) ||
        !read_recipient(command, &asked) || command_has_unknown_options(command))
        return 1;
    if (command->count > 0)
        return command_fail("souk report has options alone: what is %s?", command->words[0]);
    if (command_open(command) == NULL)
        return 1;
    if (!services_have(command->app->services, service_id_order))
        return command_fail("the orders are not this process's: set SOUK_SERVICES to order");
    return make(command, &asked);
}
COMMAND(report,
        "[--days N | --from DATE --until DATE] [--format text|json|csv] [--mail ADDRESS|shop]",
        "Says what was sold, by currency; yesterday (UTC) where no span is named.", report);
