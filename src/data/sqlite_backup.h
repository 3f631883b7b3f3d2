// A SQLite database as one file of one moment, made beside whoever works on it, and put back.
//
//     err = sqlite_backup("/var/lib/souk/souk.db", "/backup/souk.db", &problem);
//     err = sqlite_restore("/backup/souk.db", "/var/lib/souk/souk.db", &problem);
//
// PostgreSQL has tools of its own for this (docs/operator/running.md).
#ifndef SOUK_DATA_SQLITE_BACKUP_H
#define SOUK_DATA_SQLITE_BACKUP_H

#include "core/err.h"
#include "core/problem.h"

// ERR_OK when every page of the file can be read, is what its neighbours say, and every reference
// of a row leads to one. `problem` says what is wrong.
CHECKED enum err sqlite_verify(const char *path, struct problem *problem);
// A verified copy of what is committed, in a new file (ERR_CONFLICT when there is one). Writers are
// not kept waiting. `to` appears whole and on the disk, or not at all.
CHECKED enum err sqlite_backup(const char *from, const char *to, struct problem *problem);
// Puts a verified copy in the place of `to`. What was there is kept beside it, as
// `to`.before-restore, until the next time. ERR_CONFLICT while somebody has `to` open: nothing is
// changed then.
CHECKED enum err sqlite_restore(const char *from, const char *to, struct problem *problem);

#endif
