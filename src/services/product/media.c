// The media folder. Contract in media.h; pixels are picture.h's.
//
// A picture is known by the SHA-256 of the bytes that were uploaded; its files never change and may
// be cached for ever, the same picture twice is stored once, and a name says nothing of a shopper
// or staff. Files go into 256 folders by the first two digits.
//
// What is served was made here, in widths of a ladder; the original is not kept, but for a WebP
// that already is what would be made of it. A file of the widest width, written last, says that the
// others are there: a crash half way leaves no stored picture, and the next upload makes all of
// them again.
#include "services/product/media.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/limits.h"
#include "core/log.h"
#include "core/str.h"
#include "core/time.h"
#include "services/product/import.h"
#include "services/product/picture.h"

enum { HASH_TEXT = 64, PREVIEW_WIDTH = 1200 };

// One picture at a time in a process: a large one takes up to half a gigabyte (MIB(512) below), and
// several at once would take the machine's.
static pthread_mutex_t at_work = PTHREAD_MUTEX_INITIALIZER;

size_t media_widths(i64 width, i64 widths[MEDIA_WIDTHS_MAX])
{
    static const i64 ladder[MEDIA_WIDTHS_MAX - 1] = {160, 320, 640, 960, 1280};
    size_t count = 0;
    for (size_t i = 0; i < COUNT_OF(ladder) && ladder[i] < width; i++)
        widths[count++] = ladder[i];
    widths[count++] = width;
    return count;
}

const char *media_path(struct arena *arena, const char *hash, i64 width)
{
    if (width == 0)
        return arena_printf(arena, "%.2s/%s-preview.jpg", hash, hash);
    return arena_printf(arena, "%.2s/%s-%lld.webp", hash, hash, (long long)width);
}

static enum err cannot(struct problem *problem, const char *path)
{
    log_line(LOG_ERROR, "media", "%s: %s", path, strerrordesc_np(errno));
    problem_detail(problem, "pictures cannot be stored for the moment");
    return ERR_UNAVAILABLE;
}

static bool write_all(int file, const void *bytes, size_t length)
{
    const char *at = bytes;
    while (length > 0) {
        ssize_t wrote = write(file, at, length);
        if (wrote < 0 && errno != EINTR)
            return false;
        at += wrote > 0 ? wrote : 0;
        length -= wrote > 0 ? (size_t)wrote : 0;
    }
    return true;
}

// rename is durable only when the folder is.
static bool sync_folder(const char *path)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return false;
    bool synced = fsync(folder) == 0;
    close(folder);
    return synced;
}

// Whole or not at all: written beside, synced, then given its name.
static enum err write_file(const char *folder, const char *path, const struct encoded *encoded,
                           struct arena *arena, struct problem *problem)
{
    const char *within = arena_printf(arena, "%s/%.2s", folder, path);
    const char *name = arena_printf(arena, "%s/%s", folder, path);
    const char *beside = arena_printf(arena, "%s.%d", name, (int)getpid());
    if (mkdir(within, 0750) != 0 && errno != EEXIST)
        return cannot(problem, within);
    int file = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (file < 0)
        return cannot(problem, beside);
    bool written = write_all(file, encoded->bytes, encoded->length) && fsync(file) == 0;
    written = close(file) == 0 && written;
    if (written && rename(beside, name) == 0 && sync_folder(within))
        return ERR_OK;
    enum err err = cannot(problem, name);
    unlink(beside);
    return err;
}

// True when the file is there; media_remove takes it for new from then on.
static bool make_young(const char *folder, const char *path, struct arena *arena)
{
    return utimensat(AT_FDCWD, arena_printf(arena, "%s/%s", folder, path), NULL, 0) == 0;
}

// One width, out of the picture in a width above it; that becomes the resized one.
static enum err store_width(const char *folder, struct picture *picture, i64 width,
                            struct arena *arena, const struct media *media, struct problem *problem)
{
    const char *path = media_path(arena, media->hash, width);
    i64 pixels_wide = width > 0 ? width : min_i64(picture->width, PREVIEW_WIDTH);
    if (pixels_wide != picture->width)
        *picture = picture_resize(picture, (int)pixels_wide, arena);
    struct encoded encoded;
    enum err err =
        width > 0 ? picture_webp(picture, arena, &encoded) : picture_jpeg(picture, arena, &encoded);
    return err == ERR_OK ? write_file(folder, path, &encoded, arena, problem) : err;
}

// From wide to narrow, each out of the one before. The preview goes first and the widest, by which
// a stored picture is known, last.
static enum err store_widths(const char *folder, struct picture picture,
                             const struct encoded *original, struct arena *arena,
                             const struct media *media, struct problem *problem)
{
    i64 widths[MEDIA_WIDTHS_MAX];
    size_t count = media_widths(picture.width, widths);
    struct picture widest = picture;
    enum err err = store_width(folder, &picture, 0, arena, media, problem);
    picture = widest;
    for (size_t i = count - 1; err == ERR_OK && i-- > 0;)
        err = store_width(folder, &picture, widths[i], arena, media, problem);
    if (err != ERR_OK)
        return err;
    if (!picture_keeps(original->bytes, original->length, MEDIA_WIDTH_MAX))
        return store_width(folder, &widest, widest.width, arena, media, problem);
    return write_file(folder, media_path(arena, media->hash, widest.width), original, arena,
                      problem);
}

// The widest file of a picture that was stored before.
static bool find_stored(const char *folder, struct arena *arena, struct media *media)
{
    const void *bytes;
    const char *type;
    size_t length;
    i64 widths[MEDIA_WIDTHS_MAX], width = 0;
    DIR *within = opendir(arena_printf(arena, "%s/%.2s", folder, media->hash));
    for (struct dirent *entry; within != NULL && (entry = readdir(within)) != NULL;)
        if (str_starts(entry->d_name, media->hash) && str_ends(entry->d_name, ".webp"))
            width = max_i64(width, strtoll(entry->d_name + HASH_TEXT + 1, NULL, 10));
    if (within != NULL)
        closedir(within);
    const char *path = media_path(arena, media->hash, width);
    int wide, high;
    bool found = width > 0 && media_read(folder, path, arena, &type, &bytes, &length) == ERR_OK &&
                 picture_webp_size(bytes, length, &wide, &high) && wide == width;
    size_t count = found ? media_widths(width, widths) : 0;
    for (size_t i = 0; i < count; i++)
        found = found && make_young(folder, media_path(arena, media->hash, widths[i]), arena);
    if (found) {
        media->width = wide;
        media->height = high;
    }
    return found && make_young(folder, media_path(arena, media->hash, 0), arena);
}

static enum err store(const char *folder, const struct encoded *original, struct arena *arena,
                      struct media *out, struct problem *problem)
{
    struct picture picture = {0};
    if (find_stored(folder, arena, out))
        return ERR_OK;
    enum err err =
        picture_read(original->bytes, original->length, MEDIA_WIDTH_MAX, arena, &picture, problem);
    if (err != ERR_OK)
        return err;
    if (picture.width > MEDIA_WIDTH_MAX)
        picture = picture_resize(&picture, MEDIA_WIDTH_MAX, arena);
    out->width = picture.width;
    out->height = picture.height;
    return store_widths(folder, picture, original, arena, out, problem);
}

enum err media_store(const char *folder, const void *bytes, size_t length, struct arena *arena,
                     struct media *out, struct problem *problem)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, bytes, length);
    sodium_bin2hex(out->hash, sizeof out->hash, hash, sizeof hash);
    struct arena *work = arena_new(MIB(512)); // the picture, and once more when it is turned
    struct problem inner = {.arena = arena};
    pthread_mutex_lock(&at_work);
    struct encoded original = {bytes, length};
    enum err err = store(folder, &original, work, out, &inner);
    pthread_mutex_unlock(&at_work);
    arena_free(work);
    if (inner.detail != NULL)
        problem_detail(problem, "%s", inner.detail);
    return err;
}

// "ab/" + 64 hexadecimal digits + "-640.webp" or "-preview.jpg", and nothing else.
static bool is_media_path(const char *path)
{
    static const char hex[] = "0123456789abcdef";
    const char *hash = path + 3;
    if (strspn(path, hex) != 2 || path[2] != '/' || strspn(hash, hex) != HASH_TEXT ||
        strncmp(path, hash, 2) != 0)
        return false;
    const char *rest = hash + HASH_TEXT;
    if (strcmp(rest, "-preview.jpg") == 0)
        return true;
    size_t digits = *rest == '-' ? strspn(rest + 1, "0123456789") : 0;
    return digits > 0 && digits < 6 && strcmp(rest + 1 + digits, ".webp") == 0;
}

enum err media_read(const char *folder, const char *path, struct arena *arena, const char **type,
                    const void **bytes, size_t *length)
{
    if (!is_media_path(path))
        return ERR_NOT_FOUND;
    int file = open(arena_printf(arena, "%s/%s", folder, path), O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (file < 0)
        return ERR_NOT_FOUND;
    enum err err =
        fstat(file, &status) == 0 && status.st_size <= LIMIT_UPLOAD ? ERR_OK : ERR_UNAVAILABLE;
    size_t size = err == ERR_OK ? (size_t)status.st_size : 0;
    char *at = arena_alloc(arena, size);
    if (err == ERR_OK && pread(file, at, size, 0) != (ssize_t)size)
        err = ERR_UNAVAILABLE;
    close(file);
    *type = str_ends(path, ".jpg") ? "image/jpeg" : "image/webp";
    *bytes = at;
    *length = size;
    return err;
}

// True for a file of a stored picture that is older than `age_ms`.
static bool is_old(const char *name, int within, i64 age_ms)
{
    struct stat status;
    return strspn(name, "0123456789abcdef") == HASH_TEXT &&
           fstatat(within, name, &status, 0) == 0 &&
           (i64)status.st_mtim.tv_sec * SECOND_MS < time_now_ms() - age_ms;
}

void media_list(const char *folder, int shelf, i64 age_ms, struct arena *arena,
                struct text_list *out)
{
    DIR *within = opendir(arena_printf(arena, "%s/%02x", folder, (unsigned)shelf));
    struct text_index *seen = text_index_new(arena);
    struct dirent *entry;
    size_t room = 0;
    while (within != NULL && (entry = readdir(within)) != NULL) {
        if (!is_old(entry->d_name, dirfd(within), age_ms))
            continue;
        const char *hash = arena_text_n(arena, entry->d_name, HASH_TEXT);
        if (text_index_add(seen, hash, 1) != 0)
            continue;
        // Not by text_list_add, which grows by one: names are taken from the arena in between, and
        // a shelf may have thousands.
        if (out->count == room) {
            room = room > 0 ? room * 2 : 16;
            out->items = arena_grow(arena, out->items, out->count * sizeof *out->items,
                                    room * sizeof *out->items);
        }
        out->items[out->count++] = hash;
    }
    if (within != NULL)
        closedir(within);
}

void media_remove(const char *folder, const char *hash, i64 age_ms)
{
    struct arena *arena = arena_new(KIB(64));
    DIR *within = opendir(arena_printf(arena, "%s/%.2s", folder, hash));
    struct dirent *entry;
    while (within != NULL && (entry = readdir(within)) != NULL)
        if (str_starts(entry->d_name, hash) && is_old(entry->d_name, dirfd(within), age_ms))
            unlinkat(dirfd(within), entry->d_name, 0);
    if (within != NULL)
        closedir(within);
    arena_free(arena);
}
