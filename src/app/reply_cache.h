// L1: ready replies of public GETs, with ETag and compressed variants, answered on the loop's
// thread.
//
// Keyed by the request target. A reply is good until its time is up or its tag was dropped; one
// that was computed before a drop and stored after it is not served. Bounded by bytes and entries.
#ifndef SOUK_APP_REPLY_CACHE_H
#define SOUK_APP_REPLY_CACHE_H

#include "net/http.h"

struct reply_cache;
struct cached_reply;

struct reply_cache *reply_cache_new(size_t bytes_max);
void reply_cache_free(struct reply_cache *cache);

// What a computation notes before it reads, so that a drop in between is noticed.
u64 reply_cache_generation(struct reply_cache *cache, const char *tag);
// A 200 reply as it is to be kept.
struct cacheable {
    const char *target, *tag;
    u64 generation; // noted before it was computed
    i64 seconds;
    const char *head; // lines of its own with "\r\n"; without Cache-Control: kept elsewhere as here
    const char *content_type;
    const void *body;
    size_t length;
};
// Stores a copy of it, compressed too. Returns that with one reference for the caller, who answers
// with it.
struct cached_reply *reply_cache_put(struct reply_cache *cache, const struct cacheable *made);
// A good reply with a reference taken, or NULL.
struct cached_reply *reply_cache_find(struct reply_cache *cache, const char *target);
// The same when the source is down: one that is good no more, but not older than REPLY_STALE_S.
enum { REPLY_STALE_S = 3600 };
struct cached_reply *reply_cache_find_stale(struct reply_cache *cache, const char *target);
// What this client would be answered with: 200, or 304 when If-None-Match names it.
int cached_reply_status(const struct cached_reply *reply, struct http_exchange *exchange);
// Answers so and gives the reference back. `found` goes into X-Cache, unless it is NULL.
void cached_reply_send(struct cached_reply *reply, struct http_exchange *exchange,
                       const char *found);
// Answers with one that may be out of date, and says so.
void cached_reply_send_stale(struct cached_reply *reply, struct http_exchange *exchange);
struct cached_reply *cached_reply_retain(struct cached_reply *reply);
// Of the body, not compressed.
size_t cached_reply_length(const struct cached_reply *reply);
// Forgets all replies with the tag ("catalogue"), at once, in this process.
void reply_cache_drop_tag(struct reply_cache *cache, const char *tag);

struct reply_cache_counts {
    u64 hits, misses, stale, entries, bytes;
    u64 evictions; // of replies that were still good
};
void reply_cache_counts(struct reply_cache *cache, struct reply_cache_counts *counts);

// Compresses into an arena; NULL when it does not get smaller. Shared with pages that are not
// cached.
void *gzip_bytes(struct arena *arena, const void *bytes, size_t length, size_t *out_length);
// True when the Accept-Encoding header of the request allows the coding ("br", "gzip").
bool accepts_coding(struct http_exchange *exchange, const char *coding);
// True when If-None-Match of the request names the ETag (weak comparison, RFC 9110 section 13.1.2).
bool matches_etag(struct http_exchange *exchange, const char *etag);

#endif
