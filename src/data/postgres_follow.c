// Whether a replica follows the primary. Contract in postgres_follow.h; who looks is
// postgres_probe.c.
#include "data/postgres_follow.h"

// What it showed a while ago, the primary must have had since. One that is ahead of it has what a
// failover has forgotten, also when the primary's log has become longer than its own.
static bool has_parted(struct postgres_following *following, const struct postgres_seen *primary,
                       u64 position)
{
    if (primary->looks < following->was_look + 2)
        return following->parted;
    bool stands = position == following->was_at;
    following->parted = following->was_at > primary->newest || (following->parted && stands);
    following->was_at = position;
    following->was_look = primary->looks;
    return following->parted;
}

// After a failover it is believed when it moves, which one that has parted cannot; or when it is
// where the primary is, for there it stands still where nobody writes.
static bool follows(struct postgres_following *following, const struct postgres_seen *primary,
                    u64 position)
{
    if (following->timeline != primary->timeline) {
        following->timeline = primary->timeline;
        following->turned_at = position;
        following->follows = false;
    }
    if (position == primary->newest || position > following->turned_at)
        following->follows = true;
    if (position < following->turned_at) // rewound
        following->turned_at = position;
    return following->follows;
}

const char *postgres_unfollowed(struct postgres_following *following,
                                const struct postgres_seen *primary, u64 position)
{
    bool parted = has_parted(following, primary, position);
    bool believed = follows(following, primary, position);
    return parted      ? "has what the primary has not"
           : !believed ? "has not been seen to follow this primary"
                       : NULL;
}
