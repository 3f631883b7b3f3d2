// The notification service offers nothing to be called: it consumes events of the other services
// (data/outbox.h) and sends mail. What was sent is kept and shown by `souk mail` and to staff.
#ifndef SOUK_SERVICES_NOTIFICATION_H
#define SOUK_SERVICES_NOTIFICATION_H

#include "app/declare.h"
#include "core/limits.h"

struct app;

// A mail to be: `id` is that of the event it follows from, so that an event that comes twice makes
// one mail. Texts are UTF-8; html may be NULL.
#define MAIL_NEW(F, S)                                                                             \
    F(S, uuid, id, .doc = "Of the event.")                                                         \
    F(S, text, recipient, .doc = "E-mail.")                                                        \
    F(S, text, subject, .doc = "One line.")                                                        \
    F(S, text, body, .max = LIMIT_BODY, .doc = "Plain text.")                                      \
    F(S, text, html, .max = LIMIT_BODY, .optional = true, .doc = "The same for those who see it.")
SHAPE(mail_new, MAIL_NEW);

#endif
