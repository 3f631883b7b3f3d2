// Mails: kept, sent, shown, sent again. Contract in mail.h.
//
// A mail is stored before it is sent, under the id of the event that it follows from. So an event
// that is delivered twice finds its mail and, if that was sent, does nothing; and a shop without a
// mail server keeps its mails where staff can read them, which is also how tests and first steps
// work.
//
// The one way to a second mail: the server took it, and the process died before that was stored. It
// carries the same Message-ID then.
#include "services/notification/mail.h"

#include <stdio.h>
#include <string.h>

#include "app/command.h"
#include "app/consume.h"
#include "core/json.h"
#include "core/log.h"
#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"

METRIC_COUNTER(mails_sent, "souk_mails_sent_total", "Mails that a mail server took.");
METRIC_COUNTER(mails_failed, "souk_mail_failures_total",
               "Attempts that a mail server did not take.");

#define MAIL(F, S)                                                                                 \
    MAIL_NEW(F, S)                                                                                 \
    F(S, time, created_at, .doc = "When it was made.")                                             \
    F(S, time, sent_at, .optional = true, .doc = "When a mail server took it; null: it is kept.")
SHAPE(mail, MAIL);

#define MAIL_SUMMARY(F, S)                                                                         \
    F(S, uuid, id, .doc = "Of the mail.")                                                          \
    F(S, text, recipient, .doc = "E-mail.")                                                        \
    F(S, text, subject, .doc = "One line.")                                                        \
    F(S, time, created_at, .doc = "When it was made.")                                             \
    F(S, time, sent_at, .optional = true, .doc = "When a mail server took it; null: it is kept.")
SHAPE(mail_summary, MAIL_SUMMARY);

#define MAIL_PAGE_QUERY(F, S)                                                                      \
    F(S, uuid, cursor, .optional = true, .doc = "next_cursor of the page before.")                 \
    F(S, i64, limit, .min = 1, .max = LIMIT_PAGE, .optional = true, .doc = "Mails a page; 50.")
SHAPE(mail_page_query, MAIL_PAGE_QUERY);

#define MAIL_PAGE(F, S)                                                                            \
    F(S, list(mail_summary), items, .doc = "The newest first.")                                    \
    F(S, uuid, next_cursor, .optional = true, .doc = "For the next page; null at the end.")
SHAPE(mail_page, MAIL_PAGE);

#define MAIL_ID(F, S) F(S, uuid, id, .doc = "Of the mail.")
SHAPE(mail_id, MAIL_ID);

QUERY_PUT(
    mail_insert, mail,
    "INSERT INTO mail (id, recipient, subject, body, html, created_at) VALUES (:id, :recipient,"
    " :subject, :body, :html, :now) ON CONFLICT (id) DO NOTHING");
QUERY_ROW(
    mail_find, mail_id, mail,
    "SELECT id, recipient, subject, body, html, created_at, sent_at FROM mail WHERE id = :id");
QUERY_PUT(mail_mark_sent, mail_id, "UPDATE mail SET sent_at = :now WHERE id = :id");
QUERY_RUN(mail_mark_unsent, mail_id, "UPDATE mail SET sent_at = NULL WHERE id = :id");
QUERY_LIST(mail_list, mail_page_query, mail_summary,
           "SELECT id, recipient, subject, created_at, sent_at FROM mail"
           " WHERE (:cursor IS NULL OR id < :cursor) ORDER BY id DESC LIMIT :limit");

// Keeps the mail unless it is there; gives what is there.
STEP_LOCKING(mail_keep, mail_new, mail)
{
    struct mail row = {.id = in->id,
                       .recipient = in->recipient,
                       .subject = in->subject,
                       .body = in->body,
                       .html = in->html};
    enum err err = mail_insert(rq, &row);
    return err == ERR_OK ? mail_find(rq, &(struct mail_id){.id = in->id}, out) : err;
}

STEP_LOCKING(mail_sent, mail_id, nothing)
{
    return mail_mark_sent(rq, in);
}

enum err mail_deliver(struct rq *rq, const struct mail_new *wanted)
{
    struct mail mail;
    struct nothing none;
    enum err err = mail_keep(rq, wanted, &mail);
    // An event that came twice: its mail has left.
    if (err != ERR_OK || IS_SET(&mail, mail, sent_at))
        return err;
    if (*rq->app->config.smtp_url == '\0') {
        log_line(LOG_INFO, "mail", "kept for %s: %s (souk mail %s)", mail.recipient, mail.subject,
                 mail.id.s);
        return ERR_OK;
    }
    err = smtp_send(rq, wanted);
    if (err != ERR_OK) {
        metric_add(mails_failed, 1);
        return err;
    }
    metric_add(mails_sent, 1);
    return mail_sent(rq, &(struct mail_id){.id = mail.id}, &none);
}

HANDLER(admin_mail_list, mail_page_query, mail_page)
{
    struct mail_page_query query = {.cursor = in->cursor};
    i64 limit = IS_SET(in, mail_page_query, limit) ? in->limit : 50;
    SET(&query, mail_page_query, limit, limit + 1);
    enum err err = mail_list(rq, &query, &out->items);
    if (err == ERR_OK && out->items.count > (size_t)limit) {
        out->items.count--;
        out->next_cursor = out->items.items[limit - 1].id;
    }
    return err;
}

// The text with what follows each "token=" left out.
static const char *without_tokens(struct arena *arena, const char *text)
{
    static const char mark[] = "token=";
    struct buf kept = buf_in(arena);
    for (const char *at; (at = strstr(text, mark)) != NULL;) {
        at += strlen(mark);
        buf_bytes(&kept, text, (size_t)(at - text));
        buf_text(&kept, "...");
        text = at + strcspn(at, " \n&\"<");
    }
    buf_text(&kept, text);
    return buf_as_text(&kept);
}

// A token in a link is the key to an account, also an administrator's: whoever asked for a new
// password in their name and read it here would be them. Administrators may read all, or nobody
// could take the first steps without a mail server.
static void hide_tokens(const struct rq *rq, struct mail *mail)
{
    if ((rq->caller.roles & ROLE_ADMIN) != 0)
        return;
    mail->body = without_tokens(rq->arena, mail->body);
    if (mail->html != NULL)
        mail->html = without_tokens(rq->arena, mail->html);
}

HANDLER(admin_mail_show, mail_id, mail)
{
    enum err err = mail_find(rq, in, out);
    if (err == ERR_OK)
        hide_tokens(rq, out);
    return err;
}

// Through the outbox like any other: a handler does not wait for a mail server.
HANDLER(admin_mail_resend, mail_id, mail)
{
    enum err err = mail_find(rq, in, out);
    if (err == ERR_OK)
        err = mail_mark_unsent(rq, in, NULL);
    if (err == ERR_OK)
        err = outbox_add(rq->db, "mail.resend", NULL, json_text(&mail_id_shape, in, rq->arena));
    UNSET(out, mail, sent_at);
    if (err == ERR_OK)
        hide_tokens(rq, out);
    return err;
}

static const struct route mail_routes[] = {
    {GET, "/api/v1/admin/mails", &admin_mail_list_handler, 200, ROLE_SUPPORT | ROLE_ORDERS,
     "Mails, the newest first."},
    {GET, "/api/v1/admin/mails/{id}", &admin_mail_show_handler, 200, ROLE_SUPPORT | ROLE_ORDERS,
     "One mail."},
    {POST, "/api/v1/admin/mails/{id}/resend", &admin_mail_resend_handler, 202,
     ROLE_SUPPORT | ROLE_ORDERS, "Send a mail again."},
};
ROUTES(notification, mail_routes);

SNAPSHOT(mail_read, mail_id, mail)
{
    return mail_find(rq, in, out);
}

CONSUMER(mail_resend, "mail.resend", mail_id)
{
    struct mail mail;
    enum err err = mail_read(rq, in, &mail);
    if (err != ERR_OK)
        return err;
    struct mail_new again = {.id = mail.id,
                             .recipient = mail.recipient,
                             .subject = mail.subject,
                             .body = mail.body,
                             .html = mail.html};
    return mail_deliver(rq, &again);
}

SNAPSHOT(mail_newest, mail_page_query, mail_page)
{
    return mail_list(rq, in, &out->items);
}

static enum err print_list(struct rq *rq)
{
    struct mail_page_query query = {.set = 0};
    struct mail_page page;
    SET(&query, mail_page_query, limit, LIMIT_PAGE);
    enum err err = mail_newest(rq, &query, &page);
    for (size_t i = 0; err == ERR_OK && i < page.items.count; i++) {
        const struct mail_summary *mail = &page.items.items[i];
        char at[25];
        time_format(mail->created_at, at);
        printf("%s  %s  %-6s %-32s %s\n", mail->id.s, at,
               IS_SET(mail, mail_summary, sent_at) ? "sent" : "kept", mail->recipient,
               mail->subject);
    }
    return err;
}

static enum err print_one(struct rq *rq, const struct mail_id *id)
{
    struct mail mail;
    enum err err = mail_read(rq, id, &mail);
    if (err == ERR_OK)
        printf("To: %s\nSubject: %s\n\n%s", mail.recipient, mail.subject, mail.body);
    return err;
}

static int mail_command_run(struct command *command)
{
    struct mail_id id = {.set = 0};
    bool one = command->count > 0;
    if (one && !uuid_parse(command->words[0], &id.id))
        return command_fail("usage: souk mail [ID]; an ID is a UUID of the list");
    if (command_open(command) == NULL)
        return 1;
    struct rq *rq = rq_begin(command->app, "mail", MINUTE_MS);
    enum err err = one ? print_one(rq, &id) : print_list(rq);
    int status = 0;
    if (one && err == ERR_NOT_FOUND)
        status = command_fail("there is no mail %s", id.id.s);
    else if (err != ERR_OK)
        status = command_fail("%s", err_title(err));
    rq_end(rq);
    return status;
}
COMMAND(mail, "[ID]", "Lists the newest mails, or shows one.", mail_command_run);
