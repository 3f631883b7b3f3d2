// A CSV file as a table whose columns are found by name, for import_shopify.c and
// import_woocommerce.c. Cells are read by the kind and limits of the shape's field that they fill;
// what is wrong is reported under the column's own header.
#ifndef SOUK_PRODUCT_IMPORT_TABLE_H
#define SOUK_PRODUCT_IMPORT_TABLE_H

#include "core/csv.h"
#include "services/product/import.h"

struct import_table {
    struct import_reader *reader;
    struct csv_reader *csv;
    size_t count;
    const char *headers[LIMIT_CSV_FIELDS]; // as in the file, trimmed
};

// One row at work: its texts live until the next row is read, what is set from them lives in
// `arena`.
struct import_row {
    struct import_table *table;
    struct arena *arena;
    struct csv_record record;
    u32 line;
    bool bad; // something in it was reported as bad
};

// Reads the header row; ERR_INVALID when there is none, or a column stands there twice.
CHECKED enum err table_open(struct import_reader *reader, struct import_table *table,
                            struct problem *problem);
// The next row; faults are reported and passed over. ERR_NOT_FOUND at the end.
CHECKED enum err table_next(struct import_table *table, struct import_row *row);
// Position of a column, without regard to case; -1 when there is none.
int table_find(const struct import_table *table, const char *name);

// The cell without white space around it, in the row's arena; NULL when blank or when the row is
// short.
const char *row_text(struct import_row *row, int column);
u32 row_line(const struct import_row *row, int column);
// Reads a cell into a field of a struct: sets its bit, or its cleared bit when the cell is blank.
// Nothing happens for column -1. False, and reported, when the cell does not fit the field.
bool row_set(struct import_row *row, int column, const struct shape *shape, int position,
             void *out);
// Reports the row as bad.
void row_bad(struct import_row *row, int column, const char *format, ...) PRINTF_LIKE(3, 4);
void row_note(struct import_row *row, int column, const char *format, ...) PRINTF_LIKE(3, 4);

// Splits at commas, with `\,` for a comma inside; trims, and drops blanks and repetitions.
void split_list(struct arena *arena, const char *text, struct text_list *out);
// A decimal number times numerator / denominator, rounded to an integer; false when it is none.
bool decimal_scaled(const char *text, i64 numerator, i64 denominator, i64 *out);

#endif
