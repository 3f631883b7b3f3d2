// Tests of mail: kept, laid out, handed to a real SMTP conversation, sent again.
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/app.h"
#include "app/check.h"
#include "app/declare.h"
#include "core/str.h"
#include "net/listen.h"
#include "services/notification/mail.h"

// A mail server that takes one mail and keeps what it was told.
struct mailbox {
    int listener;
    char told[16384];
};

static void say(FILE *client, const char *line)
{
    fprintf(client, "%s\r\n", line);
    fflush(client);
}

static void take_mail(FILE *client, struct mailbox *mailbox)
{
    char line[2048];
    size_t length = 0;
    bool in_content = false;
    say(client, "220 mail.test");
    while (fgets(line, sizeof line, client) != NULL) {
        length +=
            (size_t)snprintf(mailbox->told + length, sizeof mailbox->told - length, "%s", line);
        bool end = in_content && str_equal(line, ".\r\n");
        bool content = str_starts(line, "DATA");
        if (in_content && !end)
            continue;
        in_content = content;
        say(client, content ? "354 go on" : str_starts(line, "QUIT") ? "221 bye" : "250 ok");
    }
}

static void *serve_mail(void *context)
{
    struct mailbox *mailbox = context;
    int fd = -1;
    for (int i = 0; i < 60000 && fd < 0; i++, usleep(1000))
        fd = accept(mailbox->listener, NULL, NULL);
    FILE *client = fd >= 0 ? fdopen(fd, "r+") : NULL;
    if (client != NULL) {
        take_mail(client, mailbox);
        fclose(client);
    }
    return NULL;
}

TEST(mail_smtp)
{
    static struct mailbox mailbox;
    char error[LISTEN_ERROR_SIZE];
    pthread_t server;
    mailbox.listener = listen_open("127.0.0.1:0", error);
    pthread_create(&server, NULL, serve_mail, &mailbox);
    check_app()->config.smtp_url =
        arena_printf(t->arena, "smtp://127.0.0.1:%u", listen_port(mailbox.listener));
    check(t, "POST /api/v1/users {'email':'lea@smtp.test','password':'correct horse','name':'Léa'}",
          "202");
    check_deliver(t);
    pthread_join(server, NULL);
    close(mailbox.listener);
    CHECK(strstr(mailbox.told, "MAIL FROM:<shop@localhost.localdomain>") != NULL);
    CHECK(strstr(mailbox.told, "RCPT TO:<lea@smtp.test>") != NULL);
    CHECK(strstr(mailbox.told, "Subject: Please confirm your e-mail\r\n") != NULL);
    CHECK(strstr(mailbox.told, "Hello L=C3=A9a,") != NULL);
    CHECK(strstr(mailbox.told, "Content-Type: multipart/alternative") != NULL);
    check_mail(t, "lea@smtp.test");
    check_as_staff(t, ROLE_ORDERS);
    check(t, "GET /api/v1/admin/mails/{mail}", "200 {'sent_at':'*'}");

    check_app()->config.smtp_url = "smtp://127.0.0.1:1";
    check(t, "POST /api/v1/admin/mails/{mail}/resend", "202");
    check_deliver(t);
    check(t, "GET /api/v1/admin/mails/{mail}", "200 {'sent_at':null}");
    check_app()->config.smtp_url = "";
}

TEST(mail_kept)
{
    check(t,
          "POST /api/v1/users {'email':'kim@mail.test','password':'correct horse','name':'<Kim>'}",
          "202");
    const char *body = check_mail(t, "kim@mail.test");
    CHECK(strstr(body, "Hello <Kim>,") != NULL);
    CHECK(strstr(body, "http://shop.test/verify?token=") != NULL);
    check(t, "POST /api/v1/password-resets {'email':'kim@mail.test'}", "202");
    check(t, "POST /api/v1/users {'email':'kit@mail.test','password':'correct horse','name':'Kit'}",
          "202");
    check_deliver(t);
    check_as_staff(t, ROLE_SUPPORT);
    check(t, "GET /api/v1/admin/mails/{mail}",
          "200 {'recipient':'kim@mail.test','sent_at':null,'html':'~Hello &lt;Kim&gt;'}");
    check(t, "GET /api/v1/admin/mails/{mail}",
          "200 {'body':'~/verify?token=...','html':'~/verify?token=...'}");
    check(t, "GET /api/v1/admin/mails?limit=1",
          "200 {'items':[{'id':'<newest>'}],'next_cursor':'<next>'}");
    check(t, "GET /api/v1/admin/mails?limit=1&cursor={next}", "200 {'items':[{'id':'*'}]}");
    check(t, "POST /api/v1/admin/mails/{mail}/resend", "202 {'sent_at':null}");
    check_deliver(t);
    check_as_staff(t, ROLE_CATALOG);
    check(t, "GET /api/v1/admin/mails", "403");
}
