// Tests of what is told from positions: each case is a history of looks. What a real replica does
// is in replica_test.c.
#include "data/postgres_follow.h"

#include "core/test.h"

// A look: where the primary is and on which timeline, how often it has been looked at, where the
// replica is, and whether that may be read.
struct look {
    u64 newest, timeline, looks, position;
    bool read;
};

static void check_looks(struct test *t, int line, const struct look *looks, size_t count)
{
    struct postgres_following following = {0};
    for (size_t i = 0; i < count; i++) {
        struct postgres_seen primary = {looks[i].newest, looks[i].looks, looks[i].timeline};
        bool read = postgres_unfollowed(&following, &primary, looks[i].position) == NULL;
        if (read != looks[i].read)
            test_fail(t, __FILE__, line, "look %zu: read: %d", i, read);
    }
}
#define CHECK_LOOKS(...)                                                                           \
    check_looks(t, __LINE__, (const struct look[]){__VA_ARGS__},                                   \
                sizeof((const struct look[]){__VA_ARGS__}) / sizeof(struct look))

// The log of the new primary is shorter, and then longer than that of the one that has parted.
TEST(postgres_follow_parted)
{
    CHECK_LOOKS({100, 1, 1, 100, true}, {120, 1, 2, 120, true}, {120, 1, 4, 120, true},
                {110, 2, 5, 120, false}, {112, 2, 6, 120, false}, {114, 2, 7, 120, false},
                {116, 2, 8, 120, false}, {130, 2, 9, 120, false}, {150, 2, 10, 120, false},
                {170, 2, 11, 120, false}, {190, 2, 12, 120, false}, {210, 2, 13, 120, false});
    // It was longer from the first look on.
    CHECK_LOOKS({100, 1, 1, 100, true}, {130, 2, 2, 100, false}, {140, 2, 3, 100, false},
                {150, 2, 4, 100, false}, {150, 2, 5, 100, false}, {150, 2, 6, 100, false});
    // Nobody could tell the timelines.
    CHECK_LOOKS({100, 0, 1, 100, true}, {100, 0, 3, 120, true}, {110, 0, 5, 120, false},
                {112, 0, 6, 120, false}, {114, 0, 7, 120, false}, {140, 0, 9, 120, false},
                {150, 0, 11, 120, false}, {160, 0, 13, 130, true});
}

TEST(postgres_follow_rewound)
{
    CHECK_LOOKS({100, 1, 1, 100, true}, {90, 2, 3, 100, false}, {92, 2, 5, 100, false},
                {92, 2, 6, 80, false}, {94, 2, 7, 91, false}, {95, 2, 9, 94, true},
                {97, 2, 11, 96, true});
}

// Also in a shop where nobody writes, and while the primary is away.
TEST(postgres_follow_goes_on)
{
    CHECK_LOOKS({100, 1, 1, 100, true}, {100, 1, 1, 100, true}, {100, 1, 1, 100, true},
                {100, 2, 2, 100, true}, {100, 2, 3, 100, true}, {100, 2, 4, 100, true});
    CHECK_LOOKS({100, 1, 1, 90, false}, {110, 1, 2, 105, true}, {110, 1, 2, 105, true},
                {110, 1, 2, 105, true}, {120, 2, 3, 108, false}, {120, 2, 4, 115, true},
                {120, 2, 5, 115, true});
}
