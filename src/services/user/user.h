// What other services may ask of users, and the shapes of addresses, which orders use too.
#ifndef SOUK_SERVICES_USER_H
#define SOUK_SERVICES_USER_H

#include "app/declare.h"

#define ADDRESS_FIELDS(F, S)                                                                       \
    F(S, text, name, .min = 1, .max = 200, .format = FORMAT_LINE, .doc = "Who receives.")          \
    F(S, text, company, .max = 200, .format = FORMAT_LINE, .optional = true, .doc = "Company.")    \
    F(S, text, line1, .min = 1, .max = 200, .format = FORMAT_LINE, .doc = "Street and number.")    \
    F(S, text, line2, .max = 200, .format = FORMAT_LINE, .optional = true, .doc = "Further line.") \
    F(S, text, city, .min = 1, .max = 100, .format = FORMAT_LINE, .doc = "City.")                  \
    F(S, text, region, .max = 100, .format = FORMAT_LINE, .optional = true,                        \
      .doc = "State or province; its code where taxes or shipping need it: CA.")                   \
    F(S, text, postcode, .max = 20, .format = FORMAT_LINE, .optional = true, .doc = "Postcode.")   \
    F(S, text, country, .format = FORMAT_COUNTRY, .doc = "ISO 3166-1 alpha-2.")                    \
    F(S, text, phone, .max = 40, .format = FORMAT_LINE, .optional = true, .doc = "For the carrier.")

// Payload of the events user.registered, user.known and user.reset, for the mails they cause.
// `token` opens what the mail is about; null in user.known.
#define USER_MAIL(F, S)                                                                            \
    F(S, text, email, .doc = "To whom.")                                                           \
    F(S, text, name, .doc = "How they want to be called.")                                         \
    F(S, text, token, .optional = true, .secret = true, .doc = "Of the link.")
SHAPE(user_mail, USER_MAIL);

#endif
