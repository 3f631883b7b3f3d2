// Mails about accounts: registration, a known e-mail, a forgotten password.
//
// The token of a link stands in the mail and nowhere else in readable form but the event and the
// kept mail; the user service has its hash.
#include <string.h>

#include "app/app.h"
#include "core/json.h"
#include "core/time.h"
#include "data/outbox.h"
#include "services/notification/mail.h"
#include "services/user/user.h"

static const char ignore[] = "If you did not ask for this, ignore this mail: nothing happens.";

static const char *link_to(struct rq *rq, const char *page, const char *token)
{
    return arena_printf(rq->arena, "%s/%s?token=%s", rq->app->public_url, page, token);
}

static struct letter registered(struct rq *rq, const struct user_mail *mail)
{
    return (struct letter){
        .subject = "Please confirm your e-mail",
        .paragraphs =
            {"Thank you for registering. One step is left: please confirm that this e-mail "
             "is yours. The link works for two days."},
        .link = link_to(rq, "verify", mail->token),
        .link_text = "Confirm my e-mail",
        .footnote = ignore,
    };
}

static struct letter known(struct rq *rq, UNUSED const struct user_mail *mail)
{
    return (struct letter){
        .subject = "You already have an account",
        .paragraphs =
            {"Somebody, probably you, has just tried to register with this e-mail. You have "
             "an account already; if you do not remember the password, choose a new one."},
        .link = arena_printf(rq->arena, "%s/account/forgot", rq->app->public_url),
        .link_text = "Choose a new password",
        .footnote = ignore,
    };
}

static struct letter reset(struct rq *rq, const struct user_mail *mail)
{
    return (struct letter){
        .subject = "Choose a new password",
        .paragraphs =
            {"With this link you can choose a new password. It works for an hour, and once. "
             "Everybody who is logged in with the old password will be logged out."},
        .link = link_to(rq, "reset-password", mail->token),
        .link_text = "Choose a new password",
        .footnote = ignore,
    };
}

static enum err deliver(struct rq *rq, const struct outbox_event *event,
                        struct letter (*write)(struct rq *rq, const struct user_mail *mail))
{
    struct user_mail user = {.set = 0};
    struct mail_new mail = {.id = event->id};
    enum err err =
        json_read(&user_mail_shape, event->payload, strlen(event->payload), 0, &rq->problem, &user);
    if (err != ERR_OK)
        return err;
    struct letter letter = write(rq, &user);
    letter.recipient = user.email;
    letter.greeting = arena_printf(rq->arena, "Hello %s,", user.name);
    letter_compose(rq, &letter, &mail);
    return mail_deliver(rq, &mail);
}

static enum err consume(const struct outbox_event *event, struct outbox_delivery *delivery,
                        struct letter (*write)(struct rq *rq, const struct user_mail *mail))
{
    struct rq *rq = rq_begin(delivery->context, event->topic, MINUTE_MS);
    enum err err = deliver(rq, event, write);
    if (err != ERR_OK)
        delivery->error = arena_text(
            delivery->arena, rq->problem.detail != NULL ? rq->problem.detail : err_title(err));
    rq_end(rq);
    return err;
}

static enum err mail_registered(const struct outbox_event *event, struct outbox_delivery *delivery)
{
    return consume(event, delivery, registered);
}
OUTBOX_CONSUMER(mail_registered, "user.registered", mail_registered);

static enum err mail_known(const struct outbox_event *event, struct outbox_delivery *delivery)
{
    return consume(event, delivery, known);
}
OUTBOX_CONSUMER(mail_known, "user.known", mail_known);

static enum err mail_reset(const struct outbox_event *event, struct outbox_delivery *delivery)
{
    return consume(event, delivery, reset);
}
OUTBOX_CONSUMER(mail_reset, "user.reset", mail_reset);
