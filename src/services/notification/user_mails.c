// Mails about accounts: registration, a known e-mail, a forgotten password.
//
// The token of a link stands in the mail and nowhere else in readable form but the event and the
// kept mail; the user service has its hash.
#include "app/app.h"
#include "app/consume.h"
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
                        const struct user_mail *user, struct letter letter)
{
    struct mail_new mail = {.id = event->id};
    letter.recipient = user->email;
    letter.greeting = arena_printf(rq->arena, "Hello %s,", user->name);
    letter_compose(rq, &letter, &mail);
    return mail_deliver(rq, &mail);
}

CONSUMER(mail_registered, "user.registered", user_mail)
{
    return deliver(rq, event, in, registered(rq, in));
}

CONSUMER(mail_known, "user.known", user_mail)
{
    return deliver(rq, event, in, known(rq, in));
}

CONSUMER(mail_reset, "user.reset", user_mail)
{
    return deliver(rq, event, in, reset(rq, in));
}
