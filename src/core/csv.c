// CSV reading and writing. Contract in csv.h; the format is RFC 4180 section 2, read more leniently
// where shops' exports need it.
//
// A record is read in two passes over one buffer. scan_record finds where fields begin and end
// without changing a byte, so that a fault can be answered by starting again at the next line. Only
// when the record is whole does cut_field take out doubled quotes and write NULs, in place: text
// only becomes shorter, and the byte after a field is a delimiter, a quote or a line end that
// nobody needs any more.
//
// The buffer holds one record and what was read beyond it. byte_at fetches more when the scan
// reaches its end and may move the bytes for that; therefore everything that is remembered about a
// record is an offset from reader->begin, never a pointer. It grows to LIMIT_CSV_RECORD and no
// further: a file of any size is read in constant memory.
#include "core/csv.h"

#include <string.h>

#include "core/limits.h"
#include "core/str.h"

// What a record looked like before its quotes were taken out: offsets from the start of the record.
struct raw_field {
    size_t begin, end; // without the enclosing quotes
    u32 line, column;
    bool quoted, doubled;
};

// Invariant: bytes[begin..end) is read and not yet consumed; `begin` is the start of a line.
struct csv_reader {
    struct arena *arena;
    csv_source *source;
    void *context;
    size_t begin, end;
    bool started, ended, failed;
    char delimiter;
    u32 line; // of bytes[begin]
    size_t field_count;
    struct raw_field raw[LIMIT_CSV_FIELDS];
    struct csv_field fields[LIMIT_CSV_FIELDS];
    size_t capacity; // without room for the last field's NUL
    char *bytes;
};

enum { FIRST_CAPACITY = 16 << 10 };

// The state of one record's scan. Columns are counted only when somebody asks (a new field, a
// fault), from where they were counted last, since counting characters of every byte read would
// cost more than the scan itself.
struct scan {
    struct csv_reader *reader;
    size_t at; // from reader->begin
    u32 line;
    size_t counted; // characters before it on its line are in `column`
    u32 column;
    struct csv_fault *fault;
};

struct csv_reader *csv_reader_new(struct arena *arena, csv_source *source, void *context)
{
    struct csv_reader *reader = ARENA_NEW(arena, struct csv_reader);
    reader->arena = arena;
    reader->source = source;
    reader->context = context;
    reader->delimiter = ',';
    reader->line = 1;
    return reader;
}

static void make_room(struct csv_reader *reader)
{
    if (reader->end < reader->capacity)
        return;
    size_t old_size = reader->capacity > 0 ? reader->capacity + 1 : 0;
    // 16 KiB times four, thrice, is LIMIT_CSV_RECORD exactly. Four, because the arena does not take
    // the smaller buffers back.
    reader->capacity = reader->capacity > 0 ? reader->capacity * 4 : FIRST_CAPACITY;
    assert(reader->capacity <= LIMIT_CSV_RECORD);
    reader->bytes = arena_grow(reader->arena, reader->bytes, old_size, reader->capacity + 1);
}

// Takes more bytes; false when there are none or the record would pass its limit.
static bool refill(struct csv_reader *reader)
{
    if (reader->ended)
        return false;
    if (reader->begin > 0) {
        memmove(reader->bytes, reader->bytes + reader->begin, reader->end - reader->begin);
        reader->end -= reader->begin;
        reader->begin = 0;
    }
    if (reader->end == LIMIT_CSV_RECORD)
        return false;
    make_room(reader);
    size_t room = reader->capacity - reader->end;
    i64 got = reader->source(reader->context, reader->bytes + reader->end, room);
    reader->failed = got < 0;
    reader->ended = got <= 0;
    if (got <= 0)
        return false;
    assert((size_t)got <= room);
    reader->end += (size_t)got;
    return true;
}

// The byte at `at` of the record, or -1 at the end of the input or of what a record may hold.
static int byte_at(struct csv_reader *reader, size_t at)
{
    while (reader->begin + at >= reader->end)
        if (!refill(reader))
            return -1;
    return (unsigned char)reader->bytes[reader->begin + at];
}

static void skip_byte_order_mark(struct csv_reader *reader)
{
    reader->started = true;
    // Nothing was consumed yet, so the bytes stand at the start of the buffer.
    if (byte_at(reader, 2) >= 0 && memcmp(reader->bytes, "\xEF\xBB\xBF", 3) == 0)
        reader->begin = 3;
}

// Tells the two reasons apart for which byte_at gives -1.
static bool too_long(const struct csv_reader *reader)
{
    return !reader->ended && reader->end - reader->begin >= LIMIT_CSV_RECORD;
}

// The column of where the scan stands.
static u32 column_now(struct scan *scan)
{
    const char *record = scan->reader->bytes + scan->reader->begin;
    for (; scan->counted < scan->at; scan->counted++)
        scan->column += ((unsigned char)record[scan->counted] & 0xC0) != 0x80;
    return scan->column;
}

static bool fail_at(struct scan *scan, u32 line, u32 column, const char *reason)
{
    *scan->fault = (struct csv_fault){line, column, reason};
    return false;
}

static const char *unclosed_reason(struct scan *scan)
{
    if (!too_long(scan->reader))
        return "a quote is opened and never closed";
    return arena_printf(scan->reader->arena, "a quote is opened and not closed within %d bytes",
                        LIMIT_CSV_RECORD);
}

// Stands after the opening quote; ends after the closing one.
static bool scan_quoted(struct scan *scan, struct raw_field *field)
{
    field->quoted = true;
    field->begin = scan->at;
    for (;;) {
        int c = byte_at(scan->reader, scan->at);
        if (c < 0)
            return fail_at(scan, field->line, field->column, unclosed_reason(scan));
        scan->at++;
        if (c == '\n') {
            scan->line++;
            scan->counted = scan->at;
            scan->column = 1;
        }
        if (c != '"')
            continue;
        if (byte_at(scan->reader, scan->at) != '"')
            break;
        field->doubled = true;
        scan->at++;
    }
    field->end = scan->at - 1;
    return true;
}

static bool ends_field(struct csv_reader *reader, size_t at, int c)
{
    return c < 0 || c == reader->delimiter || c == '\n' ||
           (c == '\r' && byte_at(reader, at + 1) == '\n');
}

static bool scan_plain(struct scan *scan, struct raw_field *field)
{
    int c;
    while (!ends_field(scan->reader, scan->at, c = byte_at(scan->reader, scan->at))) {
        if (c == '"')
            return fail_at(scan, scan->line, column_now(scan),
                           "a quote inside a field that does not begin with one");
        scan->at++;
    }
    field->end = scan->at;
    return true;
}

static bool scan_field(struct scan *scan)
{
    struct csv_reader *reader = scan->reader;
    if (reader->field_count == LIMIT_CSV_FIELDS)
        return fail_at(scan, scan->line, column_now(scan),
                       arena_printf(reader->arena, "more than %d columns", LIMIT_CSV_FIELDS));
    struct raw_field *field = &reader->raw[reader->field_count++];
    *field = (struct raw_field){.begin = scan->at, .line = scan->line, .column = column_now(scan)};
    if (byte_at(reader, scan->at) != '"')
        return scan_plain(scan, field);
    scan->at++;
    if (!scan_quoted(scan, field))
        return false;
    if (!ends_field(reader, scan->at, byte_at(reader, scan->at)))
        return fail_at(scan, scan->line, column_now(scan), "text after a closing quote");
    return true;
}

// Finds the fields of one record and passes its line end.
static bool scan_record(struct scan *scan)
{
    struct csv_reader *reader = scan->reader;
    for (;;) {
        if (!scan_field(scan))
            return false;
        int c = byte_at(reader, scan->at);
        // The end of what a record may hold is not the end of the input: without this the rest of a
        // long row would be read as a row of its own.
        if (c < 0 && too_long(reader))
            return fail_at(
                scan, reader->line, 1,
                arena_printf(reader->arena, "a row of more than %d bytes", LIMIT_CSV_RECORD));
        if (c != reader->delimiter) {
            scan->at += c == '\r' ? 2 : c == '\n' ? 1 : 0;
            // The last line of a file may lack its line end.
            scan->line += c >= 0;
            return true;
        }
        scan->at++;
    }
}

// Takes out doubled quotes in place and ends the text with NUL, over the delimiter or the quote.
static void cut_field(struct csv_reader *reader, const struct raw_field *raw,
                      struct csv_field *field)
{
    char *text = reader->bytes + reader->begin + raw->begin;
    size_t length = raw->end - raw->begin;
    if (raw->doubled) {
        size_t out = 0;
        for (size_t i = 0; i < length; i++) {
            text[out++] = text[i];
            i += text[i] == '"';
        }
        length = out;
    }
    text[length] = '\0';
    *field = (struct csv_field){text, length, raw->line, raw->column};
}

// After a fault: on with the line after the one where the record began.
// Not "after where the scan stopped": the scan of a quote that is never closed stops at the end of
// the file, and everything up to there would be lost. The price is that the lines of a broken
// record with newlines inside are reported each.
static void skip_line(struct csv_reader *reader)
{
    size_t at = 0;
    int c;
    while ((c = byte_at(reader, at)) >= 0 && c != '\n') {
        // A line may be longer than the buffer. Consuming the part that was looked at makes room
        // before byte_at would answer -1.
        if (++at == LIMIT_CSV_RECORD / 2) {
            reader->begin += at;
            at = 0;
        }
    }
    reader->begin += at + (c == '\n');
    reader->line++;
}

static bool blank_line(struct csv_reader *reader)
{
    int c = byte_at(reader, 0);
    if (c != '\n' && !(c == '\r' && byte_at(reader, 1) == '\n'))
        return false;
    reader->begin += c == '\r' ? 2 : 1;
    reader->line++;
    return true;
}

static bool texts_valid(struct csv_reader *reader, struct csv_fault *fault)
{
    for (size_t i = 0; i < reader->field_count; i++) {
        const struct csv_field *field = &reader->fields[i];
        if (!utf8_valid(field->text, field->length)) {
            *fault = (struct csv_fault){field->line, field->column, "not UTF-8 text"};
            return false;
        }
    }
    return true;
}

enum csv_status csv_next(struct csv_reader *reader, struct csv_record *record,
                         struct csv_fault *fault)
{
    if (!reader->started)
        skip_byte_order_mark(reader);
    // A line with nothing on it is no record with one empty field: csv_write quotes that ("").
    while (blank_line(reader))
        continue;
    if (byte_at(reader, 0) < 0)
        return reader->failed ? CSV_FAILED : CSV_END;
    reader->field_count = 0;
    struct scan scan = {.reader = reader, .line = reader->line, .column = 1, .fault = fault};
    bool whole = scan_record(&scan);
    if (reader->failed)
        return CSV_FAILED;
    // A source that failed looks like an early end; it must not be told as a fault of the row.
    if (!whole) {
        skip_line(reader);
        return CSV_FAULT;
    }
    for (size_t i = 0; i < reader->field_count; i++)
        cut_field(reader, &reader->raw[i], &reader->fields[i]);
    *record = (struct csv_record){reader->fields, reader->field_count, reader->line};
    // The record is consumed before its texts are checked: a field that is not UTF-8 costs this
    // record, quotes and newlines included, and there is no reason to distrust where it ended.
    reader->begin += scan.at;
    reader->line = scan.line;
    return texts_valid(reader, fault) ? CSV_RECORD : CSV_FAULT;
}

void csv_guess_delimiter(struct csv_reader *reader)
{
    static const char candidates[] = ",;\t";
    size_t counts[sizeof candidates - 1] = {0}, best = 0;
    int c;
    skip_byte_order_mark(reader);
    // Quotes are not looked at: titles of columns seldom hold a delimiter, and the comma, tried
    // first, wins ties.
    for (size_t at = 0; (c = byte_at(reader, at)) >= 0 && c != '\n'; at++) {
        const char *found = strchr(candidates, c);
        if (found != NULL && c != '\0')
            counts[found - candidates]++;
    }
    for (size_t i = 1; i < sizeof counts / sizeof *counts; i++)
        if (counts[i] > counts[best])
            best = i;
    reader->delimiter = candidates[best];
}

// Quotes what RFC 4180 demands, and three more cases so that what is written reads back the same
// here and in spreadsheets: blanks at the ends, which some readers trim; a byte-order mark at the
// start; an empty field that is the whole record, which would be a blank line.
static void write_field(struct buf *out, const char *text, bool alone)
{
    size_t length = strlen(text);
    bool padded = length > 0 && (text[0] == ' ' || text[length - 1] == ' ');
    padded = padded || str_starts(text, "\xEF\xBB\xBF"); // would read as a byte-order mark
    if (!padded && !(alone && length == 0) && text[strcspn(text, ",\"\r\n")] == '\0') {
        buf_bytes(out, text, length);
        return;
    }
    buf_char(out, '"');
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '"')
            buf_char(out, '"');
        buf_char(out, *c);
    }
    buf_char(out, '"');
}

void csv_write(struct buf *out, const char *const *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_char(out, ',');
        write_field(out, fields[i] != NULL ? fields[i] : "", count == 1);
    }
    buf_char(out, '\n');
}
