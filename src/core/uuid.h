// Ids, randomness and fingerprints. Ids are UUID version 7 (RFC 9562 section 5.7) in text form,
// sorted by time of making.
#ifndef SOUK_CORE_UUID_H
#define SOUK_CORE_UUID_H

#include "core/arena.h"
#include "core/shape.h"

// The Nil UUID (RFC 9562 section 5.9): before every other one, and nobody's.
extern const struct uuid uuid_nil;

// A fresh id. Ids of one process are strictly increasing. Thread-safe.
struct uuid uuid_new(void);
// Reads the 36-character form, any version, letters of either case (stored small).
bool uuid_parse(const char *text, struct uuid *id);
// An id that follows from a name: the same for the same name (version 8 over SHA-256).
struct uuid uuid_of(const char *name);
bool uuid_equal(const struct uuid *a, const struct uuid *b);
bool uuid_empty(const struct uuid *id);

// Fills with bytes of the system's random source; aborts if there is none.
void random_bytes(void *at, size_t size);
// `bytes` random bytes as unpadded base64url, at most 64 bytes: access tokens, session secrets.
void random_token(char *text, size_t text_size, size_t bytes);

// SHA-256 as 64 small hexadecimal digits, in the arena: what is stored of a secret, or compared
// instead of the whole.
const char *sha256_hex(struct arena *arena, const void *bytes, size_t length);

#endif
