// `souk audit`: every service recomputes what must hold and names each violation. Also run as a
// job, for the metric souk_audit_violations, which must be 0.
//
//     static enum err audit_stock(struct rq *rq, struct audit *audit)
//     {
//         ... audit_violation(audit, "stock of %s is %lld, its movements say %lld", sku, is,
//         ought); return ERR_OK;
//     }
//     AUDIT(stock, audit_stock);
#ifndef SOUK_APP_AUDIT_H
#define SOUK_APP_AUDIT_H

#include "app/rq.h"

struct audit;

struct audit_entry {
    const char *name, *file;
    enum err (*run)(struct rq *rq, struct audit *audit);
    bool conducts;
};
#define AUDIT_ENTRY(name_, run_, conducts_)                                                        \
    static const struct audit_entry name_##_audit = {#name_, __FILE__, run_, conducts_};           \
    static const struct audit_entry *const name_##_audit_registered REGISTERED("audits") =         \
        &name_##_audit
// Runs in a snapshot of its own: everything it reads is of one moment.
#define AUDIT(name_, run_) AUDIT_ENTRY(name_, run_, false)
// Asks other services, whose moment is another one: rq->db is NULL in it, it reads by SNAPSHOTs and
// has to tell a violation from what is under way.
#define AUDIT_CONDUCTS(name_, run_) AUDIT_ENTRY(name_, run_, true)

// Notes one violation, in a sentence with the ids and numbers it is about.
void audit_violation(struct audit *audit, const char *format, ...) PRINTF_LIKE(2, 3);

// Runs all; `tell` gets each violation as a line (name of the audit, sentence). Returns how many
// there are in `violations`; an error means that the audit could not be done.
CHECKED enum err audit_run(struct app *app, void (*tell)(const char *name, const char *sentence),
                           i64 *violations);

#endif
