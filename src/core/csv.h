// CSV as RFC 4180 has it, read as a stream, and written. Who makes products of it:
// services/product.
//
// Accepted: LF and CRLF line ends, a UTF-8 byte-order mark, quoted fields with newlines and doubled
// quotes, records of differing lengths. Blank lines are skipped. A fault costs its record only:
// reading goes on at the line after the one where the record began, so one quote that is never
// closed does not swallow the file. A record is at most LIMIT_CSV_RECORD bytes of at most
// LIMIT_CSV_FIELDS fields.
//
//     struct csv_reader *reader = csv_reader_new(arena, read_file, file);
//     while ((status = csv_next(reader, &record, &fault)) != CSV_END)
//         if (status == CSV_RECORD)
//             puts(record.fields[0].text);
//         else
//             printf("line %u, column %u: %s\n", fault.line, fault.column, fault.reason);
#ifndef SOUK_CORE_CSV_H
#define SOUK_CORE_CSV_H

#include "core/buf.h"

struct csv_reader;

// Fills `at` with up to `room` bytes; returns how many, 0 at the end, -1 when it cannot.
typedef i64 csv_source(void *context, char *at, size_t room);

// Valid UTF-8 without NUL, NUL-terminated. Lines and columns count from 1; a column is characters.
struct csv_field {
    const char *text;
    size_t length;
    u32 line, column;
};

// Lives until the next call of csv_next.
struct csv_record {
    const struct csv_field *fields;
    size_t count;
    u32 line;
};

struct csv_fault {
    u32 line, column;
    const char *reason; // lives as long as the reader's arena
};

enum csv_status {
    CSV_RECORD,
    CSV_END,
    CSV_FAULT,  // one bad record; the next call goes on
    CSV_FAILED, // the source could not be read; the end
};

// A reader that takes bytes from `source` and splits at commas.
struct csv_reader *csv_reader_new(struct arena *arena, csv_source *source, void *context);
// Splits at what the first line has most of instead: comma, semicolon or tab. Before the first
// record.
void csv_guess_delimiter(struct csv_reader *reader);
CHECKED enum csv_status csv_next(struct csv_reader *reader, struct csv_record *record,
                                 struct csv_fault *fault);

#define CSV_TYPE "text/csv; charset=utf-8"
// Writes one record, quoted where it must be, ended by LF. NULL is an empty field.
void csv_write(struct buf *out, const char *const *fields, size_t count);

#endif
