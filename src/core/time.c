// Clocks and dates. Contract in time.h. The calendar arithmetic is Howard Hinnant's
// "chrono-Compatible Low-Level Date Algorithms" (days_from_civil, civil_from_days).
#include "core/time.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

// Only tests shift the clock; it is an atomic because workers read it meanwhile.
static _Atomic i64 shift_ms;

i64 time_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (i64)now.tv_sec * 1000 + now.tv_nsec / 1000000 + atomic_load(&shift_ms);
}

void time_shift_ms(i64 offset_ms)
{
    atomic_store(&shift_ms, offset_ms);
}

i64 monotonic_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (i64)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

i64 monotonic_ms(void)
{
    return monotonic_us() / 1000;
}

struct timespec monotonic_after(i64 ms)
{
    i64 at_us = monotonic_us() + ms * 1000;
    return (struct timespec){
        .tv_sec = at_us / 1000000,
        .tv_nsec = at_us % 1000000 * 1000,
    };
}

struct date {
    int year, month, day;
};

// Times before 1970 are negative and must round down, or the day before would be the day after.
static i64 floor_divide(i64 a, i64 b)
{
    return a / b - (a % b < 0);
}

// Years begin in March in both, so that the leap day is the last of its year; 719468 is the number
// of days from 0000-03-01 to 1970-01-01.
static i64 days_of(struct date date)
{
    i64 year = date.month <= 2 ? date.year - 1 : date.year;
    i64 era = floor_divide(year, 400);
    i64 year_of_era = year - era * 400;
    i64 month = date.month > 2 ? date.month - 3 : date.month + 9;
    i64 day_of_year = (153 * month + 2) / 5 + date.day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

static struct date date_of(i64 days)
{
    days += 719468;
    i64 era = floor_divide(days, 146097);
    i64 day_of_era = days - era * 146097;
    i64 year = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    i64 day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
    i64 month = (5 * day_of_year + 2) / 153;
    struct date date = {
        .year = (int)(year + era * 400 + (month >= 10)),
        .month = (int)(month < 10 ? month + 3 : month - 9),
        .day = (int)(day_of_year - (153 * month + 2) / 5 + 1),
    };
    return date;
}

// The longest text that the formats below can make, also for years that do not fit four digits.
enum { TIME_TEXT_MAX = 96 };

void time_format(i64 time_ms, char text[25])
{
    i64 days = floor_divide(time_ms, DAY_MS);
    int ms = (int)(time_ms - days * DAY_MS);
    struct date date = date_of(days);
    char whole[TIME_TEXT_MAX];
    snprintf(whole, sizeof whole, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", date.year, date.month,
             date.day, ms / 3600000, ms / 60000 % 60, ms / 1000 % 60, ms % 1000);
    memcpy(text, whole, 24);
    text[24] = '\0';
}

void time_format_http(i64 time_ms, char text[30])
{
    // 1970-01-01 was a Thursday.
    static const char days_names[] = "ThuFriSatSunMonTueWed";
    static const char month_names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    i64 days = floor_divide(time_ms, DAY_MS);
    int s = (int)((time_ms - days * DAY_MS) / 1000);
    struct date date = date_of(days);
    char whole[TIME_TEXT_MAX];
    snprintf(whole, sizeof whole, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT",
             days_names + 3 * (days - floor_divide(days, 7) * 7), date.day,
             month_names + 3 * (date.month - 1), date.year, s / 3600, s / 60 % 60, s % 60);
    memcpy(text, whole, 29);
    text[29] = '\0';
}

// Exactly `count` digits, then moves on.
static bool digits(const char **at, int count, int *value)
{
    *value = 0;
    for (int i = 0; i < count; i++, (*at)++) {
        if (**at < '0' || **at > '9')
            return false;
        *value = *value * 10 + (**at - '0');
    }
    return true;
}

static bool literal(const char **at, char c)
{
    return **at == c ? (*at)++, true : false;
}

static bool parse_date(const char **at, i64 *days)
{
    struct date date;
    if (!digits(at, 4, &date.year) || !literal(at, '-') || !digits(at, 2, &date.month) ||
        !literal(at, '-') || !digits(at, 2, &date.day) || date.month < 1 || date.month > 12)
        return false;
    *days = days_of(date);
    // The 30th of February comes back as another day.
    struct date back = date_of(*days);
    return back.month == date.month && back.day == date.day;
}

// Digits past the third add nothing, their unit being 0: cut, not rounded, so that a time never
// becomes a later second.
static bool parse_fraction(const char **at, i64 *ms)
{
    const char *first = *at;
    i64 unit = 100;
    for (int i = 0; i < 9 && **at >= '0' && **at <= '9'; i++, (*at)++, unit /= 10)
        *ms += (**at - '0') * unit;
    return *at > first;
}

static bool parse_offset(const char **at, i64 *offset_ms)
{
    *offset_ms = 0;
    if (literal(at, 'Z') || literal(at, 'z'))
        return true;
    int sign = **at == '+' ? 1 : -1, hour, minute;
    if ((**at != '+' && **at != '-') || !(*at)++ || !digits(at, 2, &hour) || !literal(at, ':') ||
        !digits(at, 2, &minute) || hour > 23 || minute > 59)
        return false;
    *offset_ms = sign * (hour * HOUR_MS + minute * MINUTE_MS);
    return true;
}

bool time_parse(const char *text, i64 *time_ms)
{
    i64 days, offset_ms;
    int hour, minute, second;
    if (!parse_date(&text, &days))
        return false;
    *time_ms = days * DAY_MS;
    if (*text == '\0')
        return true;
    // RFC 3339 section 5.6 allows a blank for the T, and 60 for a leap second, which becomes the
    // first second of the next minute: POSIX time knows none.
    if ((!literal(&text, 'T') && !literal(&text, ' ')) || !digits(&text, 2, &hour) ||
        !literal(&text, ':') || !digits(&text, 2, &minute) || !literal(&text, ':') ||
        !digits(&text, 2, &second) || hour > 23 || minute > 59 || second > 60)
        return false;
    i64 fraction_ms = 0;
    if (literal(&text, '.') && !parse_fraction(&text, &fraction_ms))
        return false;
    if (!parse_offset(&text, &offset_ms) || *text != '\0')
        return false;
    *time_ms += hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS + fraction_ms - offset_ms;
    return true;
}
