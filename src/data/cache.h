// Memcached: documents that the processes of a shop share, and the news that one of them changed
// something.
//
//     enum cache_answer answer = cache_get(cache, key, arena, &found);
//     if (answer != CACHE_HIT) {
//         make it;
//         cache_put(cache, key, bytes, length, HOUR_S);
//     }
//
// A key names a thing and its version, so what stands under it is never wrong and nothing is ever
// taken out: an old version is asked for no more, and Memcached forgets what nobody asks for. What
// has no version has seconds to live.
//
// Keys are spread over the nodes by consistent hashing: of n nodes each has its share, and one more
// or less moves a share. A node that fails, once, is left alone, and its keys go to the next one on
// the ring until a listener sees it answer; those under way wait a tenth of a second at most. Every
// function may be called from any thread, and with no node at all: then nothing is found.
#ifndef SOUK_DATA_CACHE_H
#define SOUK_DATA_CACHE_H

#include "core/arena.h"
#include "core/err.h"
#include "core/problem.h"
#include "core/shape.h"

struct cache;

enum {
    CACHE_VALUE_MAX = 512 << 10, // larger documents are not kept
    CACHE_KEY_MAX = 200,
};

struct cache_settings {
    struct text_list nodes; // "HOST:PORT" each; none: the cache is off
    const char *prefix;     // of all keys: several shops may share the nodes
};

// Resolves the names; a node that is not there is no error. The problem names what is no address.
CHECKED enum err cache_open(const struct cache_settings *settings, struct cache **out,
                            struct problem *problem);
void cache_close(struct cache *cache); // NULL is allowed
bool cache_is_on(const struct cache *cache);

// Miss: surely not there. Away: nobody knows, because its node does not answer.
enum cache_answer { CACHE_HIT, CACHE_MISS, CACHE_AWAY };
struct cache_value {
    const void *bytes;
    size_t length;
};
// Keys are of printable ASCII without blanks.
enum cache_answer cache_get(struct cache *cache, const char *key, struct arena *arena,
                            struct cache_value *out);
// Kept if it can be.
void cache_put(struct cache *cache, const char *key, const void *bytes, size_t length, i64 seconds);

// Tells every process that listens that something shared was changed, within CACHE_LISTEN_MS and
// what a node takes to answer. It goes through every node, so one that is away loses no news. In a
// process that listens it costs the caller nothing, in others (commands) two round trips.
enum { CACHE_LISTEN_MS = 40 };
void cache_announce(struct cache *cache);
// The last number told or heard, the same in all processes but for a moment: in the key of what is
// made of everything that is shared. 0 in a process that has heard nothing.
u64 cache_news(struct cache *cache);
// Starts to listen, with a thread a node, until cache_close: calls `changed(context)` for news of
// other processes, and watches over which nodes answer.
void cache_listen(struct cache *cache, void (*changed)(void *context), void *context);

// `changed` is called no more when this returns.
void cache_stop_listening(struct cache *cache);

struct cache_counts {
    i64 hits, misses, errors; // of cache_get; errors: CACHE_AWAY
    i64 stored, refused;      // refused: too large, or not taken
    i64 announced, heard;
};
void cache_counts(const struct cache *cache, struct cache_counts *counts);
// The nodes, in the order of the settings, and whether each answers.
size_t cache_node_count(const struct cache *cache);
const char *cache_node_name(const struct cache *cache, size_t index);
bool cache_node_answers(const struct cache *cache, size_t index);

#endif
