// ModSecurity as the gateway runs it. What the shop takes is said from the route table: its
// methods, its bodies, and the fields that no rule has to look at.
//
// Not looked at are, by the name of each and only in the paths that take it:
// - secrets. A good password looks like an attack, and the log would show it. The program compares
//   them, and does nothing else with them;
// - HTML (names that end in _html). Markup is what it is for. Staff send it, and the program takes
//   out what could run when it is shown (core/html.h);
// - bodies that are no JSON: pictures of some megabytes, whose bytes may look like anything.
#include "app/firewall.h"

#include <stdio.h>
#include <string.h>

#include "core/limits.h"
#include "core/str.h"

#define MODULE "/usr/lib/nginx/modules/ngx_http_modsecurity_module.so"
#define RULES "/usr/share/modsecurity-crs/rules/REQUEST-9*.conf"
#define SETUP "/etc/modsecurity/crs/crs-setup.conf"

enum {
    FIRST_RULE = 1000, // of the numbers that are a site's own
    // Values in a body; each is held against each rule, which takes a quarter of a millisecond.
    ARGUMENTS_MAX = 2000, // staff describe a product with all of its variants
    SHOPPERS_ARGUMENTS_MAX = 200,
    PCRE_STEPS = 500000, // a pattern that is given up sooner has seen nothing
    FIELD_NAME_MAX = 200,
};

struct writer {
    struct buf *out;
    int rule; // the next one's number
};

bool firewall_named(const char *name, enum firewall *mode)
{
    *mode = str_equal(name, "block") ? FIREWALL_BLOCK : FIREWALL_REPORT;
    return *mode == FIREWALL_BLOCK || str_equal(name, "report");
}

void firewall_load(struct buf *out)
{
    buf_text(out, "load_module " MODULE ";\n");
}

// A rule is a parameter of its own, for NGINX takes none that is longer than 4 kB.
static void begin_rule(struct writer *writer, const char *path)
{
    buf_text(writer->out, "    modsecurity_rules 'SecRule REQUEST_FILENAME \"@rx ^");
    for (const char *at = path; *at != '\0'; at++) {
        if (*at == '{') {
            const char *name = at + 1;
            at = strchr(name, '}');
            buf_text(writer->out, str_starts(at - 3, "...") ? ".+" : "[^/]+");
        } else {
            buf_printf(writer->out, *at == '.' ? "\\%c" : "%c", *at);
        }
    }
    buf_printf(writer->out, "$\" \"id:%d,phase:1,pass,nolog", writer->rule++);
}

static bool is_let_be(const struct field *field)
{
    size_t length = strlen(field->name);
    bool html = length > 5 && str_equal(field->name + length - 5, "_html");
    return field->kind == KIND_TEXT && (field->secret || html);
}

static bool has_let_be(const struct shape *shape)
{
    for (size_t i = 0; i < shape->count; i++)
        if (is_let_be(&shape->fields[i]) ||
            (shape->fields[i].shape != NULL && has_let_be(shape->fields[i].shape)))
            return true;
    return false;
}

// The rule of a path begins with the first field that needs it.
static void let_be(struct writer *writer, const struct route *route, const struct shape *shape,
                   const char *before, size_t *fields)
{
    for (size_t i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];
        if (is_let_be(field)) {
            if ((*fields)++ == 0)
                begin_rule(writer, route->path);
            buf_printf(writer->out, ",ctl:ruleRemoveTargetByTag=OWASP_CRS;ARGS:%s%s", before,
                       field->name);
        } else if (field->kind == KIND_LIST) {
            assert(!has_let_be(field->shape)); // their names have numbers in them
        } else if (field->kind == KIND_NESTED) {
            char inner[FIELD_NAME_MAX];
            int length = snprintf(inner, sizeof inner, "%s%s.", before, field->name);
            assert(length > 0 && (size_t)length < sizeof inner);
            let_be(writer, route, field->shape, inner, fields);
        }
    }
}

static void write_exceptions(struct writer *writer, const struct router *router)
{
    for (size_t i = 0; i < router_count(router); i++) {
        const struct route *route = router_at(router, i)->route;
        size_t fields = 0;
        if ((route->roles & ROLE_PEER) != 0)
            continue;
        if ((route->flags & ROUTE_RAW_BODY) != 0) {
            begin_rule(writer, route->path);
            buf_text(writer->out, ",ctl:requestBodyAccess=Off\"';\n");
        }
        // ModSecurity calls what a JSON body has json.NAME, and what a query has NAME.
        let_be(writer, route, route->handler->in, route->method == HTTP_GET ? "" : "json.",
               &fields);
        if (fields > 0)
            buf_text(writer->out, "\"';\n");
    }
}

static size_t body_max(const struct router *router)
{
    size_t most = LIMIT_BODY;
    for (size_t i = 0; i < router_count(router); i++) {
        size_t limit = router_at(router, i)->route->body_limit;
        most = limit > most ? limit : most;
    }
    return most;
}

// What cannot be read as JSON is refused before it reaches the program: two readers that disagree
// are a way past the first. Too many values are such an error as well, told by their number. What
// does not say that it is JSON the program refuses (920420 is a list of others).
static void write_engine(struct writer *writer, enum firewall mode, const struct router *router,
                         const char *folder)
{
    buf_printf(writer->out,
               "    modsecurity on;\n    modsecurity_transaction_id $request_id;\n"
               "    modsecurity_rules '\n        SecRuleEngine %s\n"
               "        SecRequestBodyAccess On\n        SecRequestBodyLimit %zu\n"
               "        SecRequestBodyNoFilesLimit %zu\n"
               "        SecRequestBodyLimitAction Reject\n"
               "        SecRequestBodyJsonDepthLimit %d\n        SecArgumentsLimit %d\n"
               "        SecResponseBodyAccess Off\n        SecAuditEngine Off\n"
               "        SecPcreMatchLimit %d\n        SecPcreMatchLimitRecursion %d\n"
               "        SecTmpDir %s\n        SecDataDir %s\n    ';\n",
               mode == FIREWALL_BLOCK ? "On" : "DetectionOnly", body_max(router), body_max(router),
               LIMIT_JSON_DEPTH, ARGUMENTS_MAX, PCRE_STEPS, PCRE_STEPS, folder, folder);
    buf_printf(writer->out,
               "    modsecurity_rules 'SecRule REQUEST_HEADERS:Content-Type \"@rx "
               "(?i)^application/json\" \"id:%d,phase:1,pass,nolog,"
               "ctl:requestBodyProcessor=JSON\"';\n",
               writer->rule);
    buf_printf(writer->out,
               "    modsecurity_rules 'SecRule &ARGS \"@ge %d\" \"id:%d,phase:2,deny,log,"
               "status:413\"';\n",
               ARGUMENTS_MAX, writer->rule + 1);
    buf_printf(writer->out,
               "    modsecurity_rules 'SecRule REQUEST_FILENAME \"!@beginsWith /api/v1/admin/\" "
               "\"id:%d,phase:2,deny,log,status:413,chain\"\n"
               "        SecRule &ARGS \"@ge %d\"';\n",
               writer->rule + 4, SHOPPERS_ARGUMENTS_MAX);
    buf_printf(writer->out,
               "    modsecurity_rules 'SecRule REQBODY_ERROR \"!@eq 0\" \"id:%d,phase:2,deny,"
               "log,status:400\"';\n",
               writer->rule + 2);
    buf_printf(writer->out,
               "    modsecurity_rules 'SecAction \"id:%d,phase:1,pass,nolog,"
               "ctl:ruleRemoveById=920420,"
               "setvar:\\'tx.allowed_methods=GET HEAD POST PUT PATCH DELETE OPTIONS\\'\"';\n",
               writer->rule + 3);
    writer->rule += 5;
}

void firewall_write(struct buf *out, enum firewall mode, const struct router *router,
                    const char *folder)
{
    struct writer writer = {.out = out, .rule = FIRST_RULE};
    if (mode == FIREWALL_NONE)
        return;
    write_engine(&writer, mode, router, folder);
    buf_text(out, "    modsecurity_rules 'Include " SETUP "';\n");
    write_exceptions(&writer, router);
    buf_text(out, "    modsecurity_rules 'Include " RULES "';\n\n");
}
