// Whether a replica follows the primary, told from where each of them is seen: a replica that was
// left behind by a failover may hold what the primary never had.
//
//     const char *why = postgres_unfollowed(&following, &primary, position);
//
// Such a replica cannot go on where it stands, until it is rewound or made anew.
#ifndef SOUK_DATA_POSTGRES_FOLLOW_H
#define SOUK_DATA_POSTGRES_FOLLOW_H

#include "core/base.h"

// Of the primary.
struct postgres_seen {
    u64 newest;   // where it was seen last
    u64 looks;    // that it answered
    u64 timeline; // another one after each failover; 0: not known
};

// Of one replica, zero at first.
struct postgres_following {
    u64 was_at;    // at the look before,
    u64 was_look;  // when the primary had been looked at so often
    bool parted;   // it had what the primary had not, and stands there still
    bool follows;  // the primary of this timeline,
    u64 timeline;  // which was seen first
    u64 turned_at; // when the replica was here
};

// Takes note of where the replica is, seen before `primary` was read. NULL: it follows; else why it
// must not be read.
const char *postgres_unfollowed(struct postgres_following *following,
                                const struct postgres_seen *primary, u64 position);

#endif
