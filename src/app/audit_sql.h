// An audit that is one statement: each row it finds is a violation, told by its column `sentence`.
//
//     QUERY_AUDIT(ledger_balance, "SELECT 'payment ' || id || ' is off by ' || amount AS sentence
//     ...");
#ifndef SOUK_APP_AUDIT_SQL_H
#define SOUK_APP_AUDIT_SQL_H

#include "app/audit.h"
#include "app/declare.h"

#define FINDING(F, S) F(S, text, sentence, .doc = "What is wrong, with its ids and numbers.")
SHAPE(finding, FINDING);

#define QUERY_AUDIT(name_, sql_)                                                                   \
    QUERY_LIST(name_##_findings, nothing, finding, sql_ " LIMIT 1000");                            \
    QUERY_AUDIT_RUN(name_)
// With a text for PostgreSQL beside.
#define QUERY_AUDIT_FOR(name_, sql_, postgres_)                                                    \
    QUERY_LIST_FOR(name_##_findings, nothing, finding, sql_ " LIMIT 1000",                         \
                   postgres_ " LIMIT 1000");                                                       \
    QUERY_AUDIT_RUN(name_)
#define QUERY_AUDIT_RUN(name_)                                                                     \
    static enum err name_##_run(struct rq *rq, struct audit *audit)                                \
    {                                                                                              \
        struct finding_list found = {0};                                                           \
        enum err err = name_##_findings(rq, &(struct nothing){0}, &found);                         \
        for (size_t i = 0; i < found.count && err == ERR_OK; i++)                                  \
            audit_violation(audit, "%s", found.items[i].sentence);                                 \
        return err;                                                                                \
    }                                                                                              \
    AUDIT(name_, name_##_run)

#endif
