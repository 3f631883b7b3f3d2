// The audit: all registered checks, as command, job and metric. Contract in audit.h.
//
// Checks compare what is stored twice, or what follows from something else: totals with lines,
// stock with movements, payments with the ledger. Each runs in one snapshot, so it cannot see an
// order half written, and a violation is a fact and not a race; one that asks other services sees
// to that itself.
#include "app/audit.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>

#include "app/command.h"
#include "app/declare.h"
#include "core/log.h"
#include "core/time.h"

REGISTRY(const struct audit_entry *const, audits);

struct audit {
    struct rq *rq;
    const struct audit_entry *entry;
    void (*tell)(const char *name, const char *sentence);
    i64 violations;
};

void audit_violation(struct audit *audit, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    audit->tell(audit->entry->name, arena_vprintf(audit->rq->arena, format, args));
    va_end(args);
    audit->violations++;
}

static enum err run_one(struct db_session *session, void *context)
{
    struct audit *audit = context;
    audit->rq->db = session;
    audit->violations = 0;
    enum err err = audit->entry->run(audit->rq, audit);
    audit->rq->db = NULL;
    return err;
}

enum err audit_run(struct app *app, void (*tell)(const char *name, const char *sentence),
                   i64 *violations)
{
    enum err err = ERR_OK;
    *violations = 0;
    for (const struct audit_entry *const *entry = __start_audits; entry < __stop_audits; entry++) {
        if (!app_has(app, (*entry)->file))
            continue;
        struct rq *rq = rq_begin(app, (*entry)->name, HOUR_MS);
        struct audit audit = {.rq = rq, .entry = *entry, .tell = tell};
        i64 start_us = monotonic_us();
        err = (*entry)->conducts ? (*entry)->run(rq, &audit) : db_read(app->db, run_one, &audit);
        log_line(LOG_DEBUG, "audited", "%s in %lld ms", (*entry)->name,
                 (long long)((monotonic_us() - start_us) / 1000));
        *violations += audit.violations;
        rq_end(rq);
        if (err != ERR_OK)
            break;
    }
    return err;
}

static _Atomic i64 last_violations;

static i64 read_violations(UNUSED struct app *app)
{
    return atomic_load(&last_violations);
}
METRIC_GAUGE(violations, "souk_audit_violations",
             "Violations that the last audit found; must be 0.", read_violations);

static void log_violation(const char *name, const char *sentence)
{
    log_line(LOG_ERROR, "audit", "%s: %s", name, sentence);
}

static enum err audit_again(struct rq *rq)
{
    i64 violations;
    enum err err = audit_run(rq->app, log_violation, &violations);
    if (err == ERR_OK)
        atomic_store(&last_violations, violations);
    return err;
}
JOB(audit, 10 * MINUTE_MS, audit_again);

static void print_violation(const char *name, const char *sentence)
{
    printf("%s: %s\n", name, sentence);
}

static int audit(struct command *command)
{
    i64 violations;
    if (command_open(command) == NULL)
        return 1;
    enum err err = audit_run(command->app, print_violation, &violations);
    if (err != ERR_OK)
        return command_fail("the audit could not be done: %s", err_title(err));
    // Status 2 tells "something is wrong with the data" from 1, "the audit could not be done".
    printf("%td audits, %lld violations\n", __stop_audits - __start_audits, (long long)violations);
    return violations == 0 ? 0 : 2;
}
COMMAND(audit, "", "Recomputes stock, totals, payments and ledger; names what is wrong.", audit);
