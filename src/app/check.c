// The test client and the program under test. Contract in check.h.
//
// The program runs in the test's process, on a real socket and a real database in memory, started
// once for all tests: a test costs its requests and nothing else. Isolation is by data (every test
// makes carts, users and products of its own), not by a fresh start.
//
// Every answer passes on_reply on its way out, whatever the test asked: there it is compared with
// the OpenAPI document, so no test can forget to.
#include "app/check.h"

#include <arpa/inet.h>
#include <ftw.h>
#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/app.h"
#include "app/audit.h"
#include "app/declare.h"
#include "app/openapi.h"
#include "app/peer.h"
#include "app/position.h"
#include "app/session.h"
#include "core/log.h"
#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"
#include "data/outbox.h"
#include "data/postgres_schema.h"
#include "data/test_memcached.h"
#include "net/listen.h"

enum { VALUES_MAX = 64, ANSWER_MAX = 8 << 20 };

// A process of the shop, as far as tests are concerned: one that runs all services, or one each.
struct process {
    struct app *app;
    pthread_t thread;
    u16 port;
    int listener, socket;
};

static struct {
    size_t count;
    struct process process[service_id_count];
    struct process beside[CHECK_BESIDE_MAX]; // app is NULL: none
    int beside_service, through;             // through: 0, or which of these is asked
    struct test_memcached memcached[2];      // of the split form
    struct arena *arena;                     // of the whole run
    const char *openapi;
    FILE *transcript;
    bool compared; // this test's answers go into the transcript
    char folder[64];

    struct test *test; // whose the rest is
    const char *headers, *answer_head, *answer_body;
    _Atomic u64 position; // of the newest write that an answer told of
    const void *upload;   // of the request at work, NULL: none
    const char *upload_type;
    size_t upload_length;
    int status;
    struct buf violations;
    size_t values;
    struct {
        const char *name, *value;
    } value[VALUES_MAX];
} run;

// What belongs to every process is asked of the first one, which has the sessions.
static struct process *process_of(int service)
{
    return &run.process[run.count > 1 && service != SERVICE_EVERY ? service : 0];
}

struct app *check_app_of(int service)
{
    return process_of(service)->app;
}

int check_port_of(int service)
{
    return process_of(service)->port;
}

static void *serve(void *context)
{
    const struct process *process = context;
    http_server_run(process->app->server);
    return NULL;
}

static int remove_entry(const char *path, UNUSED const struct stat *status, UNUSED int type,
                        UNUSED struct FTW *walk)
{
    return remove(path);
}

static void remove_folder(const char *folder)
{
    if (nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS) != 0)
        printf("could not remove %s\n", folder);
}

static void on_reply(const struct rq *rq, int status, const char *type, const char *body,
                     size_t length)
{
    if (rq->route == NULL || (rq->route->flags & ROUTE_UNLISTED) != 0 ||
        (rq->route->roles & ROLE_PEER) != 0 || run.openapi == NULL)
        return;
    const char *fault =
        openapi_check(rq->arena, run.openapi, rq->route->handler->name, status, type, body, length);
    if (fault != NULL && run.test != NULL)
        test_fail(run.test, "openapi", 0, "%s answers %d: %s\n       %.*s",
                  rq->route->handler->name, status, fault, (int)length, body);
}

// Of several that end at once the newest counts.
static void note_position(u64 position)
{
    u64 before = atomic_load(&run.position);
    while (position > before && !atomic_compare_exchange_weak(&run.position, &before, position))
        ;
}

// What jobs and tests write behind the client's back it has to see as well.
static void on_end(const struct rq *rq)
{
    note_position(rq->committed);
}

static void give_up(struct problem *problem, const char *what)
{
    struct buf text = buf_in(run.arena);
    problem_write(problem, ERR_INVALID, NULL, &text);
    printf("%s: %s\n0 passed, 1 failed\n", what, buf_as_text(&text));
    remove_folder(run.folder);
    exit(1);
}

static struct config configure(void)
{
    struct problem problem = {.arena = run.arena};
    struct config config;
    if (config_read(run.arena, &config, &problem) != ERR_OK)
        give_up(&problem, "configuration");
    const char *postgres = getenv("SOUK_TEST_POSTGRES");
    config.data_dir = run.folder;
    config.listen = "127.0.0.1:0";
    config.public_url = "http://shop.test";
    // No sync: what tests is the program; that commits survive is tested by killing processes
    // (sqlite_test.c, tests/faults/).
    config.unsafe = 1;
    config.access_log = 0;
    config.guarded_a_minute = config.writes_a_minute = 1000000;
    config.threads = 8;
    config.browsing_threads = 4;
    config.fresh_ms = 0;               // what a test has changed it sees
    config.checkout_queue_ms = 600000; // no test waits for its turn by chance
    const char *replica = getenv("SOUK_TEST_REPLICA");
    if (postgres != NULL)
        config.database_url = postgres;
    if (postgres != NULL && replica != NULL)
        config.replica_urls = replica;
    const char *redis = getenv("SOUK_TEST_REDIS");
    if (redis != NULL)
        config.redis_url = redis;
    config.redis_prefix = run.folder; // of this run alone
    return config;
}

static void open_listener(struct process *process)
{
    char error[LISTEN_ERROR_SIZE];
    process->socket = -1;
    process->listener = listen_open("127.0.0.1:0", error);
    assert(process->listener >= 0);
    process->port = listen_port(process->listener);
}

static void start_app(struct process *process, const struct config *config)
{
    struct problem problem = {.arena = run.arena};
    if (app_open(config, &process->app, &problem) != ERR_OK)
        give_up(&problem, "the program does not start");
    process->app->on_reply = on_reply;
    process->app->on_end = on_end;
    app_start_serving(process->app, process->listener, false);
    int started = pthread_create(&process->thread, NULL, serve, process);
    assert(started == 0);
}

static const char *url_of(const char *service, const char *owner_url)
{
    return arena_printf(run.arena, "%s%suser=souk_test_%s&password=%s", owner_url,
                        strchr(owner_url, '?') != NULL ? "&" : "?", service, service);
}

// On PostgreSQL a service has a schema of its own and a role that may use nothing else.
static const char *database_of(const char *service, const char *owner_url)
{
    struct problem problem = {.arena = run.arena};
    struct schemas schemas = {&service, 1};
    const char *url = url_of(service, owner_url);
    if (schemas_migrate(&schemas, owner_url, url, &problem) != ERR_OK)
        give_up(&problem, "the schemas cannot be made");
    return url;
}

// Each with a data folder of its own: nothing is shared but what goes over HTTP. They start in the
// order in which they need each other.
static void start_split(struct config config)
{
    struct buf peers = buf_in(run.arena);
    run.count = service_id_count;
    for (size_t i = 0; i < COUNT_OF(run.memcached); i++)
        test_memcached_start(&run.memcached[i]);
    config.memcached =
        arena_printf(run.arena, "%s,%s", run.memcached[0].address, run.memcached[1].address);
    for (int i = 0; i < service_id_count; i++) {
        open_listener(&run.process[i]);
        buf_printf(&peers, "%s=http://127.0.0.1:%d,", service_id_names[i], run.process[i].port);
    }
    config.peers = buf_as_text(&peers);
    config.peer_key = "the key of the test";
    const char *postgres = config.database_url, *replica = config.replica_urls;
    for (int i = service_id_count; i-- > 0;) {
        config.services = service_id_names[i];
        config.data_dir = arena_printf(run.arena, "%s/%s", run.folder, service_id_names[i]);
        if (*postgres != '\0')
            config.database_url = database_of(service_id_names[i], postgres);
        if (*replica != '\0')
            config.replica_urls = url_of(service_id_names[i], replica);
        start_app(&run.process[i], &config);
    }
}

static void start_apps(void)
{
    struct config config = configure();
    if (getenv("SOUK_TEST_SPLIT") != NULL) {
        start_split(config);
        return;
    }
    run.count = 1;
    open_listener(&run.process[0]);
    start_app(&run.process[0], &config);
}

static void start(void)
{
    const char *transcript = getenv("SOUK_TEST_TRANSCRIPT");
    run.arena = arena_new(LIMIT_ARENA);
    run.transcript = transcript != NULL ? fopen(transcript, "w") : NULL;
    if (run.transcript != NULL)
        setvbuf(run.transcript, NULL, _IOLBF, 0); // or processes that tests fork would write it too
    // Not named by the process alone: runs that were killed leave theirs, and numbers come again.
    snprintf(run.folder, sizeof run.folder, "/dev/shm/souk-test-XXXXXX");
    const char *made = mkdtemp(run.folder);
    assert(made != NULL);
    start_apps();
    struct buf openapi = buf_in(run.arena);
    openapi_write(run.process[0].app->router, &openapi);
    run.openapi = openapi.at;
}

static bool route_reached(size_t index)
{
    for (size_t i = 0; i < run.count; i++) {
        const struct app *app = run.process[i].app;
        if (route_metrics_requests(app->metrics, index) > 0 ||
            *router_at(app->router, index)->called)
            return true;
    }
    return false;
}

// What every process has for the others, nobody asks of a process that has all services.
static bool is_for_split(const struct bound_route *bound)
{
    return run.count == 1 && bound->owner == SERVICE_EVERY &&
           str_starts(bound->route->path, PEER_PATH);
}

// Only routes and queries that no test has reached fail the run; internal ones count when called.
static int count_unreached(void)
{
    if (!test_whole())
        return 0;
    int unreached = 0;
    const struct router *router = run.process[0].app->router;
    for (size_t i = 0; i < router_count(router); i++) {
        if (route_reached(i) || is_for_split(router_at(router, i)))
            continue;
        printf("FAIL no test reached the route %s\n", router_at(router, i)->route->handler->name);
        unreached++;
    }
    for (const struct query *const *at = __start_queries; at < __stop_queries; at++) {
        if ((*at)->reached == NULL || *(*at)->reached || test_elsewhere((*at)->file))
            continue;
        printf("FAIL no test reached the query %s (%s)\n", (*at)->name, (*at)->file);
        unreached++;
    }
    return unreached;
}

static void stop_process(struct process *process)
{
    if (process->socket >= 0)
        close(process->socket);
    http_server_drain(process->app->server);
    pthread_join(process->thread, NULL);
    app_close(process->app);
}

static int stop(void)
{
    int unreached = count_unreached();
    for (size_t i = 0; i < run.count; i++)
        stop_process(&run.process[i]);
    for (size_t i = 0; i < COUNT_OF(run.memcached); i++)
        test_memcached_stop(&run.memcached[i]);
    if (run.transcript != NULL)
        fclose(run.transcript);
    remove_folder(run.folder);
    arena_free(run.arena);
    return unreached;
}

TEST_HOOK(program, .before = start, .after = stop);

void check_beside_start(int number, int service, const char *memcached)
{
    struct process *process = &run.beside[number - 1];
    struct config config = check_app_of(service)->config;
    config.memcached = memcached;
    config.fresh_ms = 60000; // no copy is old but by news of a change
    run.beside_service = service;
    open_listener(process);
    start_app(process, &config);
}

void check_through(int number)
{
    assert(number == 0 || run.beside[number - 1].app != NULL);
    run.through = number;
}

struct app *check_beside_app(int number)
{
    return run.beside[number - 1].app;
}

void check_beside_stop(void)
{
    run.through = 0;
    for (size_t i = 0; i < CHECK_BESIDE_MAX; i++) {
        if (run.beside[i].app != NULL)
            stop_process(&run.beside[i]);
        run.beside[i].app = NULL;
    }
}

static void begin_test(struct test *t)
{
    if (run.test == t)
        return;
    run.test = t;
    run.values = 0;
    run.headers = "";
    // What chance decides (zx_: races, free ports; they run after all others) cannot be compared.
    run.compared = run.transcript != NULL && !str_starts(t->name, "zx_");
    if (run.compared)
        fprintf(run.transcript, "== %s\n", t->name);
}

const char *check_value(const char *name)
{
    for (size_t i = run.values; i-- > 0;)
        if (str_equal(run.value[i].name, name))
            return run.value[i].value;
    return "";
}

void check_remember(const char *name, const char *value)
{
    size_t at = 0;
    assert(run.test != NULL);
    while (at < run.values && !str_equal(run.value[at].name, name))
        at++;
    assert(at < VALUES_MAX);
    run.values = at == run.values ? at + 1 : run.values;
    run.value[at].name = arena_text(run.test->arena, name);
    run.value[at].value = arena_text(run.test->arena, value);
}

void check_headers(struct test *t, const char *lines)
{
    begin_test(t);
    run.headers = arena_text(t->arena, lines);
}

#define STAFF(F, S)                                                                                \
    F(S, i64, roles, .doc = "Bits of enum role.")                                                  \
    F(S, bool, by_cookie, .doc = "As a browser.")
SHAPE(staff, STAFF);

STEP(staff_session, staff, session)
{
    char token[SESSION_TOKEN_SIZE];
    struct session wanted = {
        .user_id = uuid_of("staff"),
        .email = "staff@shop.test",
        .roles = in->roles,
        .by_cookie = in->by_cookie,
    };
    enum err err = session_start_for(rq, &wanted, out, token);
    out->user_agent = arena_text(run.test->arena, token);
    return err;
}

// The token comes back as the session's user agent.
static struct session start_staff(struct test *t, unsigned roles, bool by_cookie)
{
    begin_test(t);
    struct rq *rq = rq_begin(check_app_of(service_id_user), "check", MINUTE_MS);
    struct session session;
    enum err err =
        staff_session(rq, &(struct staff){.roles = roles, .by_cookie = by_cookie}, &session);
    assert(err == ERR_OK);
    session.csrf_token = arena_text(t->arena, session.csrf_token);
    rq_end(rq);
    return session;
}

void check_as_staff(struct test *t, unsigned roles)
{
    struct session session = start_staff(t, roles, false);
    run.headers = arena_printf(t->arena, "Authorization: Bearer %s\r\n", session.user_agent);
    check_remember("staff", session.user_agent);
}

void check_as_browser(struct test *t, unsigned roles)
{
    struct session session = start_staff(t, roles, true);
    run.headers = arena_printf(t->arena, "Cookie: " SESSION_COOKIE "=%s\r\n", session.user_agent);
    check_remember("csrf", session.csrf_token);
}

void check_deliver(struct test *t)
{
    i64 attempts, round = 1;
    while (round > 0) { // what one hands on, another delivers
        round = 0;
        for (size_t i = 0; i < run.count; i++) {
            struct outbox_settings settings = outbox_settings_of(run.process[i].app);
            enum err err = outbox_drain(run.process[i].app->db, &settings, &attempts);
            if (err != ERR_OK)
                test_fail(t, __FILE__, __LINE__, "the outbox: %s", err_code(err));
            round += attempts;
        }
    }
}

void check_apart(struct test *t)
{
    begin_test(t);
    run.compared = false;
}

static void note_violation(const char *name, const char *sentence)
{
    buf_printf(&run.violations, "%s: %s\n", name, sentence);
}

const char *check_audit(struct test *t)
{
    run.violations = buf_in(t->arena);
    for (size_t i = 0; i < run.count; i++) {
        i64 violations;
        enum err err = audit_run(run.process[i].app, note_violation, &violations);
        if (err != ERR_OK)
            test_fail(t, __FILE__, __LINE__, "the audit: %s", err_code(err));
    }
    return buf_as_text(&run.violations);
}

// Mails are the notification service's; a test reads them where staff would.
static json_t *newest_mail(struct test *t, const char *recipient)
{
    check(t, "GET /api/v1/admin/mails?limit=100", "200");
    json_t *page = json_loads(run.answer_body, 0, NULL), *items = json_object_get(page, "items");
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *mail = json_array_get(items, i);
        if (!str_equal(json_string_value(json_object_get(mail, "recipient")), recipient))
            continue;
        check_remember("mail", json_string_value(json_object_get(mail, "id")));
        check(t, "GET /api/v1/admin/mails/{mail}", "200");
        json_decref(page);
        return json_loads(run.answer_body, 0, NULL);
    }
    json_decref(page);
    return NULL;
}

const char *check_mail(struct test *t, const char *recipient)
{
    begin_test(t);
    const char *headers = run.headers;
    check_deliver(t);
    check_as_staff(t, ROLE_ADMIN); // others see no tokens
    bool compared = run.compared;
    run.compared = false; // mails of others may be among them, or not yet
    json_t *mail = newest_mail(t, recipient);
    run.compared = compared;
    run.headers = headers;
    const char *body = json_string_value(json_object_get(mail, "body"));
    body = arena_text(t->arena, body != NULL ? body : "");
    const char *token = strstr(body, "token=");
    if (token != NULL)
        check_remember("token", arena_text_n(t->arena, token + 6, strcspn(token + 6, " \n&")));
    json_decref(mail);
    return body;
}

// Single quotes become double ones, {name} what was remembered under it.
static const char *expand(struct test *t, const char *text)
{
    struct buf out = buf_in(t->arena);
    for (const char *at = text; *at != '\0'; at++) {
        size_t name = strspn(at + 1, "abcdefghijklmnopqrstuvwxyz_0123456789");
        if (*at == '{' && name > 0 && at[name + 1] == '}') {
            buf_text(&out, check_value(arena_text_n(t->arena, at + 1, name)));
            at += name + 1;
        } else {
            buf_char(&out, *at == '\'' ? '"' : *at);
        }
    }
    return buf_as_text(&out);
}

static int connect_client(u16 port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert(fd >= 0);
    int connected = connect(fd, (struct sockaddr *)&address, sizeof address);
    assert(connected == 0);
    struct timeval patience = {.tv_sec = 30};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return fd;
}

// Splits "METHOD target\nHeader: x\n{body}" or "METHOD target {body}" and makes HTTP of it.
static struct buf compose(struct test *t, const char *request)
{
    size_t target = strcspn(request, " ");
    target += 1 + strcspn(request + target + 1, " \n");
    const char *body = "", *rest = request + target, *lines = "";
    if (*rest == '\n') {
        lines = rest + 1;
        const char *end = strstr(lines, "\n{");
        body = end != NULL ? end + 1 : "";
        lines = arena_text_n(t->arena, lines, end != NULL ? (size_t)(end - lines) : strlen(lines));
    } else if (*rest == ' ') {
        body = rest + 1;
    }
    struct buf out = buf_in(t->arena);
    buf_printf(&out, "%.*s HTTP/1.1\r\nHost: shop.test\r\n%s", (int)target, request, run.headers);
    if (run.position > 0)
        buf_printf(&out, "%s: %s\r\n", POSITION_HEADER, position_text(t->arena, run.position));
    for (const char *line = lines; *line != '\0';
         line += strcspn(line, "\n"), line += *line == '\n')
        buf_printf(&out, "%.*s\r\n", (int)strcspn(line, "\n"), line);
    if (run.upload != NULL) {
        buf_printf(&out, "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n", run.upload_type,
                   run.upload_length);
        buf_bytes(&out, run.upload, run.upload_length);
        return out;
    }
    if (*body != '\0' && strstr(out.at, "Content-Type:") == NULL)
        buf_text(&out, "Content-Type: application/json\r\n");
    if (*body != '\0' || !str_starts(request, "GET"))
        buf_printf(&out, "Content-Length: %zu\r\n", strlen(body));
    buf_printf(&out, "\r\n%s", body);
    return out;
}

static bool send_all(int fd, const char *bytes, size_t length)
{
    size_t sent = 0;
    while (sent < length) {
        ssize_t n = send(fd, bytes + sent, length - sent, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        sent += (size_t)n;
    }
    return true;
}

const char *check_raw(struct arena *arena, const char *bytes, size_t length)
{
    return check_raw_at(run.process[0].port, arena, bytes, length);
}

struct one_of_many {
    pthread_t thread;
    struct arena *arena;
    const char *bytes, *answer;
    int port;
};

static void *send_one(void *context)
{
    struct one_of_many *one = context;
    one->answer = check_raw_at(one->port, one->arena, one->bytes, strlen(one->bytes));
    return NULL;
}

const char **check_at_once(struct test *t, int port, const char *const *bytes, size_t count)
{
    struct one_of_many *many = ARENA_ARRAY(t->arena, struct one_of_many, count);
    const char **answers = ARENA_ARRAY(t->arena, const char *, count);
    for (size_t i = 0; i < count; i++) {
        many[i] = (struct one_of_many){.arena = arena_new(MIB(1)), .bytes = bytes[i], .port = port};
        int started = pthread_create(&many[i].thread, NULL, send_one, &many[i]);
        assert(started == 0);
    }
    for (size_t i = 0; i < count; i++) {
        pthread_join(many[i].thread, NULL);
        answers[i] = arena_text(t->arena, many[i].answer);
        arena_free(many[i].arena);
    }
    return answers;
}

const char *check_raw_at(int port, struct arena *arena, const char *bytes, size_t length)
{
    int fd = connect_client((u16)port);
    struct buf in = buf_in(arena);
    char piece[4096];
    if (send_all(fd, bytes, length))
        for (ssize_t n = recv(fd, piece, sizeof piece, 0); n > 0;
             n = recv(fd, piece, sizeof piece, 0))
            buf_bytes(&in, piece, (size_t)n);
    close(fd);
    u64 position = 0;
    const char *told = strcasestr(buf_as_text(&in), "\r\n" POSITION_HEADER ": ");
    told = told != NULL ? told + sizeof POSITION_HEADER + 3 : "";
    if (position_read(arena_text_n(arena, told, strcspn(told, "\r")), &position))
        note_position(position);
    return buf_as_text(&in);
}

i64 check_metric_at(struct test *t, int port, const char *row)
{
    static const char ask[] = "GET /metrics HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n";
    const char *text = check_raw_at(port, t->arena, ask, sizeof ask - 1);
    const char *at = strstr(text, arena_printf(t->arena, "\n%s ", row));
    return at != NULL ? strtoll(at + strlen(row) + 2, NULL, 10) : 0;
}

const char *check_header(const char *name)
{
    const char *at = run.answer_head;
    for (size_t length = strlen(name); at != NULL && *at != '\0';
         at = strstr(at, "\r\n"), at += at ? 2 : 0)
        if (strncasecmp(at, name, length) == 0 && at[length] == ':')
            return arena_text_n(run.test->arena, at + length + 2, strcspn(at + length + 2, "\r"));
    return NULL;
}

// Reads one answer; false when the connection ended before it was whole.
static bool receive(struct test *t, const struct process *process, bool head_only)
{
    struct buf in = buf_in(t->arena);
    char piece[65536];
    size_t want = 0, head = 0;
    while (head == 0 || in.length < head + want) {
        ssize_t n = recv(process->socket, piece, sizeof piece, 0);
        if (n <= 0 || in.length > ANSWER_MAX)
            return false;
        buf_bytes(&in, piece, (size_t)n);
        char *end = head == 0 ? strstr(in.at, "\r\n\r\n") : NULL;
        if (end == NULL)
            continue;
        head = (size_t)(end - in.at) + 4;
        run.answer_head = arena_text_n(t->arena, in.at, head - 2);
        run.status = (int)strtol(in.at + 9, NULL, 10);
        const char *length = check_header("Content-Length");
        bool bodiless = head_only || run.status == 204 || run.status == 304;
        want = length != NULL && !bodiless ? strtoul(length, NULL, 10) : 0;
    }
    run.answer_body = arena_text_n(t->arena, in.at + head, want);
    u64 position = 0;
    const char *told = check_header(POSITION_HEADER);
    if (told != NULL && position_read(told, &position))
        note_position(position);
    return true;
}

// The gateway of the tests: which process has the address, whatever the method.
static struct process *process_for(const char *request)
{
    const char *path = request + strcspn(request, " ");
    path += *path == ' ';
    struct path_match match;
    for (int method = 0; method < HTTP_METHOD_COUNT; method++) {
        router_find(run.process[0].app->router, (enum http_method)method, path,
                    strcspn(path, " ?\n"), &match);
        if (match.bound != NULL && run.through > 0 && match.bound->owner == run.beside_service)
            return &run.beside[run.through - 1];
        if (match.bound != NULL)
            return process_of(match.bound->owner);
    }
    return process_of(SERVICE_EVERY);
}

// One connection is kept over all tests, which makes each of them a test of keep-alive as well.
static bool exchange_once(struct test *t, const char *request)
{
    struct buf bytes = compose(t, request);
    struct process *process = process_for(request);
    if (process->socket < 0)
        process->socket = connect_client(process->port);
    bool done = send_all(process->socket, bytes.at, bytes.length) &&
                receive(t, process, str_starts(request, "HEAD"));
    const char *connection = done ? check_header("Connection") : "close";
    if (connection != NULL && str_equal_fold(connection, "close")) {
        close(process->socket);
        process->socket = -1;
    }
    return done;
}

static const char *answer_mismatch(struct test *t, const char *expected)
{
    int status = (int)strtol(expected, NULL, 10);
    if (status != run.status && status != 0)
        return "another status";
    const char *pattern = expected + strcspn(expected, " ");
    return str_blank(pattern) ? NULL : check_pattern(t, pattern, run.answer_body);
}

void check_upload(struct test *t, const char *request, const char *content_type, const void *bytes,
                  size_t length, const char *expected)
{
    run.upload = bytes;
    run.upload_type = content_type;
    run.upload_length = length;
    check(t, request, expected);
    run.upload = NULL;
}

void check_at(struct test *t, const char *file, int line, const char *request, const char *expected)
{
    begin_test(t);
    const char *asked = expand(t, request), *wanted = expand(t, expected);
    // A keep-alive connection may have been closed meanwhile; a fresh one is not tried again.
    if (!exchange_once(t, asked) && !exchange_once(t, asked)) {
        test_fail(t, file, line, "no answer to\n       %s", asked);
        return;
    }
    const char *fault = answer_mismatch(t, wanted);
    if (fault != NULL)
        test_fail(t, file, line, "%s\n       %s\n     got\n       %d %s\n     expected\n       %s",
                  fault, asked, run.status, run.answer_body, wanted);
    bool fixed = !str_starts(asked, "GET /metrics") && !str_starts(wanted, "0");
    if (run.compared && fixed)
        fprintf(run.transcript, "> %s\n< %d %s\n", asked, run.status, run.answer_body);
}

int check_ask(struct test *t, const char *request)
{
    begin_test(t);
    // Once more, since a connection that was kept may have been closed meanwhile.
    bool answered = exchange_once(t, request) || exchange_once(t, request);
    return answered ? run.status : 0;
}

const char *check_body(void)
{
    return run.answer_body;
}
