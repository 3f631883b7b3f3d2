// Tests of the search engine.
#include <string.h>

#include "core/test.h"
#include "core/uuid.h"
#include "services/product/search.h"

TEST(search_smoke)
{
    struct search *search = search_new(NULL);
    struct search_document document = {.id = uuid_new(), .title = "Blue tent for two"};
    search_put(search, &document);
    search_publish(search);
    struct search_page page;
    CHECK(search_run(search, &(struct search_query){.text = "tnet", .limit = 5, .facets = true},
                     t->arena, &page) == ERR_OK);
    CHECK_I64(page.total, 1);
    search_free(search);
}
