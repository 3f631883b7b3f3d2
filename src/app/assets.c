// `souk assets`: writes the storefront's and the dashboard's files into a folder, as the NGINX in
// front serves them (gateway.c). Only those whose name carries a hash: they never change, so they
// need nobody who knows which is the newest.
//
// A tree an encoding: DIR/plain, DIR/gzip, DIR/br. NGINX chooses by the client's Accept-Encoding
// and falls back to plain for what compressing saves nothing of.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "app/command.h"
#include "core/asset.h"
#include "core/str.h"

// Every folder above the file.
static bool make_folders(struct arena *arena, const char *path)
{
    for (const char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/'))
        if (mkdir(arena_text_n(arena, path, (size_t)(slash - path)), 0755) != 0 && errno != EEXIST)
            return false;
    return true;
}

// Under another name first: whoever is served meanwhile gets the whole file or none.
static bool write_file(struct arena *arena, const char *path, const unsigned char *bytes,
                       size_t length)
{
    const char *fresh = arena_printf(arena, "%s.new", path);
    FILE *file = make_folders(arena, path) ? fopen(fresh, "wb") : NULL;
    if (file == NULL)
        return false;
    bool written = fwrite(bytes, 1, length, file) == length;
    written &= fclose(file) == 0;
    return written && rename(fresh, path) == 0;
}

// "storefront/assets/a.js" is asked for as /assets/a.js, "admin/assets/a.js" as it is.
static const char *name_of(const struct asset *asset)
{
    static const char storefront[] = "storefront/";
    return str_starts(asset->path, storefront) ? asset->path + strlen(storefront) : asset->path;
}

static bool write_asset(struct arena *arena, const char *folder, const struct asset *asset)
{
    const struct {
        const char *tree;
        const unsigned char *bytes;
        size_t length;
    } forms[] = {{"plain", asset->bytes, asset->length},
                 {"gzip", asset->gzip, asset->gzip_length},
                 {"br", asset->brotli, asset->brotli_length}};
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        const char *path = arena_printf(arena, "%s/%s/%s", folder, forms[i].tree, name_of(asset));
        if (forms[i].bytes != NULL && !write_file(arena, path, forms[i].bytes, forms[i].length)) {
            command_fail("%s cannot be written: %s", path, strerror(errno));
            return false;
        }
    }
    return true;
}

static int write_assets(struct command *command)
{
    int count = 0;
    if (command_has_unknown_options(command))
        return 1;
    if (command->count != 1) {
        command_fail("name the folder: souk assets DIR");
        return 1;
    }
    for (size_t i = 0; i < asset_count; i++) {
        if (!assets[i].immutable)
            continue;
        if (!write_asset(command->arena, command->words[0], &assets[i]))
            return 1;
        count++;
    }
    printf("%d files, each in all encodings that it has\n", count);
    return 0;
}
COMMAND(assets, "DIR", "Writes the web pages' files for NGINX to serve (souk gateway --files).",
        write_assets);
