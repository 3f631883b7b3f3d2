// The database that the settings name: opening it, and its schema.
//
//     err = database_open(&app->config, app->arena, &app->db, problem);
//     if (err == ERR_OK)
//         err = database_settle(app->db, &app->config, app->services, problem);
#ifndef SOUK_APP_DATABASE_H
#define SOUK_APP_DATABASE_H

#include "app/config.h"
#include "data/db.h"
#include "data/postgres_schema.h"

struct app;
struct command;

// Opens it as it is. The caller closes.
CHECKED enum err database_open(const struct config *config, struct arena *arena, struct db **out,
                               struct problem *problem);
// Migrates; or, in a process that names its services on PostgreSQL, only looks whether what
// `souk migrate SERVICE...` made for them is there and of this program's version. Neither begins a
// second shop beside that of the other form.
CHECKED enum err database_settle(struct db *db, const struct config *config, unsigned services,
                                 struct problem *problem);
// For commands: the services whose schemas are meant, the words' or else the setting's, which leads
// to schemas on PostgreSQL only. None: the whole database.
CHECKED enum err database_schemas(const struct command *command, struct schemas *schemas,
                                  struct problem *problem);

// Tells readiness how each replica is, as the database's own looks at them know.
void database_look(struct app *app);
// Prometheus' text: where reads took place and why, what commits waited for, how the replicas are.
void database_write_metrics(const struct db *db, struct buf *out);

#endif
