// `souk gateway`: the configuration of the NGINX in front of the services, printed from the route
// table, so that it is never edited by hand. One location a path: who has it, how large its bodies
// may be, how often an address may ask, whether the answer may be kept for a second.
//
// What NGINX does for the shop is said where it is written below; how it is meant to be run stands
// in docs/operator/cluster.md.
#include "app/gateway.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/command.h"
#include "app/declare.h"
#include "app/firewall.h"
#include "app/peer.h"
#include "app/services.h"
#include "core/asset.h"
#include "core/limits.h"
#include "core/str.h"
#include "core/time.h"

enum {
    KEPT_CONNECTIONS = 64, // to each service, idle
    BROWSE_A_SECOND = 100, // requests that one address may make, by default
    CHECKOUT_A_SECOND = 20,
    WAIT_MS = 3000,    // for a worker, beside the time that the work may take
    BURST_SECONDS = 2, // of these, saved up
};

struct gateway {
    const char *listen, *folder, *output;
    const char *files; // of `souk assets`; NULL: the product service sends them
    struct arena *arena;
    const struct config *config;
    enum firewall firewall;
    i64 browse, checkout; // a second and address; 0: as often as they like
    struct peers *peers;
    struct router *router;
    struct buf out;
};

// What the rows of one path have in common.
struct place {
    const char *path;
    int owner;
    size_t body_limit;
    i64 deadline_ms;
    bool checkout, report, cached, events;
    bool keyed; // whatever changes something there has a key, so that it may be sent again
};

int gateway_owner(const struct bound_route *bound)
{
    if (bound->owner != SERVICE_EVERY)
        return bound->owner;
    return str_starts(bound->route->path, "/api/") ? GATEWAY_OPERATIONS : GATEWAY_FRONT;
}

// Peers and Prometheus come to the services by themselves.
bool gateway_passes(const struct route *route)
{
    return (route->roles & ROLE_PEER) == 0 && !str_equal(route->path, "/metrics") &&
           !str_equal(route->path, "/readyz") && !str_equal(route->path, "/healthz");
}

static struct place place_of(const struct gateway *gateway, size_t first)
{
    const struct bound_route *bound = router_at(gateway->router, first);
    struct place place = {.path = bound->route->path, .owner = gateway_owner(bound)};
    bool unkeyed = false;
    for (size_t i = first; i < router_count(gateway->router); i++) {
        const struct bound_route *other = router_at(gateway->router, i);
        const struct route *route = other->route;
        if (!str_equal(route->path, place.path))
            continue;
        assert(gateway_owner(other) == place.owner); // one address is one service's
        size_t limit = route->body_limit != 0 ? route->body_limit : LIMIT_BODY;
        place.body_limit = limit > place.body_limit ? limit : place.body_limit;
        place.deadline_ms = max_i64(place.deadline_ms, route->deadline_ms);
        place.checkout |= route->load == CLASS_CHECKOUT;
        place.report |= route->load == CLASS_REPORT;
        place.cached |= route->cache_s > 0 && route->roles == ROLE_ANYONE &&
                        (route->flags & ROUTE_TELLS_CACHE) == 0;
        place.events |= (route->flags & ROUTE_EVENTS) != 0;
        place.keyed |= (route->flags & ROUTE_IDEMPOTENT_ONLY) != 0;
        unkeyed |= route->method != HTTP_GET && (route->flags & ROUTE_IDEMPOTENT_ONLY) == 0;
    }
    place.keyed &= !unkeyed;
    return place;
}

static bool seen_before(const struct gateway *gateway, size_t index)
{
    const char *path = router_at(gateway->router, index)->route->path;
    for (size_t i = 0; i < index; i++)
        if (str_equal(router_at(gateway->router, i)->route->path, path))
            return true;
    return false;
}

// "/a/{id}/b" is ~ "^/a/[^/]+/b$", "/a/{rest...}" the prefix "/a/", what has no parameter is exact.
static void write_match(struct buf *out, const char *path)
{
    const char *brace = strchr(path, '{');
    if (brace == NULL) {
        buf_printf(out, "= %s", path);
    } else if (strstr(path, "...}") != NULL) {
        buf_printf(out, "%s%.*s", str_equal(path, "/{path...}") ? "" : "^~ ", (int)(brace - path),
                   path);
    } else {
        buf_text(out, "~ \"^");
        for (const char *at = path; *at != '\0'; at++) {
            if (*at == '{') {
                buf_text(out, "[^/]+");
                at = strchr(at, '}');
            } else {
                buf_printf(out, *at == '.' ? "\\%c" : "%c", *at);
            }
        }
        buf_text(out, "$\"");
    }
}

static void write_limit(struct buf *out, const char *zone, i64 a_second)
{
    if (a_second > 0)
        buf_printf(out, "            limit_req zone=%s burst=%lld nodelay;\n", zone,
                   (long long)(BURST_SECONDS * a_second));
}

// A service answers within its deadline, once it has begun; one that is silent for longer is away,
// and another one is asked.
static i64 patience_s(i64 deadline_ms)
{
    return (deadline_ms + WAIT_MS + SECOND_MS - 1) / SECOND_MS;
}

static void write_place(struct gateway *gateway, const struct place *place)
{
    struct buf *out = &gateway->out;
    buf_text(out, "        location ");
    write_match(out, place->path);
    buf_text(out, " {\n");
    if (place->checkout)
        write_limit(out, "checkout", gateway->checkout);
    else
        write_limit(out, "browse", gateway->browse);
    if (place->body_limit != LIMIT_BODY)
        buf_printf(out, "            client_max_body_size %zu;\n", place->body_limit);
    if (place->events) // as they come, for as long as they come
        buf_printf(out, "            proxy_buffering off; gzip off; proxy_read_timeout %llds;\n",
                   (long long)(HOUR_MS / SECOND_MS));
    // NGINX sends nothing again by itself that may have changed something.
    if (place->keyed)
        buf_text(out, "            proxy_next_upstream error timeout non_idempotent;\n");
    if (!place->events && (place->report || place->deadline_ms > LIMIT_DEADLINE_MS))
        buf_printf(out, "            proxy_read_timeout %llds;\n",
                   place->report ? 60 : (long long)patience_s(place->deadline_ms));
    if (place->cached)
        buf_text(out, "            proxy_cache answers;\n");
    buf_printf(out,
               "            set $service %s;\n"
               "            proxy_pass http://%s;\n        }\n",
               peers_url(gateway->peers, place->owner, 0) + strlen("http://"),
               service_id_names[place->owner]);
}

static void write_upstreams(struct gateway *gateway)
{
    struct buf *out = &gateway->out;
    for (int service = 0; service < service_id_count; service++) {
        buf_printf(out, "    upstream %s {\n        zone %s 64k;\n        least_conn;\n",
                   service_id_names[service], service_id_names[service]);
        for (size_t i = 0; i < peers_count(gateway->peers, service); i++) {
            const char *url = peers_url(gateway->peers, service, i);
            buf_printf(out, "        server %s max_fails=3 fail_timeout=2s;\n",
                       url + strlen("http://"));
        }
        buf_printf(out, "        keepalive %d;\n    }\n", KEPT_CONNECTIONS);
    }
}

// An address that asks too often gets 429 as a problem document, like any other refusal.
static void write_limits(struct gateway *gateway)
{
    struct buf *out = &gateway->out;
    if (gateway->browse > 0)
        buf_printf(out, "    limit_req_zone $binary_remote_addr zone=browse:16m rate=%lldr/s;\n",
                   (long long)gateway->browse);
    if (gateway->checkout > 0)
        buf_printf(out, "    limit_req_zone $binary_remote_addr zone=checkout:16m rate=%lldr/s;\n",
                   (long long)gateway->checkout);
    buf_text(out, "    limit_req_status 429;\n    limit_req_log_level info;\n\n");
}

// The firewall says what it finds as NGINX says the least of things.
static void write_head(struct gateway *gateway)
{
    buf_text(&gateway->out,
             "# Printed by `souk gateway`; made anew with each version, never edited.\n");
    if (gateway->firewall != FIREWALL_NONE)
        firewall_load(&gateway->out);
    buf_printf(&gateway->out,
               "worker_processes auto;\nworker_rlimit_nofile 20000;\n"
               "pid %s/nginx.pid;\nerror_log stderr %s;\n"
               "events { worker_connections 16384; multi_accept on; }\n\nhttp {\n"
               "    client_body_temp_path %s/body; proxy_temp_path %s/proxy;\n"
               "    fastcgi_temp_path %s/fastcgi; uwsgi_temp_path %s/uwsgi;"
               " scgi_temp_path %s/scgi;\n"
               "    proxy_cache_path %s/cache keys_zone=answers:32m max_size=1g inactive=10m"
               " use_temp_path=off;\n\n",
               gateway->folder, gateway->firewall != FIREWALL_NONE ? "info" : "warn",
               gateway->folder, gateway->folder, gateway->folder, gateway->folder, gateway->folder,
               gateway->folder);
    buf_text(&gateway->out,
             "    log_format souk escape=json '{\"at\":\"$time_iso8601\",\"event\":\"gateway\","
             "\"id\":\"$request_id\",\"method\":\"$request_method\",\"path\":\"$uri\","
             "\"status\":$status,\"bytes\":$body_bytes_sent,\"s\":$request_time,"
             "\"upstream\":\"$upstream_addr\",\"cache\":\"$upstream_cache_status\","
             "\"peer\":\"$remote_addr\"}';\n"
             "    access_log /dev/stdout souk;\n"
             "    server_tokens off; tcp_nopush on; keepalive_requests 10000;\n"
             "    client_header_timeout 10s; client_body_timeout 10s; send_timeout 30s;\n"
             "    reset_timedout_connection on; large_client_header_buffers 4 16k;\n\n");
}

// Whoever stands before the gateway says for whom it asks.
static void write_proxies(struct gateway *gateway)
{
    struct text_list proxies = config_list(gateway->arena, gateway->config->trusted_proxies);
    for (size_t i = 0; i < proxies.count; i++)
        buf_printf(&gateway->out, "    set_real_ip_from %s;\n", proxies.items[i]);
    if (proxies.count > 0)
        buf_text(&gateway->out,
                 "    real_ip_header X-Forwarded-For;\n    real_ip_recursive on;\n\n");
}

// A request carries the name of the service that it is for, not the shop's: a service mesh knows
// it by that. Services compress what they keep; NGINX what they do not. An answer is kept a second,
// in each encoding; of all who wait for it at once one asks. While the service is away or slow the
// old one is served.
static void write_proxying(struct gateway *gateway)
{
    buf_text(
        &gateway->out,
        "    map $http_accept_encoding $encoding { default \"\"; ~*br br; ~*gzip gzip; }\n"
        "    map $encoding $tree { default plain; br br; gzip gzip; }\n"
        "    map $http_x_forwarded_proto $strict { default \"\"; https max-age=31536000; }\n"
        "    gzip on; gzip_proxied any; gzip_vary on; gzip_min_length 1000;\n"
        "    gzip_types application/json application/problem+json application/javascript text/css"
        " image/svg+xml text/plain application/xml;\n"
        "    proxy_http_version 1.1;\n"
        "    proxy_set_header Connection \"\";\n"
        "    proxy_set_header Host $service;\n"
        "    proxy_set_header Accept-Encoding $encoding;\n"
        "    proxy_set_header X-Request-Id $request_id;\n"
        "    proxy_set_header X-Forwarded-For $remote_addr;\n"
        "    proxy_set_header X-Forwarded-Proto $scheme;\n"
        "    proxy_set_header " PEER_KEY_HEADER " \"\";\n"
        "    proxy_set_header " PEER_CALLER_HEADER " \"\";\n"
        "    proxy_set_header " PEER_DEADLINE_HEADER " \"\";\n"
        "    proxy_connect_timeout 500ms; proxy_send_timeout 10s;\n"
        "    proxy_next_upstream error timeout; proxy_next_upstream_tries 2;\n"
        "    proxy_cache_key \"$host $request_uri $encoding\";\n"
        "    proxy_cache_valid 200 1s; proxy_cache_lock on; proxy_cache_lock_timeout 2s;\n"
        "    proxy_cache_use_stale error timeout updating http_500 http_502 http_503 http_504;\n"
        "    proxy_cache_background_update on;\n"
        "    proxy_cache_bypass $http_authorization; proxy_no_cache $http_authorization"
        " $upstream_http_set_cookie;\n"
        "    proxy_ignore_headers Cache-Control Expires Vary X-Accel-Expires;\n");
    buf_printf(&gateway->out, "    proxy_read_timeout %llds;\n\n",
               (long long)patience_s(LIMIT_DEADLINE_MS));
}

static void write_refusal(const struct gateway *gateway, struct buf *out, const char *name,
                          enum err err, const char *detail)
{
    bool passes = err == ERR_RATE_LIMITED || err == ERR_UNAVAILABLE;
    buf_printf(out,
               "        location @%s {\n            default_type application/problem+json;\n"
               "%s%s            return %d '"
               "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"code\":\"%s\","
               "\"detail\":\"%s\",\"errors\":[],\"request_id\":\"$request_id\"}';\n        }\n",
               name, gateway->firewall != FIREWALL_NONE ? "            modsecurity off;\n" : "",
               passes ? "            add_header Retry-After 1 always;\n" : "", err_status(err),
               err_title(err), err_status(err), err_code(err), detail);
}

#define SECURITY_HEADERS(indent_)                                                                  \
    indent_ "add_header X-Content-Type-Options nosniff always;\n" indent_                          \
            "add_header Strict-Transport-Security $strict always;\n"

// The names that a file's ending has in the table of assets, each once.
static void write_types(struct buf *out)
{
    buf_text(out, "        types {");
    for (size_t i = 0; i < asset_count; i++) {
        const char *dot = strrchr(assets[i].path, '.');
        bool known = dot == NULL || !assets[i].immutable;
        for (size_t j = 0; j < i && !known; j++) {
            const char *other = strrchr(assets[j].path, '.');
            known = assets[j].immutable && other != NULL && str_equal(other, dot);
        }
        if (!known)
            buf_printf(out, " %.*s %s;", (int)strcspn(assets[i].type, ";"), assets[i].type,
                       dot + 1);
    }
    buf_text(out, " }\n");
}

// Hashed names mean one content for ever. What is not there is another version's, whose process
// still has it: while versions change both are asked for.
static void write_files(struct gateway *gateway)
{
    static const char *const folders[] = {"/assets/", "/admin/assets/"};
    struct buf *out = &gateway->out;
    write_types(out);
    for (size_t i = 0; i < COUNT_OF(folders); i++)
        buf_printf(out,
                   "        location ^~ %s {\n            root %s/$tree;\n            gzip off;\n%s"
                   "            add_header Content-Encoding $encoding;\n"
                   "            add_header Cache-Control \"public, max-age=31536000, immutable\";\n"
                   "            add_header Vary Accept-Encoding;\n" SECURITY_HEADERS(
                       "            ") "            try_files $uri @plain;\n        }\n",
                   folders[i], gateway->files,
                   gateway->firewall != FIREWALL_NONE ? "            modsecurity off;\n" : "");
    buf_printf(out,
               "        location @plain {\n            root %s/plain;\n            gzip off;\n"
               "            add_header Cache-Control \"public, max-age=31536000, immutable\";\n"
               "            add_header Vary Accept-Encoding;\n" SECURITY_HEADERS(
                   "            ") "            try_files $uri @shop;\n        }\n",
               gateway->files);
    buf_printf(out,
               "        location @shop {\n            set $service %s;\n"
               "            proxy_pass http://%s;\n        }\n",
               peers_url(gateway->peers, GATEWAY_FRONT, 0) + strlen("http://"),
               service_id_names[GATEWAY_FRONT]);
}

// What a service refuses passes as it is.
static void write_refusals(const struct gateway *gateway, struct buf *out)
{
    write_refusal(gateway, out, "large", ERR_TOO_LARGE,
                  "the body is larger than this address takes");
    write_refusal(gateway, out, "limited", ERR_RATE_LIMITED,
                  "too many requests from this address, please wait");
    write_refusal(gateway, out, "away", ERR_UNAVAILABLE,
                  "this part of the shop does not answer for the moment");
    if (gateway->firewall == FIREWALL_NONE)
        return;
    buf_text(out, "        error_page 400 = @unreadable;\n        error_page 403 = @refused;\n");
    write_refusal(gateway, out, "unreadable", ERR_MALFORMED, "the body is not what it says it is");
    write_refusal(gateway, out, "refused", ERR_FORBIDDEN,
                  "this request looks like an attack; the firewall did not let it through");
}

static void write_server(struct gateway *gateway)
{
    struct buf *out = &gateway->out;
    buf_printf(out, "    server {\n        listen %s backlog=4096 reuseport;\n", gateway->listen);
    buf_printf(out, "        client_max_body_size %d;\n", LIMIT_BODY);
    buf_text(out, "        error_page 413 = @large;\n        error_page 429 = @limited;\n"
                  "        error_page 502 503 504 = @away;\n"
                  "        add_header X-Cache $upstream_cache_status always;\n"
                  "        add_header X-Frame-Options DENY always;\n"
                  "        add_header Permissions-Policy \"camera=(), microphone=(),"
                  " geolocation=()\" always;\n"
                  "        add_header Cross-Origin-Opener-Policy same-origin always;\n"
                  "        add_header Strict-Transport-Security $strict always;\n\n");
    write_refusals(gateway, out);
    buf_text(out, "        location = /healthz { access_log off; return 200 \"ok\\n\"; }\n"
                  "        location ^~ /internal/ { return 404; }\n"
                  "        location = /metrics { return 404; }\n"
                  "        location = /readyz { return 404; }\n");
    if (gateway->files != NULL)
        write_files(gateway);
    for (size_t i = 0; i < router_count(gateway->router); i++) {
        if (seen_before(gateway, i) || !gateway_passes(router_at(gateway->router, i)->route))
            continue;
        struct place place = place_of(gateway, i);
        write_place(gateway, &place);
    }
    buf_text(out, "    }\n}\n");
}

static bool take_rate(struct command *command, const char *option, i64 *rate)
{
    const char *value = command_option(command, option);
    if (value == NULL || (str_i64(value, rate) && *rate >= 0 && *rate <= 1000000))
        return true;
    command_fail("%s must be a number from 0 to 1000000", option);
    return false;
}

static bool take_firewall(struct command *command, enum firewall *mode)
{
    const char *value = command_option(command, "--firewall");
    if (value == NULL || firewall_named(value, mode))
        return true;
    command_fail("--firewall must be report or block");
    return false;
}

// To a file where there is no shell that could: the image of the program has none.
static int hand_over(struct gateway *gateway)
{
    FILE *out = gateway->output != NULL ? fopen(gateway->output, "we") : stdout;
    if (out == NULL)
        return command_fail("%s: %s", gateway->output, strerror(errno));
    bool failed = fputs(buf_as_text(&gateway->out), out) == EOF;
    failed |= (out == stdout ? fflush(out) : fclose(out)) != 0;
    return failed ? command_fail("the configuration cannot be written: %s", strerror(errno)) : 0;
}

static int gateway(struct command *command)
{
    struct problem problem = {.arena = command->arena};
    struct gateway gateway = {
        .out = buf_in(command->arena),
        .arena = command->arena,
        .config = &command->config,
        .browse = BROWSE_A_SECOND,
        .checkout = CHECKOUT_A_SECOND,
    };
    const char *listen = command_option(command, "--gateway"), *folder;
    folder = command_option(command, "--folder");
    gateway.listen = listen != NULL ? listen : "8080";
    gateway.output = command_option(command, "--output");
    gateway.files = command_option(command, "--files");
    gateway.folder = folder != NULL ? folder : "/var/cache/nginx";
    if (!take_rate(command, "--browse-rate", &gateway.browse) ||
        !take_rate(command, "--checkout-rate", &gateway.checkout) ||
        !take_firewall(command, &gateway.firewall) || command_has_unknown_options(command))
        return 1;
    if (peers_new(command->arena, &command->config, &gateway.peers, &problem) != ERR_OK ||
        router_new(command->arena, &gateway.router, &problem) != ERR_OK)
        return command_fail_problem("gateway", &problem);
    write_head(&gateway);
    write_proxies(&gateway);
    write_limits(&gateway);
    write_proxying(&gateway);
    firewall_write(&gateway.out, gateway.firewall, gateway.router, gateway.folder);
    write_upstreams(&gateway);
    write_server(&gateway);
    peers_free(gateway.peers);
    return hand_over(&gateway);
}
COMMAND(
    gateway,
    "[--gateway ADDRESS:PORT] [--folder DIR] [--files DIR] [--browse-rate N] [--checkout-rate N]"
    " [--firewall report|block] [--output FILE]",
    "Prints the configuration of the NGINX in front of the services of SOUK_PEERS.", gateway);
