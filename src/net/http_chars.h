// Classes of the characters that HTTP and URLs allow (RFC 9110 section 5.6.2, RFC 3986 section 2).
#ifndef SOUK_NET_HTTP_CHARS_H
#define SOUK_NET_HTTP_CHARS_H

#include "core/base.h"

enum {
    HTTP_TOKEN = 1,  // of methods and header names
    HTTP_VALUE = 2,  // of header values: visible, SP, HTAB and bytes from 0x80
    HTTP_TARGET = 4, // of request targets: what browsers send, so more than RFC 3986
    HTTP_HOST = 8,   // of a registered name
    HTTP_HEX = 16,
    HTTP_BLANK = 32, // SP and HTAB
};

extern const u8 http_chars[256];

static inline bool http_char_is(char c, u8 class)
{
    return (http_chars[(u8)c] & class) != 0;
}

#endif
