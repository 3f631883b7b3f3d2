// Names and statuses of enum err. The map itself is in err.h.
#include "core/err.h"

#include <string.h>

static const struct {
    int status;
    const char *code, *title;
} errors[] = {
#define X(name_, status_, code_, title_) {status_, code_, title_},
    ERR_MAP(X)
#undef X
};

int err_status(enum err err)
{
    assert((size_t)err < COUNT_OF(errors));
    return errors[err].status;
}

const char *err_code(enum err err)
{
    assert((size_t)err < COUNT_OF(errors));
    return errors[err].code;
}

enum err err_of_code(const char *code)
{
    for (size_t i = 0; i < COUNT_OF(errors); i++)
        if (strcmp(errors[i].code, code) == 0)
            return (enum err)i;
    return ERR_UNAVAILABLE;
}

const char *err_title(enum err err)
{
    assert((size_t)err < COUNT_OF(errors));
    return errors[err].title;
}
