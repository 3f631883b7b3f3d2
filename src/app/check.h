/*
 * Tests at the HTTP boundary: the whole program on a real socket and a real database.
 *
 *     TEST(cart_add)
 *     {
 *         check(t, "POST /api/v1/carts {'currency':'EUR'}", "201 {'id':'<cart>','items':[]}");
 *         check(t, "POST /api/v1/carts/{cart}/items {'sku':'A-1','quantity':2}",
 *               "201 {'items':[{'sku':'A-1','quantity':2}],'total_minor':2400}");
 *     }
 *
 * A request is a method, a target, and a body after a space when there is one; further header lines
 * may stand between them, after a newline each: "POST /x\nIdempotency-Key: k\n{...}". Quotes are
 * single. "{name}" in a request stands for what an earlier answer gave "<name>".
 *
 * An expected answer is a status and a JSON pattern, or nothing more. An object must have the
 * members named, and may have others; an array must have as many items, unless the last is '...'. A
 * string
 * '<name>' takes the value, '*' stands for any but null, '~text' for a string that has the text in
 * it.
 *
 * A status of 0 takes any answer and keeps it out of the transcript: where chance decides.
 *
 * Every answer is checked against the OpenAPI document, whatever the test expects.
 */
#ifndef SOUK_APP_CHECK_H
#define SOUK_APP_CHECK_H

#include "app/services.h"
#include "core/test.h"
#include "net/pool.h"

struct app;

void check_at(struct test *t, const char *file, int line, const char *request,
              const char *expected);
#define check(t_, request_, expected_) check_at(t_, __FILE__, __LINE__, request_, expected_)
// The same with a body of any bytes; the request has none beside.
void check_upload(struct test *t, const char *request, const char *content_type, const void *bytes,
                  size_t length, const char *expected);
// The last answer's body, and the value of one of its headers (NULL: not there), until the next
// check.
const char *check_body(void);
const char *check_header(const char *name);
// The same without an expectation, but for the OpenAPI document's: returns the status, 0: no
// answer.
int check_ask(struct test *t, const char *request);
// Sends bytes on a connection of its own and gives all that comes back until it is closed. From any
// thread.
const char *check_raw(struct arena *arena, const char *bytes, size_t length);
const char *check_raw_at(int port, struct arena *arena, const char *bytes, size_t length);
// The same for several at once, each from a thread of its own; their answers.
const char **check_at_once(struct test *t, int port, const char *const *bytes, size_t count);
// What "<name>" took in this test; "" when nothing did. And setting it by hand.
const char *check_value(const char *name);
void check_remember(const char *name, const char *value);
// Headers sent with every following request of this test, each line ending with "\r\n"; "" for
// none. A new test starts with none, without cookies, and with its own address for rate limits.
void check_headers(struct test *t, const char *lines);
// Logs in as staff with these roles (enum role) by putting a session into the database; {staff} is
// its token.
void check_as_staff(struct test *t, unsigned roles);
// The same with the cookie; {csrf} is the token that writes need.
void check_as_browser(struct test *t, unsigned roles);
// Delivers what is in the outbox, here and now.
void check_deliver(struct test *t);
// This test's answers are not compared with those of other databases and forms: chance decides
// them, or which statement it is that fails.
void check_apart(struct test *t);
// Every audit of the shop: a line a violation, "name: sentence\n"; "" when there is none.
const char *check_audit(struct test *t);
// The token in the newest mail to somebody, remembered under "token"; the mail's body is returned.
const char *check_mail(struct test *t, const char *recipient);
// The program under test, for what has no HTTP: jobs, audits. With SOUK_TEST_SPLIT=1 there is one a
// service, each with its own port and database, as processes of a cluster would have; then this is
// the one that has what the calling file declares.
#define check_app() check_app_of(service_of_file(__FILE__))
#define check_port() check_port_of(service_of_file(__FILE__))
struct app *check_app_of(int service);
int check_port_of(int service);

// Keeps workers of a process busy, one a call, or fills its queue of that class when there are no
// more of them, until check_free_workers, which returns when none is kept any more.
void check_keep_worker(struct test *t, struct app *app, enum pool_class class);
void check_free_workers(void);

// The value of a row of /metrics ("souk_searches_total", with its labels if it has some), of the
// calling file's service; 0 when it has none yet.
i64 check_metric_at(struct test *t, int port, const char *row);
#define check_metric(t_, row_) check_metric_at(t_, check_port(), row_)

// Further processes of the calling file's service, numbers from 1, on the same database and with
// these Memcached nodes. Requests that the service answers go to the one chosen by check_through;
// 0: to the run's again.
enum { CHECK_BESIDE_MAX = 2 };
void check_beside_start(int number, int service, const char *memcached);
void check_through(int number);
struct app *check_beside_app(int number);
void check_beside_stop(void);

// In check_pattern.c: where a body is not as the pattern says, NULL when it is.
const char *check_pattern(struct test *t, const char *pattern, const char *body);
// In openapi_check.c: the first way in which an answer breaks the document, NULL when it does not.
const char *openapi_check(struct arena *arena, const char *document, const char *operation,
                          int status, const char *content_type, const char *body, size_t length);

#endif
