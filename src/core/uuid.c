// UUIDv7 and randomness. Contract in uuid.h.
#include "core/uuid.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

#include "core/time.h"

const struct uuid uuid_nil = {.s = "00000000-0000-0000-0000-000000000000"};

void random_bytes(void *at, size_t size)
{
    randombytes_buf(at, size);
}

void random_token(char *text, size_t text_size, size_t bytes)
{
    unsigned char raw[64];
    assert(bytes <= sizeof raw);
    random_bytes(raw, bytes);
    sodium_bin2base64(text, text_size, raw, bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

// RFC 9562 sections 4.1 and 4.2: variant bits 10.
static void set_version(unsigned char raw[16], unsigned version)
{
    raw[6] = (unsigned char)(version << 4 | (raw[6] & 0x0F));
    raw[8] = (unsigned char)(0x80 | (raw[8] & 0x3F));
}

static struct uuid uuid_text(const unsigned char raw[16])
{
    static const char hex[] = "0123456789abcdef";
    struct uuid id;
    char *out = id.s;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *out++ = '-';
        *out++ = hex[raw[i] >> 4];
        *out++ = hex[raw[i] & 15];
    }
    *out = '\0';
    return id;
}

// The next pair of millisecond and 12-bit counter; a full counter borrows from the next millisecond
// (RFC 9562 section 6.2, method 1).
// Over all threads of the process, hence the lock: a few nanoseconds beside the system call for
// randomness. Processes do not share the counter, so ids of two of them are ordered by the
// millisecond only; the 62 random bits keep them apart. A clock that is set back makes the counter
// run ahead until time has caught up.
static u64 next_tick(void)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static u64 last;
    pthread_mutex_lock(&lock);
    u64 tick = (u64)time_now_ms() << 12;
    last = tick > last ? tick : last + 1;
    tick = last;
    pthread_mutex_unlock(&lock);
    return tick;
}

struct uuid uuid_new(void)
{
    unsigned char raw[16];
    random_bytes(raw, sizeof raw);
    u64 tick = next_tick(), ms = tick >> 12;
    for (int i = 0; i < 6; i++)
        raw[i] = (unsigned char)(ms >> (40 - 8 * i));
    raw[6] = (unsigned char)(tick >> 8 & 0x0F);
    raw[7] = (unsigned char)tick;
    set_version(raw, 7);
    return uuid_text(raw);
}

// SHA-256 rather than version 5's SHA-1 (RFC 9562 section 5.8 leaves version 8's bits to the
// program); the digest is cut to 16 bytes.
struct uuid uuid_of(const char *name)
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(digest, (const unsigned char *)name, strlen(name));
    set_version(digest, 8);
    return uuid_text(digest);
}

const char *sha256_hex(struct arena *arena, const void *bytes, size_t length)
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    char *hex = arena_alloc(arena, 2 * sizeof digest + 1);
    crypto_hash_sha256(digest, bytes, length);
    return sodium_bin2hex(hex, 2 * sizeof digest + 1, digest, sizeof digest);
}

bool uuid_parse(const char *text, struct uuid *id)
{
    for (int i = 0; i < 36; i++) {
        char c = text[i];
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (c >= 'A' && c <= 'F')
            c = (char)(c - 'A' + 'a');
        if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
        id->s[i] = c;
    }
    id->s[36] = '\0';
    return text[36] == '\0';
}

bool uuid_equal(const struct uuid *a, const struct uuid *b)
{
    return strcmp(a->s, b->s) == 0;
}

bool uuid_empty(const struct uuid *id)
{
    return id->s[0] == '\0';
}
