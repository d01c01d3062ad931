/*
 * Runs a fuzz target over files and folders of files: the kept corpus as a plain regression test,
 * with any compiler. Usage: X_fuzz [PATH...].
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "fuzz.h"

static int
run_file(const char *path)
{
    struct stat info;
    FILE *file = fopen(path, "rb");
    uint8_t *data;
    size_t size;

    if (file == NULL || fstat(fileno(file), &info) != 0 || !S_ISREG(info.st_mode)) {
        perror(path);
        return 1;
    }
    /* Exactly as large as the input, so that ASan sees the first byte read behind it. */
    data = malloc(info.st_size > 0 ? (size_t)info.st_size : 1);
    size = data != NULL ? fread(data, 1, (size_t)info.st_size, file) : 0;
    fclose(file);
    fprintf(stderr, "%s\n", path);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    return 0;
}

static int
run_path(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    int status = 0;

    if (folder == NULL)
        return run_file(path);
    while ((entry = readdir(folder)) != NULL) {
        char name[4096];

        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        if (entry->d_name[0] != '.')
            status |= run_file(name);
    }
    closedir(folder);
    return status;
}

int
main(int argc, char **argv)
{
    int status = 0;

    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++)
        status |= run_path(argv[i]);
    return status;
}
