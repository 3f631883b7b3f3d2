// Reading catalogues of other shops: a file becomes a stream of product documents, and every row
// that cannot be used is reported with its file, line, column and reason while the others go on.
// Writing the documents is put.c's work; the commands are in import_command.c.
//
//     err = import_open(arena, &settings, &reader, problem);
//     while ((err = import_next(reader, batch, &product)) == ERR_OK)
//         ...put product.document...
//
// A reader belongs to one thread. The file is read as a stream; a WooCommerce file is held in
// memory, because its variations may stand far from their parents.
#ifndef SOUK_PRODUCT_IMPORT_H
#define SOUK_PRODUCT_IMPORT_H

#include <stdio.h>

#include "core/arena.h"
#include "core/err.h"
#include "services/product/document.h"

// Something to tell about a row. `bad`: the row was left out; otherwise it went in, changed as
// said. `again`: a further fault of what was left out already; it is told, but not counted.
struct import_issue {
    const char *file;
    u32 line;           // 0: the file as a whole
    const char *column; // its header, NULL: the row as a whole
    const char *reason;
    bool bad, again;
};

struct import_reader;

struct import_settings {
    const char *file;
    const char *currency;     // of the file's prices
    struct text_list markets; // "International=EUR": market columns to take as prices in a currency
    const struct seed_random *random; // of import_random, seed.h
    void (*report)(void *context, const struct import_issue *issue);
    void *context;
};

// A way of reading. `next` gives ERR_NOT_FOUND at the end of the file.
struct import_format {
    const char *name; // on the command line
    CHECKED enum err (*open)(struct import_reader *reader, struct problem *problem);
    CHECKED enum err (*next)(struct import_reader *reader, struct arena *arena,
                             struct product_document *out, u32 *line);
};

extern const struct import_format import_shopify, import_woocommerce, import_json;

struct import_product {
    struct product_document document;
    u32 line; // where it begins
};

// Open plain data, so that the formats can share it; callers use the functions.
struct import_reader {
    const struct import_format *format;
    const struct import_settings *settings;
    struct arena *arena; // lives as long as the reader
    FILE *file;
    size_t bytes_read, bytes_total;
    void *state;                  // of the format
    struct text_index *handles;   // the line of each handle in this file
    size_t bad_count, note_count; // issues so far
};

// Opens a file, or says in `problem` why it is not one of this format. Closed with the arena.
CHECKED enum err import_open(struct arena *arena, const struct import_format *format,
                             const struct import_settings *settings, struct import_reader **out,
                             struct problem *problem);
// The next product, checked. ERR_NOT_FOUND at the end, ERR_UNAVAILABLE when the file cannot be
// read.
CHECKED enum err import_next(struct import_reader *reader, struct arena *arena,
                             struct import_product *out);

// For the formats.
void import_bad(struct import_reader *reader, u32 line, const char *column, const char *format, ...)
    PRINTF_LIKE(4, 5);
void import_bad_again(struct import_reader *reader, u32 line, const char *column,
                      const char *format, ...) PRINTF_LIKE(4, 5);
void import_note(struct import_reader *reader, u32 line, const char *column, const char *format,
                 ...) PRINTF_LIKE(4, 5);
// Reads on in the file: a csv_source over an import_reader.
i64 import_read(void *reader, char *at, size_t room);
// The line on which this file had the handle already, or 0 and remembers it.
u32 import_handle_seen(struct import_reader *reader, const char *handle, u32 line);
// Texts with a number each: remembers `value` (not 0) unless the text has one already, and returns
// the earlier one or 0. text_index_find gives 0 for an unknown text. Texts are copied into `arena`.
struct text_index;
struct text_index *text_index_new(struct arena *arena);
u32 text_index_add(struct text_index *index, const char *text, u32 value);
u32 text_index_find(const struct text_index *index, const char *text);
// A handle out of any text; letters that a handle cannot hold are told apart by a short hash.
char *import_handle(struct arena *arena, const char *text);

#endif
