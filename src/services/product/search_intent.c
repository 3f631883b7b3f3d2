// Intents: a text that names a category or a brand asks for what is in it. Contract in
// search_plan.h.
//
// "lamps" finds desk lamps, lampshades and books on lamps. Where all words of a category's or
// brand's label are in the text, its products get a boost: not a filter, for "apple" may mean the
// fruit.
#include <string.h>

#include "core/str.h"
#include "services/product/search_plan.h"

// Boosts, in hundredths of the score of a perfect match of the words that name it.
enum {
    BOOST_CATEGORY = 40,
    BOOST_BRAND = 15,
    QUALITY_NAMING = 96, // alternatives of this quality name a category as the word itself does
    IMPACT_MOST = 255,
};

// The words of a plan in singular, with the groups that they belong to.
struct naming {
    const char *words[QUERY_WORDS_MAX * 8];
    u32 groups[QUERY_WORDS_MAX * 8];
    u32 count;
    u64 hashes; // bits of all words, to refuse most labels fast
};

static u64 word_bit(const char *word, size_t length)
{
    return UINT64_C(1) << (hash_bytes(word, length) & 63);
}

// Prefixes and far corrections do not name anything: "ca" is not yet "cameras".
static void collect(struct naming *naming, struct arena *arena, const struct plan *plan)
{
    for (u32 i = 0; i < plan->count; i++) {
        const struct group *group = &plan->groups[i];
        for (u32 j = 0; j < group->count; j++) {
            const struct alternative *alternative = &group->at[j];
            if (alternative->prefix || alternative->quality < QUALITY_NAMING)
                continue;
            for (u32 k = 0; k < alternative->count && naming->count < COUNT_OF(naming->words);
                 k++) {
                const char *word = word_singular(arena, alternative->words[k]);
                naming->words[naming->count] = word;
                naming->groups[naming->count++] = UINT32_C(1) << i;
                naming->hashes |= word_bit(word, strlen(word));
            }
        }
    }
}

// The groups that have the word, as bits.
static u32 named_by(const struct naming *naming, const char *word)
{
    u32 groups = 0;
    for (u32 i = 0; i < naming->count; i++)
        if (strcmp(naming->words[i], word) == 0)
            groups |= naming->groups[i];
    return groups;
}

// The groups that name a label, 0 unless each of its words is named.
static u32 names(const struct naming *naming, struct arena *arena, const char *label)
{
    u32 groups = 0;
    while (*label != '\0') {
        size_t length = strcspn(label, " ");
        const char *word = word_singular(arena, arena_text_n(arena, label, length));
        label += length + (label[length] == ' ');
        if (word_is_stop(word))
            continue;
        if ((naming->hashes & word_bit(word, strlen(word))) == 0)
            return 0;
        u32 more = named_by(naming, word);
        if (more == 0)
            return 0;
        groups |= more;
    }
    return groups;
}

// Keeps those that more of the text names.
static void keep(struct plan *plan, struct intent intent)
{
    if (plan->intent_count < INTENTS_MAX) {
        plan->intents[plan->intent_count++] = intent;
        return;
    }
    struct intent *least = &plan->intents[0];
    for (u32 i = 1; i < plan->intent_count; i++)
        if (__builtin_popcount(plan->intents[i].groups) < __builtin_popcount(least->groups))
            least = &plan->intents[i];
    if (__builtin_popcount(least->groups) < __builtin_popcount(intent.groups))
        *least = intent;
}

void plan_intents(const struct search *search, struct arena *arena, struct plan *plan)
{
    struct naming naming = {.count = 0};
    collect(&naming, arena, plan);
    for (u32 i = 0; i < search->values.count; i++) {
        const struct value *value = &search->values.at[i];
        if (value->count == 0 || (value->facet != FACET_CATEGORY && value->facet != FACET_BRAND))
            continue;
        u32 groups = names(&naming, arena, value->words);
        if (groups != 0)
            keep(plan, (struct intent){.key = arena_text(arena, value->key),
                                       .facet = value->facet,
                                       .groups = groups});
    }
}

void plan_boosts(struct plan *plan)
{
    for (u32 i = 0; i < plan->intent_count; i++) {
        struct intent *intent = &plan->intents[i];
        if (intent->boost > 0)
            continue; // out of a cursor
        u32 weight = 0;
        for (u32 j = 0; j < plan->count; j++)
            if ((intent->groups >> j & 1) != 0)
                weight += plan->groups[j].weight;
        u32 share = intent->facet == FACET_CATEGORY ? BOOST_CATEGORY : BOOST_BRAND;
        intent->boost = weight * IMPACT_MOST * share / 100;
    }
}
