// Runs a fuzz target once over each file of the folders named: corpus and kept crashes. The targets
// are the *_fuzz.c files beside this one.
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base.h"
#include "core/limits.h"
#include "fuzz.h"

static void replay_file(const char *folder, const char *name)
{
    char path[4096];
    assert((size_t)snprintf(path, sizeof path, "%s/%s", folder, name) < sizeof path);
    FILE *file = fopen(path, "rb");
    assert(file != NULL);
    uint8_t *bytes = malloc(LIMIT_BODY);
    assert(bytes != NULL);
    size_t length = fread(bytes, 1, LIMIT_BODY, file);
    fclose(file);
    fprintf(stderr, "replay %s\n", path); // the last one said is the one that crashed
    LLVMFuzzerTestOneInput(bytes, length);
    free(bytes);
}

static int replay_folder(const char *folder)
{
    int files = 0;
    DIR *entries = opendir(folder);
    if (entries == NULL)
        return 0;
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        replay_file(folder, entry->d_name);
        files++;
    }
    closedir(entries);
    return files;
}

int main(int argc, char **argv)
{
    int files = 0;
    for (int i = 1; i < argc; i++)
        files += replay_folder(argv[i]);
    printf("%d passed, 0 failed\n", files);
    return files > 0 ? 0 : 1;
}
