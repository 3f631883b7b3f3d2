// Tests of CSV reading and writing.
#include "core/csv.h"

#include <string.h>

#include "core/limits.h"
#include "core/test.h"

struct slices {
    const char *at;
    size_t left, most; // `most` bytes at a time
};

static i64 next_slice(void *context, char *at, size_t room)
{
    struct slices *slices = context;
    size_t take = slices->left < slices->most ? slices->left : slices->most;
    take = take < room ? take : room;
    if (take > 0)
        memcpy(at, slices->at, take);
    slices->at += take;
    slices->left -= take;
    return (i64)take;
}

// Records as "a|b", one a line; faults as "!line:column reason".
static const char *read_all(struct test *t, const char *bytes, size_t length, size_t most)
{
    struct slices slices = {bytes, length, most};
    struct csv_reader *reader = csv_reader_new(t->arena, next_slice, &slices);
    struct buf out = buf_in(t->arena);
    struct csv_record record;
    struct csv_fault fault;
    enum csv_status status;
    while ((status = csv_next(reader, &record, &fault)) != CSV_END) {
        if (status == CSV_FAULT)
            buf_printf(&out, "!%u:%u %s", fault.line, fault.column, fault.reason);
        for (size_t i = 0; status == CSV_RECORD && i < record.count; i++)
            buf_printf(&out, "%s%s", i > 0 ? "|" : "", record.fields[i].text);
        buf_char(&out, '\n');
    }
    return buf_as_text(&out);
}

static const char *read_text(struct test *t, const char *text)
{
    const char *whole = read_all(t, text, strlen(text), SIZE_MAX);
    CHECK_TEXT(read_all(t, text, strlen(text), 1), whole);
    return whole;
}

TEST(csv_reads_plain_and_quoted_fields)
{
    CHECK_TEXT(read_text(t, "a,b\nc,d\n"), "a|b\nc|d\n");
    CHECK_TEXT(read_text(t, "a,b\r\nc,d"), "a|b\nc|d\n");
    CHECK_TEXT(read_text(t, "\xEF\xBB\xBF"
                            "a,\"b\"\n"),
               "a|b\n");
    CHECK_TEXT(read_text(t, "\"a\r\nb\",\"say \"\"hi\"\"\"\n,\n"), "a\r\nb|say \"hi\"\n|\n");
    CHECK_TEXT(read_text(t, "\n\r\na\n\nb"), "a\nb\n");
    CHECK_TEXT(read_text(t, "a\rb,\"\"\"\"\n"), "a\rb|\"\n");
    CHECK_TEXT(read_text(t, ""), "");
}

TEST(csv_faults_cost_one_record)
{
    CHECK_TEXT(read_text(t, "a\n\"b\"c\nd\n"), "a\n!2:4 text after a closing quote\nd\n");
    CHECK_TEXT(read_text(t, "a,b\"c\nd\n"),
               "!1:4 a quote inside a field that does not begin with one\nd\n");
    CHECK_TEXT(read_text(t, "\xC3\xA9,\"b\nc,d\ne,f"),
               "!1:3 a quote is opened and never closed\nc|d\ne|f\n");
    CHECK_TEXT(read_text(t, "a\xFFz,b\nc"), "!1:1 not UTF-8 text\nc\n");
    CHECK_TEXT(read_all(t, "a,b\0c\nd", 7, 7), "!1:3 not UTF-8 text\nd\n");
}

TEST(csv_says_where_fields_are)
{
    const char *text = "h\n\xC3\xA9,\"x\ny\",z\n";
    struct slices slices = {text, strlen(text), SIZE_MAX};
    struct csv_reader *reader = csv_reader_new(t->arena, next_slice, &slices);
    struct csv_record record;
    struct csv_fault fault;
    CHECK(csv_next(reader, &record, &fault) == CSV_RECORD);
    CHECK(csv_next(reader, &record, &fault) == CSV_RECORD);
    CHECK_I64(record.line, 2);
    CHECK_I64(record.fields[1].line, 2);
    CHECK_I64(record.fields[1].column, 3);
    CHECK_I64(record.fields[2].line, 3);
    CHECK_I64(record.fields[2].column, 4);
}

TEST(csv_bounds_records)
{
    struct buf text = buf_in(t->arena);
    buf_text(&text, "\"");
    for (int i = 0; i < 2 * LIMIT_CSV_RECORD / 64; i++)
        buf_printf(&text, "%063d\n", i);
    struct slices slices = {text.at, text.length, 4096};
    struct csv_reader *reader = csv_reader_new(t->arena, next_slice, &slices);
    struct csv_record record;
    struct csv_fault fault;
    CHECK(csv_next(reader, &record, &fault) == CSV_FAULT);
    CHECK_TEXT(fault.reason, "a quote is opened and not closed within 1048576 bytes");
    int records = 0;
    while (csv_next(reader, &record, &fault) == CSV_RECORD)
        records++;
    CHECK_I64(records, 2 * LIMIT_CSV_RECORD / 64 - 1);

    struct buf wide = buf_in(t->arena);
    for (int i = 0; i < LIMIT_CSV_FIELDS; i++)
        buf_char(&wide, ',');
    buf_text(&wide, "\nok\n");
    CHECK_TEXT(read_text(t, buf_as_text(&wide)), "!1:513 more than 512 columns\nok\n");

    struct buf long_row = buf_in(t->arena);
    for (int i = 0; i < LIMIT_CSV_RECORD; i++)
        buf_char(&long_row, 'x');
    buf_text(&long_row, "\nok\n");
    CHECK_TEXT(read_all(t, long_row.at, long_row.length, 65536),
               "!1:1 a row of more than 1048576 bytes\nok\n");
}

TEST(csv_guesses_the_delimiter)
{
    const char *text = "\xEF\xBB\xBF"
                       "a;b,;c\n1;2;3\n";
    struct slices slices = {text, strlen(text), SIZE_MAX};
    struct csv_reader *reader = csv_reader_new(t->arena, next_slice, &slices);
    csv_guess_delimiter(reader);
    struct csv_record record;
    struct csv_fault fault;
    CHECK(csv_next(reader, &record, &fault) == CSV_RECORD && record.count == 3);
    CHECK_TEXT(record.fields[0].text, "a");
}

TEST(csv_writes_what_it_reads)
{
    const char *const fields[] = {"plain", "a,b", "say \"hi\"", "two\nlines", " padded", NULL};
    const char *const lone[] = {""};
    struct buf out = buf_in(t->arena);
    csv_write(&out, fields, COUNT_OF(fields));
    csv_write(&out, lone, 1);
    CHECK_TEXT(buf_as_text(&out),
               "plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\" padded\",\n\"\"\n");
    CHECK_TEXT(read_text(t, buf_as_text(&out)), "plain|a,b|say \"hi\"|two\nlines| padded|\n\n");
}
