// The table of character classes. Contract in http_chars.h.
//
// A table instead of comparisons because it is asked for every byte of a head. Bytes from 0x80 are
// allowed in header values alone (obs-text, RFC 9110 section 5.5); in targets they come
// percent-encoded. Targets allow what browsers send unencoded ([ ] { } | \ ^ `) but not ", <, > and
// #; NUL and the other controls but the tab are nowhere.
#include "net/http_chars.h"

#define ALNUM (HTTP_TOKEN | HTTP_VALUE | HTTP_TARGET | HTTP_HOST)
#define HEX (ALNUM | HTTP_HEX)
#define ALL (HTTP_TOKEN | HTTP_VALUE | HTTP_TARGET | HTTP_HOST)
#define URL (HTTP_VALUE | HTTP_TARGET)
#define URL_HOST (HTTP_VALUE | HTTP_TARGET | HTTP_HOST)
#define NAME (HTTP_TOKEN | HTTP_VALUE | HTTP_TARGET)
#define ROW(a, b, c, d, e, f, g, h) a, b, c, d, e, f, g, h
#define SAME(x) ROW(x, x, x, x, x, x, x, x)

// clang-format off
const u8 http_chars[256] = {
    SAME(0), 0, HTTP_VALUE | HTTP_BLANK, 0, 0, 0, 0, 0, 0, SAME(0), SAME(0),
    //  SP                      !    "           #                        $    %    &    '
    ROW(HTTP_VALUE | HTTP_BLANK, ALL, HTTP_VALUE, HTTP_TOKEN | HTTP_VALUE, ALL, ALL, ALL, ALL),
    //  (         )         *    +    ,    -    .    /
    ROW(URL_HOST, URL_HOST, ALL, ALL, URL, ALL, ALL, URL),
    SAME(HEX),                                                      // 0-7
    //  8    9    :    ;         <           =         >           ?
    ROW(HEX, HEX, URL, URL_HOST, HTTP_VALUE, URL_HOST, HTTP_VALUE, URL),
    //  @    A ... F                           G
    ROW(URL, HEX, HEX, HEX, HEX, HEX, HEX, ALNUM),
    SAME(ALNUM), SAME(ALNUM),                                       // H-W
    //  X      Y      Z      [    \    ]    ^     _
    ROW(ALNUM, ALNUM, ALNUM, URL, URL, URL, NAME, ALL),
    //  `     a ... f                          g
    ROW(NAME, HEX, HEX, HEX, HEX, HEX, HEX, ALNUM),
    SAME(ALNUM), SAME(ALNUM),                                       // h-w
    //  x      y      z      {    |     }    ~    DEL
    ROW(ALNUM, ALNUM, ALNUM, URL, NAME, URL, ALL, 0),
#define HIGH SAME(HTTP_VALUE), SAME(HTTP_VALUE), SAME(HTTP_VALUE), SAME(HTTP_VALUE)
    HIGH, HIGH, HIGH, HIGH,
};
// clang-format on
