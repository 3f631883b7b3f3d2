// Applying schema changes. Contract in migrate.h.
#include "data/migrate.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "core/asset.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/str.h"
#include "data/engine.h"
#include "data/query.h"

#define APPLIED(F, S)                                                                              \
    F(S, text, service, .doc = "Owner of the tables.")                                             \
    F(S, i64, number, .doc = "Of the file.")                                                       \
    F(S, text, name, .doc = "Of the file.")                                                        \
    F(S, text, checksum, .doc = "SHA-256 of the file.")
SHAPE(applied, APPLIED);

static const char create_table[] =
    "CREATE TABLE IF NOT EXISTS schema_migration (service TEXT NOT NULL, number BIGINT NOT NULL,"
    " name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL,"
    " PRIMARY KEY (service, number))";
// One process at a time: SQLite's writers queue anyway.
static const char postgres_lock[] = "SELECT pg_advisory_xact_lock(7306345121)";

DB_QUERY(migration_list, QUERY_KIND_LIST, nothing, applied,
         "SELECT service, number, name, checksum FROM schema_migration ORDER BY service, number");
DB_QUERY(migration_insert, QUERY_KIND_RUN, applied, nothing,
         "INSERT INTO schema_migration (service, number, name, checksum, applied_at)"
         " VALUES (:service, :number, :name, :checksum, :now)");

static const char folder[] = "/schema/", postgres_ending[] = ".postgres.sql";

// Reads "schema/services/order/schema/001_cart.sql"; false for what replaces another file.
static bool read_asset(struct arena *arena, const struct asset *asset, struct migration *migration)
{
    const char *file = strrchr(asset->path, '/') + 1;
    const char *end = strstr(asset->path, folder), *service = end;
    if (end == NULL || str_ends(file, postgres_ending))
        return false;
    while (service > asset->path && service[-1] != '/')
        service--;
    size_t stem = strlen(asset->path) - strlen(".sql");
    const struct asset *own =
        asset_find(arena_printf(arena, "%.*s%s", (int)stem, asset->path, postgres_ending));
    char *rest;
    *migration = (struct migration){
        .service = arena_text_n(arena, service, (size_t)(end - service)),
        .number = strtoll(file, &rest, 10),
        .sql = (const char *)asset->bytes,
        .postgres = own != NULL ? (const char *)own->bytes : NULL,
    };
    assert(*rest == '_'); // NNN_name.sql
    migration->name = arena_text_n(arena, rest + 1, strlen(rest + 1) - strlen(".sql"));
    return true;
}

const struct migration *migrations_carried(struct arena *arena, size_t *count)
{
    size_t files;
    const struct asset *asset = asset_range("schema/", &files);
    struct migration *all = ARENA_ARRAY(arena, struct migration, files);
    *count = 0;
    for (size_t i = 0; i < files; i++)
        *count += read_asset(arena, &asset[i], &all[*count]);
    return all;
}

struct migrating {
    struct db *db;
    const struct migration *all;
    size_t count, done;
    struct problem *problem;
};

static const char *checksum_of(struct arena *arena, const struct migration *migration)
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    char *hex = arena_alloc(arena, 2 * sizeof digest + 1);
    crypto_hash_sha256(digest, (const unsigned char *)migration->sql, strlen(migration->sql));
    return sodium_bin2hex(hex, 2 * sizeof digest + 1, digest, sizeof digest);
}

static const struct applied *find_applied(const struct applied_list *list,
                                          const struct migration *migration)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].number == migration->number &&
            strcmp(list->items[i].service, migration->service) == 0)
            return &list->items[i];
    return NULL;
}

static bool known(const struct migrating *work, const struct applied *applied)
{
    for (size_t i = 0; i < work->count; i++)
        if (work->all[i].number == applied->number &&
            strcmp(work->all[i].service, applied->service) == 0)
            return true;
    return false;
}

static enum err check_applied(struct migrating *work, const struct applied_list *list)
{
    struct problem *problem = work->problem;
    for (size_t i = 0; i < list->count; i++) {
        if (known(work, &list->items[i]))
            continue;
        problem_detail(problem,
                       "the database is newer than this program: it has %s/%03lld_%s;"
                       " start a newer program",
                       list->items[i].service, (long long)list->items[i].number,
                       list->items[i].name);
        return ERR_CONFLICT;
    }
    for (size_t i = 0; i < work->count; i++) {
        const struct applied *applied = find_applied(list, &work->all[i]);
        if (applied == NULL ||
            strcmp(applied->checksum, checksum_of(problem->arena, &work->all[i])) == 0)
            continue;
        problem_detail(problem, "the schema file %s/%03lld_%s has changed since it was applied",
                       applied->service, (long long)applied->number, applied->name);
        return ERR_CONFLICT;
    }
    return ERR_OK;
}

static enum err apply(struct migrating *work, struct db_session *session,
                      const struct migration *migration)
{
    bool own = db_is_postgres(work->db) && migration->postgres != NULL;
    struct applied row = {
        .service = migration->service,
        .number = migration->number,
        .name = migration->name,
        .checksum = checksum_of(work->problem->arena, migration),
    };
    enum err err = db_script(session, own ? migration->postgres : migration->sql);
    if (err == ERR_OK)
        err = db_run(session, &migration_insert, &row, NULL);
    if (err != ERR_OK)
        problem_detail(work->problem,
                       "the schema file %s/%03lld_%s cannot be applied; the log says why",
                       migration->service, (long long)migration->number, migration->name);
    else
        work->done++;
    return err;
}

static enum err prepare(struct db_session *session, void *context)
{
    struct migrating *work = context;
    enum err err = db_is_postgres(work->db) ? db_script(session, postgres_lock) : ERR_OK;
    return err == ERR_OK ? db_script(session, create_table) : err;
}

// Applies the first that is missing. work->done says whether there was one.
static enum err apply_next(struct db_session *session, void *context)
{
    struct migrating *work = context;
    struct nothing none = {0};
    struct applied_list list = {0};
    work->done = 0;
    enum err err = db_is_postgres(work->db) ? db_script(session, postgres_lock) : ERR_OK;
    if (err == ERR_OK)
        err = db_list(session, &migration_list, &none, work->problem->arena, &list);
    if (err == ERR_OK)
        err = check_applied(work, &list);
    for (size_t i = 0; i < work->count && err == ERR_OK && work->done == 0; i++)
        if (find_applied(&list, &work->all[i]) == NULL)
            err = apply(work, session, &work->all[i]);
    return err;
}

enum err migrate(struct db *db, const struct migration *all, size_t count, struct problem *problem)
{
    struct migrating work = {.db = db, .all = all, .count = count, .problem = problem};
    enum err err = db_write(db, prepare, &work);
    do {
        if (err == ERR_OK)
            err = db_write(db, apply_next, &work);
    } while (err == ERR_OK && work.done > 0);
    if (err != ERR_OK && problem->detail == NULL)
        problem_detail(problem, "the database cannot be prepared: %s", err_title(err));
    return err;
}
