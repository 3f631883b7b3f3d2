// Looking up the files that the binary carries. Contract in asset.h; the table is generated.
#include "core/asset.h"

#include <string.h>

#include "core/str.h"

// The position of the first asset whose path is not before `path`.
// Both look-ups stand on the order in which tools/embed.py writes the table: strcmp's, by bytes.
// asset_test.c checks it.
static size_t lower_bound(const char *path)
{
    size_t low = 0, high = asset_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(assets[middle].path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct asset *asset_find(const char *path)
{
    size_t at = lower_bound(path);
    return at < asset_count && str_equal(assets[at].path, path) ? &assets[at] : NULL;
}

const struct asset *asset_range(const char *prefix, size_t *count)
{
    size_t first = lower_bound(prefix), end = first;
    while (end < asset_count && str_starts(assets[end].path, prefix))
        end++;
    *count = end - first;
    return &assets[first];
}
