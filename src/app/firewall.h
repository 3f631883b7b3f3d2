// A web application firewall in the gateway (gateway.c): ModSecurity with the OWASP core rule set,
// as Debian packages them, told what the shop's own routes take.
#ifndef SOUK_APP_FIREWALL_H
#define SOUK_APP_FIREWALL_H

#include "app/router.h"
#include "core/buf.h"

enum firewall {
    FIREWALL_NONE,
    FIREWALL_REPORT, // says in the log what it would refuse
    FIREWALL_BLOCK,
};

// The mode of that name ("report", "block"); false for another name.
bool firewall_named(const char *name, enum firewall *mode);
// What stands in NGINX's main context.
void firewall_load(struct buf *out);
// What stands in its http context: the engine, the shop's exceptions, the rules. `folder` is one
// that NGINX may write to.
void firewall_write(struct buf *out, enum firewall mode, const struct router *router,
                    const char *folder);

#endif
