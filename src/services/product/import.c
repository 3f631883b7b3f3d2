// What the readers of all formats share: the file, the reports, handles. Contract in import.h;
// formats in import_shopify.c, import_woocommerce.c and import_json.c.
//
// A reader never stops at a bad row: other shops' files have them, and a merchant wants the whole
// list at once. So faults go to a callback as they are found, and a format's `next` gives back only
// what can be sold.
//
// Memory: the reader's arena lives as long as the file and has only what must be known to the end,
// the handles seen and the fields complained of. Documents are made in the batch's arena.
#include "services/product/import.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include "core/str.h"

struct index_entry {
    const char *text;
    u32 value;
};

// Open addressing; the capacity is a power of two and at most half is used.
struct text_index {
    struct arena *arena;
    size_t count, capacity;
    struct index_entry *entries;
};

PRINTF_LIKE(3, 0)
static void report(struct import_reader *reader, struct import_issue issue, const char *format,
                   va_list args)
{
    // An arena of its own: a file of nothing but faults would otherwise fill the reader's.
    struct arena *arena = arena_new(MIB(4));
    issue.file = reader->settings->file;
    issue.reason = arena_vprintf(arena, format, args);
    *(issue.bad ? &reader->bad_count : &reader->note_count) += !issue.again;
    reader->settings->report(reader->settings->context, &issue);
    arena_free(arena);
}

void import_bad(struct import_reader *reader, u32 line, const char *column, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    report(reader, (struct import_issue){.line = line, .column = column, .bad = true}, format,
           args);
    va_end(args);
}

void import_bad_again(struct import_reader *reader, u32 line, const char *column,
                      const char *format, ...)
{
    va_list args;
    va_start(args, format);
    report(reader,
           (struct import_issue){.line = line, .column = column, .bad = true, .again = true},
           format, args);
    va_end(args);
}

void import_note(struct import_reader *reader, u32 line, const char *column, const char *format,
                 ...)
{
    va_list args;
    va_start(args, format);
    report(reader, (struct import_issue){.line = line, .column = column}, format, args);
    va_end(args);
}

i64 import_read(void *context, char *at, size_t room)
{
    struct import_reader *reader = context;
    size_t got = fread(at, 1, room, reader->file);
    reader->bytes_read += got;
    return got == 0 && ferror(reader->file) ? -1 : (i64)got;
}

static void close_file(void *file)
{
    fclose(file);
}

static enum err open_file(struct import_reader *reader, const char *path, struct problem *problem)
{
    struct stat status;
    reader->file = fopen(path, "rbe");
    if (reader->file == NULL || fstat(fileno(reader->file), &status) != 0) {
        problem_detail(problem, "%s: %s", path, strerrordesc_np(errno));
        return ERR_NOT_FOUND;
    }
    arena_defer(reader->arena, close_file, reader->file);
    if (S_ISDIR(status.st_mode)) {
        problem_detail(problem, "%s: is a folder, not a file", path);
        return ERR_INVALID;
    }
    reader->bytes_total = (size_t)status.st_size;
    return ERR_OK;
}

enum err import_open(struct arena *arena, const struct import_format *format,
                     const struct import_settings *settings, struct import_reader **out,
                     struct problem *problem)
{
    struct import_reader *reader = ARENA_NEW(arena, struct import_reader);
    *reader = (struct import_reader){
        .format = format, .settings = settings, .arena = arena, .handles = text_index_new(arena)};
    *out = reader;
    enum err err = open_file(reader, settings->file, problem);
    return err == ERR_OK ? format->open(reader, problem) : err;
}

enum err import_next(struct import_reader *reader, struct arena *arena, struct import_product *out)
{
    for (;;) {
        *out = (struct import_product){0};
        enum err err = reader->format->next(reader, arena, &out->document, &out->line);
        if (err != ERR_OK)
            return err;
        struct problem problem = {.arena = arena};
        document_check(&out->document, &problem);
        if (problem.count == 0)
            return ERR_OK;
        for (size_t i = 0; i < problem.count; i++)
            (i == 0 ? import_bad : import_bad_again)(
                reader, out->line, NULL, "product '%s': %s: %s", out->document.handle,
                problem.fields[i].field, problem.fields[i].detail);
    }
}

static struct index_entry *find_entry(const struct text_index *index, const char *text)
{
    size_t at = str_hash(STR_HASH, text) & (index->capacity - 1);
    while (index->entries[at].text != NULL && strcmp(index->entries[at].text, text) != 0)
        at = (at + 1) & (index->capacity - 1);
    return &index->entries[at];
}

struct text_index *text_index_new(struct arena *arena)
{
    enum { FIRST_CAPACITY = 256 };
    struct text_index *index = ARENA_NEW(arena, struct text_index);
    index->arena = arena;
    index->capacity = FIRST_CAPACITY;
    index->entries = ARENA_ARRAY(arena, struct index_entry, index->capacity);
    return index;
}

static void grow_index(struct text_index *index)
{
    struct text_index old = *index;
    index->capacity *= 2;
    index->entries = ARENA_ARRAY(index->arena, struct index_entry, index->capacity);
    for (size_t i = 0; i < old.capacity; i++)
        if (old.entries[i].text != NULL)
            *find_entry(index, old.entries[i].text) = old.entries[i];
}

u32 text_index_find(const struct text_index *index, const char *text)
{
    return find_entry(index, text)->value;
}

u32 text_index_add(struct text_index *index, const char *text, u32 value)
{
    assert(value != 0);
    struct index_entry *entry = find_entry(index, text);
    if (entry->text != NULL)
        return entry->value;
    *entry = (struct index_entry){arena_text(index->arena, text), value};
    if (++index->count * 2 > index->capacity)
        grow_index(index);
    return 0;
}

u32 import_handle_seen(struct import_reader *reader, const char *handle, u32 line)
{
    return text_index_add(reader->handles, handle, line);
}

// Letters past Latin Extended-A are lost in a handle; two titles in another script must not meet.
static bool loses_letters(const char *text)
{
    for (u32 code = utf8_next(&text); code != 0; code = utf8_next(&text))
        if (code >= 0x180 && (code < 0x2000 || code >= 0x2C00))
            return true;
    return false;
}

char *import_handle(struct arena *arena, const char *text)
{
    char *handle = str_handle(arena, text);
    if (!loses_letters(text))
        return handle;
    unsigned hash = (unsigned)(str_hash(STR_HASH, text) & 0xFFFFFFFF);
    return arena_printf(arena, "%.90s-%08x", handle, hash);
}
