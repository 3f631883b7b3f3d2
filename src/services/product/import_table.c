// CSV files as tables. Contract in import_table.h.
//
// Columns are found by name and without regard to case, because every generation of every shop's
// export has them in another order. A cell is read by the field of the shape that it fills: limits
// and formats stand there and hold here too. What a person edited in a spreadsheet is met with
// patience (TRUE, yes, 1), but an amount that does not read as one is a fault and never 0.
#include "services/product/import_table.h"

#include <stdarg.h>
#include <string.h>

#include "core/money.h"
#include "core/str.h"

static enum err read_header(struct import_table *table, struct problem *problem)
{
    struct csv_record record;
    struct csv_fault fault;
    enum csv_status status = csv_next(table->csv, &record, &fault);
    const char *file = table->reader->settings->file;
    if (status == CSV_FAULT)
        problem_detail(problem, "%s:%u: the header row cannot be read: %s", file, fault.line,
                       fault.reason);
    else if (status != CSV_RECORD)
        problem_detail(problem, "%s: %s", file,
                       status == CSV_END ? "the file is empty" : "cannot be read");
    if (status != CSV_RECORD)
        return ERR_INVALID;
    table->count = record.count;
    for (size_t i = 0; i < record.count; i++)
        table->headers[i] = str_trim(table->reader->arena, record.fields[i].text);
    return ERR_OK;
}

enum err table_open(struct import_reader *reader, struct import_table *table,
                    struct problem *problem)
{
    table->reader = reader;
    table->csv = csv_reader_new(reader->arena, import_read, reader);
    csv_guess_delimiter(table->csv);
    enum err err = read_header(table, problem);
    for (size_t i = 0; err == ERR_OK && i < table->count; i++)
        if (*table->headers[i] != '\0' && table_find(table, table->headers[i]) != (int)i) {
            problem_detail(problem, "%s: the column '%s' stands there twice",
                           reader->settings->file, table->headers[i]);
            return ERR_INVALID;
        }
    return err;
}

int table_find(const struct import_table *table, const char *name)
{
    for (size_t i = 0; i < table->count; i++)
        if (str_equal_fold(table->headers[i], name))
            return (int)i;
    return -1;
}

// Fields past the header mean that a comma or a quote went astray somewhere in the row.
static bool row_fits(struct import_row *row)
{
    for (size_t i = row->table->count; i < row->record.count; i++)
        if (!str_blank(row->record.fields[i].text)) {
            row_bad(row, -1, "has %zu fields, the header has %zu", row->record.count,
                    row->table->count);
            return false;
        }
    return true;
}

enum err table_next(struct import_table *table, struct import_row *row)
{
    row->table = table;
    for (;;) {
        struct csv_fault fault;
        row->bad = false;
        switch (csv_next(table->csv, &row->record, &fault)) {
        case CSV_RECORD:
            row->line = row->record.line;
            if (row_fits(row))
                return ERR_OK;
            break;
        case CSV_FAULT:
            import_bad(table->reader, fault.line, NULL, "column %u: %s", fault.column,
                       fault.reason);
            break;
        case CSV_END:
            return ERR_NOT_FOUND;
        case CSV_FAILED:
            import_bad(table->reader, 0, NULL, "the file cannot be read any further");
            return ERR_UNAVAILABLE;
        }
    }
}

static const char *cell_at(const struct import_row *row, int column)
{
    bool there = column >= 0 && (size_t)column < row->record.count;
    return there ? row->record.fields[column].text : "";
}

const char *row_text(struct import_row *row, int column)
{
    const char *text = cell_at(row, column);
    return str_blank(text) ? NULL : str_trim(row->arena, text);
}

u32 row_line(const struct import_row *row, int column)
{
    bool there = column >= 0 && (size_t)column < row->record.count;
    return there ? row->record.fields[column].line : row->line;
}

static const char *header_of(const struct import_row *row, int column)
{
    return column >= 0 ? row->table->headers[column] : NULL;
}

void row_bad(struct import_row *row, int column, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *reason = arena_vprintf(row->arena, format, args);
    va_end(args);
    (row->bad ? import_bad_again : import_bad)(row->table->reader, row_line(row, column),
                                               header_of(row, column), "%s", reason);
    row->bad = true;
}

void row_note(struct import_row *row, int column, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *reason = arena_vprintf(row->arena, format, args);
    va_end(args);
    import_note(row->table->reader, row_line(row, column), header_of(row, column), "%s", reason);
}

static bool read_bool(const char *text, bool *out)
{
    static const char *const words[] = {"false", "true", "no", "yes", "0", "1", "n", "y"};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_equal_fold(text, words[i])) {
            *out = i % 2 == 1;
            return true;
        }
    return false;
}

static bool read_enum(const struct enumeration *values, const char *text, void *at)
{
    for (int i = 0; i < (int)values->count; i++)
        if (str_equal_fold(values->values[i], text)) {
            memcpy(at, &i, sizeof i);
            return true;
        }
    return false;
}

// What a cell of this kind should have been.
static const char *wanted(const struct import_row *row, const struct field *field)
{
    if (field->kind == KIND_MINOR)
        return arena_printf(row->arena, "an amount of %s such as 12.50",
                            row->table->reader->settings->currency);
    if (field->kind != KIND_ENUM)
        return field->kind == KIND_BOOL ? "TRUE or FALSE" : "a whole number";
    struct buf names = buf_in(row->arena);
    for (size_t i = 0; i < field->values->count; i++)
        buf_printf(&names, "%s%s", i > 0 ? ", " : "one of ", field->values->values[i]);
    return buf_as_text(&names);
}

static bool read_cell(struct import_row *row, const struct field *field, const char *text, void *at)
{
    switch (field->kind) {
    case KIND_MINOR:
        return money_parse(text, row->table->reader->settings->currency, at);
    case KIND_I64:
        return decimal_scaled(text, 1, 1, at);
    case KIND_BOOL:
        return read_bool(text, at);
    case KIND_ENUM:
        return read_enum(field->values, text, at);
    default:
        assert(field->kind == KIND_TEXT);
        *(const char **)at = text;
        return true;
    }
}

bool row_set(struct import_row *row, int column, const struct shape *shape, int position, void *out)
{
    const struct field *field = &shape->fields[position];
    struct presence *presence = out;
    const char *text = row_text(row, column);
    if (column < 0)
        return true;
    if (text == NULL) {
        // There is such a column and it is blank: the merchant emptied it. No such column leaves
        // the shop's value alone (document.h).
        presence->cleared |= UINT64_C(1) << position;
        return true;
    }
    void *at = (unsigned char *)out + field->offset;
    if (!read_cell(row, field, text, at)) {
        row_bad(row, column, "'%.60s' is not %s", text, wanted(row, field));
        return false;
    }
    struct problem problem = {.arena = row->arena};
    field_check(field, at, "", &problem);
    if (problem.count > 0) {
        row_bad(row, column, "'%.60s': %s", text, problem.fields[0].detail);
        return false;
    }
    presence->set |= UINT64_C(1) << position;
    return true;
}

void split_list(struct arena *arena, const char *text, struct text_list *out)
{
    struct buf item = buf_in(arena);
    for (const char *c = text;; c++) {
        // WooCommerce writes a comma within an item so.
        if (*c == '\\' && c[1] == ',') {
            buf_char(&item, *++c);
            continue;
        }
        if (*c != ',' && *c != '\0') {
            buf_char(&item, *c);
            continue;
        }
        const char *clean = str_trim(arena, buf_as_text(&item));
        if (*clean != '\0' && !text_list_has(out, clean))
            text_list_add(arena, out, clean);
        item = buf_in(arena);
        if (*c == '\0')
            return;
    }
}

bool decimal_scaled(const char *text, i64 numerator, i64 denominator, i64 *out)
{
    // Below 2^63 with room for the share's numerator.
    enum { DIGITS_MAX = 15 };
    bool negative = *text == '-';
    i64 value = 0, scale = 1;
    int digits = 0;
    bool point = false;
    for (text += negative; *text != '\0'; text++) {
        if (*text == '.' && !point) {
            point = true;
            continue;
        }
        if (*text < '0' || *text > '9')
            return false;
        if (++digits > DIGITS_MAX)
            return false;
        value = value * 10 + (*text - '0');
        scale *= point ? 10 : 1;
    }
    if (digits == 0 || denominator > INT64_MAX / scale)
        return false;
    *out = money_share(negative ? -value : value, numerator, denominator * scale);
    return true;
}
