// Synonyms: the rules that a shop starts with, and their reader. Contract in search_synonyms.h.
#include "services/product/search_synonyms.h"

#include <string.h>

#include "core/str.h"
#include "services/product/search.h"

const char search_synonyms_default[] =
    "# electronics\n"
    "tv, television, telly\n"
    "notebook computer, laptop, notebook pc\n"
    "notebook => laptop\n"
    "pc, computer\n"
    "cell phone, mobile phone, cellphone, smartphone, smart phone\n"
    "cellular => cell phone\n"
    "handset => phone\n"
    "mobile => cell phone\n"
    "earphone, headphone, earbud\n"
    "headset => headphone\n"
    "charger, charging, power adapter\n"
    "adapter, adaptor\n"
    "cable, cord\n"
    "memory card, sd card, microsd\n"
    "usb stick, flash drive, thumb drive, pen drive\n"
    "hard drive, hard disk, hdd\n"
    "ssd, solid state drive\n"
    "smartwatch, smart watch\n"
    "camera, cam\n"
    "camcorder, video camera\n"
    "wifi, wi fi\n"
    "console => playstation, xbox, nintendo\n"
    "display, monitor, screen\n"
    "refurbished, renewed, preowned, pre owned, refurb\n"
    "waterproof, water proof, watertight, water resistant\n"
    "protector, protection, protective\n"
    "cover, case\n"
    "sleeve, pouch => case\n"
    "holder, mount, stand\n"
    "battery pack, power bank, portable charger\n"
    "photo, photography\n"
    "gps, navigation\n"
    "# home\n"
    "fridge, refrigerator\n"
    "hoover, vacuum cleaner, vacuum\n"
    "washer, washing machine\n"
    "dryer, tumble dryer\n"
    "stove, cooker, hob\n"
    "couch, sofa, settee\n"
    "rug, carpet\n"
    "curtain, drape\n"
    "lamp, light\n"
    "bin, trash can, waste basket\n"
    "tap, faucet\n"
    "duvet, comforter, quilt\n"
    "cup, mug\n"
    "cutlery, silverware, flatware\n"
    "pan, skillet\n"
    "garden, yard\n"
    "lawnmower, lawn mower\n"
    "# clothing\n"
    "sneaker, trainer, running shoe\n"
    "pants, trousers\n"
    "jeans, denim\n"
    "sweater, jumper, pullover\n"
    "hoodie, hooded sweatshirt\n"
    "tshirt, t shirt, tee\n"
    "jacket, coat\n"
    "purse, handbag\n"
    "backpack, rucksack\n"
    "swimsuit, bathing suit, swimwear\n"
    "bathrobe, dressing gown, robe\n"
    "man, men, mens, male\n"
    "woman, women, womens, lady, ladies\n"
    "kid, child, children\n"
    "baby, infant, toddler\n"
    "eyeglass, glasses, spectacles\n"
    "jewelry, jewellery\n"
    "# the rest\n"
    "bike, bicycle, cycle\n"
    "colour, color\n"
    "grey, gray\n"
    "cheap, budget, affordable\n"
    "kit, set\n"
    "present => gift\n"
    "aluminium, aluminum\n"
    "tire, tyre\n";

static void put_phrase(struct synonyms *synonyms, struct blocks *blocks, const char *text,
                       struct phrase phrase)
{
    struct words words = words_of(blocks->arena, text, PHRASE_WORDS_MAX);
    for (size_t i = 0; i < words.count; i++)
        phrase.words[i] = word_singular(blocks->arena, words.at[i].text);
    phrase.count = (u32)words.count;
    if (words.count == 0)
        return;
    synonyms->phrases[synonyms->count] = phrase;
    u32 hash = hash_bytes(phrase.words[0], strlen(phrase.words[0]));
    lookup_add(blocks, &synonyms->by_first, hash, synonyms->count++);
}

// The text up to the next of `ends`; moves on behind it.
static const char *part(struct arena *arena, const char **at, const char *ends)
{
    size_t length = strcspn(*at, ends);
    const char *text = arena_text_n(arena, *at, length);
    *at += length + ((*at)[length] != '\0');
    return text;
}

static void read_rule(struct synonyms *synonyms, struct blocks *blocks, const char *line, u32 rule)
{
    const char *arrow = strstr(line, "=>");
    for (const char *at = line; *at != '\0';) {
        bool left = arrow != NULL && at < arrow;
        const char *text = part(blocks->arena, &at, left ? ",=" : ",>");
        if (arrow != NULL && left && at > arrow && *at == '>')
            at++;
        put_phrase(synonyms, blocks, text,
                   (struct phrase){
                       .rule = rule,
                       .asks = arrow == NULL || left,
                       .answers = arrow == NULL || !left,
                   });
    }
}

void synonyms_read(struct synonyms *synonyms, struct blocks *blocks, const char *rules)
{
    u32 rule = 0;
    size_t most = 1;
    for (const char *at = rules; *at != '\0'; at++)
        most += strchr(",>\n", *at) != NULL;
    synonyms->phrases = ARENA_ARRAY(blocks->arena, struct phrase, most);
    while (*rules != '\0') {
        const char *line = part(blocks->arena, &rules, "\n");
        if (line[0] != '#' && !str_blank(line))
            read_rule(synonyms, blocks, line, rule++);
    }
}

static bool says(const struct phrase *phrase, struct arena *arena, struct words words, size_t from,
                 size_t length)
{
    if (!phrase->asks || phrase->count != length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (!str_equal(word_singular(arena, words.at[from + i].text), phrase->words[i]))
            return false;
    return true;
}

static size_t answers_of(const struct synonyms *synonyms, u32 asked, const struct phrase **found,
                         size_t count, size_t max)
{
    u32 rule = synonyms->phrases[asked].rule, first = asked;
    while (first > 0 && synonyms->phrases[first - 1].rule == rule)
        first--;
    for (u32 i = first; i < synonyms->count && synonyms->phrases[i].rule == rule; i++)
        if (i != asked && synonyms->phrases[i].answers && count < max)
            found[count++] = &synonyms->phrases[i];
    return count;
}

size_t synonyms_of(const struct synonyms *synonyms, struct arena *arena, struct words words,
                   size_t from, size_t length, const struct phrase **found, size_t max)
{
    if (from + length > words.count || length > PHRASE_WORDS_MAX)
        return 0;
    const char *first = word_singular(arena, words.at[from].text);
    u32 hash = hash_bytes(first, strlen(first)), phrase;
    size_t count = 0;
    for (u32 probe = hash; lookup_next(&synonyms->by_first, hash, &probe, &phrase);)
        if (says(&synonyms->phrases[phrase], arena, words, from, length))
            count = answers_of(synonyms, phrase, found, count, max);
    return count;
}
