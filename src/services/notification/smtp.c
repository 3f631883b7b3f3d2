// Handing mail to an SMTP server (RFC 5321) with libcurl. Contract in mail.h.
//
// A connection a mail: they are few, and the outbox's threads wait for it, nobody else. Only the
// next server is spoken to (SOUK_SMTP_URL); finding the recipient's and trying for days is that
// one's work.
#include <curl/curl.h>
#include <sodium.h>
#include <string.h>

#include "app/app.h"
#include "core/str.h"
#include "core/time.h"
#include "services/notification/mail.h"

// Well within the lease of an outbox row, also for the four that a thread claims at once.
enum { SMTP_TIMEOUT_MS = 15000 };

// A header of pure ASCII as it is, else as encoded words (RFC 2047) of at most 75 characters each,
// cut between characters.
static const char *encode_header(struct arena *arena, const char *text)
{
    enum { WORD_BYTES = 42 }; // 56 characters of base64, 12 around them
    struct buf out = buf_in(arena);
    const char *at = text;
    while (*at > ' ' - 1 && *at <= '~')
        at++;
    if (*at == '\0')
        return text;
    for (const char *start = text, *end = text; *start != '\0'; start = end) {
        for (const char *next = end; *end != '\0' && end - start <= WORD_BYTES; end = next) {
            utf8_next(&next);
            if (next - start > WORD_BYTES)
                break;
        }
        char word[80];
        sodium_bin2base64(word, sizeof word, (const unsigned char *)start, (size_t)(end - start),
                          sodium_base64_VARIANT_ORIGINAL);
        buf_printf(&out, "%s=?UTF-8?B?%s?=", out.length > 0 ? "\r\n " : "", word);
    }
    return buf_as_text(&out);
}

static struct curl_slist *headers_of(struct rq *rq, const struct mail_new *mail)
{
    const char *from = rq->app->config.mail_from;
    const char *domain = strchr(from, '@');
    char date[30];
    time_format_http(rq->now_ms, date);
    const char *lines[] = {
        // RFC 5322 section 3.3 is HTTP's date but for the zone.
        arena_printf(rq->arena, "Date: %.25s +0000", date),
        arena_printf(rq->arena, "From: <%s>", from),
        arena_printf(rq->arena, "To: <%s>", mail->recipient),
        arena_printf(rq->arena, "Subject: %s", encode_header(rq->arena, mail->subject)),
        arena_printf(rq->arena, "Message-ID: <%s%s>", mail->id.s,
                     domain != NULL ? domain : "@souk"),
        // RFC 3834: keeps out-of-office notes from answering.
        "Auto-Submitted: auto-generated",
    };
    struct curl_slist *list = NULL;
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        list = curl_slist_append(list, lines[i]);
    return list;
}

static void add_part(curl_mime *alternatives, const char *text, const char *type)
{
    curl_mimepart *part = curl_mime_addpart(alternatives);
    curl_mime_data(part, text, CURL_ZERO_TERMINATED);
    curl_mime_type(part, type);
    curl_mime_encoder(part, "quoted-printable");
}

static curl_mime *content_of(CURL *curl, const struct mail_new *mail)
{
    curl_mime *content = curl_mime_init(curl), *alternatives = curl_mime_init(curl);
    add_part(alternatives, mail->body, "text/plain; charset=utf-8");
    if (mail->html != NULL)
        add_part(alternatives, mail->html, "text/html; charset=utf-8");
    curl_mimepart *whole = curl_mime_addpart(content);
    curl_mime_subparts(whole, alternatives);
    curl_mime_type(whole, "multipart/alternative");
    return content;
}

static CURLcode perform(CURL *curl, struct rq *rq, const struct mail_new *mail)
{
    struct curl_slist *headers = headers_of(rq, mail);
    struct curl_slist *recipients = curl_slist_append(NULL, mail->recipient);
    curl_mime *content = content_of(curl, mail);
    curl_easy_setopt(curl, CURLOPT_URL, rq->app->config.smtp_url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    // STARTTLS where the server has it; smtps:// in the setting insists on it.
    curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)CURLUSESSL_TRY);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, rq->app->config.mail_from);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_MIMEPOST, content);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)SMTP_TIMEOUT_MS);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    CURLcode result = curl_easy_perform(curl);
    curl_mime_free(content);
    curl_slist_free_all(recipients);
    curl_slist_free_all(headers);
    return result;
}

enum err smtp_send(struct rq *rq, const struct mail_new *mail)
{
    char reason[CURL_ERROR_SIZE] = "";
    CURL *curl = curl_easy_init();
    assert(curl != NULL);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
    CURLcode result = perform(curl, rq, mail);
    curl_easy_cleanup(curl);
    if (result == CURLE_OK)
        return ERR_OK;
    return fail(rq, ERR_UNAVAILABLE, "the mail server did not take it: %s",
                reason[0] != '\0' ? reason : curl_easy_strerror(result));
}
