// Mails as the files of this folder share them: composing, keeping, sending.
#ifndef SOUK_SERVICES_NOTIFICATION_MAIL_H
#define SOUK_SERVICES_NOTIFICATION_MAIL_H

#include "services/notification/notification.h"

// A mail out of parts, in plain text and HTML. Texts are escaped where they go into HTML.
struct letter {
    const char *recipient, *subject, *greeting;
    const char *paragraphs[4]; // NULL ends them
    const char *rows;          // a table in plain text, one row a line; NULL: none
    const char *link, *link_text;
    const char *footnote;
};
void letter_compose(struct rq *rq, const struct letter *letter, struct mail_new *out);

// Keeps a mail and, when a mail server is set, sends it. Repeating it with the same id sends what
// was not sent yet. ERR_UNAVAILABLE when the server cannot be reached or refuses; rq->problem says
// why.
CHECKED enum err mail_deliver(struct rq *rq, const struct mail_new *mail);

// smtp.c: hands one mail to the server of SOUK_SMTP_URL.
CHECKED enum err smtp_send(struct rq *rq, const struct mail_new *mail);

#endif
