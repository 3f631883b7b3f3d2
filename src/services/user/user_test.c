// Tests of accounts: registration by mail, log-in and its brake, resets, addresses, sessions,
// staff.
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/check.h"
#include "app/declare.h"
#include "core/str.h"
#include "core/time.h"

// Registers, opens the mailed link, and keeps the CSRF token and cookie for what follows.
static void join(struct test *t, const char *email)
{
    check(t,
          arena_printf(t->arena,
                       "POST /api/v1/users {'email':'%s','password':'correct horse','name':'Ann'}",
                       email),
          "202 {'email':'*','detail':'~mail'}");
    check_mail(t, email);
    check(t, "POST /api/v1/email-verifications {'token':'{token}'}",
          "200 {'user':{'name':'Ann','roles':['customer']},'csrf_token':'<csrf>','token':null}");
    const char *cookie = check_header("Set-Cookie");
    check_headers(t, arena_printf(t->arena, "Cookie: %.*s\r\nX-CSRF-Token: %s\r\n",
                                  (int)strcspn(cookie, ";"), cookie, check_value("csrf")));
}

TEST(user_register)
{
    join(t, "ann@register.test");
    check(t, "GET /api/v1/users/me", "200 {'email':'ann@register.test','verified':true}");
    check(t, "PATCH /api/v1/users/me {'name':'Annie'}", "200 {'name':'Annie'}");
    check(t, "PATCH /api/v1/users/me {'name':null}", "200 {'name':'Annie'}");
    check(t, "PATCH /api/v1/users/me {'roles':['admin']}", "422 {'errors':[{'field':'roles'}]}");
    check_headers(t, "");
    check(t, "POST /api/v1/email-verifications {'token':'{token}'}", "404");
    check(
        t,
        "POST /api/v1/users {'email':'ann@register.test','password':'correct horse','name':'Eve'}",
        "202");
    CHECK(strstr(check_mail(t, "ann@register.test"), "have an account already") != NULL);
    check(t, "POST /api/v1/sessions {'email':'ANN@register.test','password':'correct horse'}",
          "201 {'user':{'name':'Annie'}}");
}

// Until the mailed link is opened there is no account, whatever password was typed.
TEST(user_unverified)
{
    check(
        t,
        "POST /api/v1/users {'email':'bob@register.test','password':'first password','name':'Bob'}",
        "202");
    check(t, "POST /api/v1/sessions {'email':'bob@register.test','password':'first password'}",
          "401 {'detail':'the e-mail or the password is not right'}");
    check_mail(t, "bob@register.test");
    check_remember("first", check_value("token"));
    check(
        t,
        "POST /api/v1/users {'email':'bob@register.test','password':'other password','name':'Eve'}",
        "202");
    check(t, "POST /api/v1/email-verifications {'token':'{first}'}", "200 {'user':{'name':'Bob'}}");
    check_mail(t, "bob@register.test");
    check(t, "POST /api/v1/email-verifications {'token':'{token}'}", "404");
    check(t, "POST /api/v1/sessions {'email':'bob@register.test','password':'first password'}",
          "201");
}

// Links of one e-mail that are opened at once: one account comes of it.
TEST(user_twins)
{
    enum { TWINS = 3 };
    const char *requests[TWINS];
    int made = 0, refused = 0;
    for (int i = 0; i < TWINS; i++) {
        check(t,
              "POST /api/v1/users"
              " {'email':'gil@twins.test','password':'correct horse','name':'Gil'}",
              "202");
        check_mail(t, "gil@twins.test");
        const char *body = arena_printf(t->arena, "{\"token\":\"%s\"}", check_value("token"));
        requests[i] = arena_printf(
            t->arena,
            "POST /api/v1/email-verifications HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
            "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
            strlen(body), body);
    }
    const char **answers = check_at_once(t, check_port(), requests, TWINS);
    for (int i = 0; i < TWINS; i++) {
        made += str_starts(answers[i], "HTTP/1.1 200");
        refused += str_starts(answers[i], "HTTP/1.1 404");
    }
    CHECK_I64(made, 1);
    CHECK_I64(refused, TWINS - 1);
    CHECK(strstr(check_audit(t), "account_emails") == NULL);
}

TEST(user_input)
{
    check(t, "POST /api/v1/users {'email':'no','password':'short','name':''}",
          "422 {'errors':[{'field':'email'},{'field':'password','detail':'shorter than 10'},"
          "{'field':'name','detail':'shorter than 1'}]}");
    check(t,
          "POST /api/v1/users"
          " {'email':'a@b.test\\nBcc: x@y.test','password':'long enough','name':'a'}",
          "422 {'errors':[{'field':'email'}]}");
    check(t, "GET /api/v1/users/me", "401 {'code':'unauthenticated'}");
    check(t, "POST /api/v1/sessions {'email':'nobody@nowhere.test','password':'long enough'}",
          "401 {'detail':'the e-mail or the password is not right'}");
}

TEST(user_lock)
{
    join(t, "carl@lock.test");
    check_headers(t, "");
    const char *const emails[] = {"carl@lock.test", "nobody@lock.test"};
    for (size_t i = 0; i < COUNT_OF(emails); i++) {
        const char *guess = arena_printf(
            t->arena, "POST /api/v1/sessions {'email':'%s','password':'guessed wrong'}", emails[i]);
        for (int n = 0; n < 4; n++)
            check(t, guess, "401");
        i64 start_ms = monotonic_ms();
        check(t, guess, "401");
        check(t, guess, "429 {'code':'rate_limited'}");
        i64 left_s = strtol(check_header("Retry-After"), NULL, 10);
        i64 since_s = (monotonic_ms() - start_ms) / 1000;
        CHECK(left_s >= 29 - since_s && left_s <= 30);
    }
    const char *right =
        "POST /api/v1/sessions {'email':'carl@lock.test','password':'correct horse'}";
    check(t, right, "429");
    time_shift_ms(31 * SECOND_MS);
    check(t, right, "201");
    check(t, "POST /api/v1/sessions {'email':'carl@lock.test','password':'guessed wrong'}", "401");
    time_shift_ms(3 * DAY_MS);
    CHECK(job_run(check_app(), "login_failure_expiry") == ERR_OK);
    CHECK(job_run(check_app(), "user_link_expiry") == ERR_OK);
    time_shift_ms(0);
}

TEST(user_reset)
{
    join(t, "dora@reset.test");
    check(t, "POST /api/v1/password-resets {'email':'nobody@reset.test'}",
          "202 {'detail':'~If there is'}");
    check(t, "POST /api/v1/password-resets {'email':'dora@reset.test'}",
          "202 {'detail':'~If there is'}");
    check_mail(t, "dora@reset.test");
    check(t, "POST /api/v1/password-resets/{token} {'password':'short'}", "422");
    check(t, "POST /api/v1/password-resets/{token} {'password':'brand new one'}", "204");
    check(t, "POST /api/v1/password-resets/{token} {'password':'brand new two'}", "404");
    check(t, "GET /api/v1/users/me", "401");
    check_headers(t, "");
    check(t, "POST /api/v1/sessions {'email':'dora@reset.test','password':'correct horse'}", "401");
    check(t, "POST /api/v1/sessions {'email':'dora@reset.test','password':'brand new one'}", "201");
}

enum { LOGINS = 6, LOGIN_THREADS = 3 };

struct logins {
    struct arena *arena;
    const char *request;
    size_t count;
    const char *tokens[LOGINS];
};

static void *log_in_again(void *context)
{
    struct logins *logins = context;
    for (int i = 0; i < LOGINS; i++) {
        const char *answer = check_raw(logins->arena, logins->request, strlen(logins->request));
        const char *token = strstr(answer, "\"token\":\"");
        if (token != NULL)
            logins->tokens[logins->count++] =
                arena_text_n(logins->arena, token + 9, strcspn(token + 9, "\""));
    }
    return NULL;
}

// The old password is right for whoever is being verified while it is replaced.
TEST(zx_user_no_login_outlives_a_reset)
{
    static const char body[] =
        "{\"email\":\"hal@race.test\",\"password\":\"correct horse\",\"transport\":\"bearer\"}";
    const char *request =
        arena_printf(t->arena,
                     "POST /api/v1/sessions HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n"
                     "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                     strlen(body), body);
    struct logins logins[LOGIN_THREADS];
    pthread_t threads[LOGIN_THREADS];
    join(t, "hal@race.test");
    check(t, "POST /api/v1/password-resets {'email':'hal@race.test'}", "202");
    check_mail(t, "hal@race.test");
    for (int i = 0; i < LOGIN_THREADS; i++) {
        logins[i] = (struct logins){.arena = arena_new(MIB(1)), .request = request};
        pthread_create(&threads[i], NULL, log_in_again, &logins[i]);
    }
    check(t, "POST /api/v1/password-resets/{token} {'password':'brand new one'}", "204");
    for (int i = 0; i < LOGIN_THREADS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < LOGIN_THREADS; i++) {
        for (size_t j = 0; j < logins[i].count; j++) {
            check_headers(
                t, arena_printf(t->arena, "Authorization: Bearer %s\r\n", logins[i].tokens[j]));
            check(t, "GET /api/v1/users/me", "401");
        }
        arena_free(logins[i].arena);
    }
}

TEST(user_password)
{
    join(t, "emil@password.test");
    check(t,
          "POST /api/v1/users/me/password {'current_password':'wrong','password':'brand new one'}",
          "422 {'errors':[{'field':'current_password','detail':'is not right'}]}");
    check(t,
          "POST /api/v1/users/me/password {'current_password':'correct horse',"
          "'password':'brand new one'}",
          "204");
    check(t, "GET /api/v1/users/me", "200");
    check_headers(t, "");
    check(t,
          "POST /api/v1/sessions {'email':'emil@password.test','password':'brand new one',"
          "'transport':'bearer'}",
          "201 {'token':'<bearer>'}");
    check_headers(t, arena_printf(t->arena, "Authorization: Bearer %s\r\n", check_value("bearer")));
    check(t, "PATCH /api/v1/users/me {'name':'Emil'}", "200");
}

TEST(user_password_guessed_in_a_session)
{
    join(t, "gus@password.test");
    const char *guess = "POST /api/v1/users/me/password {'current_password':'guessed wrong',"
                        "'password':'brand new one'}";
    for (int n = 0; n < 5; n++)
        check(t, guess, "422 {'errors':[{'field':'current_password'}]}");
    check(t, guess, "429 {'code':'rate_limited'}");
    check(t,
          "POST /api/v1/users/me/password {'current_password':'correct horse',"
          "'password':'brand new one'}",
          "429");
    check(t, "GET /api/v1/users/me", "200");
}

TEST(user_sessions)
{
    join(t, "fay@sessions.test");
    check(t,
          "POST /api/v1/sessions {'email':'fay@sessions.test','password':'correct horse',"
          "'transport':'bearer'}",
          "201 {'id':'<other>','token':'<bearer>'}");
    check(t, "GET /api/v1/users/me/sessions", "200 {'items':[{'id':'*'},{'id':'*'}]}");
    check(t, "GET /api/v1/sessions/current", "200 {'user':{'name':'Ann'},'expires_at':'*'}");
    check(t, "DELETE /api/v1/users/me/sessions/{other}", "204");
    check(t, "DELETE /api/v1/users/me/sessions/{other}", "404");
    check(t, "GET /api/v1/users/me/sessions", "200 {'items':[{'current':true}]}");
    check(t, "DELETE /api/v1/sessions/current", "204");
    CHECK(strstr(check_header("Set-Cookie"), "Max-Age=0") != NULL);
    check(t, "GET /api/v1/sessions/current", "401");
}

TEST(user_addresses)
{
    join(t, "gil@address.test");
    check(t,
          "POST /api/v1/users/me/addresses {'name':'Gil','line1':'1 Road','city':'Bonn',"
          "'country':'DE'}",
          "201 {'id':'<home>','is_default':true,'company':null}");
    check(t,
          "POST /api/v1/users/me/addresses {'name':'Gil','line1':'2 Lane','city':'Bonn',"
          "'country':'DE','company':'ACME','is_default':true}",
          "201 {'id':'<work>'}");
    check(t, "GET /api/v1/users/me/addresses",
          "200 {'items':[{'id':'{work}','is_default':true},{'id':'{home}','is_default':false}]}");
    check(t, "PATCH /api/v1/users/me/addresses/{work} {'city':'Köln','company':null}",
          "200 {'city':'Köln','company':null,'line1':'2 Lane','is_default':true}");
    check(t, "PATCH /api/v1/users/me/addresses/{home} {'country':'Germany'}",
          "422 {'errors':[{'field':'country'}]}");
    check(t, "PATCH /api/v1/users/me/addresses/{home} {'is_default':true}", "200");
    check(t, "GET /api/v1/users/me/addresses",
          "200 {'items':[{'id':'{home}'},{'id':'{work}','company':null,'city':'Köln'}]}");
    join(t, "hal@address.test");
    check(t, "PATCH /api/v1/users/me/addresses/{home} {'city':'X'}", "404");
    check(t, "DELETE /api/v1/users/me/addresses/{home}", "404");
    check(t, "GET /api/v1/users/me/addresses", "200 {'items':[]}");
}

TEST(user_staff_list)
{
    join(t, "ida_100@staff.test");
    join(t, "idax100@staff.test");
    check(t, "GET /api/v1/admin/users", "403 {'code':'forbidden'}");
    check_as_staff(t, ROLE_SUPPORT);
    check(t, "GET /api/v1/admin/users?q=IDA_", "200 {'items':[{'email':'ida_100@staff.test'}]}");
    check(t, "GET /api/v1/admin/users?q=ida&limit=1",
          "200 {'items':[{'email':'idax100@staff.test'}],'next_cursor':'<next>'}");
    check(t, "GET /api/v1/admin/users?q=ida&limit=1&cursor={next}",
          "200 {'items':[{'email':'ida_100@staff.test'}],'next_cursor':null}");
}

TEST(user_roles)
{
    join(t, "jo@roles.test");
    check(t, "GET /api/v1/users/me", "200 {'id':'<jo>'}");
    check(t, "GET /api/v1/admin/users", "403");
    check(t, "PUT /api/v1/admin/users/{jo}/roles {'roles':['admin']}", "403");
    check_as_staff(t, ROLE_ADMIN);
    check(t, "PUT /api/v1/admin/users/{jo}/roles {'roles':['king']}", "422");
    check(t, "PUT /api/v1/admin/users/{jo}/roles {'roles':['support','orders']}",
          "200 {'roles':['customer','orders','support']}");
    check_headers(t, "");
    check(t,
          "POST /api/v1/sessions {'email':'jo@roles.test','password':'correct horse',"
          "'transport':'bearer'}",
          "201 {'token':'<bearer>'}");
    check_headers(t, arena_printf(t->arena, "Authorization: Bearer %s\r\n", check_value("bearer")));
    check(t, "GET /api/v1/admin/users?q=jo@", "200 {'items':[{'email':'jo@roles.test'}]}");
    check_as_staff(t, ROLE_ADMIN);
    check(t, "PUT /api/v1/admin/users/{jo}/roles {'roles':['none']}", "200");
    check_headers(t, arena_printf(t->arena, "Authorization: Bearer %s\r\n", check_value("bearer")));
    check(t, "GET /api/v1/admin/users", "403");
}

TEST(user_login_takes_the_cart_along)
{
    join(t, "carla@login.test");
    check_headers(t, "");
    check(t, "POST /api/v1/carts {}", "201 {'id':'<cart>'}");
    check(t,
          "POST /api/v1/sessions {'email':'carla@login.test','password':'correct horse',"
          "'cart_id':'{cart}','transport':'bearer'}",
          "201 {'cart_id':'{cart}','token':'<bearer>'}");
    check(t, "GET /api/v1/carts/{cart}", "404"); // a guest's no more
    check_headers(t, arena_printf(t->arena, "Authorization: Bearer %s\r\n", check_value("bearer")));
    check(t, "GET /api/v1/users/me/cart", "200 {'id':'{cart}'}");
}

TEST(user_preferences)
{
    join(t, "dora@likes.test");
    check(t, "GET /api/v1/users/me/preferences", "200 {'colour_scheme':null,'currency':null}");
    check(t, "PATCH /api/v1/users/me/preferences {'colour_scheme':'dark'}",
          "200 {'colour_scheme':'dark','currency':null}");
    check(t, "PATCH /api/v1/users/me/preferences {'currency':'USD'}",
          "200 {'colour_scheme':'dark','currency':'USD'}");
    check(t, "GET /api/v1/users/me/preferences", "200 {'colour_scheme':'dark','currency':'USD'}");
    check(t, "GET /api/v1/sessions/current",
          "200 {'preferences':{'colour_scheme':'dark','currency':'USD'}}");
    check(t, "PATCH /api/v1/users/me/preferences {'colour_scheme':'pink'}",
          "422 {'errors':[{'field':'colour_scheme'}]}");
    check(t, "PATCH /api/v1/users/me/preferences {'currency':'dollars'}",
          "422 {'errors':[{'field':'currency'}]}");
    check(t, "PATCH /api/v1/users/me/preferences {'currency':null}",
          "200 {'colour_scheme':'dark','currency':null}");
    check_headers(t, "");
    check(t, "GET /api/v1/users/me/preferences", "401");
    check(t, "POST /api/v1/sessions {'email':'dora@likes.test','password':'correct horse'}",
          "201 {'preferences':{'colour_scheme':'dark','currency':null}}");
}
